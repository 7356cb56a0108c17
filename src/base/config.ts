/**
 * The vocabulary that the two towers share: what a config is, and what is known about it when it has finished. All of
 * it is plain JSON, as in the log.
 */
import type { Direction } from './direction.js';
import type { FoldType } from './fold-types.js';

/** A value of a parameter, as YAML and JSON know it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type Parameters = { [name: string]: Json };

/** One step of a pipeline: a map with one key, the step's name, and its parameters: `{ "SVC": { "C": 1 } }`. */
export type Step = { [name: string]: Parameters };

/** A cross-validation of a split. What each type takes stands in fold-types.ts. */
export interface CrossValidation {
  /** How folds are made. It is absent where it is the default: configs of 0.1.0 have none. */
  type?: FoldType;
  /** How many folds one drawing has. It is also there where the data tells it, because a log is read without data. */
  folds: number;
  shuffle?: boolean;
  seed?: number;
  /** How often the folds are drawn anew; needs `shuffle`. */
  repeats?: number;
  /** A metadata column whose equal values stay in one fold. */
  group?: string;
  /** The metadata column that holds the times of the samples, or the numbers of their folds. */
  by?: string;
  /** How many samples are left out between those that are fitted on and those that are scored, in time. */
  gap?: number;
}

/**
 * One pipeline with one set of parameters on one split. It is the unit of a search, and a model depends on nothing
 * else.
 */
export interface Config {
  /** A hash of the canonical JSON of all the rest: 16 hexadecimal digits. */
  id: string;
  pipeline: string;
  steps: Step[];
  /** The name that the user gave with `--splits`; `train` and `validate` are the filters that it stands for. */
  split: string;
  train: string;
  validate?: string;
  cv?: CrossValidation;
  /** The metric that ranks. */
  scoring: string;
  /** The metric's direction, where its name does not tell it (see base/direction.ts). It is not part of the id. */
  direction?: Direction;
  /** The metrics that are reported, the ranking one first. */
  metrics: string[];
  seed: number;
  /** The digest of the split's prepared data, `data/.prepared/<digest>/`. */
  data: string;
}

/** A metric over the folds of a cross-validation. `std` divides by the number of folds, as numpy does. */
export interface FoldScores {
  mean: number;
  std: number;
  folds: number[];
}

/** Scores by metric. A metric that the model cannot give (no probabilities, one class only) is null. */
export interface Scores {
  cv?: { [metric: string]: FoldScores | null };
  validate?: { [metric: string]: number | null };
  train?: { [metric: string]: number | null };
}

/**
 * How large a fitted model is: how many of the features it uses, and what it is made of (`coefficients`,
 * `supportVectors`, `nodes`, ...), each as a count.
 */
export interface ModelSize {
  features: number;
  [kind: string]: number;
}

/** Something that a user should know about a fit that has ended, for example that it did not converge. */
export interface FitWarning {
  /** `not-converged`, `constant-feature`, ... */
  code: string;
  message: string;
  /** The fit ended short of its optimum. Its scores do not rank, because they would compare searches, not models. */
  unranked?: true;
  /** The step that warns, and in which fits: `fold 3`, `refit`. */
  step?: string;
  where?: string;
}
