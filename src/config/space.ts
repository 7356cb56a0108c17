import type { Step } from '../base/config.js';
import { canonicalJson } from '../base/json.js';
import { Rng } from '../base/rng.js';
import { listed, type Axis, type Part, type StepSpace } from './axis.js';
import { coordinatesOf, type Coordinates } from './coordinates.js';
import { MAX_DIMENSIONS, sobolSequence } from './sobol.js';

/**
 * All parameters of a search of one pipeline, as a sequence. Element i is computed from i, so the sequence takes no
 * memory.
 *
 * A grid is the product of its steps. A step is the union of its parts, and a part is the product of its axes. So i is
 * a number in mixed radix, and the last axis of the last step is its fastest digit. A search that draws (random, sobol)
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

const product = (numbers: number[]): number => numbers.reduce((all, one) => all * one, 1);
const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);

/** How many combinations a part has; Infinity with a continuous axis. */
export const partSize = (part: Part): number => product(part.map(axis => axis.size));
const stepSize = (step: StepSpace): number => sum(step.parts.map(partSize));
/** How many elements the whole grid has; Infinity with a continuous axis. */
export const gridSize = (steps: StepSpace[]): number => product(steps.map(stepSize));

/** The parameters of a part for one choice per axis. */
export function parametersOf(part: Part, choices: ArrayLike<number>): Step[string] {
  return Object.fromEntries(part.map((axis, k) => [axis.parameter, axis.value(choices[k])]));
}

/** The choices of element i of a part, the last axis fastest. */
export function choicesOf(part: Part, i: number): number[] {
  const choices = new Array<number>(part.length);
  let rest = i;
  for (let k = part.length - 1; k >= 0; k--) {
    choices[k] = rest % part[k].size;
    rest = Math.floor(rest / part[k].size);
  }
  return choices;
}

function stepAt(step: StepSpace, i: number): Step {
  let rest = i;
  for (const part of step.parts) {
    const size = partSize(part);
    if (rest < size) return { [step.name]: parametersOf(part, choicesOf(part, rest)) };
    rest -= size;
  }
  throw new RangeError(`${step.name} has no element ${i}`);
}

/** The whole grid. Its size must be below 2^53. */
export function gridSpace(steps: StepSpace[]): Elements {
  const sizes = steps.map(stepSize);
  const size = product(sizes);
  return {
    size,
    at(i) {
      if (!(i >= 0 && i < size)) throw new RangeError(`there is no element ${i} of ${size}`);
      const found = new Array<Step>(steps.length);
      let rest = i;
      for (let k = steps.length - 1; k >= 0; k--) {
        found[k] = stepAt(steps[k], rest % sizes[k]);
        rest = Math.floor(rest / sizes[k]);
      }
      return found;
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
function sampledGrid(steps: StepSpace[], { n, seed }: Search): Elements {
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

/** How many coordinates a step uses: one to choose the part, and those of its largest part. */
function stepDimensions(step: StepSpace): number {
  const axes = step.parts.map(part => part.filter(axis => axis.size > 1).length);
  return (step.parts.length > 1 ? 1 : 0) + Math.max(...axes);
}

/** How many coordinates a point of the search has. */
export const dimensionsOf = (steps: StepSpace[]): number => sum(steps.map(stepDimensions));

interface Draw {
  steps: Step[];
  /** Whether all choices are from lists. Then another draw may give the same steps. */
  finite: boolean;
}

/**
 * The part that a coordinate chooses. If all parts are finite, the chance of a part is proportional to its size, so
 * that every combination is equally likely. If one part is continuous, all parts are equally likely, as in
 * scikit-learn's ParameterSampler.
 */
function chosenPart(step: StepSpace, u: number): number {
  const sizes = step.parts.map(partSize);
  const total = sum(sizes);
  if (total === Infinity) return Math.floor(u * sizes.length);
  let rest = u * total;
  for (let k = 0; k < sizes.length - 1; k++) {
    if (rest < sizes[k]) return k;
    rest -= sizes[k];
  }
  return sizes.length - 1;
}

/** The steps at a point of the unit cube. */
function drawAt(steps: StepSpace[], point: Point): Draw {
  let finite = true;
  let first = 0;
  const found = steps.map(step => {
    let dimension = first;
    const which = step.parts.length > 1 ? chosenPart(step, point(dimension++)) : 0;
    const choices = step.parts[which].map(axis => {
      if (axis.size === 1) return 0;
      const u = point(dimension++);
      if (axis.size === Infinity) finite = false;
      return axis.size === Infinity ? u : Math.floor(u * axis.size);
    });
    first += stepDimensions(step);
    return { [step.name]: parametersOf(step.parts[which], choices) };
  });
  return { steps: found, finite };
}

/** Point number `i` of a search: unrelated coordinates, or Sobol's with a digital shift that depends on the seed. */
function pointsOf(steps: StepSpace[], { method, seed }: Search): (i: number) => Point {
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
function drawnSpace(steps: StepSpace[], search: Search): Elements {
  const points = pointsOf(steps, search);
  const endless = steps.some(step => step.parts.every(part => partSize(part) === Infinity));
  if (endless) return { size: search.n, at: i => drawAt(steps, points(i)).steps };
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
export function spaceOf(steps: StepSpace[], search: Search): Space {
  return { ...coordinatesOf(steps), ...elementsOf(steps, search) };
}

function elementsOf(steps: StepSpace[], search: Search): Elements {
  const size = gridSize(steps);
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
  const { kind, scale } = axis.domain;
  const values = choices.map(choice => axis.value(choice));
  return { ...axis, ...listed(values, kind, scale) };
}
