/**
 * The jobs of a search, as squeue lists them. A job belongs to a search if it runs in the folder of the search and has
 * one of the names in the two scripts. So jobs that were submitted by hand are also found.
 */
import { outputOf, type Runner } from './runner.js';
import { parseSlurmTime } from './time.js';

/** The names of the jobs, as in slurm/manager.sbatch and slurm/workers.sbatch. */
const JOB_NAMES = { manager: 'spt-manager', worker: 'spt-worker' } as const;
export type Role = keyof typeof JOB_NAMES;

/** A job, or a task of an array. */
export interface Task {
  /** The name for scancel and scontrol: 12, or 12_3. */
  name: string;
  /** SLURM_JOB_ID. A task of an array that has not started has the id of the array. */
  job: string;
  role: Role;
  /** PENDING, RUNNING, COMPLETING, ... */
  state: string;
  /** How long it has run, and how long it may still run, in seconds. The latter is undefined without a time limit. */
  usedSeconds: number;
  leftSeconds?: number;
  node: string;
  /** Why it waits. */
  reason: string;
}

/** The separator of squeue's columns. Names of jobs and folders may hold any character that can be typed. */
const SEPARATOR = '\x1f';
/** Job, array job, array task, state, time used, time left, nodes, reason, name, working folder. */
const COLUMNS = ['%A', '%F', '%K', '%T', '%M', '%L', '%N', '%r', '%j', '%Z'];

/** The jobs of a user that belong to the search in a folder, in the order of squeue. Throws Failure. */
export function tasksOf(run: Runner, user: string, folder: string): Task[] {
  const args = ['--noheader', '--array', `--user=${user}`, `--format=${COLUMNS.join(SEPARATOR)}`];
  return parseQueue(outputOf(run, 'squeue', args).out, folder);
}

/** The lines of squeue that belong to the search. */
export function parseQueue(text: string, folder: string): Task[] {
  return text.split('\n').flatMap(line => {
    const cells = line.split(SEPARATOR);
    if (cells.length !== COLUMNS.length || cells[9].trimEnd() !== folder) return [];
    const [job, array, index, state, used, left, node, reason, jobName] = cells.map(cell => cell.trim());
    const role = (Object.keys(JOB_NAMES) as Role[]).find(role => JOB_NAMES[role] === jobName);
    if (!role) return [];
    const name = /^\d+$/.test(index) ? `${array}_${index}` : job;
    const usedSeconds = parseSlurmTime(used) ?? 0;
    return [{ name, job, role, state, usedSeconds, leftSeconds: parseSlurmTime(left), node, reason }];
  });
}

/** Whether the task has not ended and is not ending. */
export function isActive({ state }: Task): boolean {
  return !['COMPLETING', 'COMPLETED', 'CANCELLED', 'FAILED', 'TIMEOUT', 'NODE_FAIL', 'PREEMPTED'].includes(
    state,
  );
}

/** Whether the task runs, so that it can be sent a signal. */
export function isRunning({ state }: Task): boolean {
  return state === 'RUNNING';
}

/**
 * The workers that must end so that `wanted` are left: first those that have not started, the newest first, then those
 * with the least time left.
 */
export function surplus(tasks: readonly Task[], wanted: number): Task[] {
  const active = tasks.filter(task => task.role === 'worker' && isActive(task));
  const waiting = active.filter(task => !isRunning(task)).reverse();
  const left = ({ leftSeconds }: Task) => leftSeconds ?? Infinity;
  const running = active
    .filter(isRunning)
    .sort((a, b) => (left(a) < left(b) ? -1 : left(a) > left(b) ? 1 : 0));
  return [...waiting, ...running].slice(0, Math.max(0, active.length - wanted));
}
