import { z } from 'zod';
import type { Json, Step } from '../base/config.js';
import type { Place } from '../base/errors.js';
import { exp, log } from '../kernels/math.js';
import { asShare } from '../ml/parameters.js';
import { powerOfTen } from './power.js';
import type { Path } from './yaml.js';

/**
 * The values of one parameter in a search, as they are written:
 *
 * - a list is an axis, and each of its items is a value, also an item that is a list; anything else is one value;
 * - `{logspace: [a, b, n]}`, `{linspace: [a, b, n]}`, `{range: [start, stop, step]}` make lists, as numpy and Python
 *   do;
 * - `{uniform: [a, b]}`, `{loguniform: [a, b]}`, `{randint: [a, b]}` are distributions over [a, b), as scipy's.
 *
 * Where a parameter may be a count or a share, `1` is one and `1.0` is all. JSON cannot tell them apart (see
 * ml/parameters.ts). The form of a number in a list decides. The numbers of `range` and `randint` are counts. The
 * numbers of the other words are shares, because numpy and scipy make floats of them.
 */
export interface Axis {
  parameter: string;
  /** How many values there are; Infinity for a continuous distribution. */
  size: number;
  domain: Domain;
  /** The value of a choice: a whole number below `size`, or, of a continuous distribution, a number in [0, 1). */
  value(choice: number): Json;
  /** The word that makes the axis a distribution, which needs a search that draws. Absent for a list. */
  distribution?: string;
}

/**
 * What an axis ranges over: a list of values, all numbers of [low, high), or steps. A `choice` has no order. The
 * numbers of an `int` and a `real` axis have one, and the scale on which they are evenly spread.
 */
export type Domain = PlainDomain | Nested;
export type PlainDomain = Listed | Bounded;

interface Listed {
  kind: Kind;
  scale?: Scale;
  values: readonly Json[];
}

interface Bounded {
  kind: Exclude<Kind, 'choice'>;
  scale: Scale;
  /** [low, high): `low` belongs to the axis and `high` does not. */
  bounds: readonly [number, number];
  /** Whole numbers are shares (ml/parameters.ts). */
  isShare: boolean;
}

/**
 * Steps inside of a step: `estimator: {LogisticRegression: {C: [0.1, 1]}}`. A value is made of one element of each
 * chain. `join` and `split` are the inverse of each other.
 */
export interface Nested {
  kind: 'steps';
  chains: readonly Chain[];
  /** The name of each chain among the parameters: `estimator`, or the name of a group. */
  names: readonly string[];
  join(elements: Step[][]): Json;
  /** The element of each chain; undefined for a value of another form. */
  split(value: Json): Step[][] | undefined;
}

export type Kind = 'choice' | 'int' | 'real';
export type Scale = 'linear' | 'log';

/** An axis that knows where it was written. */
export interface WrittenAxis extends Axis {
  /** Where the value of a choice stands, or a part of that value. */
  placeOf(choice: number, inside?: Path): Place;
  /** Where the parameter's name stands. */
  placeOfName(): Place;
  /** The choices whose values are checked: every item of a list, and the ends and the middle of a distribution. */
  samples: number[];
}

/** The product of some axes: one map of parameters. */
export type Part<A extends Axis = Axis> = A[];

/**
 * A step and the union of the parts that its parameters come from. No two parts share a combination, unless one of them
 * is infinite. Then the parts stay as they were written.
 */
export interface StepSpace<A extends Axis = Axis> {
  name: string;
  parts: Part<A>[];
}

/** One place of a pipeline: a step, or a choice between several. */
export type Slot<A extends Axis = Axis> = StepSpace<A>[];

/** Steps one after the other: a pipeline, or the steps inside of a step. */
export type Chain<A extends Axis = Axis> = Slot<A>[];

/** The name of the choice that leaves a step out. No config holds it. */
export const PASSTHROUGH = 'passthrough';

/** The largest number of values that one axis may list. */
export const MAX_AXIS = 100_000;

/** The largest number below 1. It is the last choice of a continuous distribution. */
export const ALMOST_ONE = 1 - Number.EPSILON / 2;

/** The largest number below b. Distributions over [a, b) end there, because rounding must not reach b. */
const justBelow = (b: number): number =>
  b > 0 ? b * ALMOST_ONE : b < 0 ? b * (1 + Number.EPSILON) : -Number.MIN_VALUE;

/** The values of an axis, without its name. */
export type Shape = Pick<Axis, 'size' | 'value' | 'domain'>;
type Numbers = number[];

interface Maker {
  schema: z.ZodType<Numbers>;
  expected: string;
  /** The values. `isShare` says that whole numbers among them are shares. */
  make(numbers: Numbers, isShare: boolean): Shape;
  distribution: boolean;
  /** Whether the numbers are floats in numpy or scipy even where they are whole. */
  floats: boolean;
}

/** An axis of these values. */
export function listed(values: readonly Json[], kind: Kind = 'choice', scale?: Scale): Shape {
  const domain = { kind, ...(scale && { scale }), values };
  return { size: values.length, value: choice => values[choice], domain };
}

/** A value as it stands in a config: a whole number that is a share (`1.0`) becomes `{"share":1}`. */
export const kept = (value: Json, isShare: boolean): Json =>
  isShare && Number.isInteger(value) ? { ...asShare(value as number) } : value;

/** numpy.linspace: n values from a to b, both included. */
function linspace(a: number, b: number, n: number): number[] {
  const step = n > 1 ? (b - a) / (n - 1) : 0;
  return Array.from({ length: n }, (_, i) => (i === n - 1 && n > 1 ? b : i * step + a) + 0);
}

/** How many numbers Python's range(start, stop, step) has. */
function rangeLength([start, stop, step]: Numbers): number {
  return Math.max(0, Math.ceil((stop - start) / step));
}

/** range(stop) and range(start, stop) in the form of range(start, stop, step). */
function rangeOf(numbers: Numbers): Numbers {
  const [start, stop, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  return [start, stop, step];
}

const SPACED = z.tuple([z.number(), z.number(), z.int().min(1).max(MAX_AXIS)]);
const ORDERED = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low < high, 'the first number is not below the second');

/** The words that make an axis. */
export const MAKERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  [
    'logspace',
    {
      schema: SPACED.refine(([a, b]) => [a, b].every(y => y >= -300 && y <= 300), {
        message: 'the exponents are out of range',
        params: { expected: 'powers of ten between -300 and 300' },
      }),
      expected: '[a, b, n]: n values from 10^a to 10^b',
      make: ([a, b, n], isShare) =>
        listed(
          linspace(a, b, n).map(exponent => kept(powerOfTen(exponent), isShare)),
          'real',
          'log',
        ),
      distribution: false,
      floats: true,
    },
  ],
  [
    'linspace',
    {
      schema: SPACED,
      expected: '[a, b, n]: n values from a to b',
      make: ([a, b, n], isShare) =>
        listed(
          linspace(a, b, n).map(value => kept(value, isShare)),
          'real',
          'linear',
        ),
      distribution: false,
      floats: true,
    },
  ],
  [
    'range',
    {
      schema: z
        .array(z.int())
        .min(1)
        .max(3)
        .refine(numbers => numbers[2] !== 0, 'the step of a range is not 0')
        .refine(numbers => numbers[2] === 0 || rangeLength(rangeOf(numbers)) > 0, 'the range is empty')
        .refine(numbers => numbers[2] === 0 || rangeLength(rangeOf(numbers)) <= MAX_AXIS, {
          message: 'the range is too long',
          params: { code: 'too-big', expected: `at most ${MAX_AXIS} values` },
        }),
      expected: '[start, stop] or [start, stop, step]: whole numbers, as in Python without stop itself',
      make(numbers) {
        const [start, stop, step] = rangeOf(numbers);
        const values = Array.from({ length: rangeLength([start, stop, step]) }, (_, i) => start + i * step);
        return listed(values, 'int', 'linear');
      },
      distribution: false,
      floats: false,
    },
  ],
  [
    'uniform',
    {
      schema: ORDERED,
      expected: '[a, b]: numbers from a up to b',
      make: ([a, b], isShare) => ({
        size: Infinity,
        value: u => kept(Math.min(a + u * (b - a), justBelow(b)) + 0, isShare),
        domain: { kind: 'real', scale: 'linear', bounds: [a, b], isShare },
      }),
      distribution: true,
      floats: true,
    },
  ],
  [
    'loguniform',
    {
      schema: ORDERED.refine(([a]) => a > 0, 'the numbers of a loguniform are above 0'),
      expected: '[a, b]: numbers from a up to b, 0 < a < b, each power of ten as likely as the next',
      make([a, b], isShare) {
        const [from, to] = [log(a), log(b)];
        return {
          size: Infinity,
          value: u => kept(Math.min(justBelow(b), Math.max(a, exp(from + u * (to - from)))), isShare),
          domain: { kind: 'real', scale: 'log', bounds: [a, b], isShare },
        };
      },
      distribution: true,
      floats: true,
    },
  ],
  [
    'randint',
    {
      schema: z
        .tuple([z.int(), z.int()])
        .refine(([low, high]) => low < high, 'the first number is not below the second')
        .refine(([low, high]) => high - low <= 4294967296, 'the numbers are too far apart'),
      expected: '[a, b]: whole numbers from a up to, not including, b',
      make: ([a, b]) => ({
        size: b - a,
        value: choice => a + choice,
        domain: { kind: 'int', scale: 'linear', bounds: [a, b], isShare: false },
      }),
      distribution: true,
      floats: false,
    },
  ],
]);
