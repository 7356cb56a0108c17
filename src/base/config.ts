/**
 * The vocabulary that the two towers share: what one config is, and what is known of it when it is finished.
 * All of it is plain JSON, as it stands in the log.
 */
import type { Direction } from './direction.js';

/** A value of a parameter, as YAML and JSON know it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type Parameters = { [name: string]: Json };

/** One step of a pipeline: a map with one key, the step's name, and its parameters: `{ "SVC": { "C": 1 } }`. */
export type Step = { [name: string]: Parameters };

/** Stratified k-fold cross-validation. */
export interface CrossValidation {
  folds: number;
  shuffle?: boolean;
  seed?: number;
  /** How often the folds are drawn anew; needs `shuffle`. */
  repeats?: number;
  /** A metadata column whose equal values stay in one fold. */
  group?: string;
}

/** One pipeline with one set of parameters on one split: the unit of a search, and all that a model depends on. */
export interface Config {
  /** A hash of the canonical JSON of all the rest: 16 hexadecimal digits. */
  id: string;
  pipeline: string;
  steps: Step[];
  /** What the user asked for with `--splits`; `train` and `validate` are the filters it stands for. */
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

/** A metric over the folds of a cross-validation; `std` divides by the number of folds, as numpy does. */
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

/** Something that a user should know of a fit that nevertheless ended, such as not having converged. */
export interface FitWarning {
  /** `not-converged`, `constant-feature`, ... */
  code: string;
  message: string;
  /** The fit ended short of the optimum that its parameters ask for: scores would compare searches, not models. */
  unranked?: true;
  /** The step that warns, and in which fits: `fold 3`, `refit`. */
  step?: string;
  where?: string;
}
