/** What the supervisor and its trainer threads say to each other. */
import type { Config, FitWarning, Scores } from '../base/config.js';
import type { SplitData } from '../base/dataset.js';

/** To a trainer: the data of a split, in shared memory, and the number that names it. The next configs train on it. */
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

export type ToTrainer = LoadMessage | TrainMessage;

/** What a trainer thread is started with. */
export interface TrainerSettings {
  /** The most memory that its kernels may take, in bytes. */
  memoryBytes?: number;
}

/** From a trainer, after each fold: what the fold was scored. */
export interface FoldScored {
  kind: 'scored';
  /** The number of the fold, from 0; with repeats, the folds of all repeats are counted. */
  fold: number;
  /** By metric; null where a metric cannot be computed. */
  scores: { [metric: string]: number | null };
  /** The time since the training of the config began, in seconds. */
  seconds: number;
}

/** From a trainer, once per `train` and last. `seconds` is the time that the training took. */
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

/** What a trainer says while it trains one config: any number of scored folds, then one outcome. */
export type Progress = FoldScored | Outcome;

/** What trains configs, one at a time: a thread, or a stand-in of the tests. */
export interface Trainer {
  /**
   * Trains a config on a split's data; fails as `timeout` after `timeoutMs`. Never rejects.
   * @param onScored hears of every fold that is scored before the outcome
   */
  train(
    config: Config,
    data: SplitData,
    timeoutMs: number,
    onScored: (scored: FoldScored) => void,
  ): Promise<Outcome>;
  /** Ends what it does and gives back its memory. What it was training is answered with the outcome, or never. */
  end(outcome?: Outcome): Promise<void>;
}
