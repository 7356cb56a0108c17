import type { Place } from '../base/errors.js';
import type { Dialect } from './dialect.js';
import type { Selection } from './selection.js';
import type { FoldType } from '../base/fold-types.js';

/**
 * What the data needs to know of an experiment. `config/` reads it from YAML.
 */

export type ColumnKind = 'number' | 'category' | 'boolean' | 'ordered';

/** What `columns:` says of the features with a name, or with a name that matches a pattern. */
export interface KindRule {
  pattern: string;
  kind: ColumnKind;
  /** The levels of an ordered column, in their order. */
  levels?: readonly string[];
  /** Where it is said. */
  place?: Place;
}

/** Two tables and how they join, or one table that is both. Paths are absolute. */
export interface TableSource {
  /** The file of the features. It is `metadata` where one table holds all. */
  features: string;
  /** `samples`: rows are samples. `features`: rows are features, and the first row holds the ids of the samples. */
  orientation: 'samples' | 'features';
  metadata: string;
  /** How the tables are written, as far as config.yaml says it. The rest is found out. */
  dialect?: Partial<Dialect>;
  /** Which columns are features, where one table holds all. */
  select?: Selection;
  /** Columns that are used for something else. Where one table holds all, they are features only if they are named. */
  aside?: readonly string[];
  /** The column that joins the two. One table needs none, and then the samples are numbered from 1. */
  index?: string;
  /** The metadata column to predict. */
  target: string;
  /** What the target holds, where the file says it: classes, or values. */
  task?: 'classification' | 'regression';
  /** Whether the metric that ranks is one of values. Then a target of numbers holds values. */
  ranksValues?: true;
  /** The positive class of a two-class target. Absent: the class that scikit-learn sorts last. */
  positive?: string;
  /** Cells that mean that there is no value. */
  missing: string[];
  /** What the features hold, where it is said. Of the others it is found out. */
  kinds?: readonly KindRule[];
}

export type Scalar = string | number | boolean;

/** What a cell of a metadata column must equal or satisfy: a value, one value of a list, or all of some comparisons. */
export type Condition =
  | Scalar
  | Scalar[]
  | { gte?: Scalar; gt?: Scalar; lte?: Scalar; lt?: Scalar; not?: Scalar | Scalar[]; in?: Scalar[] };

/** A split's `where`: every named column must meet its condition. */
export type Filter = { [column: string]: Condition };

/** Finds the place of a value in the file that holds the splits: ['splits', 'train_A1', 'where', 'Batch']. */
export type PlaceOf = (path: readonly (string | number)[]) => Place | undefined;

/** A split to prepare. */
export interface SplitRequest {
  /** What the user asked for; `train` and `validate` are the names of the filters. */
  split: string;
  train: string;
  validate?: string;
  trainFilter: Filter;
  validateFilter?: Filter;
  /** The metadata column whose equal values cross-validation keeps together. */
  group?: string;
  /** How many folds cross-validation asks for; absent where there is none, and where the data tells it. */
  folds?: number;
  /** The type of the folds, where one is asked for. */
  type?: FoldType;
  /** The metadata column of the times of samples, or of the numbers of their folds. */
  by?: string;
  /** The metadata column of the weights of samples. */
  weights?: string;
  /** Finds the place of a value in the file that holds the splits. */
  placeOf?: PlaceOf;
}
