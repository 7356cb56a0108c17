/** The calibration and the threshold as members of a model file, and what a reader of the file checks of them. */
import { z } from 'zod';
import { InputError } from '../../base/errors.js';
import type { Adjustment } from './adjustment.js';
import { METHODS } from './calibration.js';

const numbers = z.instanceof(Float64Array).refine(all => all.length > 0 && all.every(Number.isFinite));

const isAscending = (values: Float64Array): boolean =>
  values.every((value, i) => i === 0 || value > values[i - 1]);

const curve = z.looseObject({ slope: z.number(), offset: z.number() });
const steps = z
  .looseObject({ scores: numbers, probabilities: numbers })
  .refine(({ scores, probabilities }) => scores.length === probabilities.length && isAscending(scores), {
    message: 'ascending scores and as many probabilities are expected',
  });

const of = z.enum(['decision', 'probability']);
const [sigmoid, isotonic] = METHODS;

/** The two optional members. Members of a later program are let through. */
export const adjustmentMembers = {
  calibration: z
    .discriminatedUnion('method', [
      z.looseObject({ of, method: z.literal(sigmoid), curves: z.array(curve) }),
      z.looseObject({ of, method: z.literal(isotonic), curves: z.array(steps) }),
    ])
    .optional(),
  threshold: z
    .looseObject({
      of,
      // An infinite threshold gives all samples one label.
      value: z.custom<number>(value => typeof value === 'number' && !Number.isNaN(value)),
      rule: z.string(),
    })
    .optional(),
};

/** Throws InputError `bad-model` where the number of curves or the threshold does not suit the classes. */
export function refuseUnsuited({ calibration, threshold }: Adjustment, classes: number, hint: string): void {
  const curves = classes === 2 ? 1 : classes;
  const found = calibration?.curves.length ?? curves;
  if (found === curves && !(threshold && classes > 2)) return;
  throw new InputError(
    'bad-model',
    'the calibration or the threshold of the model file does not suit its classes',
    { value: found, expected: `${curves} curves for ${classes} classes, and a threshold for two only`, hint },
  );
}
