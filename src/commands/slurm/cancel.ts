/** `spt slurm cancel`: ends all jobs of a search. */
import { Command } from 'commander';
import { InputError } from '../../base/errors.js';
import { counted } from '../../base/listing.js';
import { isActive, isRunning } from '../../slurm/queue.js';
import type { Runner } from '../../slurm/runner.js';
import { safeJson } from '../../terminal/printable.js';
import { type PlaceOptions, folders, withPlace } from '../place.js';
import { endTasks, tasksHere } from './tasks.js';

interface CancelOptions extends PlaceOptions {
  drain?: boolean;
  json?: boolean;
}

export function cancelCommand(run: Runner): Command {
  const command = new Command('cancel')
    .summary('end all jobs of the search')
    .description('Ends all jobs of the search. The configs that they were training go back to the queue.')
    .option('--drain', 'let workers finish the configs that they are training')
    .option('--json', 'print one JSON object');
  return withPlace(command, 'log').action(options => cancelAll(run, options));
}

function cancelAll(run: Runner, options: CancelOptions): void {
  const tasks = tasksHere(run, options).filter(isActive);
  if (tasks.length === 0 && !options.json)
    throw new InputError('no-jobs', 'this search has no jobs', {
      value: folders(options).root,
      expected: 'jobs that were submitted from this folder',
      hint: 'squeue --me lists all your jobs.',
    });
  endTasks(run, tasks, options.drain ?? false);
  const running = tasks.filter(isRunning).length;
  if (options.json) console.log(safeJson({ ended: tasks.map(({ name }) => name) }));
  else {
    const rest = options.drain ? ', which finish what they are training' : '';
    console.log(`${counted(tasks.length, 'task')} cancelled, ${running} of them running${rest}.`);
  }
}
