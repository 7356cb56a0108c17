/**
 * The trainers of a worker: which held config each of them trains, and on which data.
 *
 * Memory. A config that found too little memory beside others is tried again alone. When the process comes near its
 * limit, all trainers are ended, and their configs are tried again one at a time. Before a config is tried alone, the
 * memory of all trainers is freed. Only a config that is too large alone has failed for memory.
 *
 * Data. When the data of a config cannot be read, all held configs with the same data are given back.
 */
import type { Config } from '../base/config.js';
import { Failure } from '../base/errors.js';
import type { SplitData } from '../base/dataset.js';
import type { Environment, WorkOptions } from './environment.js';
import type { Hold, Job } from './hold.js';
import { usableMemory } from './memory.js';
import type { Outcome, Trainer } from './protocol.js';
import type { Shelf } from './shelf.js';
import { aboutOf } from './words.js';

/** The time between two looks at the memory, in ms. */
export const MEMORY_LOOK_MS = 100;

export class Crew {
  /** The split that was trained last. */
  lastSplit: string | undefined;
  private readonly trainers: Trainer[];
  private readonly running = new Map<Trainer, Job>();
  /** Whether the running config is tried alone. */
  private isAlone = false;
  /** Whether the trainers keep the memory of what they trained. */
  private memory: 'kept' | 'being freed' | 'freed' = 'kept';

  /**
   * @param ended hears the outcome of a job that has left the hold. A job that is tried again stays in the hold
   * @param changed hears that a trainer may be free
   */
  constructor(
    private readonly environment: Pick<Environment, 'clock' | 'newTrainer' | 'residentBytes' | 'writeStatus'>,
    private readonly options: Pick<WorkOptions, 'jobs' | 'timeoutMs'>,
    private readonly hold: Hold,
    private readonly shelf: Shelf,
    private readonly ended: (job: Job, outcome: Outcome) => void,
    private readonly changed: () => void,
  ) {
    this.trainers = Array.from({ length: options.jobs }, () => environment.newTrainer());
  }

  get size(): number {
    return this.trainers.length;
  }

  /** Whether a trainer could work and nothing waits for it. */
  get isIdle(): boolean {
    return this.hold.count('waiting') === 0 && this.running.size < this.trainers.length;
  }

  /** Whether a config is tried alone, or will be next. Then nothing may be started beside it. */
  get isReserved(): boolean {
    return this.isAlone || this.hold.count('alone') > 0;
  }

  /** Gives waiting jobs to idle trainers. Only jobs that fit into the time that is left are started. */
  start(fits: (job: Job) => boolean): void {
    if (this.memory === 'being freed' || (this.isAlone && this.running.size > 0)) return;
    this.isAlone = false;
    if (this.hold.count('alone') > 0) return this.startAlone();
    for (const trainer of this.trainers) {
      // a trainer that has answered is free as soon as its outcome was noted
      while (!this.running.has(trainer)) {
        const next = this.hold.first('waiting', fits);
        if (!next) return;
        this.launch(trainer, next);
      }
    }
  }

  /** Tries the first job of the place `alone`, once nothing runs and the trainers' memory is freed. */
  private startAlone(): void {
    if (this.running.size > 0) return;
    if (this.memory === 'kept') return this.freeMemory();
    const [first] = this.hold.in('alone');
    this.isAlone = this.launch(this.trainers[0], first);
  }

  /** Starts a waiting job. Gives whether it runs. A job whose data cannot be read is to be given back. */
  private launch(trainer: Trainer, job: Job): boolean {
    const data = this.dataOf(job.config);
    if (!data) return false;
    this.hold.move(job, 'running');
    job.startedAtMs = this.environment.clock.nowMs();
    job.scored = [];
    this.memory = 'kept';
    this.running.set(trainer, job);
    this.lastSplit = job.config.split;
    void trainer
      .train(job.config, data, this.options.timeoutMs, scored => void job.scored.push(scored))
      .then(outcome => this.finish(trainer, job, outcome));
    return true;
  }

  private finish(trainer: Trainer, job: Job, outcome: Outcome): void {
    // the job was dropped while its outcome was under way
    if (this.running.get(trainer) !== job) return;
    const { isAlone } = this;
    this.running.delete(trainer);
    if (outcome.kind === 'failed' && outcome.failure === 'memory' && !isAlone) {
      this.hold.move(job, 'alone');
      this.environment.writeStatus(`memory    ${aboutOf(job)}  is tried again alone: ${outcome.message}`);
    } else {
      this.hold.remove(job);
      this.ended(job, outcome);
    }
    this.changed();
  }

  /** Ends all trainers to free their memory. Running jobs get the outcome; without an outcome they get no answer. */
  private freeMemory(outcome?: Outcome): void {
    this.memory = 'being freed';
    void Promise.all(this.trainers.map(trainer => trainer.end(outcome))).then(() => {
      this.memory = 'freed';
      this.changed();
    });
  }

  /** Looks at the memory of the process, and acts before the kernel kills the whole process. */
  watchMemory(memoryBytes: number): void {
    if (this.memory === 'being freed' || this.running.size === 0) return;
    const residentBytes = this.environment.residentBytes();
    if (residentBytes < usableMemory(memoryBytes)) return;
    if (this.isAlone) return this.freeMemory(this.tooLarge(residentBytes, memoryBytes));
    for (const job of this.running.values()) this.hold.move(job, 'alone');
    this.running.clear();
    this.environment.writeStatus(
      `memory    ${mebibytes(residentBytes)} taken: what was running is tried again, one at a time`,
    );
    this.freeMemory();
  }

  private tooLarge(residentBytes: number, memoryBytes: number): Outcome {
    const nowMs = this.environment.clock.nowMs();
    const ranMs = [...this.running.values()].map(({ startedAtMs }) => nowMs - startedAtMs);
    const taken = `${mebibytes(residentBytes)} of its ${mebibytes(memoryBytes)}`;
    const message = `the worker took ${taken} for this config alone`;
    return { kind: 'failed', failure: 'memory', message, retry: true, seconds: Math.max(0, ...ranMs) / 1000 };
  }

  /**
   * The data of a config's split; undefined if it cannot be read. Then all held configs with this data are to be given
   * back.
   */
  private dataOf({ split, data: digest }: Config): SplitData | undefined {
    try {
      if (!this.shelf.lacks(digest)) return this.shelf.get(digest);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.shelf.setAside(digest, split, error);
      const hint = error.hint === undefined ? '' : `. ${error.hint}`;
      this.environment.writeStatus(`set aside split ${split}: ${error.message}${hint}`);
    }
    for (const job of [...this.hold.in('alone'), ...this.hold.in('waiting')]) {
      if (job.config.data !== digest) continue;
      this.hold.move(job, 'returning');
      this.shelf.addConfig(job.id);
    }
    return undefined;
  }

  /** Ends the trainer of a job that this worker has lost. */
  stop(job: Job): void {
    for (const [trainer, other] of this.running) {
      if (other !== job) continue;
      this.running.delete(trainer);
      void trainer.end();
    }
  }

  /** Ends all trainers. What they were training gets no answer. */
  async end(): Promise<void> {
    this.running.clear();
    await Promise.all(this.trainers.map(trainer => trainer.end()));
  }
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
