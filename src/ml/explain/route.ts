/**
 * The way of the columns of a table through the transforms of a pipeline to its classifier.
 *
 * The transforms at the front often change features one by one. What they give are the terms: features that each come
 * from one column. The transforms behind them, from the first one that mixes features, give the classifier its
 * features. Where these are all linear, a linear classifier is linear in the terms, too.
 */
import type { DataColumn, Matrix } from '../../base/dataset.js';
import type { EachFlow } from '../inside.js';
import { columnsAfter, type FittedStep } from '../pipeline.js';

/** A feature that comes from one column. */
export interface Term {
  name: string;
  /** The place of the column. */
  column: number;
  /** The term is this many times the value of the column, plus a constant; NaN where it is not linear in it. */
  factor: number;
}

export interface Route {
  terms: Term[];
  /** The transforms that give the terms. */
  before: readonly FittedStep[];
  /** Those from the first one that mixes features. */
  behind: readonly FittedStep[];
  /** The names of the features that reach the classifier. */
  features: readonly string[];
}

/** @param columns the p columns */
export function routeOf(transforms: readonly FittedStep[], columns: readonly DataColumn[]): Route {
  let terms = columns.map(({ name }, column): Term => ({ name, column, factor: 1 }));
  const mixing = transforms.findIndex(({ fitted }) => fitted.flow().kind !== 'each');
  const split = mixing < 0 ? transforms.length : mixing;
  const before = transforms.slice(0, split);
  let known = columns;
  for (const { fitted } of before) {
    const { from, factor } = fitted.flow() as EachFlow;
    known = columnsAfter(fitted, known);
    terms = Array.from(from, (place, i) => ({
      name: known[i].name,
      column: terms[place].column,
      factor: terms[place].factor * factor[i],
    }));
  }
  const behind = transforms.slice(split);
  for (const { fitted } of behind) known = columnsAfter(fitted, known);
  return { terms, before, behind, features: known.map(({ name }) => name) };
}

/** Samples after some transforms. */
export function through(steps: readonly FittedStep[], x: Matrix): Matrix {
  return steps.reduce((current, { fitted }) => fitted.transform(current), x);
}

/**
 * Weights of the terms, given those of the features that reach the classifier: outputs x features, row-major. Undefined
 * where a transform behind the terms is not linear.
 */
export function weightsOfTerms({ behind }: Route, coef: Float64Array): Float64Array | undefined {
  let weights: Float64Array | undefined = coef;
  for (const { fitted } of [...behind].reverse()) {
    if (weights === undefined) return undefined;
    const flow = fitted.flow();
    if (flow.kind === 'mixed') return undefined;
    weights = flow.kind === 'linear' ? beforeLinear(flow.weights, weights) : beforeEach(flow, weights);
  }
  return weights;
}

function beforeLinear({ rows, columns, data }: Matrix, weights: Float64Array): Float64Array {
  const outputs = weights.length / columns;
  const found = new Float64Array(outputs * rows);
  for (let o = 0; o < outputs; o++)
    for (let c = 0; c < columns; c++) {
      const weight = weights[o * columns + c];
      for (let j = 0; j < rows; j++) found[o * rows + j] += weight * data[c * rows + j];
    }
  return found;
}

/** Undefined where a feature has a weight and is not linear in the one that it comes from. */
function beforeEach({ features, from, factor }: EachFlow, weights: Float64Array): Float64Array | undefined {
  const outputs = weights.length / from.length;
  const found = new Float64Array(outputs * features);
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < from.length; i++) {
      const weight = weights[o * from.length + i];
      if (weight === 0) continue;
      if (Number.isNaN(factor[i])) return undefined;
      found[o * features + from[i]] += weight * factor[i];
    }
  return found;
}

/** Which terms the classifier can depend on, given the features that it uses: 1 or 0 each. */
export function termsInUse({ behind }: Route, used: Uint8Array): Uint8Array {
  let marks = used;
  for (const { fitted } of [...behind].reverse()) {
    const flow = fitted.flow();
    if (flow.kind === 'each') {
      const { features, from } = flow;
      const before = new Uint8Array(features);
      from.forEach((place, i) => (before[place] ||= marks[i]));
      marks = before;
    } else if (flow.kind === 'linear') {
      const { rows, data } = flow.weights;
      const uses = (j: number): boolean => marks.some((mark, c) => mark === 1 && data[c * rows + j] !== 0);
      marks = Uint8Array.from({ length: rows }, (_, j) => (uses(j) ? 1 : 0));
    } else marks = new Uint8Array(flow.features).fill(1);
  }
  return marks;
}
