import { z } from 'zod';
import { eachFlow } from '../inside.js';
import { UNCHANGED } from '../invariances.js';
import { FeatureError } from '../checks.js';
import { column, emptyMatrix } from '../algebra/matrix.js';
import { needValues } from '../needs.js';
import { unusedParameters } from '../parameters.js';
import type { Problem } from '../types.js';
import { defineTransform } from './define.js';
import { type Method, type Power, bestPower, plainReference, transformOf } from './power-fit.js';
import { isConstant, momentsInUnit } from '../algebra/statistics.js';

/**
 * Powers that make a feature more like a normal distribution: scikit-learn's PowerTransformer (sklearn/preprocessing/
 * _data.py), by Yeo and Johnson (Biometrika 2000) or Box and Cox (JRSS B 1964). power-fit.ts finds the power of a
 * feature. Missing values are left out of the fit and stay missing.
 */

function refuseNotPositive(values: Float64Array, j: number): void {
  const wrong = values.find(value => value <= 0);
  if (wrong === undefined) return;
  throw new FeatureError(
    'not-positive',
    j,
    feature => `${feature} has the value ${wrong}, and box-cox takes values above 0 only`,
    {
      value: wrong,
      expected: 'values above 0',
      hint: 'Write method: yeo-johnson.',
    },
  );
}

/** p values of each kind. Documents of older versions have no `reference`; they mean the plain one. */
type Learned = {
  method: string;
  lambda: Float64Array;
  reference?: Float64Array;
  shift: Float64Array;
  scale: Float64Array;
};

export const powerTransformer = defineTransform({
  name: 'PowerTransformer',
  summary: 'makes each feature more like a normal distribution, by a power',
  missing: true,
  params: z.strictObject({
    method: z
      .enum(['yeo-johnson', 'box-cox'])
      .default('yeo-johnson')
      .describe('yeo-johnson takes all values, box-cox takes only values above 0'),
    standardize: z.boolean().default(true).describe('whether to scale the result to mean 0 and variance 1'),
    copy: unusedParameters.copy,
  }),
  invariances: ({ method, standardize }) => {
    // A power of Yeo and Johnson depends on the unit of the values. A power of Box and Cox depends on their zero only.
    const scale = method === 'box-cox' && standardize ? 'close' : 'no';
    return { ...UNCHANGED, shift: 'no', scale, featureScales: scale };
  },
  needs: ({ method }, shape) =>
    method === 'box-cox' ? needValues(method, 'above 0', 'Write `method: yeo-johnson`.', shape) : undefined,
  learn({ x }: Problem, { method, standardize }) {
    const lambda = new Float64Array(x.columns).fill(1);
    const reference = new Float64Array(x.columns).fill(plainReference(method));
    const shift = new Float64Array(x.columns);
    const scale = new Float64Array(x.columns).fill(1);
    for (let j = 0; j < x.columns; j++) {
      const values = column(x, j).filter(value => !Number.isNaN(value));
      if (method === 'box-cox') refuseNotPositive(values, j);
      const power = powerOf(method, values);
      lambda[j] = power.lambda;
      if (!standardize) continue;
      reference[j] = power.reference;
      const { count, mean, variance, unit } = momentsInUnit(values.map(transformOf(power)));
      const deviation = Math.sqrt(variance);
      shift[j] = mean / unit;
      if (!isConstant(deviation, mean, count)) scale[j] = deviation / unit;
    }
    return { method: method as string, lambda, reference, shift, scale } as Learned;
  },
  apply({ method, lambda, reference, shift, scale }, x) {
    const changed = emptyMatrix(x.rows, x.columns);
    for (let j = 0; j < x.columns; j++) {
      const to = column(changed, j);
      if (method === 'box-cox') refuseNotPositive(column(x, j), j);
      const own = reference?.[j] ?? plainReference(method as Method);
      const transform = transformOf({ method: method as Method, lambda: lambda[j], reference: own });
      column(x, j).forEach((value, i) => (to[i] = (transform(value) - shift[j]) / scale[j]));
    }
    return changed;
  },
  flow: ({ lambda }) => eachFlow(lambda.map(() => NaN)),
});

/** The power for values of which none is missing; 1 where they do not vary. */
function powerOf(method: Method, values: Float64Array): Power {
  const { count, mean, variance } = momentsInUnit(values);
  if (count > 0 && !isConstant(Math.sqrt(variance), mean, count)) return bestPower(method, values);
  return { method, lambda: 1, reference: plainReference(method) };
}
