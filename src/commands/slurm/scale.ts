/** `spt slurm scale`: more workers, or fewer. */
import { Command } from 'commander';
import { counted } from '../../base/listing.js';
import { isActive, surplus } from '../../slurm/queue.js';
import type { Runner } from '../../slurm/runner.js';
import { safeJson } from '../../terminal/printable.js';
import { type SubmitOptions, withJobOptions } from './options.js';
import { submitWorkers, workersPlan } from './submit.js';
import { endTasks, tasksHere } from './tasks.js';
import { nonNegativeInteger } from '../values.js';

interface ScaleOptions extends SubmitOptions {
  now?: boolean;
}

export function scaleCommand(run: Runner): Command {
  const command = new Command('scale')
    .summary('change the number of workers')
    .description(
      'Brings the number of workers to N. Submits new ones if there are fewer. If there are more, cancels those that ' +
        'wait; then those with the least time left finish the configs that they are training, and end.',
    )
    .argument('<workers>', 'number of workers that there should be', nonNegativeInteger)
    .option('--now', 'workers that end give back at once what they are training');
  return withJobOptions(command).action((wanted, options) => scaleTo(run, wanted, options));
}

async function scaleTo(run: Runner, wanted: number, options: ScaleOptions): Promise<void> {
  const tasks = tasksHere(run, options);
  const active = tasks.filter(task => task.role === 'worker' && isActive(task));
  if (wanted > active.length) {
    const plan = await workersPlan(wanted - active.length, options);
    return submitWorkers(run, plan, options);
  }
  const ending = surplus(tasks, wanted);
  if (!options.dryRun) endTasks(run, ending, !options.now);
  if (options.json) console.log(safeJson({ before: active.length, ended: ending.map(({ name }) => name) }));
  else if (ending.length === 0)
    console.log(`There ${wanted === 1 ? 'is' : 'are'} ${counted(wanted, 'worker')} already.`);
  else
    console.log(
      `${counted(active.length, 'worker')}, ${ending.length} to end: ${ending.map(({ name }) => name).join(', ')}`,
    );
}
