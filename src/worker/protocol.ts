import type { Config, FitWarning, Scores } from '../base/config.js';
import type { SplitData } from '../base/dataset.js';

/** What the supervisor and its trainer threads say to each other. */

/** To a trainer: the data of a split, in shared memory, by a number of its own; what is trained next is trained on it. */
export interface LoadMessage {
  type: 'load';
  number: number;
  data: SplitData;
}

/** To a trainer: train this config on the data that was loaded last. */
export interface TrainMessage {
  type: 'train';
  config: Config;
}

/** What a trainer thread is started with. */
export interface TrainerSettings {
  /** The most memory that its kernels may take. */
  memoryBytes?: number;
}

export type ToTrainer = LoadMessage | TrainMessage;

/** From a trainer, once per `train`. */
export type Outcome =
  | {
      kind: 'finished';
      scores: Scores;
      digest: string;
      warnings: FitWarning[];
      /** The scores must not rank. */
      unranked?: boolean;
      seconds: number;
    }
  | {
      kind: 'failed';
      failure: 'error' | 'timeout' | 'memory';
      message: string;
      retry: boolean;
      seconds: number;
    };

/** What trains configs, one at a time: a thread, or a stand-in of the tests. */
export interface Trainer {
  readonly busy: boolean;
  /** Trains a config on a split's data; fails as `timeout` after `timeoutMs`. Never rejects. */
  train(config: Config, data: SplitData, timeoutMs: number): Promise<Outcome>;
  /** Ends what it does and gives back its memory. What it was training is answered with the outcome, or never. */
  end(outcome?: Outcome): Promise<void>;
}
