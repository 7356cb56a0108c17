/**
 * What a person wants to know of a state: counts per pipeline and split, the best scores, who works on what, and what
 * went wrong. Pure.
 */
import type { FailureKind, Worker } from './event.js';
import { FAILED, FINISHED, type State, type Troubles } from './state.js';

/** The metrics of which less is better; of all others, more. */
const LESS_IS_BETTER: ReadonlySet<string> = new Set(['log_loss']);

/** The best finished config of a group, by its cross-validated score, or on the validation split if there is none. */
export interface Best {
  config: string;
  score: number;
  by: 'cv' | 'validate';
  /** Both scores, where they exist. */
  cv?: number;
  validate?: number;
}

export interface GroupSummary {
  pipeline: string;
  split: string;
  scoring: string;
  queued: number;
  running: number;
  finished: number;
  failed: number;
  best?: Best;
}

export interface WorkerSummary {
  worker: Worker;
  /** The earliest of its claims that are not over, by its own clock. */
  since: string;
  configs: string[];
}

export interface Summary {
  /** The last record's number. */
  n: number;
  configs: number;
  queued: number;
  running: number;
  finished: number;
  failed: number;
  groups: GroupSummary[];
  workers: WorkerSummary[];
  /** Configs that have failed for good, by kind. */
  failures: Partial<Record<FailureKind, number>>;
  troubles: Troubles;
}

export function summarize(state: State): Summary {
  const bests = bestRows(state);
  const groups = state.groups.map((group, number) => ({
    ...group,
    queued: state.count('queued', number),
    running: state.count('claimed', number),
    finished: state.count('finished', number),
    failed: state.count('failed', number),
    ...(bests[number] >= 0 && { best: describeBest(state, bests[number]) }),
  }));
  groups.sort(
    (a, b) => compare(a.split, b.split) || compare(a.pipeline, b.pipeline) || compare(a.scoring, b.scoring),
  );
  return {
    n: state.n,
    configs: state.size,
    queued: state.count('queued'),
    running: state.count('claimed'),
    finished: state.count('finished'),
    failed: state.count('failed'),
    groups,
    workers: workersOf(state),
    failures: failuresOf(state),
    troubles: { ...state.troubles },
  };
}

/** Whether score `a` ranks before score `b`. */
export function isBetter(scoring: string, a: number, b: number): boolean {
  return LESS_IS_BETTER.has(scoring) ? a < b : a > b;
}

/** The score that ranks a row; NaN if it has none. */
export function rankingScore(state: State, row: number): number {
  return Number.isNaN(state.cv[row]) ? state.validate[row] : state.cv[row];
}

/** The row of the best finished config of each group, or -1. Of equals, the one enqueued first. */
function bestRows(state: State): Int32Array {
  const bests = new Int32Array(state.groups.length).fill(-1);
  for (let row = 0; row < state.size; row++) {
    if (state.status[row] !== FINISHED || Number.isNaN(rankingScore(state, row))) continue;
    const group = state.group[row];
    const best = bests[group];
    const { scoring } = state.groups[group];
    if (best < 0 || isBetter(scoring, rankingScore(state, row), rankingScore(state, best)))
      bests[group] = row;
  }
  return bests;
}

function describeBest(state: State, row: number): Best {
  const cv = state.cv[row];
  const validate = state.validate[row];
  return {
    config: state.id(row),
    score: rankingScore(state, row),
    by: Number.isNaN(cv) ? 'validate' : 'cv',
    ...(!Number.isNaN(cv) && { cv }),
    ...(!Number.isNaN(validate) && { validate }),
  };
}

function workersOf(state: State): WorkerSummary[] {
  const workers = new Map<string, WorkerSummary>();
  for (const claim of state.claims.values()) {
    const { worker, at } = claim;
    const summary = workers.get(worker.id) ?? { worker, since: at, configs: [] };
    if (at < summary.since) summary.since = at;
    for (const row of state.held(claim)) summary.configs.push(state.id(row));
    workers.set(worker.id, summary);
  }
  return [...workers.values()].sort((a, b) => compare(a.worker.id, b.worker.id));
}

function failuresOf(state: State): Summary['failures'] {
  const failures: Summary['failures'] = {};
  for (let row = 0; row < state.size; row++) {
    const kind = state.status[row] === FAILED ? state.failureOf(row) : undefined;
    if (kind) failures[kind] = (failures[kind] ?? 0) + 1;
  }
  return failures;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
