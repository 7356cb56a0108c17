/**
 * Two users of one group work in one folder, whatever their umasks are. The test needs root to be both users; without
 * root it checks the permissions only. It runs the commands of docs/shared-folders.md as they are written there.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sharingFindings } from '../../../src/log/check/sharing.js';
import { makeFolder, removeFolder } from '../../../support/log-helpers.js';
import { makeSearch, until, type Search } from '../../../support/search.js';
import { cli, root } from '../../../support/root.js';

const sealer = join(root, 'dist/support/sealer.js');

const LAB = 64_100;
const ANNA = { uid: 64_001, umask: '022' };
const BERT = { uid: 64_002, umask: '077' };
type User = typeof ANNA;

const isRoot = process.getuid?.() === 0;
const canBeOthers = isRoot && spawnSync(...commandOf(ANNA, ['test', '-r', cli])).status === 0;

function commandOf({ uid, umask }: User, words: string[]): [string, string[]] {
  const ids = [`--reuid=${uid}`, `--regid=${LAB}`, '--clear-groups'];
  return ['setpriv', [...ids, 'sh', '-c', `umask ${umask} && exec "$@"`, 'sh', ...words]];
}

function as(user: User, folder: string, ...words: string[]) {
  const [command, args] = commandOf(user, [process.execPath, ...words]);
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

function start(user: User, folder: string, ...words: string[]): ChildProcess {
  const [command, args] = commandOf(user, [process.execPath, ...words]);
  return spawn(command, args, { cwd: folder, stdio: 'ignore' });
}

const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8);

/** A search that belongs to Anna, made shared as the page says. */
function sharedSearch(pipes?: string): Search {
  const search = makeSearch(pipes === undefined ? {} : { pipes });
  mkdirSync(join(search.root, 'log'));
  const paths = readdirSync(search.root, { recursive: true, encoding: 'utf8' }).map(name =>
    join(search.root, name),
  );
  for (const path of [search.root, ...paths]) chownSync(path, ANNA.uid, ANNA.uid);
  for (const block of commandsOfThePage().slice(0, 1)) runCommands(block, search.root);
  return search;
}

function commandsOfThePage(): string[] {
  const page = readFileSync(join(root, 'docs', 'shared-folders.md'), 'utf8');
  return [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block);
}

/** Runs a block of the page for the folder, in the place where its names mean what they say. */
function runCommands(block: string, folder: string): void {
  const text = block.replaceAll('lab', String(LAB)).replace(/\bsearch\b/g, folder);
  const { status, stderr } = spawnSync('sh', ['-ec', text], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
}

const Shared = suite('one folder, two users');
const OnlyRoot = canBeOthers ? Shared : Shared.skip;
if (!canBeOthers)
  console.log('two users cannot be tried: that takes root, setpriv, and a checkout that all may read');

const slowPipes = `nn:
  - MLPClassifier: { hidden_layer_sizes: [[100, 100]], max_iter: [100000], tol: 0, n_iter_no_change: 100000 }
`;

OnlyRoot('what either makes, the other can use, with umask 022 and 077', () => {
  const search = sharedSearch();
  const asked = ['enqueue', '--splits', 'train_A1', '--cv', '--pipelines', 'lasso'];
  const enqueued = as(BERT, search.root, cli, ...asked);
  assert.is(enqueued.code, 0, enqueued.err);
  const worked = as(ANNA, search.root, cli, 'work', '-j', '1', '--json');
  assert.is(JSON.parse(worked.out).finished, 3, worked.err);
  const files = ['log/events-000001.jsonl', 'log/status.log'];
  for (const file of files) assert.is(modeOf(join(search.root, file)), '664', file);
  assert.is(modeOf(join(search.root, 'log/workers')), '2775');
  for (const split of readdirSync(join(search.root, 'data/.prepared'))) {
    const folder = join(search.root, 'data/.prepared', split);
    assert.is(modeOf(folder), '2775');
    assert.is(modeOf(join(folder, 'meta.json')), '664');
  }
  search.remove();
});

OnlyRoot('who seals a segment in the middle does not lock the other out', () => {
  const search = sharedSearch();
  const log = join(search.root, 'log');
  for (const [i, user] of [BERT, ANNA, BERT, ANNA].entries()) {
    const { code, err } = as(user, search.root, sealer, log, String(i));
    assert.is(code, 0, err);
  }
  const names = readdirSync(log).filter(name => /^(events|snapshot)-/.test(name));
  assert.is(names.length >= 5, true);
  for (const name of names) assert.is(modeOf(join(log, name)), '664', name);
  search.remove();
});

/** Bert works, holds a claim and is killed; Anna then finishes. */
async function takenUp(search: Search, before: (sign: string) => void): Promise<void> {
  const enqueued = as(ANNA, search.root, cli, 'enqueue', '--splits', 'train_A1', '--cv');
  assert.is(enqueued.code, 0, enqueued.err);
  const child = start(BERT, search.root, cli, 'work', '-j', '1');
  await until(() => search.logBytes().includes('"type":"claimed"'), 60_000, 'a claim');
  child.kill('SIGKILL');
  await new Promise(resolve => child.on('exit', resolve));
  const [sign] = readdirSync(join(search.root, 'log/workers'));
  before(join(search.root, 'log/workers', sign));
  const { code, err } = as(ANNA, search.root, cli, 'work', '-j', '1', '--timeout', '1s');
  assert.is(code, 0, err);
  const released = search.events().filter(({ type, why }) => type === 'released' && why === 'lost');
  assert.is(released.length, 1);
  assert.is(
    search.events().some(({ type, kind }) => type === 'failed' && kind === 'timeout'),
    true,
  );
}

OnlyRoot('what a dead worker held is taken up, also where its sign of life may not be read', async () => {
  const search = sharedSearch(slowPipes);
  search.write('configs/config.yaml', search.read('configs/config.yaml').replace('lease: 3s', 'lease: 1s'));
  await takenUp(search, sign => {
    assert.is(modeOf(sign), '664');
    // as 0.1.0 wrote it
    chmodSync(sign, 0o600);
  });
  assert.match(search.read('log/status.log'), /released {2}the claims of worker \S+, which is silent/);
  search.remove();
});

OnlyRoot('doctor tells what the group cannot use, and its advice helps', () => {
  const search = sharedSearch();
  const log = join(search.root, 'log');
  assert.is(as(ANNA, search.root, sealer, log, '0').code, 0);
  const kinds = (): string[] => sharingFindings(log).map(({ kind }) => kind);
  assert.equal(kinds(), []);
  chmodSync(join(log, 'status.log'), 0o600);
  const [found] = sharingFindings(log);
  assert.is(found.kind, 'not-shared');
  assert.is(found.message, "the group may write to the log's folder, but it may not use status.log");
  const advice = found.advice!.slice(found.advice!.indexOf('run ') + 4).replace(' and ', ' && ');
  const [command, args] = commandOf(ANNA, ['sh', '-c', advice]);
  assert.is(spawnSync(command, args).status, 0);
  assert.equal(kinds(), []);
  const { out } = as(BERT, search.root, cli, 'doctor', '--json', '--watch', '1ms');
  assert.is(
    JSON.parse(out).findings.some(({ kind }: { kind: string }) => kind === 'not-shared'),
    false,
  );
  search.remove();
});

OnlyRoot('each user can mend what is their own, as the page says', () => {
  const search = sharedSearch();
  const own = join(search.root, 'log', 'status.log');
  writeFileSync(own, '');
  chmodSync(own, 0o600);
  runCommands(commandsOfThePage()[1], search.root);
  assert.is(modeOf(own), '660');
  assert.is(lstatSync(own).gid, LAB);
  search.remove();
});

Shared('what is new has the permissions of its folder, whatever the umask is', () => {
  for (const [umask, folderMode, fileMode] of [
    ...([
      ['022', 0o2770, '660'],
      ['077', 0o775, '664'],
      ['000', 0o700, '600'],
      ['022', 0o755, '644'],
    ] as const),
  ]) {
    const folder = makeFolder();
    const log = join(folder, 'log');
    mkdirSync(log);
    chmodSync(log, folderMode);
    const shell = `umask ${umask} && exec "$@"`;
    const { status, stderr } = spawnSync('sh', ['-c', shell, 'sh', process.execPath, sealer, log, '0'], {
      encoding: 'utf8',
    });
    assert.is(status, 0, stderr);
    for (const name of readdirSync(log).filter(name => name !== 'workers'))
      assert.is(modeOf(join(log, name)), fileMode, name);
    assert.is(modeOf(join(log, 'workers')), folderMode.toString(8));
    removeFolder(folder);
  }
});

Shared.run();
