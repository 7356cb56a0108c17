/**
 * What a page shows, as plain JSON. It is the contract between Node, which makes it from a log, and the browser, which
 * draws it.
 * All texts are as the log has them. The browser shows them as text only.
 */
import type { Direction } from '../base/direction.js';
import type { Coded, Column, Numbers } from './columns.js';

/** The statuses of the column `status`, by code. */
export const SHOWN_STATUSES = ['queued', 'running', 'finished', 'failed'] as const;

export interface PageDocument {
  /** The version of spt that made the page. */
  version: string;
  /** The last record of the log: its number and its time (ISO 8601, UTC). */
  moment: { n: number; at: string };
  /** The hash of `spt audit` at this moment. */
  manifest: string;
  /** One for each setting, because only scores of one setting may be compared; those of this search first. */
  sections: Section[];
  failures: FailureLine[];
  timeline: Timeline;
  /** Sentences for a paper, and commands that make the same again. */
  methods: string[];
  commands: string[];
}

/** The configs of one setting. */
export interface Section {
  split: string;
  scoring: string;
  direction: Direction;
  /** The folds in words, and the digest of the data. */
  folds: string;
  data?: string;
  /** What differs from the search that the files describe now; empty where nothing does. */
  differs: string[];
  counts: { queued: number; running: number; finished: number; failed: number; unranked: number };
  /** Which scores rank: the mean over the folds, or the score on the validation samples. */
  by: 'cv' | 'validate';
  answer?: Answer;
  table: Rows;
  importances: PipelineImportance[];
  curves?: Curves;
  /** Why there are no curves. */
  noCurves?: string;
  /** The features of the chosen config, or why they are not told. */
  features?: ModelFeatures | string;
}

/** One value for each config, in the order in which they were enqueued. */
export interface Rows {
  count: number;
  id: { high: Numbers; low: Numbers };
  pipeline: Coded;
  /** By code of `SHOWN_STATUSES`. */
  status: Numbers;
  /** The score that ranks; NaN where there is none. */
  score: Numbers;
  /** The sample deviation over the folds (it divides by n - 1); NaN where there is none. */
  deviation: Numbers;
  validate: Numbers;
  seconds: Numbers;
  /** When the outcome was written, in seconds since the first outcome of the search. */
  ended: Numbers;
  /** The parameters that differ among the configs of a pipeline, in the order of `pipeline.values`. */
  parameters: ParameterColumn[][];
}

/** A parameter of one pipeline: a value for each config of this pipeline, in their order. */
export interface ParameterColumn {
  name: string;
  column: Column;
}

/** The chosen config, and how far to trust it. */
export interface Answer {
  id: string;
  pipeline: string;
  /** The row in the section's table. */
  row: number;
  yaml: string;
  /** The rule that chose: `best`, `1se`, `simplest`. */
  rule: string;
  /** The score as it was measured: the best of many, so it flatters. */
  score: number;
  /** The corrected standard error of the mean over the folds. */
  error?: number;
  validate?: number;
  honest?: HonestScore;
  /** BBC-CV over the best configs, where it was asked for. */
  bagged?: { score: number; low: number; high: number; level: number; configs: number; draws: number };
  /** The configs that cannot be told from it, with the rule in words; ids of the first of them. */
  alike?: { count: number; of: number; rule: string; ids: string[] };
  seconds?: number;
  size?: { [kind: string]: number };
  digest: string;
  warnings: string[];
  /** Everything else that should be known, as sentences. */
  notes: string[];
}

/** A score to report, with an interval of `level` percent. */
export interface HonestScore {
  score: number;
  low: number;
  high: number;
  level: number;
  /** Whether the luck of the best of many was taken off. The rule simplest looks for no good score, so it needs not. */
  isCorrected: boolean;
  method: string;
}

export interface PipelineImportance {
  pipeline: string;
  /** How many scored configs it stands on. */
  configs: number;
  method?: 'exact' | 'ped-anova';
  parameters: { parameter: string; share: number; low?: number; high?: number }[];
  interactions?: number;
}

/** Configs that failed with one message. */
export interface FailureLine {
  kind: string;
  message: string;
  configs: number;
  /** One of them. */
  id: string;
  pipelines: string[];
}

/** Who trained what, when: one bar for each stretch of work of a worker. */
export interface Timeline {
  /** ISO 8601 of the first start. */
  from: string;
  workers: string[];
  /** For each bar its worker, its first and last second, the number of its configs, and how many of them failed. */
  worker: Numbers;
  start: Numbers;
  end: Numbers;
  configs: Numbers;
  failed: Numbers;
  /** By worker: the seconds of training of its configs. */
  busy: number[];
}

/** The curves of one model from predictions of samples that it did not see in its fit. */
export interface Curves {
  /** Models of classes. */
  models: ModelCurves[];
  /** Models of values; absent where the models are of classes. */
  predicted?: PredictedValues[];
  /** The samples that most of the models get wrong. */
  samples?: { models: number; total: number; lines: WrongSample[] };
}

/** What a model of values says of samples that it did not see in its fit. */
export interface PredictedValues {
  id: string;
  pipeline: string;
  /** How many samples there are. The values are those of some of them where there are many. */
  samples: number;
  truth: number[];
  values: number[];
}

export interface ModelCurves {
  id: string;
  pipeline: string;
  /** The classes; the curves are those of the last one of two. */
  classes: string[];
  /** confusion[truth][label], summed over the folds of the first repeat. */
  confusion: number[][];
  /** Points of the curve over all folds together; x, y. Absent for more than two classes or without probabilities. */
  roc?: [number, number][];
  precisionRecall?: [number, number][];
  /** The area of each fold. */
  areas?: (number | null)[];
  /** For each bin: the mean probability, the share that is positive, the number of samples. */
  calibration?: [number, number, number][];
  brier?: number;
}

/** Which features carry a model. */
export interface ModelFeatures {
  id: string;
  pipeline: string;
  scoring: string;
  /** How often each column was shuffled, in how many folds; 0 where none was. */
  repeats: number;
  folds: number;
  /** The level of intervals, in percent. */
  level: number;
  /** The features that matter most, the first one most, and how many there are. */
  lines: ModelFeature[];
  total: number;
  notes: string[];
}

export interface ModelFeature {
  feature: string;
  /** By how much the score gets worse where the column is shuffled, with an interval. */
  drop?: number;
  low?: number;
  high?: number;
  /** The importance of trees, and the smallest and the largest one of the fold models. */
  gain?: number;
  least?: number;
  most?: number;
  /** The coefficient for one standard deviation, and the class that it speaks for, where there are several. */
  perDeviation?: number;
  output?: string;
  /** Shares of the fold models: with the same sign, with a value that is not 0, and with the column selected. */
  sameSign?: number;
  nonZero?: number;
  selected?: number;
}

export interface WrongSample {
  sample: string;
  truth: string;
  /** The label that most models give. */
  label: string;
  /** How many of the models are wrong. */
  wrong: number;
  /** The mean probability of its own class, where the models give one. */
  probability?: number;
}
