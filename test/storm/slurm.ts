/**
 * A real Slurm, and all that it does to workers: `npm run test:slurm [-- array limit memory killed faults]`. It brings
 * up a private cluster of two nodes (slurm-cluster.sh); where there can be none, it skips with a message. With --short
 * it leaves out `killed` and runs the others side by side where that is possible: this takes two or three minutes, and
 * its figures say little.
 *
 *   array    the manager, then an array of 8 workers on 2 nodes: tasks per node, tasks and events per second
 *   limit    a time limit of one minute that hits workers in the middle; another array does the rest
 *   memory   a config that is too large, and some that are beside each other, for a worker that knows its limit
 *   killed   a config that is too large for workers that do not know their limit, so that the kernel kills them
 *   faults   scontrol requeue, scancel, a node that loses power: how long until the work is taken up again
 *
 * After each, spt audit must find that every config has finished exactly once in effect.
 */
import { availableParallelism } from 'node:os';
import * as assert from 'uvu/assert';
import { table } from '../../src/terminal/table.js';
import { type Search, makeSearch, smallConfig, until } from '../../support/search.js';
import {
  leaseSeconds,
  cluster,
  Skip,
  slurm,
  spt,
  searchOf,
  networks,
  iterationsPerSecond,
  submission,
  hasEnded,
  at,
  pause,
  checkOutcome,
  claimsOf,
  endsOf,
  states,
  held,
  cleanUp,
  type Line,
} from './slurm-tools.js';

async function array(): Promise<Line[]> {
  const configs = 800;
  const search = await searchOf(configs, 0.02);
  const started = Date.now() / 1000;
  spt(search, ...submission(8, '--splits', 'train_A1'));
  await until(() => hasEnded(search), 120_000, 'the end of the array');
  const ignored = checkOutcome(search, configs);
  const events = search.events();
  const claims = claimsOf(events);
  const finished = events.filter(({ type }) => type === 'finished');
  const perNode: { [node: string]: number } = {};
  const workers = new Map<string, Set<string>>();
  for (const { claim } of finished) {
    const { id, slurm } = claims.get(claim).worker;
    perNode[slurm.node] = (perNode[slurm.node] ?? 0) + 1;
    workers.set(slurm.node, (workers.get(slurm.node) ?? new Set()).add(id));
  }
  assert.is(workers.size, 2, 'both nodes took part');
  const first = Math.min(...[...claims.values()].map(at));
  const seconds = Math.max(...finished.map(at)) - first;
  const during = events.filter(event => at(event) >= first).length;
  search.remove();
  const nodes = Object.keys(perNode).sort();
  return [
    [
      'the manager, then 8 workers on 2 nodes',
      nodes.map(node => `${node}: ${workers.get(node)!.size} workers, ${perNode[node]} configs`).join('; '),
    ],
    ['from sbatch to the first claim', `${(first - started).toFixed(1)} s`],
    [
      'tasks per second',
      `${(finished.length / seconds).toFixed(0)} of ${(mean(finished) * 1000).toFixed(0)} ms each`,
    ],
    ['events per second', `${(during / seconds).toFixed(0)}; ${ignored} ignored`],
  ];
}

function mean(finished: { seconds: number }[]): number {
  return finished.reduce((sum, { seconds }) => sum + seconds, 0) / finished.length;
}

async function limit(): Promise<Line[]> {
  // about what these processors do in a minute
  const configs = 60 * Math.min(6, availableParallelism());
  const search = await searchOf(configs, 1);
  spt(search, 'enqueue', '--splits', 'train_A1');
  const minute = ['--no-manager', '--time', '1:00'];
  // a signal that means nothing to a worker takes the place of the warning
  const unwarned = '--sbatch=--signal=B:CONT@1';
  const kinds = {
    'know their end': submission(2, ...minute, unwarned),
    'are warned': submission(2, ...minute),
    'know nothing': submission(2, ...minute, unwarned, '--work', '-j 1 --deadline 1h'),
  };
  const jobs = Object.entries(kinds).map(([kind, args]) => [kind, spt(search, ...args).workers]);
  const more = await addWork(search, configs);
  await until(() => hasEnded(search), 150_000, 'the end of the minute');
  const before = spt(search, 'replay', '--summary');
  assert.is(before.running, 0, 'nothing is held by workers that have gone');
  assert.ok(before.queued > 0 && before.finished > 0, `it hits in the middle: ${JSON.stringify(before)}`);
  const releases = search.events().filter(({ type }) => type === 'released');
  const lines = jobs.map(([kind, job]): Line => {
    const given = releases.filter(
      ({ claim }) => claimsOf(search.events()).get(claim).worker.slurm.array === job,
    );
    const why = [...new Set(given.map(({ why }) => why))].join(', ') || 'nothing to give back';
    return [`a limit of one minute, workers that ${kind}`, `${states(job)}; released: ${why}`];
  });
  assert.not.ok(
    releases.some(({ why }) => why === 'lost'),
    'no worker was killed',
  );
  spt(search, ...submission(8, '--no-manager', '--time', '10:00'));
  await until(() => hasEnded(search), 200_000, 'the end of the second array');
  const ignored = checkOutcome(search, configs + more);
  search.remove();
  return [
    ...lines,
    [
      'finished in that minute, then by another array',
      `${before.finished}, ${before.queued}; ${ignored} ignored`,
    ],
  ];
}

/** In the middle of the minute, adds configs, so that the minute ends before the work does. Gives their number. */
async function addWork(search: Search, configs: number): Promise<number> {
  const finished = () => search.events().filter(({ type }) => type === 'finished').length;
  await pause(20);
  const before = finished();
  await pause(10);
  const now = finished();
  // three times what is done in 40 s, because other programs on this machine may stop meanwhile
  const more = Math.ceil(now + 3 * (now - before) * 4 - configs);
  if (more < 2) return 0;
  search.write('configs/pipe_configs.yaml', networks(more, Math.round(await iterationsPerSecond()), 0.3));
  spt(search, 'enqueue', '--splits', 'train_A1');
  return more;
}

/** What a task of these may take; a worker with two trainers takes 100 MiB before it trains anything. */
const memoryLimit = '400M';

const isMemoryLimited = (): boolean => /TaskPlugin *= task\/cgroup/.test(slurm('scontrol', 'show', 'config'));
const withoutLimit: Line[] = [['skipped', 'this machine has no control groups of version 1 for memory']];

/** Beside 80 small configs, one that is too large and some that fit, but not beside each other. */
function searchOfSizes(medium: number, losses: number): Search {
  const config = smallConfig.replace('lease: 3s', `lease: ${leaseSeconds}s, losses: ${losses}, attempts: 2`);
  const pipes = `
large:
  - MLPClassifier: { hidden_layer_sizes: [[6000, 6000]], max_iter: [2] }
medium:
  - MLPClassifier: { hidden_layer_sizes: [[2200, 2200]], max_iter: [2], alpha: { linspace: [0.1, 0.2, ${medium}] } }
lasso:
  - LogisticRegression: { penalty: l1, C: { logspace: [-2, 2, 80] } }
`;
  return makeSearch({ config, pipes });
}

async function memory(): Promise<Line[]> {
  if (!isMemoryLimited()) return withoutLimit;
  const search = searchOfSizes(3, 10);
  const { workers: job } = spt(
    search,
    ...submission(1, '--splits', 'train_A1', '--mem', memoryLimit, '--work', '-j 2'),
  );
  await until(() => hasEnded(search), 120_000, 'the end of the worker that knows its limit');
  const { finished, failures } = outcomeOfSizes(search);
  const tried = search.read('log/status.log').match(/ memory {4}/g) ?? [];
  const why = search.events().flatMap(({ type, why }) => (type === 'released' ? [why] : []));
  assert.equal(why, [], 'the worker lived');
  assert.equal([finished, failures], [83, 'failed: memory']);
  assert.match(states(job), /^COMPLETED 0:0/);
  search.remove();
  return [
    [
      `a config too large for a worker that may take ${memoryLimit}`,
      `${failures}; the worker: ${states(job)}`,
    ],
    ['what was beside it', `${finished} configs finished, after ${tried.length} times of trying one alone`],
  ];
}

async function killed(): Promise<Line[]> {
  if (!isMemoryLimited()) return withoutLimit;
  const losses = 4;
  const search = searchOfSizes(1, losses);
  const { workers: job } = spt(
    search,
    ...submission(8, '--splits', 'train_A1', '--mem', memoryLimit, '--work', '-j 2 --memory 8G'),
  );
  await until(() => hasEnded(search), 200_000, 'the end of the workers that the kernel kills');
  const { finished, failures } = outcomeOfSizes(search);
  assert.equal([finished, failures], [81, 'failed: lost']);
  const ends = endsOf(job);
  const deaths = ends.filter(end => end.startsWith('OUT_OF_MEMORY')).length;
  assert.ok(deaths >= losses, `at least ${losses} workers were killed: ${ends.join(', ')}`);
  search.remove();
  return [
    ['the same, for workers that take themselves for larger', `${failures}, after ${deaths} OUT_OF_MEMORY`],
    ['what was beside it', `${finished} configs finished by the others`],
  ];
}

/** How many have finished, and how the one that has not has failed. */
function outcomeOfSizes(search: Search): { finished: number; failures: string } {
  const summary = spt(search, 'replay', '--summary');
  assert.equal([summary.running, summary.queued], [0, 0]);
  const last = new Map<string, any>();
  for (const event of search.events()) if (event.type === 'failed') last.set(event.config, event);
  const failed = [...last.values()].filter(({ retry }) => !retry);
  return { finished: summary.finished, failures: failed.map(({ kind }) => `failed: ${kind}`).join(', ') };
}

async function faults(): Promise<Line[]> {
  // enough to do for the tasks that start again
  const configs = 150 * Math.min(8, availableParallelism());
  const search = await searchOf(configs, 0.4);
  const { workers: job } = spt(search, ...submission(8, '--splits', 'train_A1'));
  const workersSeen = () => new Set(search.events().flatMap(({ worker }) => worker?.slurm?.task ?? [])).size;
  await until(() => workersSeen() === 8, 60_000, 'eight workers');
  const lines = [
    await whenSent(search, job, 'scontrol requeue', '0', name => slurm('scontrol', 'requeue', name)),
    await whenSent(search, job, 'scancel --signal=TERM', '1', name =>
      slurm('scancel', '--batch', '--signal=TERM', name),
    ),
    await whenSent(search, job, 'scancel', '2', name => slurm('scancel', name)),
    ...(await whenNodeDies(search)),
  ];
  await until(() => hasEnded(search), 200_000, 'the end of the array');
  const again = search.events().find(({ type, worker }) => type === 'claimed' && isRestart(worker, '0'));
  const ignored = checkOutcome(search, configs);
  assert.ok(again, 'the task that was requeued took part again');
  search.remove();
  return [
    ...lines,
    ['all of it', `${configs} configs finished exactly once; ${ignored} late reports ignored`],
  ];
}

const isRestart = ({ slurm }: any, task: string): boolean =>
  slurm.task === task && Number(slurm.restart ?? 0) > 0;

/** Sends something to a running task: until what it held is free, and until Slurm has done with it. */
async function whenSent(
  search: Search,
  job: string,
  what: string,
  task: string,
  send: (name: string) => void,
): Promise<Line> {
  await until(
    () => held(search, ({ slurm }) => slurm.task === task).size > 0,
    30_000,
    `task ${task} to hold configs`,
  );
  const began = performance.now();
  const mine = held(search, ({ slurm }) => slurm.task === task);
  send(`${job}_${task}`);
  await until(() => ![...held(search).keys()].some(n => mine.has(n)), 60_000, `the release of task ${task}`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const ended = search.events().filter(({ type, claim }) => type === 'released' && mine.has(claim));
  const number = [...mine.values()].reduce((sum, configs) => sum + configs.size, 0);
  const why = [...new Set(ended.map(({ why }) => why))].join(', ');
  await pause(1);
  const shown = slurm('scontrol', '--oneliner', 'show', 'job', `${job}_${task}`);
  const state = / JobState=(\w+)/.exec(shown)?.[1];
  const code = / ExitCode=(\S+)/.exec(shown)?.[1];
  return [what, `${number} configs free after ${seconds} s (${why}); then ${state} ${code}`];
}

/** A node loses power: until every claim of its workers is over, and until its tasks go on elsewhere. */
async function whenNodeDies(search: Search): Promise<Line[]> {
  const onNode = ({ slurm }: any) => slurm.node === 'n2';
  await until(() => held(search, onNode).size > 0, 30_000, 'claims on n2');
  cluster('kill', 'n2');
  const killed = Date.now() / 1000;
  const claims = claimsOf(search.events());
  const lost = held(search, onNode);
  await until(() => ![...held(search).keys()].some(n => lost.has(n)), 90_000, 'the release of what n2 held');
  const free = Date.now() / 1000 - killed;
  const tasks = [...lost.keys()].map(n => claims.get(n).worker.slurm.task);
  const goesOn = (event: any): boolean =>
    event.type === 'claimed' && at(event) > killed && tasks.some(task => isRestart(event.worker, task));
  const restart = () => search.events().find(goesOn);
  const number = [...lost.values()].reduce((sum, configs) => sum + configs.size, 0);
  const found = `${number} configs free after ${free.toFixed(1)} s, the lease is ${leaseSeconds} s`;
  cluster('up');
  await until(() => restart() !== undefined || hasEnded(search), 90_000, 'a task of n2 that goes on');
  const again = restart();
  const seconds = again
    ? `after ${(at(again) - killed).toFixed(1)} s on ${again.worker.slurm.node}`
    : 'not needed';
  return [
    ['a node loses power', found],
    ['its first task goes on, under a new identity', seconds],
  ];
}

const scenarios: { [name: string]: () => Promise<Line[]> } = { array, limit, memory, killed, faults };
const started = performance.now();

async function show(name: string): Promise<void> {
  const lines = await scenarios[name]();
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`\n${table([{ head: name }, { head: `(done after ${seconds} s)` }], lines)}`);
}

const asked = process.argv.slice(2).filter(word => word !== '--short');
for (const name of asked)
  assert.ok(scenarios[name], `${name} is none of ${Object.keys(scenarios).join(', ')}`);
const names = asked.length > 0 ? asked : Object.keys(scenarios);
// a node that dies takes with it whatever runs there
const stages = process.argv.includes('--short')
  ? [['array', 'limit', 'memory'], ['faults']]
  : names.map(name => [name]);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    console.error(`${signal}: not through`);
    cleanUp();
    process.exit(1);
  });
try {
  process.env.SLURM_CONF = /SLURM_CONF=(.*)/.exec(cluster('up'))![1];
  console.log(slurm('sinfo', '--version').trim());
  for (const stage of stages) await Promise.all(stage.map(show));
} catch (error) {
  if (!(error instanceof Skip)) throw error;
} finally {
  cleanUp();
}
