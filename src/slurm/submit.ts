/**
 * From options to sbatch. The two scripts stay as they are. The options of the user become options of sbatch, which
 * override the #SBATCH lines, and arguments of the scripts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/errors.js';
import { shellWord } from '../base/shell.js';
import { outputOf, type Runner } from './runner.js';
import { parseSlurmTime } from './time.js';

/** The options of sbatch that the user sets. All values were checked. */
export interface JobOptions {
  time?: string;
  partition?: string;
  account?: string;
  qos?: string;
  cpus?: number;
  mem?: string;
  memPerCpu?: string;
  /** Other options of sbatch, word by word. */
  sbatch?: string[];
}

/** One call of sbatch. */
export interface Submission {
  script: string;
  /** Options of sbatch. */
  options: string[];
  /** Arguments of the script. */
  args: string[];
}

/** How long before the end the warning signal of slurm/workers.sbatch comes, in seconds. */
const WARNING_SECONDS = 60;

/** The script of the search if it has one, else the script of the package. Throws InputError if there is none. */
export function scriptOf(name: 'manager' | 'workers', folders: readonly string[]): string {
  const candidates = folders.map(folder => join(folder, 'slurm', `${name}.sbatch`));
  const found = candidates.find(path => existsSync(path));
  if (found) return found;
  throw new InputError('no-script', `there is no slurm/${name}.sbatch`, {
    value: candidates[0],
    expected: 'the script that the jobs run',
    hint: 'spt init makes a folder that has it.',
  });
}

/** The options that the manager and the workers share: where jobs run, and which account pays. */
function sharedOptions({ partition, account, qos, sbatch }: JobOptions): string[] {
  const options = Object.entries({ partition, account, qos }).filter(([, value]) => value !== undefined);
  return [...options.map(([name, value]) => `--${name}=${value}`), ...(sbatch ?? [])];
}

export function managerSubmission(script: string, options: JobOptions, args: string[]): Submission {
  return { script, options: sharedOptions(options), args };
}

/** An array of workers. With `after`, it starts when that job has ended well, and never if that job fails. */
export function workersSubmission(
  script: string,
  workers: number,
  options: JobOptions,
  args: string[],
  after?: string,
): Submission {
  const { time, cpus, mem, memPerCpu } = options;
  const own = [`--array=0-${workers - 1}`];
  if (after !== undefined) own.push(`--dependency=afterok:${after}`, '--kill-on-invalid-dep=yes');
  if (time !== undefined) own.push(`--time=${time}`, ...earlierWarning(time));
  if (cpus !== undefined) own.push(`--cpus-per-task=${cpus}`);
  if (mem !== undefined) own.push(`--mem=${mem}`);
  if (memPerCpu !== undefined) own.push(`--mem-per-cpu=${memPerCpu}`);
  return { script, options: [...own, ...sharedOptions(options)], args };
}

/** An earlier warning for a job of a few minutes, where the usual one would come at the start. */
function earlierWarning(time: string): string[] {
  const seconds = parseSlurmTime(time) ?? Infinity;
  return seconds >= 5 * WARNING_SECONDS ? [] : [`--signal=B:USR1@${Math.max(1, Math.floor(seconds / 5))}`];
}

/** The words of the call. */
function words({ script, options, args }: Submission, first: string[]): string[] {
  return [...first, ...options, script, ...args];
}

/** The call as a person would type it. */
export function commandLine(submission: Submission): string {
  return ['sbatch', ...words(submission, [])].map(shellWord).join(' ');
}

/** The folder where sbatch is called, and the environment of the jobs. */
export interface Site {
  folder: string;
  environment: { [name: string]: string };
}

/** Asks sbatch whether it would take the job. Submits nothing. Throws Failure with sbatch's own message. */
export function tryOut(run: Runner, submission: Submission, site: Site): void {
  outputOf(run, 'sbatch', words(submission, ['--test-only']), site);
}

/** Submits, and gives the id of the job and sbatch's warnings. Throws Failure with sbatch's own message. */
export function submit(run: Runner, submission: Submission, site: Site): { job: string; warnings: string } {
  const { out, err } = outputOf(run, 'sbatch', words(submission, ['--parsable']), site);
  // With several clusters, sbatch prints id;cluster.
  return { job: out.trim().split(';')[0], warnings: err.trim() };
}
