/** Examples of what commands refuse, and of faults in a log and in prepared data. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { init } from '../src/commands/init.js';
import { slurm } from '../src/commands/slurm/slurm.js';
import type { Draft, Finished } from '../src/events/format/event.js';
import type { Config } from '../src/base/config.js';
import { sha256 } from '../src/base/json.js';
import { storePrepared } from '../src/data/store.js';
import { ioFailure } from '../src/log/failures.js';
import { refuseUnsafe } from '../src/log/check/flock.js';
import { Journal } from '../src/log/journal.js';
import { nodeHost } from '../src/log/node-host.js';
import { meet } from '../src/log/check/rendezvous.js';
import { scriptOf } from '../src/slurm/submit.js';
import { LiveServer } from '../src/web/server.js';
import { claim, enqueue, fail, finish, idOf, makeConfig, makeFolder, removeFolder } from './log-helpers.js';
import { call, line, scene, usual, type Example } from './gallery.js';
import type { Search } from './search.js';
import { writeLog } from './written-log.js';
import { root as repository } from './root.js';

const own = (i: number, more: Partial<Config> = {}): Config =>
  makeConfig(i, { pipeline: 'lasso', split: 'A1', cv: { folds: 3 }, seed: 7, data: 'd'.repeat(32), ...more });

/** Configs that are claimed and end with these scores. */
function ended(configs: Config[], scores: Finished['scores']): Draft[] {
  const epoch = configs.length + 1;
  return [
    ...configs.map((config): Draft => ({ type: 'enqueued', config })),
    { ...claim('w1'), configs: configs.map(({ id }) => id) },
    ...configs.map(({ id }, i): Draft => ({ ...finish(i, epoch), config: id, scores })),
  ];
}

const scored: Finished['scores'] = { cv: { roc_auc: { mean: 0.8, std: 0, folds: [0.8] } } };
const withLog = (code: string, written: string, events: readonly Draft[], ...args: string[]): Example =>
  scene(code, written, search => writeLog(search, events), args);
const queued: Draft[] = [{ type: 'enqueued', config: own(1) }];
const oneFailed: Draft[] = [...enqueue(1), claim('w', 1), fail(1, 2)];
const best = ['rebuild', '--best'];

const commandLine: Example[] = [
  line('usage', 'enqeue'),
  line('usage', 'enqueue', '--vaildate'),
  line('usage', 'work', '-j', '0'),
  line('usage', 'work', '--timeout', '60'),
  line('usage', 'replay', '--at', 'yesterday'),
  line('usage', 'retry', '--kind', 'timeouts'),
  line('unknown-command', 'progress'),
  line('old-words', 'train.py', 'manage', '--pipeline_names', 'lasso', '--cv', 'True'),
  line('no-such-folder', 'enqueue', '--root', 'nowhere'),
  line('no-such-folder', 'doctor', '--probe', 'nowhere'),
  line('not-a-folder', 'enqueue', '--log', 'data/features.csv'),
  line('no-splits', 'enqueue'),
  line('no-such-split', 'enqueue', '--splits', 'A1'),
  line('no-such-split', 'enqueue', '--splits', 'train_A1', '--validate'),
  line('no-such-pipeline', ...usual, '--pipelines', 'laso'),
  call('already-there', '$ spt init   (where a search is)', () =>
    init().parseAsync([repository], { from: 'user' }),
  ),
  scene('already-there', '(a search with a log)', search => writeLog(search, queued), [
    'merge',
    'log',
    '--out',
    'data',
  ]),
  line('no-such-log', 'work', '--log', 'nowhere'),
  scene('no-such-log', '(a search with a log)', search => writeLog(search, queued), ['merge', '.']),
  line('one-config', 'rebuild'),
  line('bad-out', 'rebuild', '--best', '--out', 'none/model.json'),
  withLog('bad-where', '(a log)', queued, 'results', '--where', "SVC.C > 1 and pipeline = 'lasso"),
  withLog('no-such-column', '(a log)', queued, 'results', '--where', 'SVC.c > 1'),
  withLog('unknown-format', '(a log)', queued, 'results', '--out', 'results.xlsx'),
  withLog(
    'too-many-columns',
    '(a log whose config has a million folds)',
    [{ type: 'enqueued', config: own(1, { cv: { folds: 1e6 }, metrics: ['roc_auc', 'mcc', 'f1'] }) }],
    'results',
  ),
  scene('nothing-named', '(a log)', search => writeLog(search, queued), ['retry']),
  line('two-limits', 'slurm', 'submit', '--workers', '2', '--mem', '4G', '--mem-per-cpu', '1G'),
  line(
    'bad-work-options',
    'slurm',
    'submit',
    '--workers',
    '2',
    '--splits',
    'train_A1',
    '--work',
    '--timout 1h',
  ),
  line('nothing-queued', 'slurm', 'submit', '--workers', '2', '--no-manager'),
  line('no-splits', 'slurm', 'submit', '--workers', '2', '--cv'),
  call('no-script', '(no slurm/ in the folder)', () => scriptOf('workers', ['/search'])),
  call('no-jobs', '$ spt slurm cancel', () =>
    slurm(() => ({ code: 0, out: '', err: '' })).parseAsync(['cancel'], { from: 'user' }),
  ),
  call('slurm', '$ spt slurm cancel   (no Slurm here)', () =>
    slurm(command => ({ code: 127, out: '', err: `${command}: not found` })).parseAsync(['cancel'], {
      from: 'user',
    }),
  ),
];

const onLogs: Example[] = [
  scene('nothing-enqueued', '(an empty log)', search => mkdirSync(join(search.root, 'log')), ['work']),
  line('not-a-log', 'work', '--log', 'data'),
  scene('nothing-finished', '(an empty log)', search => mkdirSync(join(search.root, 'log')), best),
  withLog('nothing-finished', '(a log where nothing is trained yet)', queued, ...best),
  withLog('nothing-finished', '(a log where all failed)', oneFailed, ...best),
  withLog('nothing-scored', '(configs without --cv)', ended([own(1)], {}), ...best),
  withLog('nothing-scored', '(a fold without a class)', ended([own(1)], { cv: { roc_auc: null } }), ...best),
  withLog(
    'nothing-fits',
    '(a log)',
    ended([own(1), own(2, { split: 'B2', pipeline: 'svc' })], scored),
    ...best,
    '--split',
    'B2',
    '--pipelines',
    'lasso',
  ),
  withLog('several-bests', '(two splits)', ended([own(1), own(2, { split: 'B2' })], scored), ...best),
  withLog('no-such-name', '(a log)', queued, ...best, '--split', 'A2'),
  withLog('no-such-name', '(a log)', queued, 'retry', '--pipelines', 'laso'),
  withLog('no-such-host', '(a log)', queued, 'serve', '--host', '203.0.113.7'),
  call('port-in-use', '$ spt serve --port 8080   (where another program has the port)', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const serving = { host: '127.0.0.1', port, token: 'x', names: new Set<string>() };
    await new LiveServer({ ...serving, document: () => Promise.resolve('') })
      .listen()
      .finally(() => taken.close());
  }),
  withLog('no-such-config', '(a log)', queued, 'rebuild', 'ffff'),
  withLog('ambiguous-id', '(a log)', enqueue(...Array(20).keys()), 'rebuild', idOf(1)[0]),
  withLog('not-failed', '(a log)', queued, 'retry', idOf(1)),
  withLog(
    'not-failed',
    '(a config that failed with an error)',
    oneFailed,
    'retry',
    idOf(1),
    '--kind',
    'timeout',
  ),
];

/** Writes a meta.json into the prepared data, and gives its digest. */
function prepared(search: Search, meta: string, file = 'meta.json'): string {
  const digest = sha256(32, meta);
  search.write(`data/.prepared/${digest}/${file}`, meta);
  return digest;
}

const ofData = (code: string, written: string, prepare: (search: Search) => string): Example =>
  scene(
    code,
    written,
    search => writeLog(search, [{ type: 'enqueued', config: own(1, { data: prepare(search) }) }]),
    ['rebuild', idOf(1)],
  );

/** Writes a config as finished with another model, so that a rebuild cannot give the same. */
async function withOtherModel(search: Search): Promise<void> {
  await search.sptHere('enqueue', '--splits', 'train_A1', '--pipelines', 'lasso');
  const [{ config }] = search.events();
  writeLog(search, ended([config], scored));
}

const ofPreparedData: Example[] = [
  ofData('data-missing', '(data/.prepared/ was not copied)', () => 'd'.repeat(32)),
  ofData('data-damaged', '(meta.json is changed)', search => {
    search.write(`data/.prepared/${'d'.repeat(32)}/meta.json`, '{}');
    return 'd'.repeat(32);
  }),
  ofData('data-damaged', '(meta.json of somebody else)', search => prepared(search, '{}')),
  ofData('data-format', '(data of a newer version)', search => prepared(search, '{"format":9}')),
  scene('digest-differs', '(a log with another digest)', withOtherModel, search => [
    'rebuild',
    search.events()[0].config.id,
  ]),
  scene(
    'cannot-write',
    '(a file that is not ours to write)',
    async search => {
      await search.sptHere('enqueue', '--splits', 'train_A1', '--pipelines', 'lasso');
      symlinkSync('nowhere/at/all', join(search.root, 'model.json'));
    },
    search => ['rebuild', search.events()[0].config.id, '--out', 'model.json'],
  ),
  call('data-not-stored', '(the disk does not take the data)', () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'file'), '');
    try {
      storePrepared(join(folder, 'file', 'inside'), { digest: 'd'.repeat(32), meta: '', data: {} as never });
    } catch (error) {
      (error as Error).message = (error as Error).message.replaceAll(folder, '/search/data');
      throw error;
    } finally {
      removeFolder(folder);
    }
  }),
  call('not-a-file', '(a link stands for train.f64)', async () => {
    const folder = makeFolder();
    symlinkSync('elsewhere', join(folder, 'events-000001.jsonl'));
    try {
      await Journal.open(folder, await nodeHost());
    } catch (error) {
      (error as Error).message = (error as Error).message.replaceAll(folder, 'log');
      throw error;
    } finally {
      removeFolder(folder);
    }
  }),
];

const refusedCall = (code: string): Error =>
  Object.assign(new Error(`${code}: the call failed`), { code, syscall: 'open' });
const ofTheSystem = (code: string, errno: string): Example =>
  call(code, `(the system says ${errno})`, () => {
    throw ioFailure(refusedCall(errno), '/shared/log');
  });

const ofTheMachine: Example[] = [
  ofTheSystem('disk-full', 'ENOSPC'),
  ofTheSystem('log-not-writable', 'EROFS'),
  ofTheSystem('log-not-writable', 'EACCES'),
  ofTheSystem('no-locks', 'ENOLCK'),
  ofTheSystem('log-unreachable', 'ESTALE'),
  call('unsafe-file-system', '(the log is on NFS without locks)', async () =>
    refuseUnsafe('/shared/log', await nodeHost(), {
      point: '/shared',
      type: 'nfs4',
      options: ['nolock'],
    } as never),
  ),
  call('no-partner', '$ spt doctor --probe /shared', async () => {
    const folder = makeFolder();
    try {
      await meet(folder, await nodeHost(), { waitMs: 1 });
    } catch (error) {
      (error as Error).message = (error as Error).message.replace(folder, '/shared');
      throw error;
    } finally {
      removeFolder(folder);
    }
  }),
];

export const ofCommands: Example[] = [...commandLine, ...onLogs, ...ofPreparedData, ...ofTheMachine];
