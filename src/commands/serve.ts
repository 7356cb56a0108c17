/** `spt serve`: the live page of a search, for browsers on this machine or behind `ssh -L`. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../base/errors.js';
import { makeObserver } from '../log/liveness.js';
import { printable, safeJson } from '../terminal/printable.js';
import { progressOf } from '../views/progress.js';
import { LiveServer } from '../web/server.js';
import { folders } from './place.js';
import { chartsOf, DifferingNames, snapshotOf } from './serve-snapshot.js';
import { signsOf } from './status.js';
import { openSearch, withView, type OpenSearch, type ViewOptions } from './view.js';

interface Options extends ViewOptions {
  port: number;
  host: string;
}

/** The least time between two looks at the log, and between two snapshots of an unchanged log. */
const LOOK_MS = 1000;
const UNCHANGED_MS = 5000;
/** A look takes at most this part of the time, and a document of the charts this part. */
const LOOK_SHARE = 0.2;
const CHARTS_SHARE = 0.1;
const CHARTS_MS = 5000;
/** How many looks in a row may fail, as on a network file system. */
const MOST_ERRORS = 20;

const LOOPBACK = '127.0.0.1';

const DETAILS = `
The address holds a token: who has the address may read the page, and nobody
may change anything. It listens on this machine only. From another one, take
the line with ssh that is printed, and open the same address there. --host
opens it to the network, without encryption.

  spt serve
      prints the address of the page, and serves it until Ctrl-C
  spt serve --port 8080 --split A1
      takes this port, and shows one split`;

export function serve(): Command {
  const command = new Command('serve')
    .summary('show the search as it goes on, on a page in a browser')
    .description(
      'Serves a page that shows the search while it runs: how far it is, what is best, who works, what failed, and ' +
        'the charts of the report.',
    )
    .addOption(new Option('--port <n>', 'listen on this port').argParser(port).default(0, 'one that is free'))
    .addOption(new Option('--host <address>', 'listen on this address').default(LOOPBACK))
    .addHelpText('after', DETAILS);
  return withView(command).action(run);
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('Expected a port from 1 to 65535, or 0 for one that is free.');
  return Number(text);
}

async function run(options: Options): Promise<void> {
  const { host } = options;
  if (!/^[\w.:-]{1,253}$/.test(host))
    throw new InputError('no-such-host', 'this is no address of a machine', {
      value: host,
      expected: 'an address or a name of this machine',
    });
  const opened = await openSearch(options);
  const token = randomBytes(24).toString('base64url');
  const charts = new Charts(opened);
  const names = new Set(
    isLoopback(host) ? [] : [host.toLowerCase(), bracketed(host), hostname().toLowerCase()],
  );
  const server = new LiveServer({ host, port: options.port, token, names, document: () => charts.json() });
  const port = await server.listen();
  tell(options, { port, token });
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await follow(options, opened, server, stopped.signal);
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
    await server.close();
  }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host);
const bracketed = (host: string): string => (host.includes(':') ? `[${host.toLowerCase()}]` : host);

/** Prints the address, and how to reach it from another machine. */
function tell({ host, json }: Options, { port, token }: { port: number; token: string }): void {
  const isAny = host === '0.0.0.0' || host === '::';
  const url = `http://${isAny ? hostname() : bracketed(host)}:${port}/${token}/`;
  const ssh = `ssh -N -L ${port}:${isLoopback(host) ? bracketed(host) : 'localhost'}:${port} ${hostname()}`;
  if (json) {
    console.log(safeJson({ url, host, port, token, ssh }));
    return;
  }
  console.log(`The page is ${printable(url)}`);
  if (isLoopback(host)) {
    console.log(
      `\nFrom another machine, run this there, and open the same address:\n  ${printable(ssh, 400)}`,
    );
  } else {
    console.log(
      '\nWho has the address and reaches this machine can read the page, and the connection is not encrypted.',
    );
  }
  console.log('\nCtrl-C ends it.');
}

/** Looks at the log again and again, and publishes what it shows. */
async function follow(
  options: Options,
  opened: OpenSearch,
  server: LiveServer,
  stopped: AbortSignal,
): Promise<void> {
  const { journal, host } = opened;
  const { log, root } = folders(options);
  const [name, isPast, names] = [basename(root), options.at !== undefined, new DifferingNames()];
  const observer = makeObserver(log, host);
  let [n, publishedMs, errors] = [-1, -Infinity, 0];
  while (!stopped.aborted) {
    const startMs = performance.now();
    try {
      if (!options.at) await journal.refresh();
      const isDue = journal.state.n !== n || (!options.at && startMs - publishedMs >= UNCHANGED_MS);
      if (isDue) {
        n = journal.state.n;
        const lost = new Set<string>();
        if (!options.at)
          for (const { worker } of await observer.look(journal.state.holders().map(({ id }) => id)))
            lost.add(worker);
        const search = await opened.look();
        const signs = options.at ? undefined : await signsOf(opened, log, lost);
        const progress = await progressOf(search, { nowMs: options.at ? undefined : host.wallMs(), signs });
        server.stream.publish(
          safeJson(await snapshotOf(search, progress, { name, names: await names.of(search), isPast })),
        );
        publishedMs = startMs;
      }
      server.stream.tick();
      errors = 0;
    } catch (error) {
      // A network file system may fail for a while.
      if (++errors > MOST_ERRORS) throw error;
    }
    const tookMs = performance.now() - startMs;
    await pause(Math.max(LOOK_MS - tookMs, tookMs / LOOK_SHARE - tookMs), stopped);
  }
}

/** Waits, but not longer than until it is stopped. */
function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (stopped.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, ms));
    stopped.addEventListener('abort', end);
  });
}

/** The document of the charts. It is made when it is asked for, and not too often, however many ask. */
class Charts {
  private made: { json: string; n: number; endMs: number; tookMs: number } | undefined;
  private making: Promise<string> | undefined;

  constructor(private readonly opened: OpenSearch) {}

  json(): Promise<string> {
    const { made } = this;
    if (made) {
      const waitMs = Math.max(CHARTS_MS, made.tookMs / CHARTS_SHARE);
      if (made.n === this.opened.journal.state.n || performance.now() - made.endMs < waitMs)
        return Promise.resolve(made.json);
    }
    this.making ??= this.make().finally(() => (this.making = undefined));
    return this.making;
  }

  private async make(): Promise<string> {
    const startMs = performance.now();
    const search = await this.opened.look();
    const { n } = search.state;
    const json = await chartsOf(search, this.opened.host);
    const endMs = performance.now();
    this.made = { json, n, endMs, tookMs: endMs - startMs };
    return json;
  }
}
