/**
 * What the live page is told while a search runs, as plain JSON: a small snapshot whose size does not grow with the
 * search. The charts come from a `PageDocument`, which is fetched more rarely.
 */
import type { Direction } from '../base/direction.js';

export interface LiveSnapshot {
  /** The name of the folder of the search. */
  name: string;
  /** The last record of the log. */
  n: number;
  /** The moment of the snapshot, ISO 8601 (UTC). */
  at: string;
  /** The log is shown as it was at this moment, and does not change. */
  isPast?: true;
  counts: LiveCounts;
  /** Undefined where nobody works, or nothing is left. */
  left?: { seconds: number; lowSeconds: number; highSeconds: number; threads: number };
  configsPerMinute: number;
  windowSeconds: number;
  groups: LiveGroup[];
  boards: LiveBoard[];
  workers: LiveWorker[];
  /** Workers that are not among `workers`. */
  moreWorkers: number;
  failures: LiveFailure[];
  /** Configs that failed and were not looked at, because they are many. */
  moreFailures: number;
}

export interface LiveCounts {
  configs: number;
  queued: number;
  /** Held by a worker. `training` of them are on a thread, the others wait for one. */
  running: number;
  training: number;
  finished: number;
  failed: number;
}

/** Configs of one pipeline and one setting. */
export interface LiveGroup extends LiveCounts {
  pipeline: string;
  split: string;
  scoring: string;
  differs: string;
  best?: { config: string; score: number };
  /** The chance that a better config is not done yet. */
  chance?: number;
}

/** The best configs of one setting. */
export interface LiveBoard {
  split: string;
  scoring: string;
  direction: Direction;
  rows: LiveRow[];
  /** How many configs have a score that ranks. */
  ranked: number;
}

export interface LiveRow {
  id: string;
  pipeline: string;
  score: number;
  /** The sample deviation over the folds (it divides by n - 1). */
  deviation?: number;
  validate?: number;
  seconds?: number;
  parameters: string;
}

export interface LiveWorker {
  name: string;
  liveness: string;
  threads?: number;
  since: string;
  training: { id: string; since?: string }[];
  waiting: number;
}

export interface LiveFailure {
  kind: string;
  message: string;
  configs: number;
  id: string;
}

/** What `document` answers: the charts, and how many of the configs they show. */
export interface LiveDocument<Document> {
  document: Document;
  shown: number;
  of: number;
}
