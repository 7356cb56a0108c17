/** `spt slurm status`: the jobs of a search beside what they hold. */
import { Command } from 'commander';
import { counted } from '../../base/listing.js';
import type { Claim } from '../../events/state/claims.js';
import { STATUSES, type State } from '../../events/state/state.js';
import type { Task } from '../../slurm/queue.js';
import type { Runner } from '../../slurm/runner.js';
import { safeJson } from '../../terminal/printable.js';
import { table } from '../../terminal/table.js';
import { duration } from '../../terminal/units.js';
import { openLog } from '../journal.js';
import { type PlaceOptions, folders, withPlace } from '../place.js';
import { tasksHere } from './tasks.js';

/** A task, and what it holds as the log tells it. */
interface Row extends Task {
  worker?: string;
  configs: number;
}

export function statusCommand(run: Runner): Command {
  const command = new Command('status')
    .summary('show the jobs of the search, and the configs that each holds')
    .description(
      'Shows the jobs that you submitted from the folder of the search, with the configs that each holds in the log.',
    )
    .option('--json', 'print one JSON object');
  return withPlace(command, 'log').action(options => showStatus(run, options));
}

async function showStatus(run: Runner, options: PlaceOptions & { json?: boolean }): Promise<void> {
  const tasks = tasksHere(run, options);
  const { journal } = await openLog(folders(options).log);
  const { rows, gone } = besideClaims(tasks, journal.state);
  const counts = Object.fromEntries(STATUSES.map(status => [status, journal.state.count(status)]));
  if (options.json) {
    const claims = gone.map(({ epoch, worker, open }) => ({ epoch, worker, configs: open }));
    console.log(safeJson({ counts, tasks: rows, gone: claims }));
  } else console.log(statusText(rows, gone, counts));
}

/** Every task with what its worker holds, and the claims of Slurm's workers whose job is gone. */
function besideClaims(tasks: readonly Task[], state: State): { rows: Row[]; gone: Claim[] } {
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
  for (const [what, number] of waiting(rows)) parts.push(`${what}: ${counted(number, 'task')} waiting`);
  if (rows.length === 0) parts.push('This search has no jobs. spt slurm submit starts some.');
  for (const { worker, open } of gone) {
    const { job, node } = worker.slurm!;
    const where = node ? ` on ${node}` : '';
    parts.push(
      `Job ${job}${where} is gone and still holds ${counted(open, 'config')}. ` +
        'Another worker takes them up after the lease.',
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
