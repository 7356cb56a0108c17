import type { Json, Step } from '../base/config.js';
import { canonicalJson } from '../base/json.js';
import { Rng } from '../base/rng.js';
import { listed, type Axis, type Chain, type Part, type Slot } from './axis.js';
import { chainAt, chainSize, isEndless, partSize, present, stepSize, sum } from './chain.js';
import { coordinatesOf, type Coordinates } from './coordinates.js';
import { MAX_DIMENSIONS, sobolSequence } from './sobol.js';

/**
 * All parameters of a search of one pipeline, as a sequence. Element i is computed from i, so the sequence takes no
 * memory.
 *
 * A grid is a chain of steps (chain.ts): element i is the number i in mixed radix. A search that draws (random, sobol)
 * maps points of the unit cube to choices of the same digits.
 */
export interface Space extends Elements, Coordinates {}

/** A sequence of elements. */
interface Elements {
  readonly size: number;
  /** The steps of element i, 0 <= i < size. */
  at(i: number): Step[];
}

export interface Search {
  method: 'grid' | 'random' | 'sobol';
  /** How many elements are drawn; from a finite space at most all. */
  n: number;
  seed: number;
}

/** The whole grid. Its size must be below 2^53. */
export function gridSpace(steps: Chain): Elements {
  const size = chainSize(steps);
  return {
    size,
    at(i) {
      if (!(i >= 0 && i < size)) throw new RangeError(`there is no element ${i} of ${size}`);
      return chainAt(steps, i);
    },
  };
}

/** A generator's number in [0, bound) for bounds up to 2^53. */
const below = (rng: Rng, bound: number): number =>
  bound <= 4294967296 ? rng.below(bound) : Math.floor(rng.float() * bound);

/**
 * n different elements of a finite grid: the first n of a random permutation (Fisher and Yates). So a larger n keeps
 * the elements of a smaller one, and adds more.
 */
function sampledGrid(steps: Chain, { n, seed }: Search): Elements {
  const grid = gridSpace(steps);
  const rng = Rng.from('search', 'random', seed);
  const moved = new Map<number, number>();
  const drawn = Float64Array.from({ length: Math.min(n, grid.size) }, (_, i) => {
    const other = i + below(rng, grid.size - i);
    const found = moved.get(other) ?? other;
    moved.set(other, moved.get(i) ?? i);
    return found;
  });
  return { size: drawn.length, at: i => grid.at(drawn[i]) };
}

/** One point of the unit cube: its coordinate in each dimension. Dimensions are asked for in rising order. */
type Point = (dimension: number) => number;

/** How many coordinates an axis uses. */
function axisDimensions({ size, domain }: Axis): number {
  if (domain.kind === 'steps') return sum(domain.chains.map(dimensionsOf));
  return size > 1 ? 1 : 0;
}

const partDimensions = (part: Part): number => sum(part.map(axisDimensions));

/** How many coordinates a union uses: one to choose the member, and those of its largest member. */
function unionDimensions<T>(members: readonly T[], dimensions: (member: T) => number): number {
  return (members.length > 1 ? 1 : 0) + Math.max(...members.map(dimensions));
}

function slotDimensions(slot: Slot): number {
  return unionDimensions(slot, step => unionDimensions(step.parts, partDimensions));
}

/** How many coordinates a point of the search has. */
export const dimensionsOf = (steps: Chain): number => sum(steps.map(slotDimensions));

interface Draw {
  steps: Step[];
  /** Whether all choices are from lists. Then another draw may give the same steps. */
  finite: boolean;
}

/**
 * The member of a union that a coordinate chooses, given the members' sizes. If all members are finite, the chance of a
 * member is proportional to its size, so that every combination is equally likely. If one member is continuous, all
 * members are equally likely, as in scikit-learn's ParameterSampler.
 */
function chosenMember(sizes: readonly number[], u: number): number {
  const total = sum([...sizes]);
  if (total === Infinity) return Math.floor(u * sizes.length);
  let rest = u * total;
  for (let k = 0; k < sizes.length - 1; k++) {
    if (rest < sizes[k]) return k;
    rest -= sizes[k];
  }
  return sizes.length - 1;
}

/** Draws the element of a chain at a point of the unit cube. */
class Drawing {
  /** Whether all choices so far were from lists. */
  finite = true;

  constructor(private readonly point: Point) {}

  /** The element of a chain whose coordinates begin at `first`. */
  chain(chain: Chain, first: number): Step[] {
    let next = first;
    return present(
      chain.map(slot => {
        const step = this.step(slot, next);
        next += slotDimensions(slot);
        return step;
      }),
    );
  }

  private step(slot: Slot, first: number): Step {
    let next = first;
    const member = <T>(members: readonly T[], sizeOf: (member: T) => number): T =>
      members.length > 1 ? members[chosenMember(members.map(sizeOf), this.point(next++))] : members[0];
    const { name, parts } = member(slot, stepSize);
    const part = member(parts, partSize);
    const values = part.map(axis => {
      const value = this.value(axis, next);
      next += axisDimensions(axis);
      return [axis.parameter, value] as const;
    });
    return { [name]: Object.fromEntries(values) };
  }

  private value({ size, domain, value }: Axis, first: number): Json {
    if (domain.kind === 'steps') {
      let next = first;
      const elements = domain.chains.map(chain => {
        const element = this.chain(chain, next);
        next += dimensionsOf(chain);
        return element;
      });
      return domain.join(elements);
    }
    if (size === 1) return value(0);
    const u = this.point(first);
    if (size === Infinity) this.finite = false;
    return value(size === Infinity ? u : Math.floor(u * size));
  }
}

/** The steps at a point of the unit cube. */
function drawAt(steps: Chain, point: Point): Draw {
  const drawing = new Drawing(point);
  return { steps: drawing.chain(steps, 0), finite: drawing.finite };
}

/** Point number `i` of a search: unrelated coordinates, or Sobol's with a digital shift that depends on the seed. */
function pointsOf(steps: Chain, { method, seed }: Search): (i: number) => Point {
  if (method === 'random') {
    return i => {
      const rng = Rng.from('search', 'random', seed, i);
      return () => rng.float();
    };
  }
  const dimensions = dimensionsOf(steps);
  if (dimensions > MAX_DIMENSIONS)
    throw new RangeError(`Sobol's sequence has no ${dimensions} dimensions here`);
  const rng = Rng.from('search', 'sobol', seed);
  const shifts = Uint32Array.from({ length: dimensions }, () => rng.uint32());
  const sequence = sobolSequence(dimensions);
  return i => dimension => ((sequence(i, dimension) ^ shifts[dimension]) >>> 0) / 4294967296;
}

/**
 * The search's draws, without those that repeat an earlier one. Sobol's points over a finite grid repeat sooner or
 * later. If nearly all new points repeat earlier ones, there are fewer than n draws.
 */
function drawnSpace(steps: Chain, search: Search): Elements {
  const points = pointsOf(steps, search);
  if (isEndless(steps)) return { size: search.n, at: i => drawAt(steps, points(i)).steps };
  const seen = new Set<string>();
  const kept: number[] = [];
  const tries = 64 * search.n + 1024;
  for (let i = 0; i < tries && kept.length < search.n; i++) {
    const drawn = drawAt(steps, points(i));
    if (drawn.finite) {
      const key = canonicalJson(drawn.steps);
      if (seen.has(key)) continue;
      seen.add(key);
    }
    kept.push(i);
  }
  return { size: kept.length, at: i => drawAt(steps, points(kept[i])).steps };
}

/**
 * The space of a search over the product of its steps. The coordinates are those of the whole product, also where the
 * search draws only some of its elements. An infinite grid needs a method that draws.
 */
export function spaceOf(steps: Chain, search: Search): Space {
  return { ...coordinatesOf(steps), ...elementsOf(steps, search) };
}

function elementsOf(steps: Chain, search: Search): Elements {
  const size = chainSize(steps);
  if (search.method === 'grid' || search.n >= size) return gridSpace(steps);
  if (search.method === 'random' && size < Infinity) return sampledGrid(steps, search);
  return drawnSpace(steps, search);
}

/**
 * The parts of a union, changed so that no two share a combination and none is lost: each part loses the combinations
 * of the parts before it. Values are equal if `keyOf` gives the same text. Parts can share combinations only if they
 * have the same parameters, all of them from lists.
 */
export function disjoint<A extends Axis>(
  parts: Part<A>[],
  keyOf: (axis: A, choice: number) => string,
): Part<A>[] {
  const kept: Part<A>[] = [];
  for (const part of parts) {
    let pieces = [part];
    for (const earlier of kept) pieces = pieces.flatMap(piece => difference(piece, earlier, keyOf));
    kept.push(...pieces);
  }
  return kept;
}

/**
 * `part` without `other`: at most one box for each axis k. The box has the common values in the axes before k, the
 * other values in axis k, and all values in the axes after k.
 */
function difference<A extends Axis>(
  part: Part<A>,
  other: Part<A>,
  keyOf: (axis: A, choice: number) => string,
): Part<A>[] {
  const matching = part.map(axis => other.find(({ parameter }) => parameter === axis.parameter));
  const comparable = part.length === other.length && matching.every(axis => axis !== undefined);
  if (!comparable || [...part, ...other].some(axis => axis.size > LARGEST_COMPARED)) return [part];
  const inside: A[] = [];
  const outside: A[] = [];
  for (const [k, axis] of part.entries()) {
    const choices = Array.from({ length: axis.size }, (_, i) => i);
    const known = new Set(Array.from({ length: matching[k]!.size }, (_, i) => keyOf(matching[k]!, i)));
    inside.push(
      restricted(
        axis,
        choices.filter(i => known.has(keyOf(axis, i))),
      ),
    );
    outside.push(
      restricted(
        axis,
        choices.filter(i => !known.has(keyOf(axis, i))),
      ),
    );
  }
  if (inside.some(axis => axis.size === 0)) return [part];
  return part
    .map((_, k) => [...inside.slice(0, k), outside[k], ...part.slice(k + 1)])
    .filter((_, k) => outside[k].size > 0);
}

/** Longer axes (a wide randint) are not compared. Their searches draw, and equal draws are rare and harmless. */
const LARGEST_COMPARED = 100_000;

/** An axis with some of its choices only. */
function restricted<A extends Axis>(axis: A, choices: number[]): A {
  const { kind, scale } = axis.domain.kind === 'steps' ? { kind: 'choice' as const } : axis.domain;
  const values = choices.map(choice => axis.value(choice));
  return { ...axis, ...listed(values, kind, scale) };
}
