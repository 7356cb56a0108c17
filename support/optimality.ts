/**
 * How far a fitted linear model can be from its optimum, over its objective: a duality gap in plain TypeScript with
 * Math, which shares nothing with the solvers. Any dual point bounds the optimum from below, so a small gap is a proof.
 */
import type { ClassProblem } from '../src/ml/types.js';

export type LossName = 'logistic' | 'softmax' | 'hinge' | 'squared_hinge';

/** minimize  sum of costs[i] loss(i) + l1 |W|_1 + l2 |W|^2 / 2. */
export interface Objective {
  loss: LossName;
  l1: number;
  l2: number;
  /** Whether a constant that is not penalized is added to the scores. */
  free: boolean;
}

/** One fit of n samples: `rows` as arrays, `labels` 1 or -1 (softmax: codes), and outputs x p coefficients. */
export interface Fit {
  rows: readonly (readonly number[])[];
  labels: readonly number[];
  costs: readonly number[];
  coef: number[][];
  intercept: number[];
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, j) => sum + value * b[j], 0);

/** The rows of a problem, each feature less its mean where `center` is asked for. */
export function rowsOf({ x }: ClassProblem, center: boolean): { rows: number[][]; means: number[] } {
  const means = Array.from({ length: x.columns }, (_, j) => {
    let sum = 0;
    for (let i = 0; center && i < x.rows; i++) sum += x.data[j * x.rows + i];
    return sum / x.rows;
  });
  const rows = Array.from({ length: x.rows }, (_, i) =>
    means.map((mean, j) => x.data[j * x.rows + i] - mean),
  );
  return { rows, means };
}

/** The value of a sample's loss over its cost, and minus its derivatives by the scores. */
function lossOf(loss: LossName, scores: readonly number[], label: number): { value: number; pull: number[] } {
  if (loss === 'softmax') {
    const top = Math.max(...scores);
    const exps = scores.map(score => Math.exp(score - top));
    const sum = exps.reduce((a, b) => a + b, 0);
    const others = exps.reduce((total, e, k) => (k === label ? total : total + e), 0);
    const value = exps[label] === 1 ? Math.log1p(others) : top + Math.log(sum) - scores[label];
    return { value, pull: exps.map((e, k) => (k === label ? others : -e) / sum) };
  }
  const margin = label * scores[0];
  if (loss === 'logistic') {
    const e = Math.exp(-Math.abs(margin));
    return {
      value: Math.max(-margin, 0) + Math.log1p(e),
      pull: [(label * (margin > 0 ? e : 1)) / (1 + e)],
    };
  }
  const lack = Math.max(0, 1 - margin);
  return { value: lack * lack, pull: [2 * label * lack] };
}

/** The conjugate of a sample's loss, over its cost, at minus `pull`. */
function conjugateOf(loss: LossName, pull: readonly number[], label: number): number {
  const entropy = (p: number): number => (p > 0 ? p * Math.log(p) : 0);
  if (loss === 'softmax') {
    return pull.reduce((sum, r, k) => sum + entropy(k === label ? 1 - r : -r), 0);
  }
  const a = label * pull[0];
  if (loss === 'logistic') return entropy(a) + (a < 1 ? (1 - a) * Math.log1p(-a) : 0);
  return (a * a) / 4 - a;
}

/** Moves the constants to their optimum, by Newton's method and halving: what the dual asks for. */
function settle(objective: Objective, { labels, costs }: Fit, scores: number[][]): void {
  const outputs = scores[0].length;
  const total = (moved: readonly number[]): number =>
    scores.reduce(
      (sum, own, i) =>
        sum +
        costs[i] *
          lossOf(
            objective.loss,
            own.map((s, k) => s + moved[k]),
            labels[i],
          ).value,
      0,
    );
  for (let round = 0; round < 100; round++) {
    const pulls = scores.map((own, i) => lossOf(objective.loss, own, labels[i]).pull);
    let largest = 0;
    for (let k = 0; k < outputs; k++) {
      const slope = pulls.reduce((sum, pull, i) => sum + costs[i] * pull[k], 0);
      const curvature = pulls.reduce((sum, pull, i) => {
        const p = Math.abs(pull[k]);
        return sum + costs[i] * p * (1 - p);
      }, 0);
      const size = pulls.reduce((sum, pull, i) => sum + costs[i] * Math.abs(pull[k]), 0);
      largest = Math.max(largest, Math.abs(slope) / size);
      if (!(curvature > 0)) continue;
      const before = total(new Array<number>(outputs).fill(0));
      for (let step = slope / curvature, tries = 0; tries < 60; step /= 2, tries++) {
        const moved = Array.from({ length: outputs }, (_, other) => (other === k ? step : 0));
        if (total(moved) > before) continue;
        for (const own of scores) own[k] += step;
        break;
      }
    }
    if (largest < 1e-14) return;
  }
}

/** The gap over the objective; for `none` (no penalty) NaN. */
export function relativeGap(objective: Objective, fit: Fit): number {
  if (objective.loss === 'hinge') return hingeGap(fit);
  const { loss, l1, l2, free } = objective;
  const { rows, labels, costs, coef, intercept } = fit;
  const scores = rows.map(row => coef.map((w, k) => dot(row, w) + intercept[k]));
  let given = 0;
  scores.forEach((own, i) => (given += costs[i] * lossOf(loss, own, labels[i]).value));
  if (free) settle(objective, fit, scores);
  const pulls = scores.map((own, i) => lossOf(loss, own, labels[i]).pull);
  const correlations = coef.map((w, k) =>
    w.map((_, j) => rows.reduce((sum, row, i) => sum + costs[i] * pulls[i][k] * row[j], 0)),
  );
  const largest = Math.max(...correlations.flat().map(Math.abs));
  const share = l2 > 0 ? 1 : Math.min(1, l1 / largest);
  let penalty = 0;
  let gap = 0;
  // By sample and by coefficient (Fenchel and Young), so that little cancels.
  scores.forEach((own, i) => {
    const { value, pull } = lossOf(loss, own, labels[i]);
    const shrunk = pull.map(r => share * r);
    gap += costs[i] * (value + conjugateOf(loss, shrunk, labels[i]) + dot(shrunk, own));
  });
  coef.forEach((w, k) =>
    w.forEach((value, j) => {
      const v = share * correlations[k][j];
      const beyond = Math.max(0, Math.abs(v) - l1);
      penalty += l1 * Math.abs(value) + (l2 * value * value) / 2;
      gap += l1 * Math.abs(value) + (l2 * value * value) / 2 - value * v;
      if (l2 > 0) gap += (beyond * beyond) / (2 * l2);
    }),
  );
  return gap / (given + penalty);
}

/** Sweeps of coordinate descent among the samples whose margin is about 1. */
const SWEEPS = 20000;
/** What rounding may leave of the gap, over the objective. */
const LARGEST_ROUNDING = 1e-6;

/** Of the hinge loss with an l2 penalty: the best of dual points whose bounds are guessed from the margins. */
function hingeGap({ rows, labels, costs, coef: [w] }: Fit): number {
  const lacks = rows.map((row, i) => 1 - labels[i] * dot(row, w));
  const squares = rows.map(row => dot(row, row));
  const objective = dot(w, w) / 2 + lacks.reduce((sum, lack, i) => sum + costs[i] * Math.max(lack, 0), 0);
  const sizes = squares.map(Math.sqrt);
  let best = { gap: Infinity, terms: 0 };
  for (let width = 1e-1; width > 1e-12; width /= 10) {
    const alpha = lacks.map((lack, i) => (lack > width ? costs[i] : lack < -width ? 0 : costs[i] / 2));
    const between = lacks.flatMap((lack, i) => (Math.abs(lack) <= width && squares[i] > 0 ? [i] : []));
    const left = w.map(
      (value, j) => value - rows.reduce((sum, row, i) => sum + alpha[i] * labels[i] * row[j], 0),
    );
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      let moved = 0;
      for (const i of between) {
        const wanted = alpha[i] + (labels[i] * dot(rows[i], left)) / squares[i];
        const change = Math.min(costs[i], Math.max(0, wanted)) - alpha[i];
        alpha[i] += change;
        rows[i].forEach((value, j) => (left[j] -= change * labels[i] * value));
        moved = Math.max(moved, Math.abs(change) / costs[i]);
      }
      if (moved < 1e-15) break;
    }
    const gap = lacks.reduce(
      (sum, lack, i) => sum + costs[i] * Math.max(lack, 0) - alpha[i] * lack,
      dot(left, left) / 2,
    );
    if (gap < best.gap) best = { gap, terms: alpha.reduce((sum, a, i) => sum + a * sizes[i], 0) };
  }
  // w is a sum of alpha x, so margins are known up to a rounding of these terms, and each costs its price.
  const prices = costs.reduce((sum, cost, i) => sum + cost * sizes[i], 0);
  const rounding = Math.min(4 * Number.EPSILON * prices * best.terms, LARGEST_ROUNDING * objective);
  return Math.max(0, best.gap - rounding) / objective;
}
