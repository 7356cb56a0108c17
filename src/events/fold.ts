/**
 * State is `fold(lines)`: pure, total, deterministic. Each `apply...` says what one event changes. An event that does
 * not apply changes nothing, for every reader in the same way. Its author learns this from the returned outcome.
 */
import type { Config, Scores } from '../base/config.js';
import { toldRanking } from '../base/direction.js';
import type { Damage } from './format/decode.js';
import type { Claim } from './state/claims.js';
import { put } from './state/columns.js';
import {
  FAILURE_KINDS,
  type Claimed,
  type Enqueued,
  type Entry,
  type Event,
  type Failed,
  type Finished,
  type Released,
} from './format/event.js';
import { CLAIMED, FAILED, FINISHED, QUEUED, type RecordPlace, type State } from './state/state.js';

/** Whether an event applied. If it names several configs, `missed` are those for which it did not apply. */
export interface Outcome {
  applied: boolean;
  missed?: string[];
}

export const APPLIED: Outcome = Object.freeze({ applied: true });
export const IGNORED: Outcome = Object.freeze({ applied: false });
/** Attempts and losses are counted up to this number. */
const MOST_COUNTED = 65535;

/** Takes a line that was understood into the state. */
export function apply(state: State, entry: Entry, place: RecordPlace): Outcome {
  const unique = link(state, entry.n, entry.previous, entry.crc);
  const { high, low } = hashId(entry.id);
  if (isDouble(state, high, low)) return IGNORED;
  const outcome = applyEvent(state, entry, place, unique);
  if (entry.event.type !== 'unknown') countIgnored(state, outcome);
  return outcome;
}

/** Counts an event that did not apply. */
export function countIgnored(state: State, { applied }: Outcome): void {
  if (!applied) state.troubles.ignored++;
}

/** Takes a quarantined line into the state. */
export function applyDamage(state: State, damage: Damage): void {
  state.troubles[damage]++;
}

/** The largest gap between two record numbers. More records are never lost at once. */
const LONGEST_GAP = 2 ** 32;

/**
 * Whether a record's number may follow this one. No writer gave a number that lies too far ahead. If it counted, the
 * numbers after it could run out.
 */
export function mayFollow(n: number, before: number): boolean {
  return n > before && n - before <= LONGEST_GAP;
}

/** Follows the chain of records. Gives whether the record's number is unique: it may follow all numbers before it. */
export function link(state: State, n: number, previous: number, crc: number): boolean {
  const unique = mayFollow(n, state.n);
  if (!unique) state.troubles.forks++;
  else if (n > state.n + 1) {
    state.troubles.gaps++;
    state.troubles.missing += n - state.n - 1;
  }
  if (previous !== state.chain) state.troubles.brokenLinks++;
  state.chain = crc;
  if (unique) state.n = n;
  return unique;
}

/** Whether an event of this id was met before. Takes note of the id. */
export function isDouble(state: State, high: number, low: number): boolean {
  if (state.recent.add(high, low)) return false;
  state.troubles.doubles++;
  return true;
}

/** A 64-bit hash of an event id: two multiplicative hashes with different constants, over four bytes at a time. */
function hashId(id: string): { high: number; low: number } {
  const length = Buffer.byteLength(id);
  const bytes = Buffer.alloc(4 * Math.ceil(length / 4));
  bytes.write(id);
  let high = 0x811c9dc5;
  let low = 0x9747b28c ^ length;
  for (let i = 0; i < bytes.length; i += 4) {
    const word = bytes.readInt32LE(i);
    const product = Math.imul(high ^ word, 0x01000193);
    high = (product << 13) | (product >>> 19);
    low = Math.imul(low ^ word, 0x5bd1e995);
    low ^= low >>> 15;
  }
  return { high: (high ^ (high >>> 16)) >>> 0, low: (low ^ (low >>> 13)) >>> 0 };
}

function applyEvent(state: State, entry: Entry, place: RecordPlace, unique: boolean): Outcome {
  const event: Event = entry.event;
  switch (event.type) {
    case 'enqueued':
      return applyEnqueued(state, event, place);
    case 'claimed':
      return unique ? applyClaimed(state, event, entry.n, entry.at) : { ...IGNORED, missed: event.configs };
    case 'finished':
      return applyFinished(state, event, place);
    case 'failed':
      return applyFailed(state, event, place);
    case 'released':
      return event.why === 'retry' ? applyRetry(state, event) : applyReleased(state, event);
    case 'sealed':
      return APPLIED;
    case 'unknown':
      state.troubles.unknown++;
      return IGNORED;
    default:
      return event satisfies never;
  }
}

function applyEnqueued(state: State, { config }: Enqueued, place: RecordPlace): Outcome {
  const high = parseInt(config.id.slice(0, 8), 16);
  const low = parseInt(config.id.slice(8), 16);
  if (state.rowOf(high, low) >= 0) return IGNORED;
  addRow(state, high, low, groupOf(state, config), place);
  return APPLIED;
}

/** The number of the group that a config belongs to; made when it is new. */
export function groupOf(
  state: State,
  { pipeline, split, scoring, direction }: Pick<Config, 'pipeline' | 'split' | 'scoring' | 'direction'>,
): number {
  return state.groupNumber({ pipeline, split, ...toldRanking(scoring, direction) });
}

/** Adds a config whose id is new. */
export function addRow(state: State, high: number, low: number, group: number, place: RecordPlace): void {
  const row = state.size;
  state.reserve(row + 1);
  state.idHigh[row] = high;
  state.idLow[row] = low;
  state.group = put(state.group, row, group);
  state.segment = put(state.segment, row, place.segment);
  state.offset = put(state.offset, row, place.offset);
  state.length = put(state.length, row, place.length);
  state.cv[row] = NaN;
  state.validate[row] = NaN;
  state.status[row] = QUEUED;
  state.counts[4 * group + QUEUED]++;
  state.ids.add(row, state.idHigh, state.idLow);
  state.size++;
}

function applyClaimed(state: State, event: Claimed, epoch: number, at: string): Outcome {
  const rows = event.configs.map(id => state.row(id));
  const { taken, missed } = takeClaim(state, rows, { epoch, worker: event.worker, at });
  if (missed.length === 0) return APPLIED;
  return { applied: taken > 0, missed: missed.map(place => event.configs[place]) };
}

/**
 * Gives the queued rows among `rows` (-1: no config) to the claim. Returns how many these are, and the places in `rows`
 * of the others.
 */
export function takeClaim(
  state: State,
  rows: readonly number[],
  { epoch, worker, at }: Pick<Claim, 'epoch' | 'worker' | 'at'>,
): { taken: number; missed: number[] } {
  const missed: number[] = [];
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    if (row < 0 || state.status[row] !== QUEUED) missed.push(place);
    else {
      move(state, row, CLAIMED);
      state.epoch = put(state.epoch, row, epoch);
    }
  }
  const taken = missed.length === 0 ? rows : without(rows, new Set(missed));
  const open = taken.length;
  if (open > 0) state.claims.add({ epoch, worker, at, rows: taken, open });
  return { taken: open, missed };
}

/** The values that do not stand at these places. */
function without(values: readonly number[], places: ReadonlySet<number>): number[] {
  return values.filter((_, place) => !places.has(place));
}

function applyFinished(state: State, event: Finished, place: RecordPlace): Outcome {
  const row = state.row(event.config);
  if (row < 0) return IGNORED;
  const { scoring } = state.groupOf(row);
  const { cv, validate } = event.unranked ? NO_RANK : rankingScores(event.scores, scoring);
  return finishRow(state, row, event.claim, place, cv, validate) ? APPLIED : IGNORED;
}

/** Finishes a row, if the epoch holds it. */
export function finishRow(
  state: State,
  row: number,
  epoch: number,
  place: RecordPlace,
  cv: number,
  validate: number,
): boolean {
  if (!state.isHeld(row, epoch)) return false;
  leave(state, row, FINISHED);
  setOutcome(state, row, place);
  state.cv[row] = cv;
  state.validate[row] = validate;
  return true;
}

function applyFailed(state: State, event: Failed, place: RecordPlace): Outcome {
  const row = state.row(event.config);
  if (!state.isHeld(row, event.claim)) return IGNORED;
  leave(state, row, event.retry ? QUEUED : FAILED);
  setOutcome(state, row, place);
  state.failure[row] = 1 + FAILURE_KINDS.indexOf(event.kind);
  if (event.kind === 'lost') countLoss(state, row);
  else state.attempts = put(state.attempts, row, Math.min(MOST_COUNTED, state.attempts[row] + 1));
  return APPLIED;
}

function applyReleased(state: State, event: Released): Outcome {
  const claim = state.claims.get(event.claim!);
  if (!claim) return event.configs ? { applied: false, missed: event.configs } : IGNORED;
  const missed: string[] = [];
  const rows = event.configs ? heldRows(state, event.configs, claim, missed) : state.held(claim);
  for (const row of rows) {
    leave(state, row, QUEUED);
    if (event.why === 'lost') countLoss(state, row);
  }
  return missed.length === 0 ? APPLIED : { applied: rows.length > 0, missed };
}

/** The rows of the ids that the claim still holds, each once; the other ids go to `missed`. */
function heldRows(state: State, ids: string[], claim: Claim, missed: string[]): number[] {
  const rows = new Set<number>();
  for (const id of ids) {
    const row = state.row(id);
    if (state.isHeld(row, claim.epoch)) rows.add(row);
    else missed.push(id);
  }
  return [...rows];
}

function applyRetry(state: State, event: Released): Outcome {
  const missed: string[] = [];
  for (const id of event.configs!) {
    const row = state.row(id);
    if (row < 0 || state.status[row] !== FAILED) {
      missed.push(id);
      continue;
    }
    move(state, row, QUEUED);
    state.attempts[row] = 0;
    state.losses[row] = 0;
  }
  return missed.length === 0 ? APPLIED : { applied: missed.length < event.configs!.length, missed };
}

function countLoss(state: State, row: number): void {
  state.losses = put(state.losses, row, Math.min(MOST_COUNTED, state.losses[row] + 1));
}

/** Takes a claimed row out of its claim and gives it another status. */
function leave(state: State, row: number, status: number): void {
  const epoch = state.epoch[row];
  const claim = state.claims.get(epoch)!;
  state.claims.leave(claim);
  move(state, row, status);
}

function move(state: State, row: number, status: number): void {
  const group = state.group[row];
  state.counts[4 * group + state.status[row]]--;
  state.counts[4 * group + status]++;
  state.status[row] = status;
  const split = state.groupSplit[group];
  if (status === QUEUED) state.fronts.queued(split, row);
}

function setOutcome(state: State, row: number, place: RecordPlace): void {
  state.outcomeSegment = put(state.outcomeSegment, row, place.segment);
  state.outcomeOffset = put(state.outcomeOffset, row, place.offset);
  state.outcomeLength = put(state.outcomeLength, row, place.length);
}

/** The ranking scores of a config that must not be ranked. */
const NO_RANK = { cv: NaN, validate: NaN };

/** The values of the ranking metric; NaN where there is none. Scores come from a log, so their shape is checked. */
function rankingScores(scores: Scores, metric: string): { cv: number; validate: number } {
  const cv: unknown = own(own(own(scores, 'cv'), metric), 'mean');
  const validate: unknown = own(own(scores, 'validate'), metric);
  return { cv: typeof cv === 'number' ? cv : NaN, validate: typeof validate === 'number' ? validate : NaN };
}

function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as { [name: string]: unknown })[name];
}
