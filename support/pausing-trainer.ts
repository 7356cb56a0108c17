/** A trainer whose training is a pause on a clock. Everything around it can be real. */
import type { Config } from '../src/base/config.js';
import { numberColumns, type SplitData } from '../src/base/dataset.js';
import type { Clock } from '../src/worker/clock.js';
import type { Outcome, Trainer } from '../src/worker/protocol.js';
import { targetOf } from './datasets.js';

/** For trainers that do not look at their data. */
export const someData: SplitData = {
  columns: numberColumns(['a']),
  target: { kind: 'classes', names: ['no', 'yes'] },
  train: {
    index: ['s'],
    x: { rows: 1, columns: 1, data: new Float64Array(1) },
    target: targetOf(new Int32Array(1), 2),
  },
};

/** The outcome of a config that finished after this number of seconds. */
export function finishedAfter(seconds: number, digest: string): Outcome {
  return { kind: 'finished', scores: {}, digest, warnings: [], seconds };
}

export interface Training {
  /** How long the pause is, in ms. */
  pauseMs: number;
  outcome: Outcome;
}

export class PausingTrainer implements Trainer {
  /** What it trains now. */
  config: Config | undefined;
  private settle: ((outcome: Outcome) => void) | undefined;
  private cancel: () => void = () => undefined;

  /**
   * @param plan says what the training of a config comes to; it is asked when the training starts
   * @param changed hears that the trainer starts to train, or that it has stopped
   */
  constructor(
    private readonly clock: Clock,
    private readonly plan: (config: Config) => Training,
    private readonly changed: (isTraining: boolean) => void = () => undefined,
  ) {}

  get busy(): boolean {
    return this.settle !== undefined;
  }

  train(config: Config): Promise<Outcome> {
    this.config = config;
    this.changed(true);
    const { pauseMs, outcome } = this.plan(config);
    return new Promise(resolve => {
      const settle = (this.settle = resolve);
      const answer = (): void => {
        if (this.settle === settle) this.answer(outcome);
      };
      if (pauseMs > 0) this.cancel = this.clock.after(pauseMs, answer);
      else void Promise.resolve().then(answer);
    });
  }

  async end(outcome?: Outcome): Promise<void> {
    this.answer(outcome);
  }

  private answer(outcome?: Outcome): void {
    const { settle } = this;
    this.cancel();
    this.settle = this.config = undefined;
    this.changed(false);
    if (outcome) settle?.(outcome);
  }
}
