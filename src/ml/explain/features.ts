/** What one fitted model tells of its features: coefficients or importances, mapped to the columns of the table. */
import type { DataColumn, Matrix } from '../../base/dataset.js';
import { columnMoments } from '../algebra/statistics.js';
import type { Inside, LinearInside } from '../inside.js';
import type { FittedStep } from '../pipeline.js';
import type { Predictor } from '../types.js';
import { routeOf, termsInUse, through, weightsOfTerms, type Route } from './route.js';

/**
 * Values by name, for features with a value that is not 0. The names are those of columns, or of features that are not
 * simply columns, such as `pca0`.
 */
type ByName = Map<string, Float64Array>;

export interface Said {
  /** Of each of the p columns: 1 where the transforms let it through to the classifier. */
  reaches: Uint8Array;
  /** Of a linear model: for each output a coefficient, for the feature's own unit. Of trees: the importance. */
  values: ByName;
}

/** What an estimator tells of its features behind these transforms, for p columns. */
export function saidBy(model: Predictor, steps: readonly FittedStep[], columns: readonly DataColumn[]): Said {
  const names = columns.map(({ name }) => name);
  const route = routeOf(steps, columns);
  const reaches = new Uint8Array(names.length);
  const marks = termsInUse(route, new Uint8Array(route.features.length).fill(1));
  route.terms.forEach(({ column }, t) => (reaches[column] ||= marks[t]));
  const inside = model.inside?.();
  if (inside?.kind === 'linear') {
    const rows = coefficientsOf(inside, route, names);
    return { reaches, values: byName(rows, ({ weights, unit }) => weights.map(weight => weight * unit)) };
  }
  return { reaches, values: inside ? importancesOf(inside.importances, route, names) : new Map() };
}

/**
 * The coefficients of a linear model, each times the standard deviation of its feature in the samples x. They compare
 * features of different units.
 */
export function scaledCoefficients(
  inside: LinearInside,
  steps: readonly FittedStep[],
  columns: readonly DataColumn[],
  x: Matrix,
): ByName {
  const names = columns.map(({ name }) => name);
  const route = routeOf(steps, columns);
  const rows = coefficientsOf(inside, route, names);
  const isOfTerms = rows.length === 0 || rows[0].isTerm;
  const { deviations } = columnMoments(through(isOfTerms ? route.before : steps, x));
  return byName(rows, ({ weights, unit }, i) =>
    weights.map(weight => weight * deviations[i] * Math.sign(unit)),
  );
}

/** The features of the classifier that it uses: 1 or 0 each. */
export function usedFeatures(inside: Inside | undefined, features: number): Uint8Array {
  if (inside === undefined) return new Uint8Array(features).fill(1);
  const used = new Uint8Array(features);
  if (inside.kind === 'trees') for (const j of inside.trees.feature) if (j >= 0) used[j] = 1;
  if (inside.kind === 'linear')
    inside.coef.forEach((value, at) => (used[at % features] ||= value === 0 ? 0 : 1));
  return used;
}

/** The coefficients of one term, or of one feature of the classifier where they do not lead back to terms. */
interface Row {
  label: string;
  isTerm: boolean;
  /** For each output. */
  weights: Float64Array;
  /** What the weights are multiplied by, to be those of a column in its own unit. */
  unit: number;
}

function coefficientsOf({ coef, features }: LinearInside, route: Route, names: readonly string[]): Row[] {
  const outputs = coef.length / features;
  const row = (values: Float64Array, place: number): Float64Array =>
    Float64Array.from({ length: outputs }, (_, o) => values[(o * values.length) / outputs + place]);
  const weights = weightsOfTerms(route, coef);
  if (weights === undefined)
    return labelsOfFeatures(route, names).map((label, i) => {
      return { label, isTerm: false, weights: row(coef, i), unit: 1 };
    });
  const columns = new Set(names);
  return route.terms.map(({ name, column, factor }, t) => {
    const label = name === names[column] ? name : labelOf(name, route.before, columns);
    return { label, isTerm: true, weights: row(weights, t), unit: Number.isNaN(factor) ? 1 : factor };
  });
}

/** The importances of columns, or of features that mix columns. */
function importancesOf(importances: Float64Array, route: Route, names: readonly string[]): ByName {
  const labels =
    route.behind.length === 0
      ? route.terms.map(({ column }) => names[column])
      : labelsOfFeatures(route, names);
  const sums: ByName = new Map();
  labels.forEach((label, i) => {
    if (importances[i] !== 0) sums.set(label, Float64Array.of((sums.get(label)?.[0] ?? 0) + importances[i]));
  });
  return sums;
}

function labelsOfFeatures({ behind, features }: Route, names: readonly string[]): string[] {
  const columns = new Set(names);
  return features.map(name => labelOf(name, behind, columns));
}

/** The name of a feature that is no column. Where a column has this name, the last step that made it is told, too. */
function labelOf(name: string, steps: readonly FittedStep[], columns: ReadonlySet<string>): string {
  return columns.has(name) ? `${steps.at(-1)!.step.kind.name}(${name})` : name;
}

function byName(rows: readonly Row[], values: (row: Row, i: number) => Float64Array): ByName {
  const found: ByName = new Map();
  rows.forEach((row, i) => {
    if (row.weights.some(weight => weight !== 0)) found.set(row.label, values(row, i));
  });
  return found;
}
