/**
 * What a task of Slurm knows about itself from its environment (sbatch(1), OUTPUT ENVIRONMENT VARIABLES): its identity,
 * the processors and the memory that it may use, and the time that it has left.
 */
import type { Runner } from './runner.js';
import { parseSlurmTime } from './time.js';

/** The variables of a process's environment. */
export interface Variables {
  [name: string]: string | undefined;
}

/** Job, array, task, node and number of restarts; undefined outside of Slurm. */
export function slurmIdentity(environment: Variables): { [name: string]: string } | undefined {
  const { SLURM_JOB_ID: job } = environment;
  if (!job) return undefined;
  const members = {
    job,
    array: environment.SLURM_ARRAY_JOB_ID,
    task: environment.SLURM_ARRAY_TASK_ID,
    node: environment.SLURMD_NODENAME,
    restart: environment.SLURM_RESTART_COUNT,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value)) as {
    [name: string]: string;
  };
}

/** The processors of this task, if Slurm tells. The tasks that `srun` started on a node share its processors. */
export function slurmProcessors(environment: Variables): number | undefined {
  const perTask = wholeNumber(environment.SLURM_CPUS_PER_TASK);
  const onNode = wholeNumber(environment.SLURM_CPUS_ON_NODE);
  if (perTask !== undefined || onNode === undefined) return perTask;
  return Math.max(1, Math.floor(onNode / tasksOnNode(environment)));
}

/**
 * How many tasks `srun` started on this node (srun(1), SLURM_STEP_TASKS_PER_NODE: `2(x3),1`, node by node). A batch
 * script counts as 1, because it runs alone, however many tasks it may start.
 */
function tasksOnNode({ SLURM_STEP_TASKS_PER_NODE: text, SLURM_NODEID: node }: Variables): number {
  const counts = (text ?? '').split(',').flatMap(part => {
    const [, tasks, nodes = '1'] = /^(\d{1,6})(?:\(x(\d{1,6})\))?$/.exec(part) ?? [];
    return tasks === undefined ? [] : Array<number>(Number(nodes)).fill(Number(tasks));
  });
  return Math.max(1, counts[Number(node ?? 0)] ?? counts[0] ?? 1);
}

/** The memory limit of this task in bytes, if there is one. Slurm counts in mebibytes; 0 means all of the node. */
export function slurmMemory(environment: Variables): number | undefined {
  const perNode = wholeNumber(environment.SLURM_MEM_PER_NODE);
  if (perNode !== undefined) return Math.floor((perNode * 2 ** 20) / tasksOnNode(environment));
  const perProcessor = wholeNumber(environment.SLURM_MEM_PER_CPU);
  if (perProcessor === undefined) return undefined;
  const onNode = wholeNumber(environment.SLURM_CPUS_ON_NODE);
  const own = onNode === undefined ? slurmProcessors(environment) : onNode / tasksOnNode(environment);
  return Math.floor(perProcessor * (own ?? 1) * 2 ** 20);
}

/**
 * The seconds until Slurm ends this task; undefined outside of Slurm and without a time limit. Newer versions of Slurm
 * put the end into the environment; with older ones, squeue is asked once.
 */
export function slurmSecondsLeft(environment: Variables, nowMs: number, run: Runner): number | undefined {
  const { SLURM_JOB_ID: job, SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task } = environment;
  if (!job) return undefined;
  const end = wholeNumber(environment.SLURM_JOB_END_TIME);
  if (end !== undefined) return Math.max(0, end - nowMs / 1000);
  // The last task of an array has the id of the array, and squeue would list all tasks under this id.
  const name = array && task ? `${array}_${task}` : job;
  const { code, out } = run('squeue', ['--noheader', `--jobs=${name}`, '--format=%L']);
  return code === 0 ? parseSlurmTime(out.trim()) : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}
