/**
 * Fitted linear models. Their scores are X W + b. The class is given by the sign of the score or by the largest score.
 * Logistic models have probabilities, computed from the scores. A regressor has one score, the value.
 */
import type { Matrix } from '../../../base/dataset.js';
import { checkNewData } from '../../checks.js';
import { scoresByRow } from '../../algebra/products.js';
import { codingOf } from '../../targets/coding.js';
import { sigmoidRows, sharedSigmoidRows, softmaxRows } from '../../outputs/probabilities.js';
import { linearSize } from '../../outputs/size.js';
import type { Document, Classifier, Regressor } from '../../types.js';

/** How scores become probabilities; `none` for a model without probabilities. */
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
export function linearModel(fit: LinearFit): Classifier {
  const decision = (x: Matrix): Float64Array => scoresOf(fit, x);
  const model: Classifier = {
    classes: fit.classes,
    predict: x => codingOf(fit.classes).codes(decision(x)),
    decision,
    inside: () => ({ kind: 'linear', features: fit.features, coef: fit.coef }),
    size: () => linearSize(fit.coef, fit.features),
    serialize: () => ({ ...fit }),
  };
  if (fit.probabilities !== 'none') model.proba = x => probabilitiesOf(fit, decision(x));
  return model;
}

/** The model whose `serialize` gave the document. */
export function loadLinearModel(document: Document): Classifier {
  return linearModel(document as unknown as LinearFit);
}

/** m scores for two classes, else m x k row-major. */
function scoresOf({ features, coef, intercept }: LinearFit, x: Matrix): Float64Array {
  checkNewData(x, features);
  return scoresByRow(x, coef, intercept);
}

function probabilitiesOf({ classes, probabilities }: LinearFit, scores: Float64Array): Float64Array {
  if (codingOf(classes).binary) {
    return sigmoidRows(probabilities === 'multinomial' ? scores.map(score => 2 * score) : scores);
  }
  return probabilities === 'multinomial' ? softmaxRows(scores, classes) : sharedSigmoidRows(scores, classes);
}

/** Plain arrays, outside of kernel memory. */
export interface LinearValueFit {
  features: number;
  /** p. */
  coef: Float64Array;
  intercept: number;
}

/** The regressor of a fit. */
export function linearRegressor(fit: LinearValueFit): Regressor {
  const { features, coef, intercept } = fit;
  return {
    predict(x) {
      checkNewData(x, features);
      return scoresByRow(x, coef, Float64Array.of(intercept));
    },
    inside: () => ({ kind: 'linear', features, coef }),
    size: () => linearSize(coef, features),
    serialize: () => ({ ...fit }),
  };
}

/** The regressor whose `serialize` gave the document. */
export function loadLinearRegressor(document: Document): Regressor {
  return linearRegressor(document as unknown as LinearValueFit);
}
