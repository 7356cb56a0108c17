/** The doctor finds what is wrong, says where, and is content with what is sound. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encode, type Entry } from '../../src/events/format/event.js';
import { decode } from '../../src/events/format/decode.js';
import {
  examineClaims,
  examineFileSystem,
  examineLog,
  meetingFindings,
  type Finding,
} from '../../src/log/check/doctor.js';
import {
  judgeMount,
  judgeSpace,
  mountOf,
  parseMounts,
  refuseUnsafe,
  tryFlock,
} from '../../src/log/check/file-system.js';
import type { Handle, Host } from '../../src/log/host.js';
import { Journal } from '../../src/log/journal.js';
import { startHeartbeat } from '../../src/log/liveness.js';
import { segmentPath } from '../../src/log/names.js';
import { nodeHost } from '../../src/log/node-host.js';
import {
  appendLines,
  isSound,
  judgeLines,
  LINE_BYTES,
  probeAppends,
  probeExclusion,
} from '../../src/log/check/probe.js';
import { meet } from '../../src/log/check/rendezvous.js';
import {
  claim,
  contentsOf,
  enqueue,
  fail,
  finish,
  idOf,
  makeFolder,
  makeWorker,
  removeFolder,
} from '../../support/log-helpers.js';
import { makeSearch } from '../../support/search.js';
import { cli } from '../../support/root.js';

const Doctor = suite('doctor');
const host = await nodeHost();

/** A test with a folder that vanishes. */
function inFolder(name: string, run: (folder: string) => Promise<void>): void {
  Doctor(name, async () => {
    const folder = makeFolder();
    try {
      await run(folder);
    } finally {
      removeFolder(folder);
    }
  });
}

const brief = (findings: readonly Finding[]): string[] =>
  findings.map(({ kind, place }) => (place?.line ? `${kind} ${place.line}` : kind));

/** A log of six records in one segment. */
async function makeLog(folder: string): Promise<string> {
  const journal = await Journal.open(folder, host, { snapshots: false });
  await journal.transact(() => enqueue(1, 2, 3));
  await journal.transact(() => [claim('w', 1, 2)]);
  await journal.transact(() => [finish(1, 4), finish(2, 4)]);
  return segmentPath(folder, 1);
}

// ---- the log

inFolder('a sound log has no findings, and is read as the journal reads it', async folder => {
  await makeLog(folder);
  const { findings, state } = await examineLog(folder, host);
  assert.equal(findings, []);
  assert.equal(contentsOf(state), contentsOf((await Journal.open(folder, host)).state));
});

inFolder('damage is told by segment, line and byte, and read around as everybody does', async folder => {
  const path = await makeLog(folder);
  const good = readFileSync(path, 'utf8').trimEnd().split('\n');
  const cases: [name: string, lines: string[], expected: string[]][] = [
    [
      'a flipped bit',
      good.map((line, i) => (i === 2 ? line.replace('svc', 'svb').replace('lasso', 'lassp') : line)),
      ['checksum 3', 'gap 4', 'broken-link 4'],
    ],
    ['another program', [...good, 'hello'], ['checksum 7']],
    ['a healed tail', [...good.slice(0, 3), good[3].slice(0, 50), ...good.slice(3)], ['unfinished 4']],
    ['empty lines', [...good.slice(0, 3), '', '', 'x', ...good.slice(3)], ['checksum 6']],
    [
      'a line twice',
      [...good.slice(0, 4), good[3], ...good.slice(4)],
      ['fork 5', 'broken-link 5', 'double 5'],
    ],
    ['NULs before a record', [...good.slice(0, 3), `\0\0\0${good[3]}`, ...good.slice(4)], ['checksum 4']],
    ['a line too long', [...good, 'x'.repeat(17 * 1024 * 1024)], ['overlong 7']],
  ];
  for (const [name, lines, expected] of cases) {
    writeFileSync(path, `${lines.join('\n')}\n`);
    const { findings, state } = await examineLog(folder, host);
    assert.equal(brief(findings), expected, name);
    assert.equal(contentsOf(state), contentsOf((await Journal.open(folder, host)).state), name);
    const { place } = findings[0];
    const bytes = readFileSync(path);
    const start = bytes.subarray(0, place!.offset).filter(byte => byte === 10).length;
    assert.is(start, place!.line! - 1, `${name}: byte and line are one place`);
  }
  writeFileSync(path, `${cases[4][1].join('\n')}\n`);
  assert.match(
    (await examineLog(folder, host)).findings[0].message,
    /events-000001\.jsonl:4$/,
    'both records',
  );
});

inFolder('a torn tail is a note, bytes behind a seal and stray segments are problems', async folder => {
  const path = await makeLog(folder);
  const good = readFileSync(path, 'utf8');
  writeFileSync(path, `${good}{"crc":"00`);
  const [torn, ...rest] = (await examineLog(folder, host)).findings;
  assert.equal([torn.kind, torn.level, torn.place!.offset, rest.length], ['torn', 'note', good.length, 0]);
  writeFileSync(segmentPath(folder, 2), good);
  writeFileSync(path, good);
  assert.equal(brief((await examineLog(folder, host)).findings), ['stray-segment']);

  const last = decode(Buffer.from(good.trimEnd().split('\n').at(-1)!)) as Entry;
  const seal = encode(
    { type: 'sealed', segment: 1, bytes: good.length },
    { n: last.n + 1, previous: last.crc, id: 'seal', at: 't', by: 'me' },
  );
  writeFileSync(path, Buffer.concat([Buffer.from(good), seal, Buffer.from('late\n')]));
  writeFileSync(segmentPath(folder, 2), '');
  const [behind] = (await examineLog(folder, host)).findings;
  assert.equal([behind.kind, behind.place!.offset], ['behind-seal', good.length + seal.length]);
});

inFolder('a snapshot that is damaged, or of another log, is told', async folder => {
  const journal = await Journal.open(folder, host, { segmentBytes: 1500 });
  for (let i = 0; i < 8; i++) await journal.transact(() => enqueue(i));
  const names = readdirSync(folder).filter(name => name.startsWith('snapshot-'));
  assert.ok(names.length > 0);
  assert.equal((await examineLog(folder, host)).findings, []);
  const path = join(folder, names[0]);
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(path, bytes);
  const { findings } = await examineLog(folder, host);
  assert.equal(
    findings.map(({ kind, level, place }) => [kind, level, place!.file]),
    [['snapshot', 'problem', names[0]]],
  );
});

// ---- the claims

inFolder('of workers that hold configs, the dead, the silent and the living are told apart', async folder => {
  const journal = await Journal.open(folder, host);
  await journal.transact(() => enqueue(1, 2, 3));
  await journal.transact(() => [claim('alive', 1), claim('silent', 2), claim('dead', 3)]);
  const alive = await startHeartbeat(folder, host, makeWorker('alive'), 1000);
  const other = { ...host, identity: { ...host.identity, boot: 'elsewhere' } };
  await startHeartbeat(folder, other, makeWorker('silent'), 1000);
  const gone = { ...host, identity: { ...host.identity, start: '1' } };
  await startHeartbeat(folder, gone, makeWorker('dead'), 1000);
  const timer = setInterval(() => void alive.bump(), 100);
  try {
    const quick = await examineClaims(folder, host, journal.state, { leaseMs: 1000, watchMs: 600 });
    assert.equal(brief(quick).sort(), ['dead-worker', 'quiet-worker']);
    const quiet = quick.find(({ kind }) => kind === 'quiet-worker')!;
    assert.equal([quiet.level, quiet.configs!.length], ['warning', 1]);
    assert.is(quiet.advice, 'Watch for longer than its lease: spt doctor --watch 120s');
    const findings = await examineClaims(folder, host, journal.state, { leaseMs: 1000, watchMs: 10_000 });
    assert.equal(brief(findings).sort(), ['dead-worker', 'silent-worker']);
    assert.ok(findings.every(({ message }) => /holds 1 config/.test(message)));
  } finally {
    clearInterval(timer);
  }
});

// ---- the file system

const nfs = (options: string, type = 'nfs4'): ReturnType<typeof parseMounts>[0] =>
  parseMounts(`36 35 0:50 / /mnt rw,relatime - ${type} server:/x rw,${options}`)[0];
const worst = (options: string, type?: string): string => {
  const [{ level, about }] = judgeMount(nfs(options, type));
  return `${level} ${about}`;
};

Doctor('mounts are found by the longest point, and the last of equal ones', () => {
  const mounts = parseMounts(
    [
      '22 27 0:21 / / rw,relatime - ext4 /dev/vda rw',
      '36 22 98:0 /root /mnt\\040a rw,noatime master:1 shared:2 - nfs4 server:/x rw,vers=4.2,local_lock=none',
      '37 36 0:3 / /mnt\\040a/deep rw - tmpfs tmpfs rw,size=4k',
      '38 36 0:4 / /mnt\\040a/deep ro - xfs /dev/vdb rw',
      'nonsense',
      '',
    ].join('\n'),
  );
  assert.is(mounts.length, 4);
  const typeOf = (path: string): string => mountOf(path, mounts)!.type;
  assert.equal(['/', '/mnt ab', '/mnt a', '/mnt a/b', '/mnt a/deep/x'].map(typeOf), [
    'ext4',
    'ext4',
    'nfs4',
    'nfs4',
    'xfs',
  ]);
  assert.equal(mounts[1].options, ['rw', 'noatime', 'vers=4.2', 'local_lock=none']);
});

Doctor('options that break locks are unsafe, those that slow down or lag are not', () => {
  assert.is(worst('vers=4.2,hard,local_lock=none'), 'note nfs4');
  assert.is(worst('vers=3,nolock', 'nfs'), 'unsafe nolock');
  assert.is(worst('vers=3,local_lock=all', 'nfs'), 'unsafe local_lock=all');
  assert.is(worst('local_lock=flock'), 'unsafe local_lock=flock');
  assert.is(worst('local_lock=posix').split(' ')[0], 'note');
  assert.is(worst('soft'), 'doubtful soft');
  assert.is(worst('nocto'), 'doubtful nocto');
  assert.is(worst('noac'), 'note noac');
  assert.is(worst('flock', 'lustre'), 'note flock');
  assert.is(worst('x', 'lustre'), 'doubtful lustre');
  assert.is(worst('localflock', 'lustre'), 'unsafe localflock');
  assert.is(worst('noflock', 'lustre'), 'unsafe noflock');
  assert.is(worst('nobrl', 'cifs'), 'unsafe nobrl');
  assert.is(worst('x', 'fuse.sshfs'), 'unsafe fuse.sshfs');
  for (const type of ['tmpfs', 'overlay', 'beegfs', '9p', 'somethingfs'])
    assert.is(worst('x', type), `doubtful ${type}`);
  for (const type of ['ext4', 'xfs', 'btrfs', 'zfs', 'gpfs', 'ceph'])
    assert.is(worst('x', type), `note ${type}`);
  assert.is(judgeMount({ ...nfs('x', 'ext4'), options: ['ro'] })[0].level, 'unsafe');
});

Doctor('little room is told', () => {
  const levels = (freeBytes: number, freeFiles?: number): string[] =>
    judgeSpace({ freeBytes, freeFiles }).map(({ level }) => level);
  assert.equal(levels(2 ** 34), []);
  assert.equal(
    [levels(2 ** 29), levels(2 ** 20), levels(2 ** 34, 3)],
    [['doubtful'], ['unsafe'], ['unsafe']],
  );
});

/** A host whose locks do not exclude, as with a mount option that keeps them elsewhere. */
function withLocks(lock: (handle: Handle) => Promise<boolean>): Host {
  return {
    ...host,
    open: async (path, mode) => {
      const handle = await host.open(path, mode);
      return { ...handle, lock: () => lock(handle) };
    },
  };
}

inFolder('a lock that does not exclude, or that is not there, is refused', async folder => {
  assert.equal(await tryFlock(folder, host), []);
  const refusal = async (one: Host): Promise<string> =>
    refuseUnsafe(folder, one).then(
      () => 'none',
      error => `${error.code}: ${error.message}`,
    );
  assert.is(await refusal(host), 'none');
  assert.match(await refusal(withLocks(async () => true)), /^unsafe-file-system: .*a second time/);
  assert.match(await refusal(withLocks(async () => false)), /^unsafe-file-system: .*is not given/);
  const noLocks = withLocks(async () =>
    Promise.reject(Object.assign(new Error('no locks'), { code: 'ENOLCK' })),
  );
  assert.match(await refusal(noLocks), /^unsafe-file-system: .*no lock can be taken/);
  const error = await refuseUnsafe(folder, host, nfs('nolock')).catch(error => error);
  assert.match(error.message, /nfs4 at \/mnt.*nolock/);
  assert.match(error.hint, /--force/);
  assert.equal(readdirSync(folder), [], 'nothing is left behind');
});

inFolder(
  'several processes append under the lock: nothing is lost, and a held lock is kept',
  async folder => {
    const result = await probeAppends(folder, host, { processes: 3, count: 15 });
    assert.ok(isSound(result), JSON.stringify(result));
    assert.is(result.expected, 45);
    assert.equal(await probeExclusion(folder, host), { excludes: true, givesBack: true });
    const { findings, mount } = await examineFileSystem(folder, host);
    assert.equal(
      findings.filter(({ level }) => level === 'problem'),
      [],
    );
    if (existsSync('/proc/self/mountinfo')) assert.ok(mount!.options.length > 0);
    assert.equal(readdirSync(folder), [], 'nothing is left behind');
  },
);

inFolder('writers without a lock are found out', async folder => {
  const unlocked = withLocks(async () => true);
  const path = join(folder, 'lines');
  await Promise.all(['a', 'b', 'c'].map(writer => appendLines(path, unlocked, writer, 10)));
  const result = judgeLines(readFileSync(path, 'utf8'), ['a', 'b', 'c'], 10);
  assert.ok(result.doubled > 0, 'two lines have one number');
  assert.not(isSound({ ...result, seconds: 1 }));
});

Doctor('lines that were lost, merged or overwritten are counted', () => {
  const line = (number: number, count: number): string => `${number} w ${count} `.padEnd(LINE_BYTES - 1, 'x');
  const good = [line(1, 0), line(2, 1), line(3, 2)];
  const judge = (lines: string[]): number[] => {
    const { found, broken, doubled } = judgeLines(lines.map(one => `${one}\n`).join(''), ['w'], 3);
    return [found, broken, doubled];
  };
  assert.equal(judge(good), [3, 0, 0]);
  assert.equal(judge([good[0], good[2]]), [2, 0, 0]);
  assert.equal(judge([good[0], good[1] + good[2]]), [1, 1, 0]);
  assert.equal(judge([good[0], '\0'.repeat(LINE_BYTES - 1), good[2]]), [2, 1, 0]);
  assert.equal(judge([good[0], line(1, 1), good[2]]), [3, 0, 1]);
});

inFolder('two that probe one folder meet, and find locks that hold or do not', async folder => {
  const options = { waitMs: 10_000, count: 10 };
  writeFileSync(
    join(folder, 'spt-probe-old.json'),
    '{"id":"old","host":"gone","step":0,"answers":[],"count":1}',
  );
  const other = { ...host, identity: { ...host.identity, host: 'other', boot: 'other' } };
  const both = await Promise.all([meet(folder, host, options), meet(folder, other, options)]);
  for (const meeting of both) {
    assert.equal([meeting.excludes, meeting.isOneMachine, isSound(meeting.appends)], [true, false, true]);
    assert.equal(meetingFindings(meeting), []);
  }
  assert.equal([both[0].there, both[1].there], ['other', hostname()]);
  assert.equal(readdirSync(folder), ['spt-probe-old.json'], 'nothing is left behind');

  const broken = { ...withLocks(async () => true), identity: other.identity };
  const unsafe = await Promise.all([meet(folder, broken, options), meet(folder, host, options)]);
  for (const meeting of unsafe) assert.equal(brief(meetingFindings(meeting)).includes('lock'), true);
  assert.ok(brief(meetingFindings(unsafe[1])).includes('one-machine') === false);
});

inFolder('nobody comes: the probe ends in time and takes its files along', async folder => {
  const error = await meet(folder, host, { waitMs: 300 }).catch(error => error);
  assert.is(error.code, 'no-partner');
  assert.equal(readdirSync(folder), []);
});

// ---- the command

Doctor('a search in order is well; each thing that keeps configs from finishing is told', () => {
  const search = makeSearch();
  search.spt('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1');
  const well = search.spt('doctor', '--json');
  assert.is(well.code, 0, well.out);
  assert.is(JSON.parse(well.out).isWell, true);

  const lines = search.logBytes().trimEnd().split('\n');
  const entries = lines.map(line => decode(Buffer.from(line)) as Entry);
  const unknown = entries.map(entry => {
    const text = JSON.stringify(entry.event).replace('"StandardScaler"', '"StandardScalar"');
    return encode(JSON.parse(text), { ...entry, previous: 0 }).toString();
  });
  search.write('log/events-000001.jsonl', unknown.join(''));
  const digest = readdirSync(join(search.root, 'data/.prepared'))[0];
  search.write(`data/.prepared/${digest}/train.f64`, 'short');
  const ill = search.spt('doctor');
  assert.is(ill.code, 1);
  assert.match(ill.out, /refused: 3 open configs .*StandardScalar/);
  assert.match(ill.out, /data: 3 open configs .*train\.f64/);
  assert.match(ill.out, /broken-link: events-000001\.jsonl:2 \(byte \d+\)/);
  for (const { event } of entries)
    if (event.type === 'enqueued') assert.ok(ill.out.includes(event.config.id), 'each config is named');
  search.remove();
});

Doctor('twenty configs that failed for good are named on a screen, all of them for programs', async () => {
  const search = makeSearch();
  const journal = await Journal.open(join(search.root, 'log'), host);
  const numbers = Array.from({ length: 25 }, (_, i) => i);
  await journal.transact(() => [...enqueue(...numbers), claim('w', ...numbers)]);
  await journal.transact(() => numbers.map(i => fail(i, 26)));
  const shown = search.spt('doctor').out;
  assert.match(shown, /25 configs failed for good \(error\)/);
  assert.is(numbers.filter(i => shown.includes(idOf(i))).length, 20);
  assert.match(shown, /and 5 more: spt doctor --json names all/);
  const [finding] = JSON.parse(search.spt('doctor', '--json').out).findings;
  assert.equal(finding.configs.sort(), numbers.map(idOf).sort());
  search.remove();
});

Doctor('a config that failed for good is told, with what to do', () => {
  const pipes = `
endless:
  - MLPClassifier: { hidden_layer_sizes: [[2000, 2000]], max_iter: [1000000], tol: 0, n_iter_no_change: [1000000] }
`;
  const search = makeSearch({ pipes });
  search.spt('enqueue', '--splits', 'train_A1');
  search.spt('work', '-j', '1', '--timeout', '1s');
  const { code, out } = search.spt('doctor');
  assert.is(code, 1);
  assert.match(out, /1 config failed for good \(timeout\)/);
  assert.match(out, /spt retry --kind timeout/);
  search.remove();
});

/** Whether this process may make a mount of its own, out of everybody's sight. */
const mayMount = spawnSync('unshare', ['-m', 'true']).status === 0;

Doctor('work and enqueue refuse a read-only log, unless forced', () => {
  if (!mayMount) return;
  const search = makeSearch();
  search.spt('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1');
  const log = join(search.root, 'log');
  mkdirSync(log, { recursive: true });
  const readOnly = (...args: string[]): { code: number | null; err: string } => {
    const mount = `mount --bind ${log} ${log} && mount -o remount,bind,ro ${log}`;
    const script = `${mount} && cd ${search.root} && exec ${process.execPath} ${cli} ${args.join(' ')}`;
    const { status, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], { encoding: 'utf8' });
    return { code: status, err: stderr };
  };
  for (const args of [
    ['work', '-j', '1'],
    ['enqueue', '--splits', 'train_A1'],
  ]) {
    const { code, err } = readOnly(...args);
    assert.is(code, 1, err);
    assert.match(err, /not safe on ext4|not safe on .* at/);
    assert.match(err, /read-only/);
    assert.not.match(readOnly(...args, '--force').err, /not safe/);
  }
  search.remove();
});

Doctor.run();
