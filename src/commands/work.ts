import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { Worker } from '../events/event.js';
import { readPrepared } from '../data/store.js';
import { refuseUnsafe } from '../log/file-system.js';
import { makeObserver, startHeartbeat } from '../log/liveness.js';
import { count, duration } from '../terminal/units.js';
import { statusLog } from '../worker/status-log.js';
import { Supervisor, type Tally } from '../worker/supervisor.js';
import { TrainerThread } from '../worker/trainer-thread.js';
import { existingLog } from './journal.js';
import { type PlaceOptions, experiment, folders, withPlace } from './place.js';
import { milliseconds, positiveInteger } from './values.js';
import { version } from './version.js';

interface Options extends PlaceOptions {
  jobs?: number;
  timeout?: number;
  grace: number;
  forever?: boolean;
  quiet?: boolean;
  force?: boolean;
  json?: boolean;
}

const details = `
Start as many workers as you like, on any machines that share the folder, and stop them when you like:
the first Ctrl-C (or SIGTERM, SIGINT, SIGUSR1) lets running configs finish within the grace time and gives the
rest back, a second one gives back everything at once. What a killed worker held is taken up by the others.`;

/** `spt work`: one worker. */
export function work(): Command {
  const command = new Command('work')
    .summary('claim, train and report configs until nothing is left')
    .description('A worker: claims configs, trains them, reports them, until nothing is left.')
    .option('-j, --jobs <n>', 'how many trainer threads (default: the number of processors)', positiveInteger)
    .option(
      '--timeout <time>',
      'how long one config may train (default: worker.timeout of the config, or 1h)',
      milliseconds,
    )
    .addOption(
      new Option('--grace <time>', 'how long running configs may go on after a first signal')
        .argParser(milliseconds)
        .default(20_000, '20s'),
    )
    .option('--forever', 'wait for more when nothing is left')
    .option('--force', 'work even where the file system under the log is not safe')
    .option('-q, --quiet', 'only the last line; log/status.log has the rest')
    .option('--json', 'print one JSON object at the end')
    .addHelpText('after', details);
  return withPlace(command, 'configs').action(run);
}

async function run(options: Options): Promise<void> {
  const { log, prepared } = folders(options);
  const settings = experiment(options).worker;
  const { journal, host } = await existingLog(log);
  if (!options.force) await refuseUnsafe(log, host);
  const worker = identify(host.newId(), host.identity);
  const write = statusLog(log, `${worker.host}:${worker.pid}`);
  const tell = (message: string): void => {
    const line = write(message);
    if (!options.quiet && !options.json) console.log(line);
  };
  const supervisor = new Supervisor(
    {
      journal,
      worker,
      heartbeat: await startHeartbeat(log, host, worker, settings.leaseMs),
      observer: makeObserver(log, host, settings.leaseMs),
      readData: digest => readPrepared(prepared, digest),
      newTrainer: () => new TrainerThread(),
      tell,
    },
    {
      jobs: options.jobs ?? availableParallelism(),
      timeoutMs: options.timeout ?? settings.timeoutMs,
      attempts: settings.attempts,
      losses: settings.losses,
      graceMs: options.grace,
      leaseMs: settings.leaseMs,
      forever: options.forever ?? false,
      versions: { spt: version, node: process.versions.node },
    },
  );
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR1'] as const) process.on(signal, () => supervisor.stop());
  const started = performance.now();
  tell(`started   worker ${worker.id}`);
  const tally = await supervisor.run();
  const seconds = (performance.now() - started) / 1000;
  tell(`stopped   worker ${worker.id}`);
  if (options.json) console.log(JSON.stringify({ worker: worker.id, ...tally, seconds }));
  else console.log(`${summary(tally)} in ${duration(seconds)}.`);
}

function summary({ finished, failed, released }: Tally): string {
  const parts = [`${count(finished, 'config')} finished`, `${failed} failed`];
  if (released > 0) parts.push(`${released} given back`);
  return parts.join(', ');
}

/** Who this worker is; under Slurm also which job and task. */
function identify(id: string, { host, pid }: { host: string; pid: number }): Worker {
  const { SLURM_JOB_ID, SLURM_ARRAY_JOB_ID, SLURM_ARRAY_TASK_ID, SLURM_RESTART_COUNT } = process.env;
  if (!SLURM_JOB_ID) return { id, host, pid };
  const slurm: { [name: string]: string } = { job: SLURM_JOB_ID };
  if (SLURM_ARRAY_JOB_ID) slurm.array = SLURM_ARRAY_JOB_ID;
  if (SLURM_ARRAY_TASK_ID) slurm.task = SLURM_ARRAY_TASK_ID;
  if (SLURM_RESTART_COUNT) slurm.restart = SLURM_RESTART_COUNT;
  return { id, host, pid, slurm };
}
