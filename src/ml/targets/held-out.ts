/**
 * The samples that early stopping holds out. They are as many, and of the same classes, as scikit-learn's
 * train_test_split would take (sklearn/model_selection/_split.py). It stratifies where there are two classes.
 */
import { InputError } from '../../base/errors.js';
import type { Rng } from '../../base/rng.js';
import { codingOf } from './coding.js';
import type { ClassProblem, ValueProblem } from '../types.js';

export interface HeldOutParts {
  train: Int32Array;
  heldOut: Int32Array;
}

/**
 * The numbers of the samples to train on and of those to hold out. The latter are a share of `fraction`, rounded up.
 */
export function holdOut(problem: ClassProblem | ValueProblem, fraction: number, rng: Rng): HeldOutParts {
  const n = problem.y.length;
  const held = Math.ceil(fraction * n);
  const isClasses = 'classes' in problem;
  const stratified = isClasses && codingOf(problem.classes).binary;
  if (held >= n || (stratified && Math.min(held, n - held) < 2)) {
    throw new InputError('too-few-samples', `early_stopping cannot hold out ${held} of ${n} samples`, {
      value: fraction,
      expected: `at least one sample ${isClasses ? 'of each class ' : ''}on both sides`,
      hint: 'Write another validation_fraction, or early_stopping: false.',
    });
  }
  const order = rng.permutation(n);
  if (!stratified) return { heldOut: order.slice(0, held), train: order.slice(held) };
  const counts = [0, 0];
  for (const y of problem.y) counts[y]++;
  const training = shares(counts, n - held);
  const holding = shares([counts[0] - training[0], counts[1] - training[1]], held);
  const train = order.filter(i => training[problem.y[i]]-- > 0);
  const chosen = new Set(train);
  const heldOut = order.filter(i => !chosen.has(i) && holding[problem.y[i]]-- > 0);
  return { train, heldOut };
}

/**
 * Shares `draws` out in proportion to the counts. Shares are rounded down. The rest goes to the largest remainders,
 * and among equal remainders to the first.
 */
function shares(counts: number[], draws: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map(count => (count / total) * draws);
  const given = exact.map(Math.floor);
  const byRemainder = counts.map((_, c) => c).sort((a, b) => exact[b] - given[b] - (exact[a] - given[a]));
  const missing = draws - given.reduce((sum, count) => sum + count, 0);
  for (let i = 0; i < missing; i++) given[byRemainder[i]]++;
  return given;
}
