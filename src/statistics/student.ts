/**
 * Student's t distribution: tails and quantiles, for any number of degrees of freedom above 0.
 *
 * The tail is a regularised incomplete beta function (Abramowitz and Stegun, 26.7.1), by its continued fraction
 * (26.5.8, evaluated as Lentz does). Its factor is the ratio of two gamma functions half apart, by an asymptotic series
 * (Tricomi and Erdelyi 1951). Quantiles are found by Newton's method on a concave function, which cannot leave the
 * right side of the root.
 */
import { normalQuantile } from './normal.js';

/** The terms of the series in 1 / a of gamma(a + 1/2) / (gamma(a) sqrt(a)). */
const HALF_STEP = [1, -1 / 8, 1 / 128, 5 / 1024, -21 / 32768, -399 / 262144, 869 / 4194304];
/** From here on the series is right to 16 digits. Below, steps of 1 lead there. */
const SERIES_FROM = 60;

/** gamma(a + 1/2) / gamma(a), for a above 0. */
function halfStep(a: number): number {
  let factor = 1;
  for (; a < SERIES_FROM; a++) factor *= a / (a + 0.5);
  return factor * Math.sqrt(a) * HALF_STEP.reduceRight((sum, term) => sum / a + term, 0);
}

/** The most steps of a continued fraction. It needs about the square root of the larger parameter. */
const MOST_STEPS = 10_000;
/** Replaces a denominator of 0. */
const TINY = 1e-300;

/** The continued fraction of the incomplete beta function I_x(a, b) without its factor in front. */
function fraction(a: number, b: number, x: number): number {
  const whole = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / whole(1 - ((a + b) * x) / (a + 1));
  let product = d;
  for (let m = 1; m <= MOST_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / whole(1 + even * d);
    c = whole(1 + even / c);
    product *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / whole(1 + odd * d);
    c = whole(1 + odd / c);
    const change = d * c;
    product *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return product;
}

/** The two sides of a value t >= 0: the chance of more, and the chance of a value from 0 to t. */
function sidesOf(t: number, df: number): { more: number; between: number } {
  if (t === 0) return { more: 0.5, between: 0 };
  const a = df / 2;
  const scaled = t / Math.sqrt(df);
  const x = 1 / (1 + scaled * scaled);
  // scaled * sqrt(x) is the square root of 1 - x, without its cancellation.
  const front = (Math.exp(-a * Math.log1p(scaled * scaled)) * scaled * Math.sqrt(x) * halfStep(a)) / SQRT_PI;
  if (x < (a + 1) / (a + 2.5)) {
    const more = (front / a / 2) * fraction(a, 0.5, x);
    return { more, between: 0.5 - more };
  }
  const between = front * fraction(0.5, a, scaled * scaled * x);
  return { more: 0.5 - between, between };
}

const SQRT_PI = Math.sqrt(Math.PI);

function density(t: number, df: number): number {
  return (Math.exp(((-df - 1) / 2) * Math.log1p((t * t) / df)) * halfStep(df / 2)) / Math.sqrt(Math.PI * df);
}

/** The chance that a t variable of `df` degrees of freedom is further from 0 than t: a two-sided p value. */
export function twoSided(t: number, df: number): number {
  if (!(df > 0) || Number.isNaN(t)) return NaN;
  if (!Number.isFinite(t)) return 0;
  return 2 * sidesOf(Math.abs(t), df).more;
}

/** The most steps of Newton's method. It needs fewer than ten. */
const MOST_NEWTON = 100;

/**
 * The number that a t variable of `df` degrees of freedom is below with probability p; +-Infinity for 1 and 0. NaN for
 * what is no probability and for df <= 0.
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p >= 0 && p <= 1) || !(df > 0)) return NaN;
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity;
  const size = p < 0.5 ? sizeOf(p, 0.5 - p, df) : sizeOf(1 - p, p - 0.5, df);
  return p < 0.5 ? -size : size;
}

/** The value t >= 0 with this chance of more, and this chance of a value from 0 to t. The two add up to 1/2. */
function sizeOf(more: number, between: number, df: number): number {
  if (between === 0) return 0;
  if (df === 1) return between < 0.25 ? Math.tan(Math.PI * between) : 1 / Math.tan(Math.PI * more);
  return more < 0.25 ? outer(more, df) : inner(between, df);
}

/** In logarithms of t and of the tail, the tail is concave, and a line far out. */
function outer(more: number, df: number): number {
  let t = -normalQuantile(more);
  for (let step = 0; step < MOST_NEWTON; step++) {
    const tail = sidesOf(t, df).more;
    const change = (Math.log(tail / more) * tail) / (t * density(t, df));
    t *= Math.exp(change);
    if (Math.abs(change) < 1e-15) break;
  }
  return t;
}

/** From 0 on, the chance of a value between is concave. */
function inner(between: number, df: number): number {
  let t = between / density(0, df);
  for (let step = 0; step < MOST_NEWTON; step++) {
    const change = (between - sidesOf(t, df).between) / density(t, df);
    t += change;
    if (Math.abs(change) < 1e-15 * t) break;
  }
  return t;
}
