import { realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { InputError } from '../base/errors.js';
import type { Claim } from '../events/state/claims.js';
import type { State } from '../events/state/state.js';
import { isActive, isRunning, surplus, tasksOf, type Task } from '../slurm/queue.js';
import { outputOf, runCommand, type Runner } from '../slurm/runner.js';
import { safeJson } from '../terminal/printable.js';
import { table } from '../terminal/table.js';
import { count, duration } from '../terminal/units.js';
import { openLog } from './journal.js';
import { type PlaceOptions, folders, withPlace } from './place.js';
import {
  type SubmitOptions,
  submitCommand,
  submitWorkers,
  withJobOptions,
  workersPlan,
} from './slurm-submit.js';
import { nonNegativeInteger } from './values.js';

interface ScaleOptions extends SubmitOptions {
  now?: boolean;
}

interface CancelOptions extends PlaceOptions {
  drain?: boolean;
  json?: boolean;
}

/** A task, and what it holds as the log tells it. */
interface Row extends Task {
  worker?: string;
  configs: number;
}

/** `spt slurm`: a search on a cluster that Slurm runs. The tests give a runner that stands in for the cluster. */
export function slurm(run: Runner = runCommand): Command {
  const command = new Command('slurm')
    .summary('run the search on a Slurm cluster: submit, status, scale, cancel')
    .description(
      'Runs the search on a Slurm cluster, by slurm/manager.sbatch and slurm/workers.sbatch. These can be given to ' +
        'sbatch by hand as well; the jobs of both kinds are seen here.',
    );
  const status = new Command('status')
    .summary('the jobs of the search, beside what they hold')
    .description(
      'Shows the jobs of the search that you submitted from its folder, beside their claims in the log.',
    )
    .option('--json', 'print one JSON object');
  const scale = new Command('scale')
    .summary('have this many workers from now on')
    .description(
      'Submits what is missing to this many workers. Where there are more, cancels those that wait, and has those with ' +
        'the least time left end after the configs that they are training.',
    )
    .argument('<workers>', 'how many workers there should be', nonNegativeInteger)
    .option('--now', 'workers that are too many give back at once what they are training');
  const cancel = new Command('cancel')
    .summary('end all jobs of the search')
    .description('Ends all jobs of the search. What they were training goes back to the queue.')
    .option('--drain', 'let them finish the configs that they are training')
    .option('--json', 'print one JSON object');
  command.addCommand(submitCommand(run));
  command.addCommand(withPlace(status, 'log').action(options => showStatus(run, options)));
  command.addCommand(withJobOptions(scale).action((n, options) => scaleTo(run, n, options)));
  command.addCommand(withPlace(cancel, 'log').action(options => cancelAll(run, options)));
  for (const { name, one } of command.commands.map(one => ({ name: one.name(), one })))
    one.exitOverride().showHelpAfterError(`(spt slurm ${name} --help shows its options)`);
  return command;
}

/** The jobs of the search in the folder. Slurm knows the folder by its real path. */
function tasksHere(run: Runner, options: PlaceOptions): Task[] {
  return tasksOf(run, userInfo().username, realpathSync(folders(options).root));
}

async function showStatus(run: Runner, options: PlaceOptions & { json?: boolean }): Promise<void> {
  const tasks = tasksHere(run, options);
  const { journal } = await openLog(folders(options).log);
  const { rows, gone } = besideClaims(tasks, journal.state);
  const counts = Object.fromEntries(
    (['queued', 'claimed', 'finished', 'failed'] as const).map(status => [
      status,
      journal.state.count(status),
    ]),
  );
  if (options.json) {
    const claims = gone.map(({ epoch, worker, open }) => ({ epoch, worker, configs: open }));
    console.log(safeJson({ counts, tasks: rows, gone: claims }));
  } else console.log(statusText(rows, gone, counts));
}

/** Every task with what its worker holds, and the claims of workers of Slurm whose job has gone. */
export function besideClaims(tasks: readonly Task[], state: State): { rows: Row[]; gone: Claim[] } {
  const running = new Set(tasks.filter(({ state }) => state !== 'PENDING').map(({ job }) => job));
  const claims = state.claims.values().filter(({ worker }) => worker.slurm !== undefined);
  const rows = tasks.map(task => {
    const own = claims.filter(({ worker }) => task.state !== 'PENDING' && worker.slurm!.job === task.job);
    return {
      ...task,
      worker: own.at(-1)?.worker.id,
      configs: own.reduce((sum, { open }) => sum + open, 0),
    };
  });
  return { rows, gone: claims.filter(({ worker }) => !running.has(worker.slurm!.job)) };
}

function statusText(rows: Row[], gone: Claim[], counts: { [status: string]: number }): string {
  const { queued, claimed, finished, failed } = counts;
  const parts = [`${finished} finished, ${failed} failed, ${claimed} running, ${queued} queued`];
  const started = rows.filter(({ state }) => state !== 'PENDING');
  if (started.length > 0) parts.push(taskTable(started));
  for (const [what, number] of waiting(rows)) parts.push(`${what}: ${count(number, 'task')} waiting`);
  if (rows.length === 0) parts.push('No job of this search. spt slurm submit starts some.');
  for (const { worker, open } of gone) {
    const { job, node } = worker.slurm!;
    const where = node ? ` on ${node}` : '';
    parts.push(
      `Job ${job}${where} has gone and holds ${count(open, 'config')}: another worker takes them up after the lease.`,
    );
  }
  return parts.join('\n\n');
}

/** How many tasks wait, by job and reason. */
function waiting(rows: Row[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const { state, role, name, reason } of rows) {
    if (state !== 'PENDING') continue;
    const what = `${role} ${name.replace(/_.*/, '')} (${reason})`;
    numbers.set(what, (numbers.get(what) ?? 0) + 1);
  }
  return numbers;
}

function taskTable(rows: Row[]): string {
  const columns = [
    { head: 'job' },
    { head: 'what' },
    { head: 'state' },
    { head: 'node' },
    { head: 'for', right: true },
    { head: 'left', right: true },
    { head: 'worker' },
    { head: 'configs', right: true },
  ];
  const cells = rows.map(({ name, role, state, node, usedSeconds, leftSeconds, worker, configs }) => [
    ...[name, role, state, node, duration(usedSeconds)],
    ...[leftSeconds === undefined ? '-' : duration(leftSeconds), worker ?? '', configs],
  ]);
  return table(columns, cells);
}

async function scaleTo(run: Runner, wanted: number, options: ScaleOptions): Promise<void> {
  const tasks = tasksHere(run, options);
  const active = tasks.filter(task => task.role === 'worker' && isActive(task));
  if (wanted > active.length) {
    const plan = await workersPlan(wanted - active.length, options);
    return submitWorkers(run, plan, options);
  }
  const ending = surplus(tasks, wanted);
  if (!options.dryRun) end(run, ending, !options.now);
  if (options.json) console.log(safeJson({ before: active.length, ended: ending.map(({ name }) => name) }));
  else if (ending.length === 0) console.log(`There are ${count(wanted, 'worker')} already.`);
  else
    console.log(
      `${count(active.length, 'worker')}, ${ending.length} to end: ${ending.map(({ name }) => name).join(', ')}`,
    );
}

function cancelAll(run: Runner, options: CancelOptions): void {
  const tasks = tasksHere(run, options).filter(isActive);
  if (tasks.length === 0 && !options.json)
    throw new InputError('no-jobs', 'there is no job of this search', {
      value: folders(options).root,
      expected: 'jobs that were submitted from this folder',
      hint: 'squeue --me lists all your jobs.',
    });
  end(run, tasks, options.drain ?? false);
  const running = tasks.filter(isRunning).length;
  if (options.json) console.log(safeJson({ ended: tasks.map(({ name }) => name) }));
  else
    console.log(
      `${count(tasks.length, 'task')} cancelled, ${running} of them running${options.drain ? ', which finish what they are training' : ''}.`,
    );
}

/** So many tasks are named in one call of scancel. */
const tasksPerCall = 500;

/** Ends tasks: those that wait at once, those that run by the warning signal or for good. */
function end(run: Runner, tasks: readonly Task[], isGentle: boolean): void {
  const warned = isGentle ? tasks.filter(task => isRunning(task) && task.role === 'worker') : [];
  const ended = tasks.filter(task => !warned.includes(task));
  for (const [options, chosen] of [
    [[], ended],
    [['--batch', '--signal=USR1'], warned],
  ] as const) {
    const names = chosen.map(({ name }) => name);
    while (names.length > 0) outputOf(run, 'scancel', [...options, ...names.splice(0, tasksPerCall)]);
  }
}
