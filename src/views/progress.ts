/**
 * How far a search is: counts by pipeline and setting, who trains what, how fast it goes, how long it will take, and
 * the chance that what is left holds a better config. The moment and the signs of life are passed in, so the same log,
 * moment and signs give the same answer.
 */
import { toldRanking, type Ranking } from '../base/direction.js';
import { compareText } from '../base/order.js';
import { isFirst, rankingScore } from '../events/ask/summary.js';
import type { FailureKind } from '../events/format/event.js';
import { CLAIMED, FAILED, FINISHED, type State, type Troubles } from '../events/state/state.js';
import { chanceOfAny, chanceOfBetter, Places, type Chance } from './chance.js';
import { ratesOf, stretchOf, trainedSeconds, type Rates } from './pace.js';
import {
  enqueueStarts,
  markFirst,
  readOutcomesOf,
  readQueue,
  readWaiting,
  type Outcomes,
} from './sampling.js';
import type { Search } from './search.js';
import { Forecast, type RunningConfig, type TimeLeft } from './time-left.js';
import type { Basis } from './time-model.js';
import { mayTrain, workersOf, type Signs, type WorkerProgress } from './workers.js';

export interface Counts {
  configs: number;
  queued: number;
  /** Held by a worker. `training` of them are on a thread, the others wait for one. */
  running: number;
  training: number;
  finished: number;
  failed: number;
  /** Failures for good, by kind. */
  failures: Partial<Record<FailureKind, number>>;
}

/** Configs of one pipeline and one setting. */
export interface GroupProgress extends Counts, Ranking {
  pipeline: string;
  split: string;
  /** How the setting differs from the search that the files describe now; empty where it does not. */
  differs: readonly string[];
  best?: { config: string; score: number };
  /** That a better config of this pipeline and setting is not done yet; undefined where no score ranks. */
  chance?: Chance;
}

/** The time that is left, or why nobody can tell it. */
export interface Left {
  /** With the threads that live now; undefined where none do. */
  now?: TimeLeft;
  /** With the number of threads that was asked for. */
  asked?: TimeLeft;
  /** How many of the configs that are left take their expected time from where. */
  bases: { [basis in Basis]: number };
}

export interface Progress extends Counts {
  /** The last record's number, and the moment, in ms since 1970. */
  n: number;
  nowMs: number;
  groups: GroupProgress[];
  /** For each split and metric of this search: the chance that a better config is not done yet. */
  chances: { split: string; scoring: string; chance: Chance }[];
  /** How many `spt enqueue` with other configs there were. */
  enqueues: number;
  workers: WorkerProgress[];
  /** The threads of the workers that live. */
  threads: number;
  rates: Rates;
  left?: Left;
  troubles: Troubles;
}

export interface Asked {
  /** Undefined for a past moment without a time: then the latest time of a record counts. */
  nowMs?: number;
  /** Undefined for a past moment. */
  signs?: Signs;
  /** Also tell the time that is left with this number of threads. */
  threads?: number;
}

/** The window of rates, in seconds. */
const WINDOW_SECONDS = 600;

export async function progressOf(search: Search, asked: Asked): Promise<Progress> {
  const { state } = search;
  const outcomes = await readOutcomesOf(search);
  const nowMs = asked.nowMs ?? (await lastMoment(search, outcomes));
  const now = nowMs / 1000;
  const from = Math.max(now - WINDOW_SECONDS, outcomes.completeFrom, firstMoment(outcomes, now));
  const observed = (author: string): number | undefined => threadsSeen(outcomes, author, from, now);
  const workers = workersOf(state, nowMs, asked.signs, observed);
  const living = workers.filter(mayTrain);
  const threads = living.reduce((sum, worker) => sum + (worker.threads ?? 1), 0);
  const wanted = new Set(search.rows);
  const training = living.flatMap(worker => worker.training.filter(({ row }) => wanted.has(row)));
  const starts = await enqueueStarts(search);
  const groups = groupsOf(search, new Set(training.map(({ row }) => row)), starts);
  return {
    ...totalOf(groups),
    n: state.n,
    nowMs,
    groups: groups.sort(inOrder),
    chances: chancesOf(groups),
    enqueues: starts.length,
    workers,
    threads,
    rates: ratesOf(
      outcomes.outcomes.filter(({ at }) => at > from),
      { from, now, threads },
    ),
    left: await leftOf(search, outcomes, { workers, threads, from, now, asked: asked.threads }),
    troubles: { ...state.troubles },
  };
}

/** The latest time of an outcome, a claim that is not over, or the last config that was enqueued, in ms since 1970. */
async function lastMoment(search: Search, { outcomes }: Outcomes): Promise<number> {
  const times = search.state.claims.values().map(({ at }) => Date.parse(at));
  for await (const [last] of search.results(search.rows.slice(-1)))
    times.push(Date.parse(last.enqueuedAt ?? ''));
  return times.reduce((most, at) => (at > most ? at : most), 1000 * (outcomes.at(-1)?.at ?? 0));
}

/** When the first config that is known began, in seconds; at least a second before now. */
function firstMoment({ outcomes }: Outcomes, now: number): number {
  const first = outcomes.reduce((least, { at, seconds }) => Math.min(least, at - seconds), now);
  return Math.min(first, now - 1);
}

/** How many threads the outcomes of a worker show: the seconds that it trained over the time. Undefined without any. */
function threadsSeen({ outcomes }: Outcomes, author: string, from: number, now: number): number | undefined {
  const own = outcomes.filter(({ by, at }) => by === author && at > from);
  if (own.length === 0) return undefined;
  const first = Math.max(from, firstMoment({ outcomes: own, completeFrom: from }, now));
  const last = own.reduce((most, { at }) => Math.max(most, at), first + 1);
  return Math.max(1, Math.round(trainedSeconds(own, [], { from: first, now: last }) / (last - first)));
}

/** A group while it is counted: the places of each `spt enqueue` are counted apart. */
interface Cell {
  progress: GroupProgress;
  best: number;
  places: Map<number, Places>;
}

function groupsOf(search: Search, training: ReadonlySet<number>, starts: readonly number[]): GroupProgress[] {
  const { state } = search;
  const cells = new Map<string, Cell>();
  let round = 0;
  for (const row of search.rows) {
    while (round + 1 < starts.length && row >= starts[round + 1]) round++;
    const setting = search.settingOf(row);
    const key = `${state.group[row]} ${setting}`;
    let cell = cells.get(key);
    if (!cell) {
      cell = { progress: emptyGroup(search, row, setting), best: -1, places: new Map() };
      cells.set(key, cell);
    }
    count(state, row, cell.progress, training.has(row));
    if (isFirst(state, row, cell.best)) cell.best = row;
    const isDone = state.status[row] === FINISHED || state.status[row] === FAILED;
    let places = cell.places.get(round);
    if (!places) cell.places.set(round, (places = new Places()));
    places.add(isDone, state.epoch[row] > 0);
  }
  return [...cells.values()].map(({ progress, best, places }) => {
    if (best < 0) return progress;
    const chance = chanceOfAny([...places.values()].flatMap(one => chanceOfBetter(one) ?? []));
    return { ...progress, best: { config: state.id(best), score: rankingScore(state, best) }, chance };
  });
}

function emptyCounts(): Counts {
  return { configs: 0, queued: 0, running: 0, training: 0, finished: 0, failed: 0, failures: {} };
}

function emptyGroup(search: Search, row: number, setting: number): GroupProgress {
  const { pipeline, split, scoring, direction } = search.state.groupOf(row);
  const ranking = toldRanking(scoring, direction);
  return { pipeline, split, ...ranking, differs: search.differences(setting), ...emptyCounts() };
}

function count(state: State, row: number, counts: Counts, isTraining: boolean): void {
  counts.configs++;
  switch (state.status[row]) {
    case FINISHED:
      counts.finished++;
      return;
    case CLAIMED:
      counts.running++;
      if (isTraining) counts.training++;
      return;
    case FAILED: {
      counts.failed++;
      const kind = state.failureOf(row);
      if (kind) counts.failures[kind] = (counts.failures[kind] ?? 0) + 1;
      return;
    }
    default:
      counts.queued++;
  }
}

function totalOf(groups: readonly Counts[]): Counts {
  const total = emptyCounts();
  for (const group of groups) {
    for (const name of ['configs', 'queued', 'running', 'training', 'finished', 'failed'] as const)
      total[name] += group[name];
    for (const [kind, number] of Object.entries(group.failures) as [FailureKind, number][])
      total.failures[kind] = (total.failures[kind] ?? 0) + number;
  }
  return total;
}

/** The groups of this search first, by split and pipeline. */
function inOrder(one: GroupProgress, other: GroupProgress): number {
  return (
    Number(one.differs.length > 0) - Number(other.differs.length > 0) ||
    compareText(one.split, other.split) ||
    compareText(one.pipeline, other.pipeline) ||
    compareText(one.scoring, other.scoring)
  );
}

function chancesOf(groups: readonly GroupProgress[]): Progress['chances'] {
  const found = new Map<string, { split: string; scoring: string; chances: Chance[] }>();
  for (const { split, scoring, differs, chance } of groups) {
    if (differs.length > 0 || !chance) continue;
    const key = JSON.stringify([split, scoring]);
    const known = found.get(key) ?? { split, scoring, chances: [] };
    known.chances.push(chance);
    found.set(key, known);
  }
  return [...found.values()].map(({ split, scoring, chances }) => ({
    split,
    scoring,
    chance: chanceOfAny(chances)!,
  }));
}

interface Situation {
  workers: readonly WorkerProgress[];
  threads: number;
  from: number;
  now: number;
  asked?: number;
}

/** Undefined where nothing is left. */
async function leftOf(
  search: Search,
  outcomes: Outcomes,
  { workers, threads, from, now, asked }: Situation,
): Promise<Left | undefined> {
  const { state } = search;
  const living = workers.filter(mayTrain);
  const wanted = new Set(search.rows);
  const since = new Map(living.flatMap(one => one.training.map(({ row, sinceMs }) => [row, sinceMs])));
  const open = search.rows.filter(row => state.status[row] !== FINISHED && state.status[row] !== FAILED);
  if (open.length === 0) return undefined;
  const rows = open.filter(row => since.has(row) && wanted.has(row));
  const running = (await readWaiting(search, rows)).map((one): RunningConfig => {
    const sinceMs = since.get(state.row(one.id));
    return { ...one, elapsedSeconds: sinceMs === undefined ? 0 : Math.max(0, now - sinceMs / 1000) };
  });
  const { queued, bulk } = await readQueue(
    search,
    open.filter(row => !since.has(row)),
  );
  const byAuthor = new Map(workers.map(one => [`${one.worker.host}:${one.worker.pid}`, one.threads]));
  markFirst(outcomes.outcomes, author => byAuthor.get(author) ?? 1);
  const forecast = new Forecast({ timed: outcomes.outcomes, running, bulk, queued });
  const stretch = stretchNow(outcomes, running, { living, threads, from, now });
  const powers = [threads, asked].flatMap(number => (number ? [{ threads: number, stretch }] : []));
  const answers = forecast.left(powers);
  return {
    now: threads > 0 ? answers[0] : undefined,
    asked: asked ? answers.at(-1) : undefined,
    bases: forecast.bases(),
  };
}

/** The stretch, from the time since the last of the living workers has started. */
function stretchNow(
  { outcomes }: Outcomes,
  running: readonly RunningConfig[],
  {
    living,
    threads,
    from,
    now,
  }: { living: readonly WorkerProgress[]; threads: number; from: number; now: number },
): number {
  if (threads === 0) return 1;
  const authors = new Set(living.map(({ worker }) => `${worker.host}:${worker.pid}`));
  const started = living.reduce((latest, { sinceMs }) => Math.max(latest, sinceMs / 1000), from);
  return stretchOf(
    outcomes.filter(({ by, at }) => authors.has(by) && at > started),
    running.map(({ elapsedSeconds }) => elapsedSeconds),
    { from: started, now, threads },
  );
}
