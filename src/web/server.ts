/**
 * The server of the live page: the page, its snapshots as server-sent events, and the document of its charts. Node's
 * own http is enough for three addresses that are only read, and it has no dependencies that could be attacked.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError } from '../base/errors.js';
import { HEADERS, judge, type Guarded } from './guard.js';
import { Stream } from './stream.js';

export interface Serving extends Guarded {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** The JSON of the charts' document. */
  document(): Promise<string>;
}

/** What runs in the browser, as `npm run build` bundles it. */
const SCRIPT = new URL('../page/browser/live.js', import.meta.url);
const STYLE = new URL('../page/browser/page.css', import.meta.url);

/** A hash as a policy names it. */
const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page and the policy that allows its own script and style, its own server, and nothing else. */
function pageOf(): { html: string; policy: string } {
  // The bundle may hold `</script` in a string; as `<\/script` it means the same.
  const script = readFileSync(SCRIPT, 'utf8')
    .trim()
    .replace(/<\/(script)/gi, '<\\/$1');
  const style = readFileSync(STYLE, 'utf8').trim();
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>A search, live</title>
<style>${style}</style>
</head>
<body>
<noscript>This page is drawn by its own script. Allow scripts for this address.</noscript>
<main id="page"></main>
<script>${script}</script>
</body>
</html>
`;
  return { html, policy };
}

export class LiveServer {
  readonly stream = new Stream();
  private readonly page = pageOf();
  private readonly server: Server;

  constructor(private readonly serving: Serving) {
    this.server = createServer((request, response) => void this.answer(request, response));
    // The streams stay open; everything else is short.
    this.server.headersTimeout = 10_000;
    this.server.requestTimeout = 30_000;
    this.server.maxConnections = 256;
  }

  /** Listens, and tells the port. Throws InputError `port-in-use` and `no-such-host`. */
  async listen(): Promise<number> {
    const { host, port } = this.serving;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', error => reject(listenError(error as NodeJS.ErrnoException, host, port)));
      this.server.listen({ host, port }, resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    this.stream.end();
    const closed = new Promise(resolve => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const verdict = judge(request, this.serving);
    if (verdict.status !== 200) {
      const allow = verdict.allow === undefined ? {} : { Allow: verdict.allow };
      return plain(response, verdict.status, verdict.message, allow);
    }
    const isHead = request.method === 'HEAD';
    switch (verdict.path) {
      case '':
        response.writeHead(200, {
          ...HEADERS,
          'Content-Type': 'text/html; charset=utf-8',
          'Content-Security-Policy': this.page.policy,
        });
        response.end(isHead ? undefined : this.page.html);
        return;
      case 'events':
        return this.listenTo(response, isHead);
      case 'document':
        return this.sendDocument(response, isHead);
      default:
        return plain(response, 404, 'There is nothing here.');
    }
  }

  private listenTo(response: ServerResponse, isHead: boolean): void {
    const headers = { ...HEADERS, 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' };
    if (isHead) {
      response.writeHead(200, headers).end();
      return;
    }
    response.writeHead(200, headers);
    if (this.stream.add(response)) return;
    response.end('event: full\ndata: {}\n\n');
  }

  private async sendDocument(response: ServerResponse, isHead: boolean): Promise<void> {
    try {
      const json = isHead ? '' : await this.serving.document();
      response.writeHead(200, { ...HEADERS, 'Content-Type': 'application/json; charset=utf-8' }).end(json);
    } catch (error) {
      plain(response, 500, (error as Error).message);
    }
  }
}

function plain(response: ServerResponse, status: number, message: string, more: object = {}): void {
  response.writeHead(status, {
    ...HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
    ...more,
  });
  response.end(`${message}\n`);
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new InputError('port-in-use', `another program listens on port ${port}`, {
      value: port,
      expected: 'a port that is free',
      hint: 'Leave --port out: then a free one is taken.',
    });
  if (error.code === 'EACCES')
    return new InputError('port-in-use', `port ${port} may not be opened by this user`, {
      value: port,
      expected: 'a port of at least 1024',
      hint: 'Leave --port out: then a free one is taken.',
    });
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
    return new InputError('no-such-host', `this machine has no address ${host}`, {
      value: host,
      expected: 'an address or a name of this machine',
      hint: 'Leave --host out: then only this machine reads the page, and others by ssh.',
    });
  return error;
}
