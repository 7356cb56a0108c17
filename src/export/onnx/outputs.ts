/** What the nodes of a classifier give, and the labels that follow from it. */
import { cast, FEATURES, sigmoid, sigmoidOfMinus } from './arithmetic.js';
import { int, type Builder, type Value } from './builder.js';

/** m samples, k classes. */
export interface Outputs {
  /** m x k. Absent where the classifier has none. */
  probabilities?: Value;
  /** m x 1 for two classes, else m x k. Absent where the classifier has none. */
  decision?: Value;
  /** m codes of classes. Absent where they follow from the others: from the decision if there is one. */
  codes?: Value;
}

/** m codes of classes. */
export function codesOf(b: Builder, { codes, decision, probabilities }: Outputs, classes: number): Value {
  if (codes) return codes;
  if (decision && classes === 2) return signCodes(b, decision);
  return largestCodes(b, (decision ?? probabilities)!);
}

/** 1 where the value of m x 1 is above 0, else 0. */
function signCodes(b: Builder, decision: Value): Value {
  const isPositive = b.node('Greater', [decision, b.f64(0)]);
  return b.node('Squeeze', [cast(b, isPositive, 'i64'), b.i64([FEATURES])]);
}

/** The place of the largest of m x k values, and the first among equals. */
export function largestCodes(b: Builder, values: Value): Value {
  return b.node('ArgMax', [values], { axis: int(FEATURES), keepdims: int(0) });
}

/** m x 2 probabilities of m x 1 logarithms of the odds of class 1. Each side is computed by itself. */
export function sigmoidBoth(b: Builder, odds: Value): Value {
  return b.node('Concat', [sigmoidOfMinus(b, odds), sigmoid(b, odds)], { axis: int(FEATURES) });
}

/** m x 2 probabilities of m x 1 probabilities of one class, which is `place`. */
export function withRest(b: Builder, probability: Value, place: 0 | 1): Value {
  const rest = b.node('Sub', [b.f64(1), probability]);
  const both = place === 0 ? [probability, rest] : [rest, probability];
  return b.node('Concat', both, { axis: int(FEATURES) });
}

/** m x k probabilities of their logarithms up to a constant. */
export function softmax(b: Builder, logs: Value): Value {
  return b.node('Softmax', [logs], { axis: int(FEATURES) });
}
