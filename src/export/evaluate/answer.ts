/** What a last part says of one sample: a class, or a value. */
import { largestAt } from '../../ml/algebra/matrix.js';

export interface Answer {
  /** The code of the class. */
  label: number;
  /** One a class; absent where the part has none. */
  probabilities?: Float64Array;
  /** One value for two classes, else one a class; absent where the part has none. */
  decisions?: Float64Array;
}

/** From the values that reach the last part of a classifier to its answer. */
export type Says = (x: Float64Array) => Answer;

/** From the values that reach the last part of a regressor to its value. */
export type SaysValue = (x: Float64Array) => number;

/** The answer of a part without a decision: the class of the largest probability, the first among equals. */
export function byProbability(probabilities: Float64Array): Answer {
  return { label: largestAt(probabilities, 0, probabilities.length), probabilities };
}

/** The class that decisions give: of one value the sign, else the largest, the first among equals. */
export function labelOf(decisions: Float64Array): number {
  if (decisions.length === 1) return decisions[0] > 0 ? 1 : 0;
  return largestAt(decisions, 0, decisions.length);
}
