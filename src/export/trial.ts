/** The rows that an export is compared on: every sample of the split, and rows that are hard. */
import type { Matrix } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { emptyMatrix, takeRows } from '../ml/algebra/matrix.js';
import { columnRanges } from '../ml/algebra/statistics.js';
import { anyAnswersOf, type AnyModel } from '../ml/any-model.js';
import { rowsInRanges, stacked, withGaps, type Range } from './made-rows.js';
import { nearRows } from './near-rows.js';
import type { AnyPlan } from './plan.js';
import type { About, Answers } from './writer.js';

/** How many rows are made near thresholds. */
const NEAR_ROWS = 1000;
/** How many rows are made where the samples of the training are not at hand. */
const MADE_ROWS = 1000;
/** How many rows a file holds for its self-test, and how many of these have a missing value. */
const EXAMPLES = 20;
const EXAMPLES_WITH_GAPS = 4;

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
  /** Rows for the self-test of a file. */
  examples: About['examples'];
}

/** The samples of a split: those of the fit, and those of the validation where there are any. */
export interface Samples {
  train: Matrix;
  validate?: Matrix;
}

/**
 * All samples of the split, and 1,000 rows near thresholds. A row that the model refuses is left out and counted.
 * @param samples undefined where only the model is at hand; then rows are made in their place
 */
export function trialOf(model: AnyModel, plan: AnyPlan, samples: Samples | undefined): Trial {
  const none = emptyMatrix(0, plan.features.length);
  const ranges = rangesOf(model, samples?.train);
  const made = samples ? none : rowsInRanges(ranges, MADE_ROWS);
  const near = nearRows(plan, samples?.train ?? made, NEAR_ROWS);
  const parts = { train: samples?.train ?? none, validate: samples?.validate ?? none, made, near: near.x };
  const accepted = Object.entries(parts).map(([kind, x]) => ({
    kind,
    x: acceptedRows(model, x, plan.features),
    given: x.rows,
  }));
  const x = stacked(accepted.map(part => part.x));
  const counts = Object.fromEntries(accepted.map(({ kind, x }) => [kind, x.rows]));
  const refused = accepted.reduce((sum, part) => sum + part.given - part.x.rows, 0);
  return {
    ...answered(model, x, plan.features),
    counts: { ...(counts as Omit<Trial['counts'], 'refused'>), refused },
    near: near.what,
    examples: examplesOf(model, plan, ranges),
  };
}

/** The ranges of the training: those of the model file, or of the samples where an old file does not hold them. */
function rangesOf({ columns }: AnyModel, train: Matrix | undefined): Range[] {
  const found = train && columnRanges(train);
  return columns.map((column, j) => ({
    smallest: column.smallest ?? found?.smallest[j] ?? NaN,
    largest: column.largest ?? found?.largest[j] ?? NaN,
    ...(column.kind === 'category' && { levels: column.levels.length }),
  }));
}

/**
 * Rows for the self-test of a file, which is passed on, while samples may be patients. So they are made: values in the
 * ranges of the training, near thresholds, and some missing where the model takes that.
 */
function examplesOf(model: AnyModel, plan: AnyPlan, ranges: readonly Range[]): About['examples'] {
  const made = rowsInRanges(ranges, EXAMPLES);
  const near = nearRows(plan, made, EXAMPLES - EXAMPLES_WITH_GAPS).x;
  const gaps = withGaps(
    takeRows(
      made,
      Int32Array.from({ length: EXAMPLES_WITH_GAPS }, (_, i) => i),
    ),
  );
  return answered(model, acceptedRows(model, stacked([near, gaps]), plan.features), plan.features);
}

/** The rows with the model's answers. Throws InputError `no-samples`. */
function answered(model: AnyModel, x: Matrix, names: readonly string[]): { x: Matrix; answers: Answers } {
  if (x.rows === 0) {
    throw new InputError('no-samples', 'the model refuses every row that the export could be compared on', {
      hint: 'Run the command in the folder of the search, which has the samples of the training.',
    });
  }
  const said = anyAnswersOf(model, x, names);
  if (said.codes === undefined) return { x, answers: { values: said.values } };
  const { codes, proba, decision } = said;
  const values = { ...(proba && { probabilities: proba }), ...(decision && { decisions: decision }) };
  return { x, answers: { labels: codes, ...values } };
}

/** The rows that the model has an answer for. */
function acceptedRows(model: AnyModel, x: Matrix, names: readonly string[]): Matrix {
  const isAccepted = (rows: Matrix): boolean => {
    try {
      anyAnswersOf(model, rows, names);
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
