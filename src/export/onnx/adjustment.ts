/** The nodes of a calibration and a threshold, in the order of operations of src/ml/calibration. */
import type { Adjustment } from '../../ml/calibration/adjustment.js';
import {
  atLeast,
  atMost,
  cast,
  FEATURES,
  sigmoidOfMinus,
  sumOverFeatures,
  takeFeatures,
} from './arithmetic.js';
import { int, type Builder, type Value } from './builder.js';
import { codesOf, largestCodes, withRest, type Outputs } from './outputs.js';

type Calibration = NonNullable<Adjustment['calibration']>;
type Steps = Extract<Calibration, { method: 'isotonic' }>['curves'][number];

/** The outputs with calibrated probabilities, and with the codes of the threshold. The decision stays. */
export function adjustedNodes(
  b: Builder,
  { calibration, threshold }: Adjustment,
  outputs: Outputs,
  classes: number,
): Outputs {
  if (!calibration && !threshold) return outputs;
  b.enter('adjustment');
  const probabilities = calibration
    ? calibratedNodes(b, calibration, outputs, classes)
    : outputs.probabilities;
  const codes = calibration ? largestCodes(b, probabilities!) : codesOf(b, outputs, classes);
  const found = { ...outputs, probabilities };
  if (!threshold) return { ...found, codes };
  const isPositive = b.node('GreaterOrEqual', [
    scoreNodes(b, threshold.of, found, 1, classes),
    b.f64(threshold.value),
  ]);
  return { ...found, codes: b.node('Squeeze', [cast(b, isPositive, 'i64'), b.i64([FEATURES])]) };
}

/** m x 1 scores of a class; of two classes, those of class 1. */
function scoreNodes(
  b: Builder,
  of: Calibration['of'],
  { decision, probabilities }: Outputs,
  code: number,
  classes: number,
): Value {
  if (of === 'decision' && classes === 2) return decision!;
  return takeFeatures(b, (of === 'decision' ? decision : probabilities)!, Int32Array.of(code));
}

/** m x k calibrated probabilities. */
function calibratedNodes(b: Builder, calibration: Calibration, outputs: Outputs, classes: number): Value {
  const { of, curves } = calibration;
  const heights = curves.map((_, at) => {
    const score = scoreNodes(b, of, outputs, curves.length === 1 ? 1 : at, classes);
    if (calibration.method === 'isotonic') return stepNodes(b, calibration.curves[at], score);
    const { slope, offset } = calibration.curves[at];
    // Beside a MatMul, a constant factor of one value would be rounded to f32 (factorRow in arithmetic.ts).
    const sloped = takeFeatures(b, b.node('Mul', [score, b.f64([slope, slope])]), Int32Array.of(0));
    return sigmoidOfMinus(b, b.node('Add', [sloped, b.f64(offset)]));
  });
  return heights.length === 1 ? withRest(b, heights[0], 1) : normalised(b, heights);
}

/** Heights over their sum, which is added up in the order of the classes. Where all are 0, equal probabilities. */
function normalised(b: Builder, heights: readonly Value[]): Value {
  const total = heights.reduce((sum, height) => b.node('Add', [sum, height]));
  const shares = b.node('Div', [b.node('Concat', heights, { axis: int(FEATURES) }), total]);
  const isPositive = b.node('Greater', [total, b.f64(0)]);
  return b.node('Where', [isPositive, shares, b.f64(1 / heights.length)]);
}

/** The height of a rising curve at m x 1 scores: on the line of the two points around the score, or of the end. */
function stepNodes(b: Builder, { scores, probabilities }: Steps, score: Value): Value {
  const lines = Math.max(1, scores.length - 1);
  const rises = Float64Array.from({ length: lines }, (_, at) =>
    scores.length === 1 ? 0 : (probabilities[at + 1] - probabilities[at]) / (scores[at + 1] - scores[at]),
  );
  const below = sumOverFeatures(b, cast(b, b.node('LessOrEqual', [b.f64(scores), score]), 'f64'));
  const line = cast(b, atLeast(b, atMost(b, b.node('Sub', [below, b.f64(1)]), lines - 1), 0), 'i64');
  const ofLine = (values: Float64Array): Value =>
    b.node('Gather', [b.f64(values.slice(0, lines), [lines]), line], { axis: int(0) });
  const along = b.node('Mul', [ofLine(rises), b.node('Sub', [score, ofLine(scores)])]);
  const between = b.node('Add', [along, ofLine(probabilities)]);
  const [first, last] = [0, scores.length - 1];
  const isAbove = b.node('GreaterOrEqual', [score, b.f64(scores[last])]);
  const upTo = b.node('Where', [isAbove, b.f64(probabilities[last]), between]);
  const isBelow = b.node('LessOrEqual', [score, b.f64(scores[first])]);
  return b.node('Where', [isBelow, b.f64(probabilities[first]), upTo]);
}
