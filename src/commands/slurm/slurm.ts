/** `spt slurm`: a search on a cluster that Slurm runs. */
import { Command } from 'commander';
import { runCommand, type Runner } from '../../slurm/runner.js';
import { cancelCommand } from './cancel.js';
import { scaleCommand } from './scale.js';
import { statusCommand } from './status.js';
import { submitCommand } from './submit.js';

/** @param run runs Slurm's commands; the tests give a runner that stands in for the cluster */
export function slurm(run: Runner = runCommand): Command {
  const command = new Command('slurm')
    .summary('run the search on a Slurm cluster: submit, status, scale, cancel')
    .description(
      'Runs the search on a Slurm cluster, by slurm/manager.sbatch and slurm/workers.sbatch. You can also give these ' +
        'scripts to sbatch by hand: these commands see jobs of both kinds.',
    );
  for (const make of [submitCommand, statusCommand, scaleCommand, cancelCommand]) {
    const part = make(run);
    command.addCommand(
      part.exitOverride().showHelpAfterError(`(spt slurm ${part.name()} --help shows its options)`),
    );
  }
  return command;
}
