/**
 * Which records of a search are read to tell its progress. A search may have a million configs, so only some thousands
 * are read: the latest outcomes, a sample of the others, the end of the queue, and a sample of the rest of it. A sample
 * is drawn by a generator of its own, so the same log gives the same answer.
 */
import { Rng } from '../base/rng.js';
import type { State } from '../events/state/state.js';
import { parametersOf } from './parameters.js';
import type { Result } from './result.js';
import type { Search } from './search.js';
import type { Bulk, WaitingConfig } from './time-left.js';
import type { Timed } from './time-model.js';

/** How many of the latest outcomes are read, and how many others. */
const LATEST = 4000;
const OTHERS = 4000;
/** A queue of at most this length is read whole. Of a longer one, its end and a sample of each pipeline and split. */
const WHOLE_QUEUE = 5000;
const END_OF_QUEUE = 2000;
const SAMPLE_OF_GROUP = 300;

/** An outcome that was read. */
export interface ReadOutcome extends Timed {
  row: number;
  /** When it was written, in seconds since 1970 by its author's clock, and its author. */
  at: number;
  by: string;
  isFinished: boolean;
}

/** Outcomes in the order in which they were written. `isAll` says that none were left out. */
export interface Outcomes {
  outcomes: ReadOutcome[];
  /** All that were written from here on are there, in seconds since 1970; -Infinity if none were left out. */
  completeFrom: number;
}

/** Reads the latest outcomes of the rows, and a sample of the others. */
export async function readOutcomesOf(search: Search): Promise<Outcomes> {
  const { state } = search;
  const rows = search.rows.filter(row => state.outcomeLength[row] > 0);
  const order = latestFirst(state, rows);
  const latest = order.slice(0, LATEST);
  const others = sampleOf(order.slice(LATEST), OTHERS, 'outcomes');
  const isLatest = new Set(latest);
  const outcomes: ReadOutcome[] = [];
  let completeFrom = -Infinity;
  for await (const batch of search.results([...latest, ...others].sort((a, b) => a - b))) {
    for (const result of batch) {
      const outcome = outcomeOf(result);
      if (outcome) outcomes.push(outcome);
    }
  }
  outcomes.sort((a, b) => a.at - b.at || a.row - b.row);
  if (order.length > LATEST) completeFrom = outcomes.find(({ row }) => isLatest.has(row))?.at ?? Infinity;
  return { outcomes, completeFrom };
}

function outcomeOf({ row, config, pipeline, split, finished, failed, outcomeAt, outcomeBy }: Result) {
  const seconds = (finished ?? failed)?.seconds;
  if (!config || seconds === undefined || outcomeAt === undefined) return undefined;
  const at = Date.parse(outcomeAt) / 1000;
  // A record whose time is no time says nothing of how fast the search is.
  if (Number.isNaN(at)) return undefined;
  const parameters = parametersOf(config);
  return {
    row,
    pipeline,
    split,
    parameters,
    seconds,
    at,
    by: outcomeBy ?? '',
    isFinished: finished !== undefined,
  };
}

/** Rows by the place of their last outcome in the log, the last one first. */
function latestFirst(state: State, rows: readonly number[]): number[] {
  const placeOf = (row: number): number => state.outcomeSegment[row] * 2 ** 40 + state.outcomeOffset[row];
  return [...rows].sort((a, b) => placeOf(b) - placeOf(a));
}

/** Marks the outcomes that were among the first of their pipeline by their author. */
export function markFirst(outcomes: readonly ReadOutcome[], threadsOf: (author: string) => number): void {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) {
    const key = JSON.stringify([outcome.by, outcome.pipeline]);
    const before = counts.get(key) ?? 0;
    counts.set(key, before + 1);
    outcome.isFirst = before < threadsOf(outcome.by);
  }
}

/** The configs of a queue: its end one by one, and the rest in groups. */
export async function readQueue(
  search: Search,
  rows: readonly number[],
): Promise<{ queued: WaitingConfig[]; bulk: Bulk[] }> {
  if (rows.length <= WHOLE_QUEUE) return { queued: await readWaiting(search, rows), bulk: [] };
  const queued = await readWaiting(search, rows.slice(-END_OF_QUEUE));
  const groups = new Map<number, number[]>();
  for (const row of rows.slice(0, -END_OF_QUEUE)) {
    const group = search.state.group[row];
    const list = groups.get(group);
    if (list) list.push(row);
    else groups.set(group, [row]);
  }
  const bulk: Bulk[] = [];
  for (const [group, all] of groups) {
    const { pipeline, split } = search.state.groups[group];
    const sample = await readWaiting(search, sampleOf(all, SAMPLE_OF_GROUP, `queue ${group}`));
    bulk.push({ pipeline, split, configs: all.length, sample: sample.map(({ parameters }) => parameters) });
  }
  return { queued, bulk: bulk.filter(({ sample }) => sample.length > 0) };
}

/** The configs of rows, in their order. A damaged record is left out. */
export async function readWaiting(search: Search, rows: readonly number[]): Promise<WaitingConfig[]> {
  const waiting: WaitingConfig[] = [];
  for await (const batch of search.results(rows))
    for (const { id, config, pipeline, split } of batch)
      if (config) waiting.push({ id, pipeline, split, parameters: parametersOf(config) });
  return waiting;
}

/** At most `most` of the rows, ascending. */
function sampleOf(rows: readonly number[], most: number, label: string): number[] {
  if (rows.length <= most) return [...rows];
  const rng = Rng.from('sample', label);
  const chosen = new Set<number>();
  while (chosen.size < most) chosen.add(rows[rng.below(rows.length)]);
  return [...chosen].sort((a, b) => a - b);
}

/** How many rows are looked at for their author first, and the most orders that are told apart. */
const PROBES = 64;

/**
 * Where the author of the `enqueued` records changes: the first row of each `spt enqueue`, ascending. Probes are read,
 * and between two that differ the change is looked for. A run that is shorter than the distance of two probes may be
 * missed.
 */
export async function enqueueStarts(search: Search): Promise<number[]> {
  const { rows } = search;
  if (rows.length === 0) return [];
  const authorsOf = async (places: readonly number[]): Promise<(string | undefined)[]> => {
    const authors: (string | undefined)[] = [];
    for await (const batch of search.results(places.map(place => rows[place])))
      authors.push(...batch.map(({ enqueuedBy }) => enqueuedBy));
    return authors;
  };
  const step = Math.max(1, Math.ceil(rows.length / PROBES));
  const places = rows.map((_, i) => i).filter(i => i % step === 0 || i === rows.length - 1);
  const authors = await authorsOf(places);
  const starts = [rows[0]];
  for (let i = 1; i < places.length; i++) {
    if (authors[i] === authors[i - 1]) continue;
    let [before, after] = [places[i - 1], places[i]];
    while (after - before > 1) {
      const middle = (before + after) >> 1;
      if ((await authorsOf([middle]))[0] === authors[i - 1]) before = middle;
      else after = middle;
    }
    starts.push(rows[after]);
  }
  return starts;
}
