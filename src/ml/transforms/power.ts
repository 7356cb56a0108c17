import { z } from 'zod';
import { InputError } from '../../base/errors.js';
import { expm1, log, log1p } from '../../kernels/math.js';
import { column, emptyMatrix } from '../matrix.js';
import { unusedParameters } from '../parameters.js';
import type { Problem } from '../types.js';
import { defineTransform } from './define.js';
import { minimize } from './minimize.js';
import { isConstant, moments } from './statistics.js';

/**
 * Power transforms that make a feature look normal, as scikit-learn's PowerTransformer (sklearn/preprocessing/_data.py):
 * Yeo and Johnson (Biometrika 2000) or Box and Cox (JRSS B 1964). The exponent lambda of each feature maximises
 *
 *   (lambda - 1) sum log J(x) - n/2 log var(t(x; lambda)),   J(x) = (1 + |x|)^sign(x), or x for Box-Cox
 *
 * by Brent's method. Missing values are left out of the fit and stay missing.
 */

type Method = 'yeo-johnson' | 'box-cox';

/**
 * (base^exponent - 1) / exponent, with its limit log(base), from log(base); exact near exponent 0. Of base 1, which the
 * zeros of a table become by Yeo-Johnson, it is 0 for every exponent: nothing has to be computed.
 */
function boxCox(logBase: number, exponent: number): number {
  return exponent === 0 || logBase === 0 ? logBase : expm1(exponent * logBase) / exponent;
}

/** The logarithm that a value's transform is made of; it is needed for every lambda that is tried. */
function logOf(method: Method, value: number): number {
  return method === 'box-cox' ? log(value) : log1p(Math.abs(value));
}

function transformLog(method: Method, logarithm: number, negative: boolean, lambda: number): number {
  return method === 'yeo-johnson' && negative ? -boxCox(logarithm, 2 - lambda) : boxCox(logarithm, lambda);
}

function transformValue(method: Method, value: number, lambda: number): number {
  return transformLog(method, logOf(method, value), value < 0, lambda);
}

/** The lambda of greatest likelihood for values that are all there. */
function bestLambda(method: Method, values: Float64Array): number {
  const logs = values.map(value => logOf(method, value));
  const jacobian = logs.reduce(
    (sum, value, i) => sum + (method === 'yeo-johnson' && values[i] < 0 ? -value : value),
    0,
  );
  const changed = new Float64Array(values.length);
  return minimize(lambda => {
    for (let i = 0; i < changed.length; i++)
      changed[i] = transformLog(method, logs[i], values[i] < 0, lambda);
    const likelihood = (lambda - 1) * jacobian - (values.length / 2) * log(moments(changed).variance);
    return Number.isFinite(likelihood) ? -likelihood : Infinity;
  });
}

function refuseNotPositive(values: Float64Array, j: number): void {
  const wrong = values.find(value => value <= 0);
  if (wrong === undefined) return;
  throw new InputError('not-positive', `box-cox met ${wrong} in feature ${j}`, {
    value: wrong,
    expected: 'values above 0',
    hint: 'Use method: yeo-johnson.',
  });
}

export const powerTransformer = defineTransform({
  name: 'PowerTransformer',
  summary: 'makes each feature more like a normal distribution by a power',
  missing: true,
  params: z.strictObject({
    method: z
      .enum(['yeo-johnson', 'box-cox'])
      .default('yeo-johnson')
      .describe('yeo-johnson takes any values, box-cox only those above 0'),
    standardize: z.boolean().default(true).describe('then make mean 0 and variance 1'),
    copy: unusedParameters.copy,
  }),
  learn({ x }: Problem, { method, standardize }) {
    const lambda = new Float64Array(x.columns).fill(1);
    const shift = new Float64Array(x.columns);
    const scale = new Float64Array(x.columns).fill(1);
    for (let j = 0; j < x.columns; j++) {
      const values = column(x, j).filter(value => !Number.isNaN(value));
      if (method === 'box-cox') refuseNotPositive(values, j);
      const { count, mean, variance } = moments(values);
      if (values.length > 0 && !isConstant(variance, mean, count)) lambda[j] = bestLambda(method, values);
      if (!standardize) continue;
      const after = moments(values.map(value => transformValue(method, value, lambda[j])));
      shift[j] = after.mean;
      if (!isConstant(after.variance, after.mean, count)) scale[j] = Math.sqrt(after.variance);
    }
    return { method: method as string, lambda, shift, scale };
  },
  apply({ method, lambda, shift, scale }, x) {
    const changed = emptyMatrix(x.rows, x.columns);
    for (let j = 0; j < x.columns; j++) {
      const to = column(changed, j);
      if (method === 'box-cox') refuseNotPositive(column(x, j), j);
      column(x, j).forEach((value, i) => {
        to[i] = (transformValue(method as Method, value, lambda[j]) - shift[j]) / scale[j];
      });
    }
    return changed;
  },
});
