import { exp, expm1, log, log1p } from '../../kernels/math.js';
import { moments } from '../algebra/statistics.js';
import { brentMinimum } from './brent.js';

/**
 * The power of one feature. With J(x) = 1 + |x|, or x for Box-Cox, a power lambda makes of x
 *
 *   t(x) = (J^e - 1) / e  where x >= 0, with e = lambda,      t(x) = -(J^e - 1) / e  where x < 0, with e = 2 - lambda
 *
 * and log J where e is 0. The best lambda maximizes (lambda - 1) sum +-log J - n/2 log var(t), with + where x >= 0.
 *
 * Where J is large and its values lie close together, -1 and the size of J^e take all digits of t. So t is not formed: all
 * of its values are the same linear function of u(x) = (q^e - 1) / e with q = J(x) / J(reference), which has the digits of
 * log q if the reference is one of the values, and which a standardization makes the same of. With the largest value as the
 * reference for e > 0, and the smallest for e < 0, no power of q is more than 1.
 */

export type Method = 'yeo-johnson' | 'box-cox';

/** The sign of `reference` tells the side that e belongs to. The plain reference makes u equal to t. */
export interface Power {
  method: Method;
  lambda: number;
  reference: number;
}

/** The value whose J is 1. */
export function plainReference(method: Method): number {
  return method === 'box-cox' ? 1 : 0;
}

/**
 * (base^exponent - 1) / exponent from log(base); log(base) where the exponent is 0. Exact near exponent 0 and base 1.
 */
function boxCox(logBase: number, exponent: number): number {
  return exponent === 0 || logBase === 0 ? logBase : expm1(exponent * logBase) / exponent;
}

/** log J of a value on the side of the reference, given the size of the value. */
function logOf(method: Method, size: number): number {
  return method === 'box-cox' ? log(size) : log1p(size);
}

/** log (J(size) / J(reference)) of sizes >= 0. Close sizes are subtracted first, because that does not round. */
function logRatio(method: Method, size: number, reference: number): number {
  const quotient = (size - reference) / (method === 'box-cox' ? reference : 1 + reference);
  if (quotient > -0.5 && quotient < 1) return log1p(quotient);
  return logOf(method, size) - logOf(method, reference);
}

/** u of a value. On the other side of 0 than the reference, u is (t - t(reference)) / J(reference)^e. */
export function transformOf({ method, lambda, reference }: Power): (value: number) => number {
  const side = reference < 0 ? -1 : 1;
  const exponent = side > 0 ? lambda : 2 - lambda;
  const own = Math.abs(reference);
  const logOwn = logOf(method, own);
  return value => {
    const size = side * value;
    if (!(size < 0)) return side * boxCox(logRatio(method, size, own), exponent);
    const other = boxCox(log1p(-size), 2 - exponent) * exp(-exponent * logOwn);
    return -side * (other + boxCox(logOwn, -exponent));
  };
}

/**
 * A power hardly changes values that are far from 1 and close together. Then the likeliest power is huge by chance. So
 * a power is accepted if its size is at most FREE_POWER, or if J^power lies between e^-LARGEST_EXPONENT and
 * e^LARGEST_EXPONENT.
 */
const FREE_POWER = 10;
const LARGEST_EXPONENT = 350;
/**
 * A larger power is cut to the largest accepted one if the log-likelihood of that exceeds the log-likelihood of power 1
 * by more than this. Otherwise the power is 1.
 */
const LEAST_GAIN = 1;
/** Where the logarithms of J differ by less than this, every power gives the same standard scores as power 1. */
const LEAST_SPREAD = 1e-9;

/** The power of greatest likelihood for n values that vary and are not missing; above 0 for box-cox. */
export function bestPower(method: Method, values: Float64Array): Power {
  const [above, below] = [values.some(value => value > 0), values.some(value => value < 0)];
  if (above && below) {
    const near = values.every(value => Math.abs(value) < LEAST_SPREAD);
    const lambda = near ? 1 : likeliest(bothSides(values), mostPower(method, values));
    return { method, lambda, reference: plainReference(method) };
  }
  const side = below ? -1 : 1;
  const sizes = values.map(value => side * value);
  let [top, bottom] = [-Infinity, Infinity];
  for (const size of sizes) {
    top = Math.max(top, size);
    bottom = Math.min(bottom, size);
  }
  const narrow = logRatio(method, top, bottom) < LEAST_SPREAD;
  const exponent = narrow ? 1 : likeliest(oneSide(method, sizes, top, bottom), mostPower(method, sizes));
  return {
    method,
    lambda: side > 0 ? exponent : 2 - exponent,
    reference: side * (exponent > 0 ? top : bottom),
  };
}

type Likelihood = (exponent: number) => number;

function mostPower(method: Method, values: Float64Array): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(logOf(method, Math.abs(value)))), 0);
  return Math.max(FREE_POWER, LARGEST_EXPONENT / largest);
}

function likeliest(likelihood: Likelihood, most: number): number {
  const best = brentMinimum(exponent => {
    const value = likelihood(exponent);
    return Number.isFinite(value) ? -value : Infinity;
  });
  const cut = Math.min(Math.max(best, -most), most);
  return cut === best || likelihood(cut) - likelihood(1) > LEAST_GAIN ? cut : 1;
}

/** The log-likelihood of sizes >= 0 as a function of their exponent, without the terms that all exponents share. */
function oneSide(method: Method, sizes: Float64Array, top: number, bottom: number): Likelihood {
  const fromTop = sizes.map(size => logRatio(method, size, top));
  const fromBottom = sizes.map(size => logRatio(method, size, bottom));
  const [sumTop, sumBottom] = [fromTop, fromBottom].map(logs => logs.reduce((sum, value) => sum + value, 0));
  const changed = new Float64Array(sizes.length);
  return exponent => {
    const logs = exponent > 0 ? fromTop : fromBottom;
    for (let i = 0; i < changed.length; i++) changed[i] = boxCox(logs[i], exponent);
    const sum = exponent > 0 ? sumTop : sumBottom;
    return exponent * sum - (sizes.length / 2) * log(moments(changed).variance);
  };
}

/** e to this power, and its square, are still finite. */
const LARGEST_LOG = 300;

/** The same for values on both sides of 0, as a function of lambda. */
function bothSides(values: Float64Array): Likelihood {
  const logs = values.map(value => log1p(Math.abs(value)));
  let [jacobian, above, below] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    jacobian += values[i] < 0 ? -logs[i] : logs[i];
    if (values[i] < 0) below = Math.max(below, logs[i]);
    else above = Math.max(above, logs[i]);
  }
  const changed = new Float64Array(values.length);
  return lambda => {
    // Where the largest values are not finite, all are divided by e^peak.
    const largest = Math.max(lambda * above, (2 - lambda) * below);
    const peak = largest > LARGEST_LOG ? largest : 0;
    for (let i = 0; i < changed.length; i++) {
      const exponent = values[i] < 0 ? 2 - lambda : lambda;
      const size = peak === 0 ? boxCox(logs[i], exponent) : scaledDown(logs[i], exponent, peak);
      changed[i] = values[i] < 0 ? -size : size;
    }
    const variance = moments(changed).variance;
    return (lambda - 1) * jacobian - values.length * peak - (values.length / 2) * log(variance);
  };
}

/** boxCox(logBase, exponent) / e^peak, without the overflow of boxCox. */
function scaledDown(logBase: number, exponent: number, peak: number): number {
  if (exponent === 0) return logBase * exp(-peak);
  return (exp(exponent * logBase - peak) - exp(-peak)) / exponent;
}
