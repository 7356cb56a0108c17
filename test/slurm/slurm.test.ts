/**
 * What spt says to Slurm and understands of it, with a cluster that is only played; test/storm/slurm.ts has a real one.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { InputError } from '../../src/base/errors.js';
import { shellWord } from '../../src/base/shell.js';
import { slurm } from '../../src/commands/slurm/slurm.js';
import { isActive, parseQueue, surplus } from '../../src/slurm/queue.js';
import type { Ran, Runner } from '../../src/slurm/runner.js';
import { commandLine } from '../../src/slurm/submit.js';
import { slurmIdentity, slurmMemory, slurmProcessors, slurmSecondsLeft } from '../../src/slurm/task.js';
import { parseSlurmTime } from '../../src/slurm/time.js';
import { type Search, makeSearch } from '../../support/search.js';

const Slurm = suite('slurm');

interface Call {
  command: string;
  args: readonly string[];
  environment?: { [name: string]: string };
}

/** A cluster that takes every job and has the queue it is given, unless `answer` says otherwise. */
function played(answer: (call: Call) => Partial<Ran> | undefined = () => undefined): {
  run: Runner;
  calls: Call[];
} {
  const calls: Call[] = [];
  let job = 100;
  const run: Runner = (command, args, { environment } = {}) => {
    const call = { command, args, environment };
    calls.push(call);
    const out = command === 'sbatch' && args.includes('--parsable') ? `${++job}\n` : '';
    return { code: 0, out, err: '', ...answer(call) };
  };
  return { run, calls };
}

/** Runs `spt slurm` on the played cluster; what it prints. */
async function spt(search: Search, run: Runner, ...args: string[]): Promise<string> {
  const printed: string[] = [];
  const before = { log: console.log, err: process.stderr.write };
  console.log = text => void printed.push(text);
  process.stderr.write = () => true;
  try {
    await slurm(run)
      .exitOverride()
      .parseAsync([...args, '--root', search.root], { from: 'user' });
  } finally {
    console.log = before.log;
    process.stderr.write = before.err;
  }
  return printed.join('\n');
}

/** The error that it ends with. */
async function refusal(search: Search, run: Runner, ...args: string[]): Promise<Error> {
  try {
    await spt(search, run, ...args);
  } catch (error) {
    return error as Error;
  }
  throw new Error(`not refused: ${args.join(' ')}`);
}

function withScripts(): Search {
  const search = makeSearch();
  search.write('slurm/manager.sbatch', '#!/bin/bash\n# the manager of this search\n');
  search.write('slurm/workers.sbatch', '#!/bin/bash\n# the workers of this search\n');
  return search;
}

const line = (...cells: (string | number)[]): string => cells.join('\x1f');

Slurm('times are read as Slurm writes them', () => {
  const times = {
    '90': 5400,
    '1:30': 90,
    '2:00:00': 7200,
    '1-12': 129600,
    '1-0:30': 88200,
    '2-01:02:03': 176523,
  };
  for (const [text, seconds] of Object.entries(times)) assert.is(parseSlurmTime(text), seconds, text);
  for (const text of ['', 'UNLIMITED', 'INVALID', '4h', '1:2:3:4', '-1', '1-', '1-2:3:4:5', '1e3'])
    assert.is(parseSlurmTime(text), undefined, text);
});

Slurm('the queue is read, and only the jobs of the search are taken', () => {
  const text = [
    line(7, 7, 'N/A', 'COMPLETED', '0:05', '29:55', 'n1', 'None', 'spt-manager', '/here'),
    line(9, 8, 0, 'RUNNING', '1:05', '3:58:55', 'n1', 'None', 'spt-worker', '/here'),
    line(8, 8, 5, 'PENDING', '0:00', 'UNLIMITED', '', 'Resources', 'spt-worker', '/here'),
    line(10, 10, 'N/A', 'RUNNING', '1:05', '2:00', 'n1', 'None', 'spt-worker', '/elsewhere'),
    line(11, 11, 'N/A', 'RUNNING', '1:05', '2:00', 'n1', 'None', 'other', '/here'),
    'slurm_load_jobs error: a line that is none',
    '',
  ].join('\n');
  const tasks = parseQueue(text, '/here');
  assert.equal(
    tasks.map(({ name, job, role, state, usedSeconds, leftSeconds }) => [
      ...[name, job, role, state, usedSeconds, leftSeconds],
    ]),
    [
      ['7', '7', 'manager', 'COMPLETED', 5, 1795],
      ['8_0', '9', 'worker', 'RUNNING', 65, 14335],
      ['8_5', '8', 'worker', 'PENDING', 0, undefined],
    ],
  );
  assert.equal(tasks.map(isActive), [false, true, true]);
});

Slurm('of workers that are too many, those end first that wait or have the least time left', () => {
  const task = (index: number, state: string, left: string) =>
    line(20 + index, 20, index, state, '0:10', left, 'n1', 'None', 'spt-worker', '/here');
  const tasks = parseQueue(
    [
      task(0, 'RUNNING', '30:00'),
      task(1, 'RUNNING', '10:00'),
      task(2, 'RUNNING', 'UNLIMITED'),
      task(3, 'COMPLETING', '0:00'),
      task(4, 'PENDING', '1:00:00'),
      task(5, 'PENDING', '1:00:00'),
    ].join('\n'),
    '/here',
  );
  const names = (wanted: number) => surplus(tasks, wanted).map(({ name }) => name);
  assert.equal(names(9), []);
  assert.equal(names(5), []);
  assert.equal(names(3), ['20_5', '20_4']);
  assert.equal(names(0), ['20_5', '20_4', '20_1', '20_0', '20_2']);
});

Slurm('a task knows itself from its environment', () => {
  assert.is(slurmIdentity({ HOME: '/root' }), undefined);
  const environment = {
    ...{ SLURM_JOB_ID: '31', SLURM_ARRAY_JOB_ID: '28', SLURM_ARRAY_TASK_ID: '3', SLURMD_NODENAME: 'n1' },
    ...{
      SLURM_RESTART_COUNT: '2',
      SLURM_CPUS_PER_TASK: '4',
      SLURM_CPUS_ON_NODE: '4',
      SLURM_MEM_PER_CPU: '512',
    },
  };
  assert.equal(slurmIdentity(environment), { job: '31', array: '28', task: '3', node: 'n1', restart: '2' });
  assert.equal(slurmIdentity({ SLURM_JOB_ID: '5', SLURMD_NODENAME: '' }), { job: '5' });
  assert.is(slurmProcessors(environment), 4);
  assert.is(slurmProcessors({ SLURM_CPUS_ON_NODE: '16' }), 16);
  const step = { SLURM_CPUS_ON_NODE: '16', SLURM_STEP_TASKS_PER_NODE: '4(x2),3', SLURM_NODEID: '2' };
  assert.is(slurmProcessors(step), 5, 'three tasks of one srun share a node');
  assert.is(slurmProcessors({ ...step, SLURM_NODEID: '1' }), 4);
  assert.is(slurmProcessors({ ...step, SLURM_CPUS_PER_TASK: '2' }), 2);
  assert.is(slurmMemory({ ...step, SLURM_MEM_PER_NODE: '3000' }), 1000 * 2 ** 20);
  assert.is(slurmMemory({ ...step, SLURM_MEM_PER_CPU: '300' }), 1600 * 2 ** 20);
  assert.is(slurmProcessors({}), undefined);
  assert.is(slurmMemory(environment), 2 ** 31);
  assert.is(slurmMemory({ ...environment, SLURM_MEM_PER_NODE: '1000' }), 1000 * 2 ** 20);
  assert.is(slurmMemory({ SLURM_MEM_PER_NODE: '0' }), undefined, 'all of the node');
});

Slurm('a task knows its end from its environment, or asks once', () => {
  const answers = (out: string, code = 0) => played(() => ({ out, code }));
  const inJob = { SLURM_JOB_ID: '31', SLURM_ARRAY_JOB_ID: '31', SLURM_ARRAY_TASK_ID: '3' };
  const never = played();
  assert.is(slurmSecondsLeft({}, 0, never.run), undefined);
  assert.is(slurmSecondsLeft({ ...inJob, SLURM_JOB_END_TIME: '1000' }, 400_000, never.run), 600);
  assert.is(slurmSecondsLeft({ ...inJob, SLURM_JOB_END_TIME: '1000' }, 2_000_000, never.run), 0);
  assert.is(never.calls.length, 0);
  const asked = answers('3:58:55\n');
  assert.is(slurmSecondsLeft(inJob, 0, asked.run), 14335);
  assert.ok(asked.calls[0].args.includes('--jobs=31_3'), 'by 31 it would be told of the whole array');
  assert.is(slurmSecondsLeft(inJob, 0, answers('UNLIMITED\n').run), undefined);
  assert.is(slurmSecondsLeft(inJob, 0, answers('', 1).run), undefined);
});

Slurm('submit tries both out first, then makes the workers wait for the manager', async () => {
  const search = withScripts();
  const { run, calls } = played();
  const words = ['--splits', 'A1', '--cv', '--validate', '--workers', '100', '--time', '4:00:00'];
  const more = [
    '--partition',
    'short',
    '--mem-per-cpu',
    '2G',
    '--work',
    '--timeout 10m',
    '--sbatch=--exclude=n7',
  ];
  const out = await spt(search, run, 'submit', ...words, ...more, '--json');
  assert.equal(JSON.parse(out), { manager: '101', workers: '102' });
  const [manager, workers] = ['manager', 'workers'].map(name => join(search.root, 'slurm', `${name}.sbatch`));
  const shared = ['--partition=short', '--exclude=n7'];
  const enqueue = ['--splits', 'A1', '--cv', '--validate'];
  assert.equal(calls[0].args, ['--test-only', ...shared, manager, ...enqueue]);
  assert.equal(
    calls.map(({ command, args }) => `${command} ${args[0]}`),
    ['sbatch --test-only', 'sbatch --test-only', 'sbatch --parsable', 'sbatch --parsable'],
  );
  assert.equal(calls[3].args, [
    ...[
      '--parsable',
      '--array=0-99',
      '--dependency=afterok:101',
      '--kill-on-invalid-dep=yes',
      '--time=4:00:00',
    ],
    ...['--mem-per-cpu=2G', ...shared, workers, '--timeout', '10m'],
  ]);
  assert.match(calls[3].environment!.SPT, /cli\.js/);
  search.remove();
});

Slurm('--dry-run shows the scripts and the commands, and calls nothing', async () => {
  const search = withScripts();
  const { run, calls } = played();
  const out = await spt(
    search,
    run,
    'submit',
    '--splits',
    'train_A1',
    '--workers',
    '3',
    '--time',
    '2',
    '--dry-run',
  );
  assert.is(calls.length, 0);
  for (const part of ['# the manager of this search', '# the workers of this search', '--array=0-2 '])
    assert.ok(out.includes(part), part);
  assert.ok(out.includes('--time=2 --signal=B:USR1@24 '), 'in a short job the warning comes later');
  search.remove();
});

Slurm('--dry-run --json prints one JSON object and nothing else', async () => {
  const search = withScripts();
  const { run, calls } = played();
  const args = ['submit', '--splits', 'train_A1', '--workers', '3', '--dry-run', '--json'];
  const { dryRun, folder, submissions } = JSON.parse(await spt(search, run, ...args));
  assert.equal([dryRun, folder, submissions.length, calls.length], [true, search.root, 2, 0]);
  assert.match(submissions[0].content, /^#!.*[^]*# the manager of this search/);
  assert.match(submissions[1].command, /^sbatch .*--array=0-2 /);
  search.remove();
});

Slurm('what is wrong is told before anything is submitted', async () => {
  const search = withScripts();
  const cases: [string[], RegExp][] = [
    [['submit', '--splits', 'train_A1'], /--workers/],
    [['submit', '--workers', '0', '--splits', 'train_A1'], /a whole number of at least 1/],
    [['submit', '--workers', '2', '--splits', 'train_A7'], /no such split/],
    [['submit', '--workers', '2', '--splits', 'train_A1', '--pipelines', 'laso'], /pipeline/],
    [['submit', '--workers', '2', '--pipelines', 'lasso'], /needs the names of the splits/],
    [['submit', '--workers', '2', '--log', 'other'], /need --splits beside them/],
    [['submit', '--workers', '2', '--splits', 'train_A1', '--time', '4h'], /a time of Slurm/],
    [['submit', '--workers', '2', '--splits', 'train_A1', '--time', '0'], /a time of Slurm/],
    [
      ['submit', '--workers', '2', '--splits', 'train_A1', '--partition', '--wrap=x'],
      /a name that Slurm knows/,
    ],
    [['submit', '--workers', '2', '--splits', 'train_A1', '--mem', 'lots'], /amount of memory/],
    [
      ['submit', '--workers', '2', '--splits', 'train_A1', '--mem', '1G', '--mem-per-cpu', '1G'],
      /cannot be used together/,
    ],
    [['submit', '--workers', '2', '--splits', 'train_A1', '--work', '--timeout soon'], /duration/],
    [['submit', '--workers', '2', '--splits', 'train_A1', '--work', '--nope'], /unknown option/],
    [['submit', '--workers', '2', '--splits', 'train_A1', '--sbatch', 'rm'], /option of sbatch/],
    [['submit', '--workers', '2', '--no-manager'], /nothing is queued/],
    [['submit', '--workers', '2', '--at-once', '--splits', 'train_A1'], /nothing is queued/],
    [['scale', '2'], /nothing is queued/],
    [['scale', 'many'], /whole number/],
    [['cancel'], /this search has no jobs/],
  ];
  for (const [args, message] of cases) {
    const { run, calls } = played();
    const error = await refusal(search, run, ...args);
    assert.match(error.message, message, args.join(' '));
    if (args[0] === 'scale')
      assert.not.match((error as InputError).complaint?.hint ?? '', /--no-manager|--at-once/);
    assert.is(calls.filter(({ command }) => command !== 'squeue').length, 0, args.join(' '));
  }
  assert.is(search.logBytes(), '');
  search.remove();
});

Slurm("sbatch's own errors are passed on, and half a submission is taken back", async () => {
  const search = withScripts();
  const submission = ['submit', '--workers', '2', '--splits', 'train_A1'];
  const refused = played(() => ({
    code: 1,
    err: 'sbatch: error: invalid partition specified: x\nallocation failure\n',
  }));
  const error = await refusal(search, refused.run, ...submission);
  assert.is(error.message, 'sbatch: error: invalid partition specified: x; allocation failure');
  assert.is(refused.calls.length, 1);

  const half = played(({ args }) =>
    args.includes('--parsable') && args.some(word => word.startsWith('--array'))
      ? { code: 1, err: 'sbatch: error: QOSMaxSubmitJobPerUserLimit\n' }
      : undefined,
  );
  assert.match((await refusal(search, half.run, ...submission)).message, /QOSMax.*job 101, was cancelled/);
  assert.equal(half.calls.at(-1), { command: 'scancel', args: ['101'], environment: undefined });

  const missing = played(() => ({ code: 127, err: 'sbatch: not found' }));
  assert.match((await refusal(search, missing.run, ...submission)).message, /not found/);
  search.remove();
});

Slurm('status, scale and cancel', async () => {
  const search = withScripts();
  const here = realpathSync(search.root);
  const task = (index: number, state: string, left: string) =>
    line(
      40 + index,
      40,
      index,
      state,
      '0:10',
      left,
      state === 'RUNNING' ? 'n1' : '',
      'Priority',
      'spt-worker',
      here,
    );
  const queue = [
    task(0, 'RUNNING', '30:00'),
    task(1, 'RUNNING', '10:00'),
    task(2, 'PENDING', '1:00:00'),
  ].join('\n');
  const cluster = () => played(({ command }) => (command === 'squeue' ? { out: queue } : undefined));
  await search.sptHere('enqueue', '--splits', 'train_A1');

  const seen = cluster();
  const status = JSON.parse(await spt(search, seen.run, 'status', '--json'));
  assert.is(status.counts.queued, 4);
  assert.equal(
    status.tasks.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`),
    ['40_0 RUNNING', '40_1 RUNNING', '40_2 PENDING'],
  );
  assert.ok(seen.calls[0].args.includes(`--user=${userInfo().username}`));
  assert.match(await spt(search, cluster().run, 'status'), /worker 40 \(Priority\): 1 task waiting/);

  const up = cluster();
  await spt(search, up.run, 'scale', '7', '--time', '1:00:00');
  assert.ok(up.calls.at(-1)!.args.includes('--array=0-3'), 'four are missing');

  const down = cluster();
  await spt(search, down.run, 'scale', '1');
  assert.equal(
    down.calls.slice(1).map(({ command, args }) => [command, ...args]),
    [
      ['scancel', '40_2'],
      ['scancel', '--batch', '--signal=USR1', '40_1'],
    ],
  );

  const now = cluster();
  await spt(search, now.run, 'scale', '1', '--now');
  assert.equal(now.calls.at(-1)!.args, ['40_2', '40_1']);

  const all = cluster();
  await spt(search, all.run, 'cancel');
  assert.equal(all.calls.at(-1)!.args, ['40_0', '40_1', '40_2']);
  search.remove();
});

Slurm('words are quoted for a shell only where they must be', () => {
  assert.is(shellWord('--time=4:00:00'), '--time=4:00:00');
  assert.is(shellWord("it's"), `'it'\\''s'`);
  assert.is(
    commandLine({ script: '/my search/w.sbatch', options: ['--array=0-3'], args: [] }),
    "sbatch --array=0-3 '/my search/w.sbatch'",
  );
});

Slurm.run();
