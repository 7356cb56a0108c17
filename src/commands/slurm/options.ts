/** The options of a worker's job, which `spt slurm submit` and `spt slurm scale` share, and their values. */
import { type Command, InvalidArgumentError } from 'commander';
import type { JobOptions } from '../../slurm/submit.js';
import { SLURM_TIME_EXPECTED, parseSlurmTime } from '../../slurm/time.js';
import { type PlaceOptions, withPlace } from '../place.js';
import { positiveInteger } from '../values.js';

export interface SubmitOptions extends PlaceOptions, JobOptions {
  splits?: string[];
  pipelines?: string[];
  cv?: boolean;
  validate?: boolean;
  workers?: number;
  manager: boolean;
  atOnce?: boolean;
  work?: string;
  dryRun?: boolean;
  json?: boolean;
}

/** Adds the options that describe a worker's job. */
export function withJobOptions(command: Command): Command {
  command
    .option('--time <limit>', "a worker's time limit, in Slurm's notation: 4:00:00", slurmTime)
    .option('--partition <name>', 'the partition', slurmName)
    .option('--account <name>', 'the account that pays', slurmName)
    .option('--qos <name>', 'the quality of service', slurmName)
    .option('--cpus <n>', 'processors of each worker; each runs one trainer thread', positiveInteger)
    .option('--mem <size>', 'memory of each worker, such as 8G', slurmMemory)
    .option('--mem-per-cpu <size>', 'memory of each processor', slurmMemory)
    .option('--work <options>', "options for spt work, as in --work '--timeout 10m'")
    .option(
      '--sbatch <option>',
      'another option of sbatch, as in --sbatch=--exclude=n7; may be repeated',
      collect,
    )
    .option('--dry-run', 'show the scripts and commands; submit nothing')
    .option('--json', 'print one JSON object');
  return withPlace(command, 'configs');
}

function slurmTime(text: string): string {
  const seconds = parseSlurmTime(text);
  if (seconds === undefined || seconds === 0)
    throw new InvalidArgumentError(`Expected ${SLURM_TIME_EXPECTED}.`);
  return text;
}

/** A name of Slurm, or several with commas between them. A text that sbatch would read as an option is refused. */
function slurmName(text: string): string {
  if (!/^[\w.+@][\w.+@,-]{0,200}$/.test(text))
    throw new InvalidArgumentError('Expected a name that Slurm knows.');
  return text;
}

function slurmMemory(text: string): string {
  if (!/^[1-9]\d{0,8}[KMGT]?$/.test(text))
    throw new InvalidArgumentError('Expected an amount of memory such as 500M or 4G.');
  return text;
}

function collect(option: string, before: string[] = []): string[] {
  if (!/^--?[a-zA-Z]/.test(option)) throw new InvalidArgumentError('Expected an option of sbatch.');
  return [...before, option];
}
