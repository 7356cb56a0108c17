/**
 * What may be in a log's folder in place of its files, and what happens when files go away. Only ordinary files are
 * opened, nobody waits for ever, and nobody begins a log again that was read before.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Failure } from '../../src/base/errors.js';
import { encode } from '../../src/events/format/event.js';
import { Inspector } from '../../src/events/ask/inspect.js';
import { Journal } from '../../src/log/journal.js';
import { makeObserver, startHeartbeat } from '../../src/log/liveness.js';
import { nodeHost } from '../../src/log/node-host.js';
import { survey } from '../../src/log/survey.js';
import { statusLog } from '../../src/worker/status-log.js';
import {
  claim,
  contentsOf,
  enqueue,
  finish,
  inFolder,
  makeConfig,
  makeWorker,
} from '../../support/log-helpers.js';
import { ended, makeSearch, until } from '../../support/search.js';

const host = await nodeHost();
const SEGMENT = 'events-000001.jsonl';

/** What may have a file's name and is none. */
const STRANGERS: { [what: string]: (path: string) => void } = {
  'a named pipe': path => void assert.is(spawnSync('mkfifo', [path]).status, 0),
  'a symbolic link': path => {
    writeFileSync(`${path}.target`, 'precious\n');
    symlinkSync(`${path}.target`, path);
  },
  'a folder': path => mkdirSync(path),
  'a device': path => symlinkSync('/dev/zero', path),
};

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

const Files = suite('files of a log');

for (const [what, put] of Object.entries(STRANGERS)) {
  const expected = what === 'a device' ? 'a symbolic link' : what;

  Files(`${what} in place of a segment is refused by name, to read and to write`, async () => {
    await inFolder(async folder => {
      const journal = await Journal.open(folder, host);
      put(join(folder, SEGMENT));
      const refusals = [
        await failureOf(Journal.open(folder, host)),
        await failureOf(journal.transact(() => enqueue(0))),
        await failureOf(survey(folder, host, new Inspector())),
      ];
      for (const { code, message } of refusals) {
        assert.is(code, 'not-a-file');
        assert.is(message, `${join(folder, SEGMENT)} is ${expected}, and an ordinary file is expected there`);
      }
      if (what === 'a symbolic link')
        assert.is(readFileSync(join(folder, `${SEGMENT}.target`), 'utf8'), 'precious\n');
    });
  });

  Files(`${what} in place of a snapshot is not used`, async () => {
    await inFolder(async folder => {
      const journal = await Journal.open(folder, host, { segmentBytes: 500 });
      for (const i of [0, 1, 2, 3, 4, 5]) await journal.transact(() => enqueue(i));
      const snapshots = readdirSync(folder).filter(name => name.startsWith('snapshot-'));
      assert.is(snapshots.length, 2);
      for (const name of snapshots) {
        rmSync(join(folder, name));
        put(join(folder, name));
      }
      const again = await Journal.open(folder, host);
      assert.equal(contentsOf(again.state), contentsOf(journal.state));
    });
  });

  Files(`${what} in place of a sign of life keeps no claim alive`, async () => {
    await inFolder(async folder => {
      let now = 0;
      const observer = makeObserver(folder, { ...host, monotonicMs: () => now }, 1000);
      mkdirSync(join(folder, 'workers'));
      put(join(folder, 'workers', 'gone.json'));
      const losses: unknown[] = [];
      for (; now < 2000; now += 200) losses.push(...(await observer.look(['gone'])));
      assert.equal(losses[0], { worker: 'gone', why: 'silent' });
      assert.is((await failureOf(startHeartbeat(folder, host, makeWorker('gone')))).code, 'not-a-file');
    });
  });

  Files(`${what} in place of status.log gets no line, and stops nobody`, async () => {
    await inFolder(async folder => {
      const file = join(folder, 'status.log');
      put(file);
      const write = statusLog(folder, 'me:1');
      assert.match(write('finished'), /finished$/);
      if (what === 'a symbolic link') assert.is(readFileSync(`${file}.target`, 'utf8'), 'precious\n');
    });
  });
}

Files('a link in place of workers/ is not followed', async () => {
  await inFolder(async folder => {
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'workers'));
    const { code, message } = await failureOf(startHeartbeat(folder, host, makeWorker()));
    assert.is(code, 'not-a-folder');
    assert.is(message, `${join(folder, 'workers')} is not a folder`);
    assert.equal(readdirSync(join(folder, 'elsewhere')), []);
  });
});

Files('doctor tells what stands in the place of workers/, because no worker can start there', async () => {
  const search = makeSearch();
  await search.sptHere('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1');
  rmSync(join(search.root, 'log/workers'), { recursive: true, force: true });
  execFileSync('mkfifo', [join(search.root, 'log/workers')]);
  const { code, out } = await search.sptHere('doctor');
  assert.is(code, 1);
  assert.match(out, /not-a-folder: workers: it is not a folder, so no worker can start/);
  search.remove();
});

Files('the log itself may be a link', async () => {
  await inFolder(async folder => {
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'log'));
    const journal = await Journal.open(join(folder, 'log'), host);
    await journal.transact(() => enqueue(0));
    const heartbeat = await startHeartbeat(join(folder, 'log'), host, makeWorker());
    statusLog(join(folder, 'log'), 'me:1')('hello');
    assert.equal(readdirSync(join(folder, 'real')).sort(), [SEGMENT, 'status.log', 'workers']);
    await heartbeat.stop();
  });
});

Files('a forged name of a pipeline does not reach status.log', async () => {
  const search = makeSearch();
  assert.is(search.spt('enqueue', '--splits', 'train_A1', '--cv', '--pipelines', 'lasso').code, 0);
  const [{ config }] = search.events();
  const forged = makeConfig(1, { ...config, id: '0123456789abcdef', pipeline: '; touch owned #' });
  const line = encode(
    { type: 'enqueued', config: forged },
    { n: 4, previous: 0, id: 'f', at: 'T', by: 'me' },
  );
  writeFileSync(join(search.root, 'log', SEGMENT), line, { flag: 'a' });
  assert.is(search.spt('work', '-j', '1').code, 0);
  assert.match(search.read('log/status.log'), /01234567  \(a name that is not plain\) train_A1/);
  assert.not.match(search.read('log/status.log'), /touch/);
  search.remove();
});

/** A log with claims, in the hands of one journal. */
async function usedLog(folder: string, segmentBytes = 1 << 20): Promise<Journal> {
  const journal = await Journal.open(folder, host, { segmentBytes, snapshots: false });
  await journal.transact(() => enqueue(0, 1));
  await journal.transact(() => [claim('w1', 0)]);
  return journal;
}

Files('a log that was read and is gone is not begun again', async () => {
  await inFolder(async folder => {
    const journal = await usedLog(folder);
    rmSync(join(folder, SEGMENT));
    for (const work of [
      () => journal.transact(() => [finish(0, 3)]),
      () => journal.refresh(),
      () => journal.transact(() => enqueue(2)),
    ]) {
      const { code, message } = await failureOf(work());
      assert.is(code, 'log-gone');
      assert.is(message, `${join(folder, SEGMENT)} is gone: it was moved or removed while it was in use`);
    }
    assert.equal(readdirSync(folder), []);
  });
});

Files('the next segment is not begun where the one before is gone', async () => {
  await inFolder(async folder => {
    const journal = await usedLog(folder, 10);
    const names = readdirSync(folder);
    assert.is(names.length, 2);
    for (const name of names) rmSync(join(folder, name));
    assert.is((await failureOf(journal.transact(() => enqueue(2)))).code, 'log-gone');
    assert.equal(readdirSync(folder), []);
  });
});

Files('a log that is put back goes on', async () => {
  await inFolder(async folder => {
    const journal = await usedLog(folder);
    renameSync(join(folder, SEGMENT), join(folder, 'away'));
    assert.is((await failureOf(journal.transact(() => [finish(0, 3)]))).code, 'log-gone');
    renameSync(join(folder, 'away'), join(folder, SEGMENT));
    const [{ applied }] = await journal.transact(() => [finish(0, 3)]);
    assert.is(applied, true);
    const again = await Journal.open(folder, host);
    assert.equal(contentsOf(again.state), contentsOf(journal.state));
  });
});

Files('a worker whose log is taken away says so and ends with 1', async () => {
  const pipes =
    'nn:\n  - MLPClassifier: { hidden_layer_sizes: [[20]], max_iter: { range: [300, 400, 1] } }\n';
  const search = makeSearch({ pipes });
  assert.is(search.spt('enqueue', '--splits', 'train_A1', '--cv').code, 0);
  const segment = join(search.root, 'log', SEGMENT);
  const kept = join(search.root, 'kept');
  linkSync(segment, kept);
  const child = search.start('work', '-j', '1');
  await until(() => readFileSync(kept, 'utf8').includes('"type":"claimed"'), 120_000, 'a claim');
  rmSync(segment);
  assert.is(await ended(child), 1);
  assert.is(existsSync(segment), false);
  assert.match(search.read('log/status.log'), /failed {4}worker \S+: \S+events-000001\.jsonl is gone/);
  search.remove();
});

Files('work on a log without configs says what is missing, and ends with 1', async () => {
  const search = makeSearch();
  mkdirSync(join(search.root, 'log'));
  mkdirSync(join(search.root, 'lgo'));
  for (const more of [[], ['--log', 'lgo']]) {
    const { code, err } = await search.sptHere('work', ...more);
    assert.is(code, 1);
    assert.match(err, /the log \S+ holds no configs\n[^]*spt enqueue first, or name the log with --log/);
  }
  assert.equal([...readdirSync(join(search.root, 'log')), ...readdirSync(join(search.root, 'lgo'))], []);
  search.remove();
});

Files.run();
