/** What `spt serve` promises to those who ask: who may read, what is sent, and that nobody holds it up. */
import { appendFileSync } from 'node:fs';
import { type ChildProcess, spawn } from 'node:child_process';
import { request, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/events/format/event.js';
import { claim, enqueue, fail, finish, makeConfig } from '../../support/log-helpers.js';
import { linesOf } from '../../support/random-log.js';
import { cli } from '../../support/root.js';
import { ended, makeSearch, type Search } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Serve = suite('serve');

interface Address {
  url: string;
  port: number;
  token: string;
  ssh: string;
}

const HOSTILE = '<script>alert(1)</script>\u202e\u001b[2J';
const first: Draft[] = [
  ...enqueue(0, 1, 2, 3),
  claim('w1', 0, 1, 2),
  finish(0, 5, 0.75),
  fail(1, 5, { message: HOSTILE, retry: false }),
];
const drafts: Draft[] = [...first, finish(2, 5, 0.875)];

function write(search: Search, count: number): void {
  const at = (i: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString();
  const lines = linesOf(drafts, i => ({ id: `event${i}`, at: at(i), by: 'here:1' })).slice(0, count);
  search.write('log/events-000001.jsonl', Buffer.concat(lines));
}

function append(search: Search, from: number): void {
  const at = (i: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString();
  const lines = linesOf(drafts, i => ({ id: `event${i}`, at: at(i), by: 'here:1' })).slice(from);
  appendFileSync(join(search.root, 'log/events-000001.jsonl'), Buffer.concat(lines));
}

/** Starts a server in the folder of a search, and tells its address. */
async function start(search: Search, ...args: string[]): Promise<{ child: ChildProcess; address: Address }> {
  const child = spawn(process.execPath, [cli, 'serve', '--json', ...args], {
    cwd: search.root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  for await (const piece of child.stdout!) {
    out += String(piece);
    if (out.includes('\n')) break;
  }
  return { child, address: JSON.parse(out) };
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

function ask(
  { port }: Address,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: { [name: string]: string } } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, response => {
      let body = '';
      response.on('data', piece => (body += String(piece)));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Listens to the events, and waits for a snapshot that fits. */
function snapshot({ port, token }: Address, fits: (snapshot: any) => boolean): Promise<any> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: `/${token}/events` }, response => {
      let text = '';
      response.on('data', piece => {
        text += String(piece);
        for (const [, json] of text.matchAll(/event: snapshot\ndata: (.*)\n\n/g)) {
          const found = JSON.parse(json);
          if (!fits(found)) continue;
          clearTimeout(timer);
          response.destroy();
          resolve(found);
          return;
        }
      });
    });
    const timer = setTimeout(() => reject(new Error('no such snapshot in 20 s')), 20_000);
    sent.on('error', error => (error.message === 'aborted' ? undefined : reject(error)));
    sent.end();
  });
}

async function serving(use: (address: Address, search: Search) => Promise<void>): Promise<number | null> {
  const search = makeSearch();
  write(search, first.length);
  const { child, address } = await start(search);
  try {
    await use(address, search);
  } finally {
    child.kill('SIGINT');
  }
  const code = await ended(child);
  search.remove();
  return code;
}

Serve('the page, its headers and its policy; refusals; Ctrl-C ends with 0', async () => {
  const code = await serving(async address => {
    const { token, port, ssh, url } = address;
    assert.is(url, `http://127.0.0.1:${port}/${token}/`);
    assert.match(ssh, new RegExp(`^ssh -N -L ${port}:127\\.0\\.0\\.1:${port} `));
    assert.ok(token.length >= 32);
    const page = await ask(address, `/${token}/`);
    assert.is(page.status, 200);
    const { headers } = page;
    assert.equal(
      ['cache-control', 'x-content-type-options', 'referrer-policy', 'content-type'].map(
        name => headers[name],
      ),
      ['no-store', 'nosniff', 'no-referrer', 'text/html; charset=utf-8'],
    );
    const policy = String(headers['content-security-policy']).split('; ');
    assert.equal(
      policy.filter(part => !/^(script|style)-src 'sha256-[\w+/]{43}='$/.test(part)),
      [
        "default-src 'none'",
        "connect-src 'self'",
        'img-src data:',
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ],
    );
    assert.is(headers['access-control-allow-origin'], undefined);

    const status = async (path: string, options?: object): Promise<number> =>
      (await ask(address, path, options)).status;
    for (const path of [
      '/',
      '/events',
      `/${token.slice(1)}/`,
      `/${token}x/events`,
      `//${token}/`,
      `/x/../${token}/`,
    ])
      assert.is(await status(path), 403, path);
    assert.is(await status(`/${token}/../../etc/passwd`), 404);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      'localhost.',
      '10.0.0.1',
    ])
      assert.is(await status(`/${token}/`, { headers: { Host: host } }), 403, host);
    for (const host of ['localhost:1234', '127.0.0.1', `[::1]:${port}`])
      assert.is(await status(`/${token}/`, { headers: { Host: host } }), 200, host);
    for (const Origin of ['http://evil.example', 'null', `https://127.0.0.1:${port}`, 'http://127.0.0.1:1'])
      assert.is(await status(`/${token}/document`, { headers: { Origin } }), 403, Origin);
    assert.is(await status(`/${token}/`, { headers: { Origin: `http://127.0.0.1:${port}` } }), 200);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      const refused = await ask(address, `/${token}/`, { method });
      assert.equal([refused.status, refused.headers.allow], [405, 'GET, HEAD'], method);
    }
    const head = await ask(address, `/${token}/`, { method: 'HEAD' });
    assert.equal([head.status, head.body], [200, '']);
    assert.not.match(page.body, new RegExp(token), 'the page does not hold its token');
  });
  assert.is(code, 0);
});

Serve('a snapshot follows each append, and texts of the log are data', async () => {
  await serving(async (address, search) => {
    const before = await snapshot(address, () => true);
    assert.equal(before.counts, { configs: 4, queued: 1, running: 1, training: 0, finished: 1, failed: 1 });
    assert.is(before.n, first.length);
    assert.is(before.failures[0].message, '<script>alert(1)</script>\\u202e\\u001b[2J');
    assert.is(before.boards[0].rows[0].score, 0.75);
    assert.is(before.isPast, undefined);
    const listening = snapshot(address, ({ n }) => n === drafts.length);
    append(search, first.length);
    const after = await listening;
    assert.equal(after.counts, { configs: 4, queued: 1, running: 0, training: 0, finished: 2, failed: 1 });
    assert.equal(
      after.boards.flatMap((board: any) => board.rows.map((row: any) => row.score)),
      [0.875, 0.75],
    );
    const { status, headers, body } = await ask(address, `/${address.token}/document`);
    assert.equal([status, headers['content-type']], [200, 'application/json; charset=utf-8']);
    const { document, shown, of } = JSON.parse(body);
    assert.equal([shown, of], [4, 4]);
    assert.is(document.moment.n, drafts.length);
  });
});

Serve('the best configs have the deviation and the parameters that spt results shows', async () => {
  const search = makeSearch();
  const configs = [1, 10].map((C, i) =>
    makeConfig(i, {
      pipeline: 'svc',
      cv: { folds: 3 },
      steps: [{ SimpleImputer: { strategy: 'median' } }, { SVC: { kernel: 'rbf', C } }],
    }),
  );
  const cv = { roc_auc: { mean: 0.75, std: 0.0408, folds: [0.75, 0.8, 0.7] } };
  const enqueued = configs.map((config): Draft => ({ type: 'enqueued', config }));
  writeLog(search, [...enqueued, claim('w1', 0, 1), { ...finish(0, 3), scores: { cv } }]);
  const { child, address } = await start(search, '--at', '4');
  const found = await snapshot(address, () => true);
  child.kill('SIGINT');
  assert.is(await ended(child), 0);
  const [row] = found.boards[0].rows;
  // R: sd(c(0.75, 0.8, 0.7))
  assert.ok(Math.abs(row.deviation - 0.05) < 1e-12, String(row.deviation));
  assert.is(row.parameters, 'C=1');
  assert.is(found.isPast, true);
  const { out } = await search.sptHere('results');
  assert.match(out, /svc +0\.7500 +0\.0500 +C=1\n/);
  search.remove();
});

Serve('browsers that come, go and do not read do not hold it up', async () => {
  const code = await serving(async (address, search) => {
    const { port, token } = address;
    const idle = Array.from({ length: 8 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(`GET /${token}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      socket.pause();
      return socket;
    });
    idle.slice(0, 4).forEach(socket => socket.destroy());
    const all = [0, 1, 2].map(() => snapshot(address, ({ n }) => n === drafts.length));
    append(search, first.length);
    assert.equal(
      (await Promise.all(all)).map(({ n }) => n),
      [drafts.length, drafts.length, drafts.length],
    );
  });
  assert.is(code, 0, 'it ends although browsers are connected');
});

Serve('a port that is in use, and addresses that are none, are refused', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => taken.on('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  const search = makeSearch();
  write(search, first.length);
  const used = await search.sptHere('serve', '--port', String(port));
  assert.is(used.code, 2);
  assert.match(used.err, /another program listens on port/);
  const foreign = await search.sptHere('serve', '--host', '203.0.113.7');
  assert.is(foreign.code, 2);
  assert.match(foreign.err, /no address 203\.0\.113\.7/);
  assert.is((await search.sptHere('serve', '--port', '99999')).code, 2);
  assert.is((await search.sptHere('serve', '--host', 'a b')).code, 2);
  taken.close();
  search.remove();
});

Serve.run();
