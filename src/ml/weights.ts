import { z } from 'zod';
import { classCounts, classNames, type TargetMeaning } from '../base/dataset.js';
import { InputError, type Place } from '../base/errors.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import type { ClassProblem } from './types.js';

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
    'the weight of the samples of each class: null is 1, balanced is n / (classes x samples of the class), and a map ' +
      'gives weights by class, where a class that is not named has weight 1',
  );

/**
 * k weights, one for each class. A class without samples weighs 1. Throws InputError `unknown-class` for a map with
 * an unknown class.
 */
export function classWeights(classWeight: ClassWeight, { y, classes }: ClassProblem): Float64Array {
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
export function sampleWeights(classWeight: ClassWeight, problem: ClassProblem): Float64Array | undefined {
  if (classWeight === null) return problem.weights;
  const perClass = classWeights(classWeight, problem);
  return Float64Array.from(problem.y, (code, i) => perClass[code] * (problem.weights?.[i] ?? 1));
}

/** A cell that is a plain number: `1`, `1.0` and `01` are one label to Python, which reads them as numbers. */
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/**
 * The code of the class that a label names: the class of that text or, where just one class is the same number, that
 * class. -1 where there is none.
 */
export function classCode(label: string, classes: readonly string[]): number {
  const code = classes.indexOf(label);
  if (code >= 0 || !NUMBER.test(label)) return code;
  const same = classes.filter(name => NUMBER.test(name) && Number(name) === Number(label));
  return same.length === 1 ? classes.indexOf(same[0]) : -1;
}

/** The error for a label in `class_weight` that is no class. */
export function unknownClass(label: string, classes: readonly string[], place?: Place): InputError {
  return new InputError('unknown-class', `class_weight names \`${label}\`, but no class has this name`, {
    place,
    value: label,
    expected: `a class of the target: ${oneOf(classes)}`,
    hint: didYouMean(label, classes),
  });
}

/** `Estimator.bind` of a step with a `class_weight`: its labels become codes. Throws InputError `unknown-class`. */
export function bindClassWeight<P extends { class_weight: ClassWeight | string }>(
  params: P,
  target: TargetMeaning,
): P {
  if (params.class_weight === null) return params;
  return { ...params, class_weight: weightsByCode(params.class_weight, classNames(target)) };
}

/** `class_weight` with labels turned into codes; a word stays as it is. Throws InputError `unknown-class`. */
export function weightsByCode<T extends ClassWeight | string>(
  classWeight: T,
  classes: readonly string[],
): T | ClassWeight {
  if (classWeight === null || typeof classWeight === 'string') return classWeight;
  return Object.fromEntries(
    Object.entries(classWeight).map(([label, weight]) => {
      const code = classCode(label, classes);
      if (code < 0) throw unknownClass(label, classes);
      return [String(code), weight];
    }),
  );
}
