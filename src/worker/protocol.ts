/** The messages between the supervisor and its trainer threads. */
import type { Config, FitWarning, ModelSize, Scores } from '../base/config.js';
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
  /** The folder in which predictions are kept; absent where they are not. */
  keep?: string;
}

/** From a trainer, after each fold: the scores of the fold. */
export interface FoldScored {
  kind: 'scored';
  /** The number of the fold, from 0; with repeats, the folds of all repeats are counted. */
  fold: number;
  /** By metric; null where a metric cannot be computed. */
  scores: { [metric: string]: number | null };
  /** The time since the training of the config began, in seconds. */
  seconds: number;
}

/**
 * From a trainer that keeps predictions: the config is trained, and its time is over. The file is written before the
 * outcome, so that what the log has finished is kept.
 */
export interface Trained {
  kind: 'trained';
}

/** From a trainer: predictions could not be kept. */
export interface NotKept {
  kind: 'not kept';
  message: string;
}

/** From a trainer: the last message of each `train`. `seconds` is the time that the training took. */
export type Outcome =
  | {
      kind: 'finished';
      scores: Scores;
      digest: string;
      /** The size of the model that was fitted on all samples. */
      size?: ModelSize;
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

/** The messages of a trainer about one config: any number of scored folds, what is kept, then one outcome. */
export type Progress = FoldScored | Trained | NotKept | Outcome;

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
  /** Ends the training and frees the memory. The pending `train` resolves with the outcome; without one, never. */
  end(outcome?: Outcome): Promise<void>;
}
