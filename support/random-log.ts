/** Logs in memory that a cluster could have left, made from a seed, with everything that can go wrong in them. */
import type { Rng } from '../src/base/rng.js';
import { decode } from '../src/events/format/decode.js';
import { crcOf, encode, type Draft, type Entry, type Sealed } from '../src/events/format/event.js';
import { apply, applyDamage } from '../src/events/fold.js';
import type { Visitor } from '../src/events/ask/inspect.js';
import { CLAIMED, FAILED, State } from '../src/events/state/state.js';
import { claim, enqueue, fail, finish, idOf } from './log-helpers.js';

/** Shows lines to a visitor as if they were one segment, and gives the visitor. */
export function show<V extends Visitor>(lines: readonly Buffer[], visitor: V): V {
  let offset = 0;
  lines.forEach((line, i) => {
    const place = { segment: 1, line: i + 1, offset, length: line.length - 1 };
    const entry = decode(line, 0, line.length - 1);
    if (typeof entry === 'string') visitor.damaged(entry, place, line.subarray(0, -1));
    else visitor.entry(entry, place);
    offset += line.length;
  });
  return visitor;
}

/** The state that lines give. */
export function stateOf(lines: readonly Buffer[]): State {
  const state = new State();
  const visitor: Visitor = {
    entry: (entry, place) => void apply(state, entry, place),
    damaged: damage => applyDamage(state, damage),
  };
  show(lines, visitor);
  return state;
}

/** The lines understood; damaged ones are left out. */
export function entriesOf(lines: readonly Buffer[]): Entry[] {
  return lines.map(line => decode(line, 0, line.length - 1)).filter(entry => typeof entry !== 'string');
}

export interface Numbering {
  id: string;
  at: string;
  by?: string;
}

/** Events as the lines of a log. */
export function linesOf(events: readonly (Draft | Sealed)[], numbering: (i: number) => Numbering): Buffer[] {
  let previous = 0;
  return events.map((event, i) => {
    const line = encode(event, { n: i + 1, previous, by: 'me:1', ...numbering(i) });
    previous = crcOf(line);
    return line;
  });
}

/** How many different configs the logs speak of. */
const CONFIGS = 7;

/**
 * Continues a log for some records: enqueues, claims, finishes, failures, losses, retries, late reports, doubles, gaps
 * and forks of the numbers, damaged lines. Clocks are wrong.
 */
export function goOn(before: readonly Buffer[], rng: Rng, name: string, records: number): Buffer[] {
  const lines = [...before];
  const state = stateOf(lines);
  const skewMinutes = rng.below(30);
  const add = (line: Buffer): void => {
    lines.push(line);
    const entry = decode(line, 0, line.length - 1);
    if (typeof entry === 'string') applyDamage(state, entry);
    else apply(state, entry, { segment: 1, offset: 0, length: line.length - 1 });
  };
  for (let i = 0; i < records; i++) {
    if (rng.below(10) === 0) trouble(lines, rng).forEach(add);
    const minute = 10 + ((i + skewMinutes + rng.below(4)) % 50);
    const head = { id: `${name}-${i}`, at: `2026-01-01T00:${minute}:00.000Z`, by: `${name}:1` };
    const n = rng.below(12) === 0 ? Math.max(1, state.n) : state.n + 1 + (rng.below(15) === 0 ? 1 : 0);
    add(encode(someEvent(state, rng, name), { n, previous: state.chain, ...head }));
  }
  return lines;
}

function trouble(lines: readonly Buffer[], rng: Rng): Buffer[] {
  if (lines.length === 0) return [];
  const one = lines[rng.below(lines.length)];
  if (rng.below(2)) return [one];
  const garbled = Buffer.from(one);
  garbled[rng.below(garbled.length - 1)] ^= 1;
  return [garbled.includes(10, 0) && garbled.indexOf(10) < garbled.length - 1 ? one : garbled];
}

function someEvent(state: State, rng: Rng, name: string): Draft {
  const some = rng.below(CONFIGS);
  const claims = state.claims.values();
  const held = claims[rng.below(Math.max(1, claims.length))];
  const digest = `digest${rng.below(2)}`;
  switch (rng.below(9)) {
    case 0:
    case 1:
      return enqueue(some)[0];
    case 2:
    case 3: {
      const queued = Array.from({ length: CONFIGS }, (_, i) => i).filter(i => {
        return state.row(idOf(i)) >= 0 && state.status[state.row(idOf(i))] !== CLAIMED;
      });
      return claim(`${name}-w`, ...queued.filter(() => rng.below(2) === 0));
    }
    case 4:
      if (held) return { type: 'released', claim: held.epoch, why: rng.below(2) ? 'lost' : 'signal' };
      return finish(some, rng.below(20));
    case 5:
      if (held)
        return {
          ...fail(0, held.epoch, { retry: rng.below(3) === 0 }),
          config: state.id(state.held(held)[0]),
        };
      return fail(some, rng.below(20));
    case 6: {
      const failed = Array.from({ length: state.size }, (_, row) => row).filter(
        row => state.status[row] === FAILED,
      );
      return { type: 'released', configs: [...failed.map(row => state.id(row)), idOf(some)], why: 'retry' };
    }
    case 7:
      return { ...finish(some, rng.below(state.n + 1)), digest, size: { features: some, nodes: state.n } };
    default:
      if (held) return { ...finish(0, held.epoch), config: state.id(state.held(held)[0]), digest };
      return enqueue(some)[0];
  }
}
