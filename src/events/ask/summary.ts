/**
 * A summary of a state for people: counts and best scores for each pipeline and setting, the workers and what they
 * hold, and failures. Pure.
 */
import { isBetter, type Ranking } from '../../base/direction.js';
import { compareText } from '../../base/order.js';
import type { FailureKind, Worker } from '../format/event.js';
import type { Folds, Setting } from './setting.js';
import { CLAIMED, FAILED, FINISHED, QUEUED, type State, type Troubles } from '../state/state.js';

/** The best finished config of a group, by its cross-validated score, or on the validation split if there is none. */
export interface Best {
  config: string;
  score: number;
  by: 'cv' | 'validate';
  /** Both scores, where they exist. */
  cv?: number;
  validate?: number;
}

/** Configs of one pipeline and one setting: their scores may be compared. */
export interface GroupSummary extends Ranking {
  pipeline: string;
  split: string;
  /** The digest of the data, and the folds, where they are known. */
  data?: string;
  cv?: Folds;
  /** How the setting differs from the search that the files describe now; absent where it does not. */
  differs?: string[];
  queued: number;
  running: number;
  finished: number;
  failed: number;
  best?: Best;
  /** Finished configs without a score that ranks, and some of them; absent where there are none. */
  unscored?: { configs: number; among: string[] };
}

export interface WorkerSummary {
  worker: Worker;
  /** The time of the earliest of its claims that are not over, by its clock. */
  since: string;
  configs: string[];
  /** Its process is known to have ended. Others take over its configs. */
  dead?: true;
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

/** Facts that the state does not hold: each row's setting, and whose process is known to be dead. */
export interface Beside {
  settings: { all: readonly Setting[]; of(row: number): number };
  /** By the number of the setting: what differs from the search of now. */
  differs: readonly string[][];
  isDead(worker: string): boolean;
}

const NOTHING_BESIDE: Beside = {
  settings: { all: [], of: () => 0 },
  differs: [],
  isDead: () => false,
};

/** @param isAsked whether a row is among those that are summarized; without it, all are */
export function summarize(
  state: State,
  beside: Beside = NOTHING_BESIDE,
  isAsked: (row: number) => boolean = () => true,
): Summary {
  const groups = groupsOf(state, beside, isAsked);
  const sum = (of: (group: GroupSummary) => number): number =>
    groups.reduce((total, group) => total + of(group), 0);
  return {
    n: state.n,
    configs: sum(({ queued, running, finished, failed }) => queued + running + finished + failed),
    queued: sum(({ queued }) => queued),
    running: sum(({ running }) => running),
    finished: sum(({ finished }) => finished),
    failed: sum(({ failed }) => failed),
    groups,
    workers: workersOf(state, beside, isAsked),
    failures: failuresOf(state, isAsked),
    troubles: { ...state.troubles },
  };
}

/** The groups of this search come first, then those of older settings. Both are sorted by name. */
function groupsOf(
  state: State,
  { settings, differs }: Beside,
  isAsked: (row: number) => boolean,
): GroupSummary[] {
  const cells = cellsOf(state, settings.of.bind(settings), isAsked);
  const groups = cells.map(({ group, setting, counts, best, unscored, among }) => {
    const { data, cv } = settings.all[setting] ?? {};
    const summary: GroupSummary = {
      ...state.groups[group],
      ...(data !== undefined && { data }),
      ...(cv && { cv }),
      ...(differs[setting]?.length > 0 && { differs: differs[setting] }),
      queued: counts[QUEUED],
      running: counts[CLAIMED],
      finished: counts[FINISHED],
      failed: counts[FAILED],
      ...(best >= 0 && { best: describeBest(state, best) }),
      ...(unscored > 0 && { unscored: { configs: unscored, among: among.map(row => state.id(row)) } }),
    };
    return { summary, setting };
  });
  groups.sort(
    (one, other) =>
      Number(Boolean(one.summary.differs)) - Number(Boolean(other.summary.differs)) ||
      compareText(one.summary.split, other.summary.split) ||
      compareText(one.summary.pipeline, other.summary.pipeline) ||
      compareText(one.summary.scoring, other.summary.scoring) ||
      other.setting - one.setting,
  );
  return groups.map(({ summary }) => summary);
}

/** How many of the finished configs without a score are named. */
const MOST_UNSCORED = 100;

/** The configs of one group and one setting. */
interface Cell {
  group: number;
  setting: number;
  /** By status. */
  counts: [number, number, number, number];
  /** The row of the best finished config, or -1. Of equals, the one enqueued first. */
  best: number;
  /** How many finished configs have no score, and the first of their rows. */
  unscored: number;
  among: number[];
}

function cellsOf(
  state: State,
  settingOf: (row: number) => number,
  isAsked: (row: number) => boolean,
): Cell[] {
  const cells = new Map<number, Cell>();
  for (let row = 0; row < state.size; row++) {
    if (!isAsked(row)) continue;
    const group = state.group[row];
    const setting = settingOf(row);
    const key = setting * state.groups.length + group;
    let cell = cells.get(key);
    if (!cell) {
      cell = { group, setting, counts: [0, 0, 0, 0], best: -1, unscored: 0, among: [] };
      cells.set(key, cell);
    }
    cell.counts[state.status[row]]++;
    if (state.status[row] !== FINISHED) continue;
    if (isFirst(state, row, cell.best)) cell.best = row;
    else if (Number.isNaN(rankingScore(state, row)) && ++cell.unscored <= MOST_UNSCORED) cell.among.push(row);
  }
  return [...cells.values()];
}

/**
 * Whether a row has a score that ranks before that of another row of its group. `other` is -1 if there is none. A mean
 * over folds ranks before any score of the validation split alone, because the two cannot be compared.
 */
export function isFirst(state: State, row: number, other: number): boolean {
  if (state.status[row] !== FINISHED || Number.isNaN(rankingScore(state, row))) return false;
  if (other < 0) return true;
  const byFolds = !Number.isNaN(state.cv[row]);
  if (byFolds === Number.isNaN(state.cv[other])) return byFolds;
  return isBetter(state.groupOf(row), rankingScore(state, row), rankingScore(state, other));
}

/** The score that ranks a row; NaN if it has none. */
export function rankingScore(state: State, row: number): number {
  return Number.isNaN(state.cv[row]) ? state.validate[row] : state.cv[row];
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

/** The workers, but for those whose claims hold only rows that were not asked for. */
function workersOf(state: State, { isDead }: Beside, isAsked: (row: number) => boolean): WorkerSummary[] {
  const workers = new Map<string, WorkerSummary>();
  for (const claim of state.claims.values()) {
    const { worker, at } = claim;
    const made = { worker, since: at, configs: [], ...(isDead(worker.id) && { dead: true as const }) };
    const summary: WorkerSummary = workers.get(worker.id) ?? made;
    if (at < summary.since) summary.since = at;
    const held = state.held(claim);
    const asked = held.filter(isAsked);
    if (asked.length < held.length && asked.length === 0) continue;
    for (const row of asked) summary.configs.push(state.id(row));
    workers.set(worker.id, summary);
  }
  return [...workers.values()].sort((a, b) => compareText(a.worker.id, b.worker.id));
}

function failuresOf(state: State, isAsked: (row: number) => boolean): Summary['failures'] {
  const failures: Summary['failures'] = {};
  for (let row = 0; row < state.size; row++) {
    const kind = state.status[row] === FAILED && isAsked(row) ? state.failureOf(row) : undefined;
    if (kind) failures[kind] = (failures[kind] ?? 0) + 1;
  }
  return failures;
}
