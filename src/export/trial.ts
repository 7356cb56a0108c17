/** The rows that an export is compared on: every sample of the split, and rows that are hard. */
import type { Matrix } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { predictionsOf } from '../ml/apply.js';
import { emptyMatrix, takeRows } from '../ml/algebra/matrix.js';
import { Rng } from '../base/rng.js';
import type { Model, ModelColumn } from '../ml/model-file.js';
import { nearRows } from './near-rows.js';
import type { ExportPlan } from './plan.js';
import type { Answers } from './writer.js';

/** How many rows are made near thresholds. */
const NEAR_ROWS = 1000;
/** How many rows are made where the samples of the training are not at hand. */
const MADE_ROWS = 1000;

/** The rows that an export is compared on, and the model's answers. */
export interface Trial {
  x: Matrix;
  answers: Answers;
  /**
   * How many of the rows are of each kind, and how many the model refused. `made` are rows with values in the ranges of
   * the training, in place of training samples that are not at hand.
   */
  counts: { train: number; validate: number; made: number; near: number; refused: number };
  /** What the rows near thresholds are, in words. */
  near: string;
}

/** The samples of a split: those of the fit, and those of the validation where there are any. */
export interface Samples {
  train: Matrix;
  validate?: Matrix;
}

/**
 * All samples of the split, and 1,000 rows near thresholds. A row that the model refuses is left out and counted. The
 * values are rounded to f32 first where the file rounds them (`inputs`).
 * @param samples undefined where only the model is at hand; then rows are made in their place
 */
export function trialOf(
  model: Model,
  plan: ExportPlan,
  samples: Samples | undefined,
  inputs: 'f64' | 'f32',
): Trial {
  const none = emptyMatrix(0, plan.features.length);
  const made = samples ? none : rowsInRanges(model.columns);
  const near = nearRows(plan, samples?.train ?? made, NEAR_ROWS);
  const parts = { train: samples?.train ?? none, validate: samples?.validate ?? none, made, near: near.x };
  const accepted = Object.entries(parts).map(([kind, x]) => {
    const rounded = inputs === 'f32' ? { ...x, data: x.data.map(Math.fround) } : x;
    return { kind, x: acceptedRows(model, rounded, plan.features), given: x.rows };
  });
  const x = stacked(accepted.map(part => part.x));
  if (x.rows === 0) {
    throw new InputError('no-samples', 'the model refuses every row that the export could be compared on', {
      hint: 'Run the command in the folder of the search, which has the samples of the training.',
    });
  }
  const counts = Object.fromEntries(accepted.map(({ kind, x }) => [kind, x.rows]));
  const refused = accepted.reduce((sum, part) => sum + part.given - part.x.rows, 0);
  return {
    x,
    answers: answersOf(model, x, plan.features),
    counts: { ...(counts as Omit<Trial['counts'], 'refused'>), refused },
    near: near.what,
  };
}

/** Rows with values between the smallest and the largest one of the training. A feature without a range is missing. */
function rowsInRanges(columns: readonly ModelColumn[]): Matrix {
  const rng = Rng.from('spt export', 'made');
  const x = emptyMatrix(MADE_ROWS, columns.length);
  columns.forEach(({ smallest, largest }, j) => {
    for (let i = 0; i < MADE_ROWS; i++) {
      const value =
        smallest === null || largest === null ? NaN : smallest + rng.float() * (largest - smallest);
      x.data[j * MADE_ROWS + i] = value;
    }
  });
  return x;
}

/** The model's answers. Throws SampleError. */
function answersOf({ pipeline }: Model, x: Matrix, names: readonly string[]): Answers {
  const { codes, proba, decision } = predictionsOf(pipeline, x, names);
  return { labels: codes, ...(proba && { probabilities: proba }), ...(decision && { decisions: decision }) };
}

/** The rows that the model has an answer for. */
function acceptedRows(model: Model, x: Matrix, names: readonly string[]): Matrix {
  const isAccepted = (rows: Matrix): boolean => {
    try {
      predictionsOf(model.pipeline, rows, names);
      return true;
    } catch (error) {
      if (error instanceof InputError) return false;
      throw error;
    }
  };
  if (x.rows === 0 || isAccepted(x)) return x;
  const all = Int32Array.from({ length: x.rows }, (_, i) => i);
  return takeRows(
    x,
    all.filter(i => isAccepted(takeRows(x, Int32Array.of(i)))),
  );
}

/** The matrices, one below the other. */
function stacked(parts: readonly Matrix[]): Matrix {
  const { columns } = parts[0];
  const all = emptyMatrix(
    parts.reduce((sum, { rows }) => sum + rows, 0),
    columns,
  );
  for (let j = 0, at = 0; j < columns; j++) {
    for (const { rows, data } of parts) {
      all.data.set(data.subarray(j * rows, (j + 1) * rows), at);
      at += rows;
    }
  }
  return all;
}

/** Some rows of a trial with the model's answers. */
export function examplesOf({ x, answers }: Trial, count: number): { x: Matrix; answers: Answers } {
  const step = Math.max(1, Math.floor(x.rows / count));
  const rows = Int32Array.from({ length: Math.min(count, x.rows) }, (_, i) => i * step);
  const width = (values: Float64Array): number => values.length / x.rows;
  const taken = (values: Float64Array | undefined): Float64Array | undefined =>
    values &&
    Float64Array.from({ length: rows.length * width(values) }, (_, at) => {
      return values[rows[Math.floor(at / width(values))] * width(values) + (at % width(values))];
    });
  return {
    x: takeRows(x, rows),
    answers: {
      labels: rows.map(i => answers.labels[i]),
      probabilities: taken(answers.probabilities),
      decisions: taken(answers.decisions),
    },
  };
}
