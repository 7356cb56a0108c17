import { z } from 'zod';
import { withTraits } from './definition.js';

/**
 * Kinds of parameters that several steps share.
 */

/**
 * The share of all, written `1.0`. JSON has one number 1, and it is a count. So the share of all is `{"share":1}`
 * wherever a parameter may be a count or a share. Every other share is a plain number below 1.
 */
export interface All {
  share: 1;
}
export type CountOrShare = number | All;

/** A whole number that was written with a point. 1.0 means all, and every other one is a mistake. */
export function asShare(value: number): { share: number } {
  return { share: value };
}

/** The number in a value that `asShare` made; undefined for every other value. */
export function shareIn(value: unknown): number | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const { share, ...others } = value as { share?: unknown };
  return typeof share === 'number' && Object.keys(others).length === 0 ? share : undefined;
}

/** A value of `asShare` as it was written: `1.0`. */
export function shareText(share: number): string {
  return share.toFixed(1);
}

/** The schema of a count of at least `least`, or of a share. `all` says whether the share may be 1.0. */
export function countOrShare<A extends boolean>(least: number, all: A) {
  const fits = (value: unknown): boolean =>
    typeof value === 'number'
      ? value < 1
        ? value > 0 || least <= value
        : Number.isSafeInteger(value) && value >= least
      : all && shareIn(value) === 1;
  const expected = `a whole number of at least ${least}, or a share above 0 and ${all ? 'up to 1.0' : 'below 1'}`;
  const one = all ? '1.0 is all, 1 is one' : '1.0 is all, which is too much here, and 1 is one';
  const hint =
    `A number with a point, or of a linspace, is a share: ${one}. ` +
    'Write counts without a point, or as a range.';
  const schema = z.custom<A extends true ? CountOrShare : number>(fits, {
    message: expected,
    params: { plain: true, code: 'wrong-type', expected, hint },
  });
  const share = { type: 'number', exclusiveMinimum: 0, [all ? 'maximum' : 'exclusiveMaximum']: 1 } as const;
  const told = schema.meta({ anyOf: [{ type: 'integer', minimum: least }, share] });
  return withTraits(told, { countOrShare: true });
}

/** How many of n a value stands for. `round` makes a share of n whole. */
export function amountOf(value: CountOrShare, n: number, round: (amount: number) => number): number {
  if (typeof value === 'object') return n;
  return value >= 1 ? value : round(value * n);
}

/** How `max_features` is written: a number of features, a share, a word, or null for all. */
export type MaxFeatures = CountOrShare | 'sqrt' | 'log2' | null;

/** How many of p features `max_features` stands for. */
export function featuresDrawn(value: MaxFeatures, p: number): number {
  if (value === null) return p;
  if (value === 'sqrt') return Math.max(1, Math.floor(Math.sqrt(p)));
  if (value === 'log2') return Math.max(1, 31 - Math.clz32(p));
  return Math.max(1, Math.min(p, amountOf(value, p, Math.floor)));
}

/** The nearest whole number, as Python's `round` gives it: between two equally near numbers, the even one. */
export function halfEven(amount: number): number {
  const rounded = Math.round(amount);
  return rounded - amount === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** A parameter where null means the default, as in xgboost. */
export function orDefault<T>(schema: z.ZodType<T>, value: T) {
  const nullable: z.ZodType<T | null> = schema.nullable();
  const read = nullable.default(value as T & null).transform((given): T => (given === null ? value : given));
  return withTraits(read, { nullIsDefault: true });
}

/** A parameter that changes nothing here. */
export function unused<T extends z.ZodType>(schema: T, text = 'no effect here'): T {
  return withTraits(schema.describe(text), { unused: true });
}

/** Parameters of threads, output, copies and warm starts. Every step that has one of them has it in this form. */
export const unusedParameters = {
  copy: unused(z.boolean().default(true)),
  n_jobs: unused(z.int().nullable().default(null)),
  verbose: unused(z.union([z.boolean(), z.int().min(0)]).default(0)),
  verbosely: unused(z.union([z.boolean(), z.int().min(0)]).default(false)),
  warm_start: unused(z.boolean().default(false)),
  random_state: unused(z.int().min(0).nullable().default(null)),
};
