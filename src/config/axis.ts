import { z } from 'zod';
import type { Json } from '../base/config.js';
import { InputError, type Place } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { nearest } from '../base/suggest.js';
import { exp, log } from '../kernels/math.js';
import { asShare, shareIn, shareText } from '../ml/parameters.js';
import { complaintsOf, shown } from './complaints.js';
import { powerOfTen } from './power.js';
import type { Path, YamlFile } from './yaml.js';

/**
 * The values of one parameter in a search, as they are written:
 *
 * - a list is an axis, each item a value (an item that is a list is one value); anything else is one value;
 * - `{logspace: [a, b, n]}`, `{linspace: [a, b, n]}`, `{range: [start, stop, step]}` make lists, as numpy and Python do;
 * - `{uniform: [a, b]}`, `{loguniform: [a, b]}`, `{randint: [a, b]}` are distributions over [a, b), as scipy's.
 *
 * Where a parameter may be a count or a share, `1` is one and `1.0` is all, which JSON cannot tell: see ml/parameters.ts.
 * The numbers of a list are what they are written as, those of `range` and `randint` are counts, and those of the other
 * words are shares, because numpy's and scipy's are floats.
 */
export interface Axis {
  parameter: string;
  /** How many values there are; Infinity for a continuous distribution. */
  size: number;
  /** The value of a choice: a whole number below `size`, or, of a continuous distribution, a number in [0, 1). */
  value(choice: number): Json;
  /** The word that makes the axis a distribution: it needs a search that draws. */
  distribution?: string;
}

/** An axis that knows where it was written. */
export interface WrittenAxis extends Axis {
  /** Where the value of a choice stands, or a part of that value. */
  placeOf(choice: number, inside?: Path): Place;
  /** Where the parameter's name stands. */
  placeOfName(): Place;
  /** Choices that stand for all in a check of the values: every item of a list, the ends and middle of the rest. */
  samples: number[];
}

/** The most values that one axis may list. */
export const MAX_AXIS = 100_000;

/** The largest number below 1: where a continuous distribution comes closest to its end. */
const ALMOST_ONE = 1 - Number.EPSILON / 2;

/** The largest number below b, which ends the distributions over [a, b): rounding may not reach their end. */
const justBelow = (b: number): number =>
  b > 0 ? b * ALMOST_ONE : b < 0 ? b * (1 + Number.EPSILON) : -Number.MIN_VALUE;

type Shape = Pick<Axis, 'size' | 'value'>;
type Numbers = number[];

interface Maker {
  schema: z.ZodType<Numbers>;
  expected: string;
  make(numbers: Numbers): Shape;
  distribution: boolean;
  /** Whether the numbers are floats in numpy or scipy even where they are whole. */
  floats: boolean;
}

const listed = (values: Json[]): Shape => ({ size: values.length, value: choice => values[choice] });

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

const spaced = z.tuple([z.number(), z.number(), z.int().min(1).max(MAX_AXIS)]);
const ordered = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low < high, 'the first number is not below the second');

/** What makes the values of an axis. */
const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  [
    'logspace',
    {
      schema: spaced.refine(([a, b]) => [a, b].every(y => y >= -300 && y <= 300), {
        message: 'the exponents are out of range',
        params: { expected: 'powers of ten between -300 and 300' },
      }),
      expected: '[a, b, n]: n values from 10^a to 10^b',
      make: ([a, b, n]) => listed(linspace(a, b, n).map(powerOfTen)),
      distribution: false,
      floats: true,
    },
  ],
  [
    'linspace',
    {
      schema: spaced,
      expected: '[a, b, n]: n values from a to b',
      make: ([a, b, n]) => listed(linspace(a, b, n)),
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
        return listed(Array.from({ length: rangeLength([start, stop, step]) }, (_, i) => start + i * step));
      },
      distribution: false,
      floats: false,
    },
  ],
  [
    'uniform',
    {
      schema: ordered,
      expected: '[a, b]: numbers from a up to b',
      make: ([a, b]) => ({ size: Infinity, value: u => Math.min(a + u * (b - a), justBelow(b)) + 0 }),
      distribution: true,
      floats: true,
    },
  ],
  [
    'loguniform',
    {
      schema: ordered.refine(([a]) => a > 0, 'the numbers of a loguniform are above 0'),
      expected: '[a, b]: numbers from a up to b, 0 < a < b, each power of ten as likely as the next',
      make([a, b]) {
        const [from, to] = [log(a), log(b)];
        return {
          size: Infinity,
          value: u => Math.min(justBelow(b), Math.max(a, exp(from + u * (to - from)))),
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
      make: ([a, b]) => ({ size: b - a, value: choice => a + choice }),
      distribution: true,
      floats: false,
    },
  ],
]);

const isMap = (value: unknown): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const makerIn = (value: Json): string | undefined =>
  isMap(value) ? Object.keys(value).find(key => makers.has(key)) : undefined;

/** A value as it is kept: a whole number that is a share (`1.0`) has a form of its own. */
const kept = (value: Json, isShare: boolean): Json =>
  isShare && Number.isInteger(value) ? { ...asShare(value as number) } : value;

/**
 * Reads the values of a parameter at a path; `shares` says whether they may be counts or shares. Tells what is wrong in
 * `errors`, and returns undefined then.
 */
export function readAxis(
  file: YamlFile,
  path: Path,
  parameter: string,
  written: Json,
  errors: InputError[],
  shares = false,
): WrittenAxis | undefined {
  const placeOfName = () => file.placeOfKey(path);
  const word = makerIn(written);
  if (word !== undefined) return madeAxis(file, path, parameter, word, written, errors, shares);
  if (!Array.isArray(written)) {
    const mistyped = mistypedMaker(written);
    if (mistyped) return refuseMistyped(file, path, mistyped, errors);
    const placeOf = (_: number, inside: Path = []) => file.placeOf([...path, ...inside]);
    const value = kept(written, shares && file.isFloat(path));
    return { parameter, ...listed([value]), placeOf, placeOfName, samples: [0] };
  }
  if (written.length === 0) {
    const complaint = { place: file.placeOf(path), value: [], expected: 'at least one value' };
    errors.push(new InputError('empty-axis', `\`${parameter}\` has no values`, complaint));
    return undefined;
  }
  const before = errors.length;
  refuseLong(file, path, parameter, written, errors);
  refuseNested(file, path, parameter, written, errors);
  const values = written.map((value, i) => kept(value, shares && file.isFloat([...path, i])));
  refuseDuplicates(parameter, values, i => file.placeOf([...path, i]), errors);
  if (errors.length > before) return undefined;
  return {
    parameter,
    ...listed(values),
    placeOf: (choice, inside = []) => file.placeOf([...path, choice, ...inside]),
    placeOfName,
    samples: written.map((_, i) => i),
  };
}

const inShares = ({ size, value }: Shape): Shape => ({ size, value: choice => kept(value(choice), true) });

function madeAxis(
  file: YamlFile,
  path: Path,
  parameter: string,
  word: string,
  written: Json,
  errors: InputError[],
  shares: boolean,
): WrittenAxis | undefined {
  const { schema, expected, make, distribution, floats } = makers.get(word)!;
  const whole = z.strictObject({ [word]: schema });
  const checked = whole.safeParse(written);
  if (!checked.success) {
    const found = complaintsOf(checked.error.issues, {
      schema: whole,
      value: written,
      placeOf: inside => file.placeOf([...path, ...inside]),
      placeOfKey: inside => file.placeOfKey([...path, ...inside]),
      nameOf: inside => (inside.length === 0 ? parameter : `${parameter}: ${word}`),
    });
    // The maker says how many numbers it needs, and what they mean.
    for (const { code, message, complaint } of found) {
      const whose = code === 'unknown-key' ? complaint.expected : `${word}: ${expected}`;
      errors.push(new InputError(code, message, { ...complaint, expected: whose }));
    }
    return undefined;
  }
  const shape = shares && floats ? inShares(make(checked.data[word])) : make(checked.data[word]);
  const place = file.placeOf(path);
  const placeOf = (): Place => place;
  const placeOfName = () => file.placeOfKey(path);
  if (distribution) {
    const last = shape.size - 1;
    const samples = shape.size === Infinity ? [0, 0.5, ALMOST_ONE] : [0, last >> 1, last];
    return { parameter, ...shape, distribution: word, placeOf, placeOfName, samples: [...new Set(samples)] };
  }
  const values = Array.from({ length: shape.size }, (_, i) => shape.value(i));
  const before = errors.length;
  refuseDuplicates(parameter, values, placeOf, errors);
  return errors.length > before
    ? undefined
    : { parameter, ...shape, placeOf, placeOfName, samples: values.map((_, i) => i) };
}

/** `{lgspace: [-3, 2, 30]}`: a map of one list, under a word that is nearly a maker's. */
function mistypedMaker(written: Json): string | undefined {
  if (!isMap(written)) return undefined;
  const [word, ...others] = Object.keys(written);
  if (word === undefined || others.length > 0 || !Array.isArray(written[word])) return undefined;
  return nearest(word, makers.keys()) === undefined ? undefined : word;
}

function refuseMistyped(file: YamlFile, path: Path, word: string, errors: InputError[]): undefined {
  errors.push(
    new InputError('unknown-axis', `there is no \`${word}\``, {
      place: file.placeOfKey([...path, word]),
      value: word,
      expected: `one of ${[...makers.keys()].join(', ')}`,
      hint: `Did you mean \`${nearest(word, makers.keys())}\`?`,
    }),
  );
}

function refuseLong(
  file: YamlFile,
  path: Path,
  parameter: string,
  values: Json[],
  errors: InputError[],
): void {
  if (values.length <= MAX_AXIS) return;
  const complaint = {
    place: file.placeOf(path),
    value: `${values.length} values`,
    expected: `at most ${MAX_AXIS} values`,
  };
  errors.push(new InputError('too-big', `\`${parameter}\` has too many values`, complaint));
}

function refuseNested(
  file: YamlFile,
  path: Path,
  parameter: string,
  values: Json[],
  errors: InputError[],
): void {
  values.forEach((value, i) => {
    const word = makerIn(value);
    if (word === undefined) return;
    errors.push(
      new InputError('nested-axis', `\`${word}\` stands inside a list of values`, {
        place: file.placeOf([...path, i]),
        value: shown(value),
        hint: `Write it alone, as \`${parameter}: {${word}: ...}\`, or write its values in the list.`,
      }),
    );
  });
}

/** The same value twice would be the same config twice. */
function refuseDuplicates(
  parameter: string,
  values: Json[],
  placeOf: (i: number) => Place,
  errors: InputError[],
): void {
  const seen = new Set<string>();
  values.forEach((value, i) => {
    const text = canonicalJson(value);
    if (seen.has(text)) {
      const share = shareIn(value);
      const told = share === undefined ? shown(value) : shareText(share);
      const complaint = { place: placeOf(i), value: told, expected: 'every value once' };
      errors.push(new InputError('duplicate-value', `\`${parameter}\` has a value twice`, complaint));
    }
    seen.add(text);
  });
}
