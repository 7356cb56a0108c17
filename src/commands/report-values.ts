/** What models say of values of the folds' samples, for the pictures of a report. */
import type { Config } from '../base/config.js';
import type { FoldPrediction } from '../ml/predictions.js';
import type { PredictedValues } from '../page/document.js';

/** The most samples of a model that are drawn. */
const MOST_DRAWN = 2000;

/** The true and predicted values of the first drawing of the folds. Of many samples, every k-th is told. */
export function predictedValues({ id, pipeline }: Config, folds: readonly FoldPrediction[]): PredictedValues {
  const [truth, values]: [number[], number[]] = [[], []];
  for (const fold of folds) {
    if (fold.kind === 'classes' || fold.repeat > 0) continue;
    truth.push(...fold.truth);
    values.push(...fold.outputs.values);
  }
  const step = Math.ceil(truth.length / MOST_DRAWN);
  const drawn = (all: number[]): number[] => all.filter((_, i) => i % step === 0).map(rounded);
  return { id, pipeline, samples: truth.length, truth: drawn(truth), values: drawn(values) };
}

/** Six digits: enough to draw, and the same text wherever it is computed. */
const rounded = (value: number): number => Number(value.toPrecision(6));
