/** Linear models and Gaussian naive Bayes: scores, and probabilities from them. */
import { log } from '../../kernels/math.js';
import {
  complementedRows,
  sharedSigmoidRows,
  sigmoidRows,
  softmaxRows,
} from '../../ml/outputs/probabilities.js';
import type { GaussianPart, LinearPart, LinearValuePart } from '../plan.js';
import { byProbability, labelOf, type Says, type SaysValue } from './answer.js';

export function linearSays(part: LinearPart): Says {
  const { coef, intercept, inputs } = part;
  return x => {
    const decisions = intercept.map((constant, k) => {
      let sum = 0;
      for (let j = 0; j < inputs; j++) sum += x[j] * coef[k * inputs + j];
      return sum + constant;
    });
    const answer = { label: labelOf(decisions), decisions };
    if (part.link === 'none') return answer;
    return { ...answer, probabilities: linked(part.link, decisions) };
  };
}

export function linearValue({ coef, intercept }: LinearValuePart): SaysValue {
  return x => {
    let sum = 0;
    for (let j = 0; j < coef.length; j++) sum += x[j] * coef[j];
    return sum + intercept;
  };
}

function linked(link: Exclude<LinearPart['link'], 'none'>, scores: Float64Array): Float64Array {
  switch (link) {
    case 'sigmoid':
      return sigmoidRows(scores);
    case 'sigmoid-twice':
      return sigmoidRows(scores.map(score => 2 * score));
    case 'sigmoid-rest':
      return complementedRows(scores);
    case 'softmax':
      return softmaxRows(scores, scores.length);
    case 'sigmoid-shared':
      return sharedSigmoidRows(scores, scores.length);
  }
}

const TWO_PI = 6.283185307179586;

/** For each class the logarithm of its prior and of the normalizers of its densities. */
export function gaussianConstants({ classes, inputs, priors, variance }: GaussianPart): Float64Array {
  return Float64Array.from({ length: classes }, (_, c) => {
    let constant = log(priors[c]);
    for (let j = 0; j < inputs; j++) constant -= 0.5 * log(TWO_PI * variance[c * inputs + j]);
    return constant;
  });
}

export function gaussianSays(part: GaussianPart): Says {
  const { classes, inputs, unit, mean, variance, priors } = part;
  const constants = gaussianConstants(part);
  return x => {
    const logs = constants.map((constant, c) => {
      let sum = constant;
      for (let j = 0; j < inputs && priors[c] > 0; j++) {
        const distance = x[j] * unit - mean[c * inputs + j];
        sum -= (0.5 * distance * distance) / variance[c * inputs + j];
      }
      return sum;
    });
    return byProbability(softmaxRows(logs, classes));
  };
}
