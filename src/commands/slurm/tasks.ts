/** The tasks of a search on Slurm: how the commands find and end them. */
import { realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isRunning, tasksOf, type Task } from '../../slurm/queue.js';
import { outputOf, type Runner } from '../../slurm/runner.js';
import { type PlaceOptions, folders } from '../place.js';

/** The jobs of the search in the folder. Slurm knows the folder by its real path. */
export function tasksHere(run: Runner, options: PlaceOptions): Task[] {
  return tasksOf(run, userInfo().username, realpathSync(folders(options).root));
}

/** The most tasks that one call of scancel names. */
const TASKS_PER_CALL = 500;

/** Ends tasks. A task that waits ends at once; one that runs gets the warning signal (gently), or ends for good. */
export function endTasks(run: Runner, tasks: readonly Task[], isGentle: boolean): void {
  const warned = isGentle ? tasks.filter(task => isRunning(task) && task.role === 'worker') : [];
  const ended = tasks.filter(task => !warned.includes(task));
  for (const [options, chosen] of [
    [[], ended],
    [['--batch', '--signal=USR1'], warned],
  ] as const) {
    const names = chosen.map(({ name }) => name);
    while (names.length > 0) outputOf(run, 'scancel', [...options, ...names.splice(0, TASKS_PER_CALL)]);
  }
}
