/**
 * From options to sbatch: the two scripts stay as they are, what is asked for goes to sbatch as options (which win over
 * the #SBATCH lines) and to the scripts as arguments.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/errors.js';
import { shellWord } from '../base/shell.js';
import { outputOf, type Runner } from './runner.js';
import { parseSlurmTime } from './time.js';

/** What sbatch is asked for, beside what the scripts say; all of it was checked. */
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

/** The warning signal of slurm/workers.sbatch comes this long before the end. */
const WARNING_SECONDS = 60;

/** A script of the search if it has one, else the one that came with spt. Throws InputError. */
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

/** The options that the manager and the workers share: where jobs run and who pays. */
function sharedOptions({ partition, account, qos, sbatch }: JobOptions): string[] {
  const options = Object.entries({ partition, account, qos }).filter(([, value]) => value !== undefined);
  return [...options.map(([name, value]) => `--${name}=${value}`), ...(sbatch ?? [])];
}

export function managerSubmission(script: string, options: JobOptions, args: string[]): Submission {
  return { script, options: sharedOptions(options), args };
}

/** An array of so many workers; after the job `after` if there is one, and not at all if that fails. */
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

/** In a job of a few minutes the usual warning would come at the start. */
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

/** Where sbatch is called, and what the jobs are to know. */
export interface Site {
  folder: string;
  environment: { [name: string]: string };
}

/** Asks sbatch whether it would take the job, and submits nothing. Throws Failure with sbatch's own words. */
export function tryOut(run: Runner, submission: Submission, site: Site): void {
  outputOf(run, 'sbatch', words(submission, ['--test-only']), site);
}

/** Submits, and gives the id of the job and what sbatch warned of. Throws Failure with sbatch's own words. */
export function submit(run: Runner, submission: Submission, site: Site): { job: string; warnings: string } {
  const { out, err } = outputOf(run, 'sbatch', words(submission, ['--parsable']), site);
  // with several clusters: id;cluster
  return { job: out.trim().split(';')[0], warnings: err.trim() };
}
