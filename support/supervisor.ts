/**
 * A real supervisor with a real journal, heartbeat and observer. Its trainers, its data and its world are the
 * caller's.
 */
import type { Worker } from '../src/events/format/event.js';
import type { Host } from '../src/log/host.js';
import type { Journal, Written } from '../src/log/journal.js';
import { makeObserver, startHeartbeat } from '../src/log/liveness.js';
import type { SplitData } from '../src/base/dataset.js';
import type { Clock } from '../src/worker/clock.js';
import type { Trainer } from '../src/worker/protocol.js';
import type { WorkOptions } from '../src/worker/environment.js';
import { Supervisor } from '../src/worker/supervisor.js';
import { someData } from './pausing-trainer.js';

export interface Recruit {
  worker: Worker;
  newTrainer(): Trainer;
  readData?(digest: string): SplitData;
  /** How much memory the process takes, in bytes. */
  residentBytes?(): number;
  writeStatus?(line: string): void;
  /** Limits that differ from `usualOptions`. */
  options?: Partial<WorkOptions>;
}

const usualOptions: WorkOptions = {
  jobs: 1,
  timeoutMs: 3_600_000,
  attempts: 1,
  losses: 10,
  graceMs: 20_000,
  leaseMs: 60_000,
  deadlineMs: Infinity,
  forever: false,
  versions: {},
};

/** Starts the heartbeat of a worker that is ready to run on a journal. */
export async function recruit(
  host: Host,
  clock: Clock,
  journal: Journal,
  { worker, newTrainer, readData, residentBytes, writeStatus, options }: Recruit,
): Promise<Supervisor> {
  const limits = { ...usualOptions, ...options };
  const { directory } = journal;
  return new Supervisor(
    {
      clock,
      journal,
      worker,
      heartbeat: await startHeartbeat(directory, host, worker, limits.leaseMs),
      observer: makeObserver(directory, host, limits.leaseMs),
      readData: readData ?? (() => someData),
      newTrainer,
      residentBytes: residentBytes ?? (() => 0),
      writeStatus: writeStatus ?? (() => undefined),
    },
    limits,
  );
}

/** Calls after each append that was acknowledged, with what was written and when the append began. */
export function onAppend(
  journal: Journal,
  clock: Clock,
  call: (written: Written[], fromMs: number) => void,
): void {
  const transact = journal.transact.bind(journal);
  journal.transact = async decide => {
    const fromMs = clock.nowMs();
    const written = await transact(decide);
    call(written, fromMs);
    return written;
  };
}
