/** Predictions as a table: one row for each sample of each fold, as CSV and as objects. */
import type { Samples } from '../../base/dataset.js';
import type { FoldPrediction, Prediction } from '../../ml/predictions.js';
import { textCell } from '../../tables/delimited.js';

/** What a table of predictions is made of. */
export interface Predicted {
  predictions: readonly (Prediction | FoldPrediction)[];
  /** The samples that the rows of the predictions count. */
  samples: Samples;
  /** The names of the k classes. None for values. */
  classes: readonly string[];
  /** Whether the folds were drawn several times. */
  isRepeated: boolean;
}

type Cell = string | number;

/** One sample of a fold, for programs. */
interface PredictedSample {
  id: string;
  /** Absent where the sample is in no fold. */
  fold?: number;
  /** Absent where the folds were drawn once. */
  repeat?: number;
  /** The names of the true class and of the predicted class, or the true value and the predicted one. */
  target: Cell;
  predicted: Cell;
  /** The probability of each class. */
  probability?: { [label: string]: number };
  /** Of two classes: positive for the class that scores are about. Of more classes: a value for each. */
  decision?: number | { [label: string]: number };
}

/** Whether a text begins as `csvOf` begins. */
export function isPredictionTable(start: string): boolean {
  return /^id,(repeat,)?(fold,)?target,predicted(,|\n)/.test(start);
}

/** The table with a header, as CSV of RFC 4180 with \n. Numbers are written so that they read back to the same bits. */
export function csvOf(predicted: Predicted): string {
  let text = lineOf(headOf(predicted));
  for (const sample of samplesOf(predicted)) text += lineOf(cellsOf(sample, predicted.classes));
  return text;
}

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map(cell => (typeof cell === 'string' ? textCell(cell, ',') : cell)).join(',')}\n`;
}

function headOf({ predictions, classes, isRepeated }: Predicted): string[] {
  const { decision, proba } = numbersOf(predictions[0]);
  const head = ['id'];
  if (isRepeated) head.push('repeat');
  if ('fold' in predictions[0]) head.push('fold');
  head.push('target', 'predicted');
  if (proba) head.push(...classes.map(name => `probability_${name}`));
  if (decision) head.push(...(classes.length === 2 ? ['decision'] : classes.map(name => `decision_${name}`)));
  return head;
}

function cellsOf(sample: PredictedSample, classes: readonly string[]): Cell[] {
  const { id, repeat, fold, target, predicted, decision, probability } = sample;
  const cells: Cell[] = [id];
  if (repeat !== undefined) cells.push(repeat);
  if (fold !== undefined) cells.push(fold);
  cells.push(target, predicted);
  if (probability) cells.push(...classes.map(name => probability[name]));
  if (typeof decision === 'number') cells.push(decision);
  else if (decision) cells.push(...classes.map(name => decision[name]));
  return cells;
}

/** The samples, fold after fold. */
export function* samplesOf({
  predictions,
  samples,
  classes,
  isRepeated,
}: Predicted): Generator<PredictedSample> {
  const byName = (values: Float64Array, at: number): { [label: string]: number } =>
    Object.fromEntries(classes.map((name, code) => [name, values[at * classes.length + code]]));
  for (const prediction of predictions) {
    const { rows } = prediction;
    const { decision, proba } = numbersOf(prediction);
    for (let i = 0; i < rows.length; i++) {
      yield {
        id: samples.index[rows[i]],
        ...(isRepeated && 'repeat' in prediction && { repeat: prediction.repeat }),
        ...('fold' in prediction && { fold: prediction.fold }),
        ...answerOf(prediction, classes, i),
        ...(proba && { probability: byName(proba, i) }),
        ...(decision && { decision: classes.length === 2 ? decision[i] : byName(decision, i) }),
      };
    }
  }
}

/** The decisions and probabilities of a prediction, where it has any. */
function numbersOf(prediction: Prediction): { decision?: Float64Array; proba?: Float64Array } {
  return prediction.kind === 'classes' ? prediction.outputs : {};
}

function answerOf(
  prediction: Prediction,
  classes: readonly string[],
  i: number,
): Pick<PredictedSample, 'target' | 'predicted'> {
  if (prediction.kind === 'values')
    return { target: prediction.truth[i], predicted: prediction.outputs.values[i] };
  return { target: classes[prediction.truth[i]], predicted: classes[prediction.outputs.labels[i]] };
}
