/** The trainer thread, as its supervisor sees it. */
import { Worker } from 'node:worker_threads';
import type { Config } from '../base/config.js';
import type { SplitData } from '../base/dataset.js';
import type { FoldScored, Outcome, Progress, ToTrainer, Trainer, TrainerSettings } from './protocol.js';

/** The numbers that name data to the threads. A thread gets another object that shares the memory. */
const numbers = new WeakMap<SplitData, number>();
let lastNumber = 0;

function numberOf(data: SplitData): number {
  const number = numbers.get(data) ?? ++lastNumber;
  numbers.set(data, number);
  return number;
}

/**
 * A trainer thread, idle or busy with one config. The thread is started when it is first needed, and again after it was
 * ended. So a config that hangs or crashes does not affect the configs after it.
 */
export class TrainerThread implements Trainer {
  private thread: Worker | undefined;
  private loaded: SplitData | undefined;
  private settle: ((outcome: Outcome) => void) | undefined;
  private onScored: (scored: FoldScored) => void = () => undefined;
  /** When it began to train, in ms of `performance.now`. */
  private startedAtMs = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param memoryBytes the most memory for the objects of the thread, and the most for its kernels, in bytes
   * @param keep the folder in which it keeps predictions
   * @param onNotKept hears why predictions could not be kept
   */
  constructor(
    private readonly memoryBytes?: number,
    private readonly keep?: string,
    private readonly onNotKept: (message: string) => void = () => undefined,
  ) {}

  get busy(): boolean {
    return this.settle !== undefined;
  }

  /** Trains a config on a split's data; ends the thread and fails as `timeout` after `timeoutMs`. Never rejects. */
  train(
    config: Config,
    data: SplitData,
    timeoutMs: number,
    onScored: (scored: FoldScored) => void,
  ): Promise<Outcome> {
    if (this.busy) throw new Error('this trainer is busy');
    this.thread ??= this.start();
    if (this.loaded !== data) {
      this.say({ type: 'load', number: numberOf(data), data });
      this.loaded = data;
    }
    this.startedAtMs = performance.now();
    this.onScored = onScored;
    this.say({ type: 'train', config });
    this.timer = setTimeout(() => {
      const message =
        `stopped after ${timeoutMs / 1000} s. ` +
        'Give it longer with `worker: { timeout: .. }` in configs/config.yaml or with spt work --timeout, ' +
        'and try it again with spt retry --kind timeout';
      void this.end({ kind: 'failed', failure: 'timeout', message, retry: false, seconds: this.seconds() });
    }, timeoutMs);
    return new Promise<Outcome>(resolve => {
      this.settle = resolve;
    });
  }

  /** Ends the thread. The pending `train` resolves with the outcome; without an outcome, never. */
  async end(outcome?: Outcome): Promise<void> {
    const { thread } = this;
    this.thread = this.loaded = undefined;
    this.answer(outcome);
    thread?.removeAllListeners();
    await thread?.terminate();
  }

  private answer(outcome?: Outcome): void {
    const { settle } = this;
    clearTimeout(this.timer);
    this.settle = undefined;
    if (outcome) settle?.(outcome);
  }

  private say(message: ToTrainer): void {
    this.thread!.postMessage(message);
  }

  private seconds(): number {
    return (performance.now() - this.startedAtMs) / 1000;
  }

  private start(): Worker {
    const { memoryBytes, keep } = this;
    const settings: TrainerSettings = { memoryBytes, keep };
    const resourceLimits =
      memoryBytes === undefined ? {} : { maxOldGenerationSizeMb: Math.ceil(memoryBytes / 2 ** 20) };
    const thread = new Worker(new URL('./trainer.js', import.meta.url), {
      workerData: settings,
      resourceLimits,
    });
    thread.on('message', (progress: Progress) => {
      if (progress.kind === 'scored') this.onScored(progress);
      else if (progress.kind === 'trained') clearTimeout(this.timer);
      else if (progress.kind === 'not kept') this.onNotKept(progress.message);
      else this.answer(progress);
    });
    thread.on('error', (error: NodeJS.ErrnoException) => {
      const failure = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'error';
      void this.end({
        kind: 'failed',
        failure,
        message: error.message,
        retry: true,
        seconds: this.seconds(),
      });
    });
    thread.on('exit', code => {
      const message = `the trainer thread ended with code ${code}`;
      void this.end({ kind: 'failed', failure: 'error', message, retry: true, seconds: this.seconds() });
    });
    return thread;
  }
}
