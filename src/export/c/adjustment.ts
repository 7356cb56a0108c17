/** Calibration and threshold in C, operation by operation as in src/ml/calibration. */
import type { Adjustment } from '../../ml/calibration/adjustment.js';
import type { Code } from './transforms.js';

type Calibration = NonNullable<Adjustment['calibration']>;

const HEIGHT = `/* The height at a score of the curve through n points: linear between them, and flat beyond. */
static double height_of(const double *scores, const double *heights, int n, double score) {
  int low = 0, high = n - 1;
  if (score <= scores[0]) return heights[0];
  if (score >= scores[high]) return heights[high];
  while (high - low > 1) {
    int middle = low + (high - low) / 2;
    if (scores[middle] <= score) low = middle;
    else high = middle;
  }
  double rise = (heights[high] - heights[low]) / (scores[high] - scores[low]);
  return rise * (score - scores[low]) + heights[low];
}
`;

/** The height of a curve at the score. */
function heightText(calibration: Calibration, at: number, score: string): string {
  const curve = `adjust_calibration_curves_${at}`;
  if (calibration.method === 'sigmoid') return `sigmoid_of(-(${curve}_slope * ${score} + ${curve}_offset))`;
  const { length } = calibration.curves[at].scores;
  return `height_of(${curve}_scores, ${curve}_probabilities, ${length}, ${score})`;
}

/** Turns what the pipeline wrote to `out` into calibrated probabilities. */
function calibrationText(calibration: Calibration, classes: number): string {
  if (calibration.curves.length === 1) {
    return `  double p = ${heightText(calibration, 0, calibration.of === 'decision' ? 'out[0]' : 'out[1]')};
  out[0] = 1 - p;
  out[1] = p;
`;
  }
  const heights = calibration.curves.map((_, c) => {
    return `  out[${c}] = ${heightText(calibration, c, `out[${c}]`)};\n`;
  });
  return `${heights.join('')}  double total = 0;
  for (int c = 0; c < ${classes}; c++) total += out[c];
  for (int c = 0; c < ${classes}; c++) out[c] = total > 0 ? out[c] / total : 1.0 / ${classes};
`;
}

/** `adjust` changes what the pipeline wrote to `out`, and returns the class. */
export function adjustmentCode({ calibration, threshold }: Adjustment, classes: number): Code {
  const label = threshold
    ? `out[${threshold.of === 'decision' ? 0 : 1}] >= adjust_threshold_value`
    : `largest_of(out, ${classes})`;
  return {
    text: `${calibration?.method === 'isotonic' ? HEIGHT : ''}static int adjust(double *out) {
${calibration ? calibrationText(calibration, classes) : ''}  return ${label};
}`,
    math: calibration?.method === 'sigmoid' ? ['sigmoid'] : [],
  };
}
