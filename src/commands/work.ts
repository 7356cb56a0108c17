/** `spt work`: one worker. */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { Failure, InputError } from '../base/errors.js';
import { counted } from '../base/listing.js';
import type { Worker } from '../events/format/event.js';
import { readPrepared } from '../data/store.js';
import { refuseUnsafe } from '../log/check/flock.js';
import { makeObserver, startHeartbeat } from '../log/liveness.js';
import type { Activity } from '../log/signs.js';
import { runCommand } from '../slurm/runner.js';
import { slurmIdentity, slurmMemory, slurmProcessors, slurmSecondsLeft } from '../slurm/task.js';
import { safeJson } from '../terminal/printable.js';
import { duration } from '../terminal/units.js';
import { sweepKept } from '../predictions/kept.js';
import { processClock } from '../worker/clock.js';
import { controlGroupMemory } from '../worker/memory.js';
import { EXIT_CODES, explain, explainJson } from '../terminal/complaints.js';
import { makeOutputOptional } from '../terminal/output.js';
import { screenOf } from '../terminal/screen.js';
import type { State } from '../events/state/state.js';
import { statusLog } from '../worker/status-log.js';
import type { Tally, WorkOptions } from '../worker/environment.js';
import { Supervisor } from '../worker/supervisor.js';
import { TrainerThread } from '../worker/trainer-thread.js';
import { existingLog } from './journal.js';
import type { WorkerLimits } from '../config/load.js';
import { loadWorkerLimits } from '../config/limits.js';
import { authorOf, type Host } from '../log/host.js';
import type { Journal } from '../log/journal.js';
import { segmentNumber } from '../log/names.js';
import { type PlaceOptions, folders, withPlace } from './place.js';
import { bytes, milliseconds, millisecondsOrNone, positiveInteger } from './values.js';
import { VERSION } from './package.js';
import { WorkLine } from './output/work-line.js';

interface Options extends PlaceOptions {
  jobs?: number;
  timeout?: number;
  grace?: number;
  deadline?: number;
  memory?: number;
  forever?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  force?: boolean;
  json?: boolean;
}

/** How long running configs may go on after the first Ctrl-C, in milliseconds. */
const DEFAULT_GRACE_MS = 20_000;

const DETAILS = `
Start as many workers as you like, on any machines that share the folder:
  spt work -j 4                  four trainer threads
  spt work --deadline 55m        for a job that ends in an hour

Stop them when you like:
  first Ctrl-C                   running configs may go on for the grace time,
  (SIGINT, SIGTERM, SIGHUP)      and the worker gives the rest back
  second Ctrl-C, or SIGUSR2      the worker gives back everything at once
  SIGUSR1                        the worker starts nothing new; running configs
                                 may go on until shortly before the deadline,
                                 or until they are done if there is none
  kill -9, a crash               other workers take over what it held
Under Slurm, SIGTERM gives back everything at once, because Slurm kills soon
after. A worker there finds its processors, memory and time limit by itself.

A worker with a deadline claims only configs that are expected to end in time.

Exit codes: 0 when the worker has done its work, even if configs failed, because
a failure is a result; 1 when the worker could not work, and it says why. A
script that must notice failed configs can run spt doctor, which ends with 1.`;

export function work(): Command {
  const command = new Command('work')
    .summary('claim, train and report configs until nothing is left')
    .description(
      'Runs a worker. It claims configs, trains them and reports their scores, until nothing is left.',
    )
    .option(
      '-j, --jobs <n>',
      'number of trainer threads (default: the processors of the machine; under Slurm, of the task)',
      positiveInteger,
    )
    .option(
      '--timeout <time>',
      'how long one config may train (default: worker.timeout in config.yaml, or 1h)',
      milliseconds,
    )
    .option(
      '--grace <time>',
      'how long running configs may go on after the first signal (default: 20s; under Slurm, 0)',
      millisecondsOrNone,
    )
    .option(
      '--deadline <time>',
      'when this worker must have ended, counted from now (default: under Slurm, the end of the job)',
      milliseconds,
    )
    .option(
      '--memory <size>',
      'how much memory the worker may take, such as 4G (default: the limit of Slurm or of the control group)',
      bytes,
    )
    .option('--forever', 'wait for new configs when nothing is left')
    .option('--force', 'work even if the file system of the log is not safe')
    .option('-v, --verbose', 'on a terminal, print a line for each config instead of one line in all')
    .option('-q, --quiet', 'print only the last line; log/status.log has the rest')
    .option('--json', 'print one JSON object at the end')
    .addHelpText('after', DETAILS);
  return withPlace(command, 'configs').action(run);
}

async function run(options: Options): Promise<void> {
  const { root, log, prepared, kept } = folders(options);
  const { limits: settings, note } = loadWorkerLimits(root, options.config);
  const { journal, host } = await existingLog(log);
  if (!options.force) await refuseUnsafe(log, host);
  if (!options.forever) await refuseEmpty(journal, host);
  makeOutputOptional();
  const worker = identify(host.newId(), host.identity);
  const write = statusLog(log, authorOf(worker));
  const isQuiet = options.quiet || options.json;
  const isLive = process.stdout.isTTY && !isQuiet && !options.verbose;
  const live = isLive ? new WorkLine(process.stdout, journal, host) : undefined;
  const tell = (message: string): void => {
    const line = write(message);
    if (live) live.tell(message, line);
    else if (!isQuiet) console.log(line);
  };
  const limits = limitsOf(options, settings);
  const newTrainer = trainers(limits.memoryBytes, settings.keepsPredictions ? kept : undefined, tell);
  const activity = activityOf(host, limits, () => supervisor);
  let supervisor: Supervisor | undefined;
  supervisor = new Supervisor(
    {
      clock: processClock,
      journal,
      worker,
      heartbeat: await startHeartbeat(log, host, worker, settings.leaseMs, activity),
      observer: makeObserver(log, host, settings.leaseMs),
      readData: digest => readPrepared(prepared, digest),
      newTrainer: () => live?.watching(newTrainer()) ?? newTrainer(),
      residentBytes: () => process.memoryUsage.rss(),
      writeStatus: tell,
    },
    limits,
  );
  heedSignals(supervisor);
  const started = performance.now();
  tell(`started   worker ${worker.id}${described(worker, limits)}`);
  if (note !== undefined) tell(`note      ${note}`);
  live?.start();
  const { trouble, ...tally } = await supervisor
    .run()
    .catch(error => {
      tell(`failed    worker ${worker.id}: ${(error as Error).message}`);
      throw error;
    })
    .finally(() => live?.end());
  const seconds = (performance.now() - started) / 1000;
  tell(`stopped   worker ${worker.id}`);
  if (options.json) {
    const errors = trouble && (JSON.parse(explainJson(trouble)) as object);
    console.log(safeJson({ worker: worker.id, ...tally, seconds, ...errors }));
  } else {
    console.log(`${summary(tally)} in ${duration(seconds)}.`);
    if (isOver(journal.state)) console.log(NEXT);
  }
  if (!trouble) return;
  console.error(explain(trouble, screenOf(process.stderr).width).lines.join('\n'));
  process.exitCode = EXIT_CODES.failed;
}

/**
 * What makes a new trainer.
 * @param keep the folder where trainers keep predictions; undefined where they keep none. The first failure to keep
 *   them is told.
 */
function trainers(
  memoryBytes: number | undefined,
  keep: string | undefined,
  tell: (message: string) => void,
): () => TrainerThread {
  if (keep !== undefined) sweepKept(keep);
  let hasFailed = false;
  return () =>
    new TrainerThread(memoryBytes, keep, message => {
      if (!hasFailed) tell(`not kept  predictions: ${message}`);
      hasFailed = true;
    });
}

/** What the sign of life of this worker tells people. The supervisor is made after the first sign. */
function activityOf(
  host: Host,
  { jobs }: WorkOptions,
  supervisor: () => Supervisor | undefined,
): () => Activity {
  const sinceMs = host.wallMs();
  return () => {
    const nowMs = host.wallMs();
    const training = supervisor()?.training() ?? [];
    return {
      threads: jobs,
      sinceMs,
      training: training.map(({ id, elapsedMs }) => ({ id, sinceMs: nowMs - elapsedMs })),
    };
  };
}

/** SIGHUP comes when the terminal is closed. SGE sends SIGUSR2 before it kills. */
function heedSignals(supervisor: Supervisor): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => supervisor.stop());
  process.on('SIGUSR1', () => supervisor.warn());
  process.on('SIGUSR2', () => supervisor.leaveAtOnce());
}

/** The files of a log beside its segments. */
const LOG_FILES = /^(README\.md|status\.log|workers|slurm|snapshot-.*|worker-.*\.log|\..*)$/;

/** Throws if there is nothing to work on: Failure for a log without configs, InputError for a folder that is no log. */
async function refuseEmpty({ directory, state }: Journal, host: Host): Promise<void> {
  if (state.size > 0) return;
  const names = await host.list(directory);
  const hint = 'Run spt enqueue first, or name the log with --log, or the folder of the search with --root.';
  if (names.some(name => segmentNumber(name) !== undefined) || names.every(name => LOG_FILES.test(name)))
    throw new Failure('nothing-enqueued', `the log ${directory} holds no configs`, hint);
  throw new InputError('not-a-log', `${directory} is not a log: it has no file events-000001.jsonl`, {
    value: directory,
    expected: 'the folder of a log',
    hint,
  });
}

/** Whether no config is left, and none runs. */
function isOver(state: State): boolean {
  return state.count('queued') === 0 && state.count('claimed') === 0;
}

const NEXT = 'Nothing is left to train. Go on with spt select, spt results, or spt report.';

function summary({ finished, failed, released }: Tally): string {
  const parts = [`${counted(finished, 'config')} finished`, `${failed} failed`];
  if (released > 0) parts.push(`${released} given back`);
  return parts.join(', ');
}

/** Who this worker is; under Slurm also which job, task and node. */
function identify(id: string, { host, pid }: { host: string; pid: number }): Worker {
  const slurm = slurmIdentity(process.env);
  return slurm ? { id, host, pid, slurm } : { id, host, pid };
}

/** The limits of this worker: its options; else those of Slurm or a control group; else those of the search. */
function limitsOf(options: Options, settings: WorkerLimits): WorkOptions {
  const isUnderSlurm = slurmIdentity(process.env) !== undefined;
  const secondsLeft =
    options.deadline === undefined ? slurmSecondsLeft(process.env, Date.now(), runCommand) : undefined;
  return {
    jobs: options.jobs ?? slurmProcessors(process.env) ?? availableParallelism(),
    timeoutMs: options.timeout ?? settings.timeoutMs,
    attempts: settings.attempts,
    losses: settings.losses,
    graceMs: options.grace ?? (isUnderSlurm ? 0 : DEFAULT_GRACE_MS),
    leaseMs: settings.leaseMs,
    deadlineMs: options.deadline ?? (secondsLeft === undefined ? Infinity : secondsLeft * 1000),
    memoryBytes: options.memory ?? smallest(slurmMemory(process.env), controlGroupMemory()),
    forever: options.forever ?? false,
    versions: { spt: VERSION, node: process.versions.node },
  };
}

function smallest(...limits: (number | undefined)[]): number | undefined {
  const known = limits.filter(limit => limit !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** What status.log tells about a worker that starts. */
function described({ slurm }: Worker, { jobs, deadlineMs, memoryBytes }: WorkOptions): string {
  const parts = [counted(jobs, 'trainer')];
  if (memoryBytes !== undefined) parts.push(`${(memoryBytes / 2 ** 30).toFixed(1)} GiB`);
  if (deadlineMs !== Infinity) parts.push(`${duration(deadlineMs / 1000)} left`);
  if (slurm) parts.push(`job ${slurm.array ? `${slurm.array}_${slurm.task}` : slurm.job}`);
  if (slurm?.restart) parts.push(`start ${Number(slurm.restart) + 1}`);
  return `  ${parts.join(', ')}`;
}
