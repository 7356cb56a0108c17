/**
 * A fitted linear classifier: scores X W + b, the class by their sign or their largest, and, for logistic models,
 * probabilities from them.
 */
import type { Matrix } from '../../../base/dataset.js';
import { exp, sigmoid } from '../../../kernels/math.js';
import { checkNewData } from '../../checks.js';
import { codesOfDecision } from '../../algebra/matrix.js';
import { scoresByRow } from '../../algebra/products.js';
import type { Document, Model } from '../../types.js';

/** How scores become probabilities; `none` where they do not. */
export type ProbabilityKind =
  | 'none'
  /** Two classes: 1 / (1 + e^-score). More: the same for each class, divided by their sum. */
  | 'one-versus-rest'
  /** Two classes: the softmax of (-score, score). More: the softmax of the scores. */
  | 'multinomial';

/** Plain arrays, outside of kernel memory. One output for two classes, else one a class. */
export interface LinearFit {
  classes: number;
  features: number;
  /** outputs x p. */
  coef: Float64Array;
  /** outputs. */
  intercept: Float64Array;
  probabilities: ProbabilityKind;
}

/** The model of a fit. */
export function linearModel(fit: LinearFit): Model {
  const decision = (x: Matrix): Float64Array => scoresOf(fit, x);
  const model: Model = {
    classes: fit.classes,
    predict: x => codesOfDecision(decision(x), fit.classes),
    decision,
    serialize: () => ({ ...fit }),
  };
  if (fit.probabilities !== 'none') model.proba = x => probabilitiesOf(fit, decision(x));
  return model;
}

/** The model whose `serialize` gave the document. */
export function loadLinearModel(document: Document): Model {
  return linearModel(document as unknown as LinearFit);
}

/** m scores for two classes, else m x k row-major. */
function scoresOf({ features, coef, intercept }: LinearFit, x: Matrix): Float64Array {
  checkNewData(x, features);
  return scoresByRow(x, coef, intercept);
}

function probabilitiesOf({ classes, probabilities }: LinearFit, scores: Float64Array): Float64Array {
  if (classes === 2) return probabilitiesOfTwo(probabilities, scores);
  const out = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += classes) {
    let largest = -Infinity;
    for (let k = 0; k < classes; k++) largest = Math.max(largest, scores[start + k]);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const score = scores[start + k];
      out[start + k] = probabilities === 'multinomial' ? exp(score - largest) : sigmoid(score);
      sum += out[start + k];
    }
    // Far from every class all of them can underflow; then none is likelier than another.
    for (let k = 0; k < classes; k++) out[start + k] = sum > 0 ? out[start + k] / sum : 1 / classes;
  }
  return out;
}

function probabilitiesOfTwo(kind: ProbabilityKind, scores: Float64Array): Float64Array {
  const factor = kind === 'multinomial' ? 2 : 1;
  const out = new Float64Array(2 * scores.length);
  for (let i = 0; i < scores.length; i++) {
    out[2 * i] = sigmoid(-factor * scores[i]);
    out[2 * i + 1] = sigmoid(factor * scores[i]);
  }
  return out;
}
