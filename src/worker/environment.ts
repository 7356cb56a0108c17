/** The interfaces of a worker to its surroundings: what it uses, what limits it, and what it has done at its end. */
import type { Failure } from '../base/errors.js';
import type { Worker } from '../events/format/event.js';
import type { Journal } from '../log/journal.js';
import type { Heartbeat, Observer } from '../log/liveness.js';
import type { SplitData } from '../base/dataset.js';
import type { Clock } from './clock.js';
import type { Trainer } from './protocol.js';

/** What a worker uses and does not own. */
export interface Environment {
  clock: Clock;
  journal: Journal;
  heartbeat: Heartbeat;
  observer: Observer;
  worker: Worker;
  /** The data of a split by its digest. Throws Failure when the data is missing or damaged. */
  readData(digest: string): SplitData;
  newTrainer(): Trainer;
  /** How much memory this process takes now, in bytes. */
  residentBytes(): number;
  /** Writes one line of the status log, for people. */
  writeStatus(line: string): void;
}

export interface WorkOptions {
  /** How many trainer threads. */
  jobs: number;
  /** How long one config may train, in ms. */
  timeoutMs: number;
  /** How often a config may be tried when it fails for a reason that may pass. */
  attempts: number;
  /** How often a config may lose its worker before the config counts as the cause. */
  losses: number;
  /** How long running configs may go on after a first signal, in ms. */
  graceMs: number;
  /** How long a worker may be silent before others release its claims, in ms. */
  leaseMs: number;
  /** How long this worker may run, in ms; Infinity if nothing ends it. */
  deadlineMs: number;
  /** How much memory this process may take, in bytes; undefined if nothing limits it. */
  memoryBytes?: number;
  /** Whether the worker waits for new configs when nothing is left. */
  forever: boolean;
  /** The versions of spt and Node that are written into every finished config. */
  versions: { [name: string]: string };
}

/** What a worker has done, counted in configs. */
export interface Tally {
  finished: number;
  failed: number;
  released: number;
  /** What this worker could not do, for a person. */
  trouble?: Failure;
}
