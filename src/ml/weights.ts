import { z } from 'zod';
import { InputError } from '../base/errors.js';
import { classCounts } from './matrix.js';
import type { Problem } from './types.js';

/**
 * `class_weight`, as scikit-learn's estimators have it (sklearn/utils/class_weight.py).
 */

export type ClassWeight = null | 'balanced' | { [code: string]: number };

/** The parameter as every estimator's schema takes it. */
export const classWeightParameter = z
  .union([z.literal('balanced'), z.record(z.string(), z.number().min(0))])
  .nullable()
  .default(null)
  .describe(
    'what a sample counts, by class: null is 1 each, balanced is n / (classes x samples of the class), a map gives it per ' +
      'class (a class that is not named counts 1)',
  );

/** k weights, one a class. A class without samples weighs 1. Throws InputError for a map with an unknown class. */
export function classWeights(classWeight: ClassWeight, { y, classes }: Problem): Float64Array {
  const weights = new Float64Array(classes).fill(1);
  if (classWeight === null) return weights;
  if (classWeight === 'balanced') {
    const counts = classCounts(y, classes);
    const present = counts.filter(count => count > 0).length;
    return weights.map((weight, code) => (counts[code] > 0 ? y.length / (present * counts[code]) : weight));
  }
  for (const [code, weight] of Object.entries(classWeight)) {
    if (!/^\d+$/.test(code) || Number(code) >= classes) {
      throw new InputError('unknown-class', `class_weight names the class "${code}"`, {
        value: code,
        expected: 'a class of the target',
      });
    }
    weights[Number(code)] = weight;
  }
  return weights;
}

/** n sample weights: those of the problem times those of the classes; undefined where all of them are 1. */
export function sampleWeights(classWeight: ClassWeight, problem: Problem): Float64Array | undefined {
  if (classWeight === null) return problem.weights;
  const perClass = classWeights(classWeight, problem);
  return Float64Array.from(problem.y, (code, i) => perClass[code] * (problem.weights?.[i] ?? 1));
}

/** `class_weight` with names of classes turned into their codes; a key that is no name stays as it is, and so does a word. */
export function weightsByCode<T extends ClassWeight | string>(
  classWeight: T,
  classes: readonly string[],
): T | ClassWeight {
  if (classWeight === null || typeof classWeight === 'string') return classWeight;
  return Object.fromEntries(
    Object.entries(classWeight).map(([name, weight]) => {
      const code = classes.indexOf(name);
      return [code < 0 ? name : String(code), weight];
    }),
  );
}
