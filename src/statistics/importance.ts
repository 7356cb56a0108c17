/**
 * How much each parameter of a pipeline matters for the score. Pure.
 *
 * Two methods. On a full grid the variance of the scores is split exactly: the share of a parameter is the variance of
 * the mean scores of its values, divided by the variance of all scores (functional ANOVA; Sobol' 1993, Hutter et al.
 * 2014, here without a surrogate). Everywhere else PED-ANOVA (Watanabe, Bansal and Hutter 2023) asks how much the
 * values among the top scores differ from those among all: the Pearson divergence of two densities over the values.
 */
import { densityOf } from './parzen.js';

/** The values of one parameter: a number for each config, or the code of its word. NaN where it is absent. */
export interface Axis {
  name: string;
  /** `number`: neighbouring values are alike. `word`: they are codes from 0. */
  kind: 'number' | 'word';
  values: Float64Array;
}

export interface Importance {
  parameter: string;
  /** The share of all importances, from 0 to 1. */
  share: number;
  /** A 95% interval of the share by the bootstrap over configs; absent where the share is exact. */
  low?: number;
  high?: number;
}

export interface Importances {
  /** `exact`: shares of the variance on a full grid. `ped-anova`: shares of the divergences. */
  method: 'exact' | 'ped-anova';
  parameters: Importance[];
  /** Of a full grid: the share of the variance that no parameter explains alone. */
  interactions?: number;
}

/** The share of the configs that count as the top ones. */
const TOP = 0.1;
/** Below this number of scored configs nothing is said. */
const FEWEST_CONFIGS = 20;
/** Numbers are rounded to a grid of this many places before their density is taken. */
const STEPS = 50;
/** A number whose largest value is this many times its smallest one is looked at on a logarithmic scale. */
const LOG_RATIO = 50;

/**
 * The importance of each axis for the scores.
 * @param scores one number for each config; none is NaN
 * @param better `max` where larger scores are better
 * @param draws resamples of the bootstrap
 * @param random numbers in [0, 1), for the bootstrap
 * @returns undefined where there are too few configs, or nothing differs
 */
export function importances(
  axes: readonly Axis[],
  scores: Float64Array,
  better: 'max' | 'min',
  draws: number,
  random: () => number,
): Importances | undefined {
  const varying = axes.filter(axis => countOf(axis.values) > 1);
  if (varying.length === 0) return undefined;
  const exact = gridImportances(varying, scores);
  if (exact) return exact;
  if (scores.length < FEWEST_CONFIGS) return undefined;
  const ranked = varying.map(axis => rankedOf(axis, scores, better));
  const shares = sharesOf(ranked, scores, new Uint32Array(scores.length).fill(1));
  const drawn = varying.map(() => new Float64Array(draws));
  for (let draw = 0; draw < draws; draw++) {
    const weights = new Uint32Array(scores.length);
    for (let i = 0; i < weights.length; i++) weights[Math.floor(random() * weights.length)]++;
    sharesOf(ranked, scores, weights).forEach((share, a) => (drawn[a][draw] = share));
  }
  const parameters = varying.map(({ name }, a) => {
    const sorted = drawn[a].sort();
    const at = (q: number): number => sorted[Math.min(draws - 1, Math.floor(q * draws))];
    const interval = draws > 0 ? { low: at(0.025), high: at(0.975) } : {};
    return { parameter: name, share: shares[a], ...interval };
  });
  return { method: 'ped-anova', parameters: bySize(parameters) };
}

function bySize(parameters: Importance[]): Importance[] {
  return parameters.sort((a, b) => b.share - a.share || (a.parameter < b.parameter ? -1 : 1));
}

/** How many different values an axis has; the absence of the parameter counts as one. */
function countOf(values: Float64Array): number {
  return new Set(values).size;
}

/**
 * The shares of the variance on a full grid. Undefined where the configs are not every combination of the values of the
 * axes, each once, or all scores are equal.
 */
export function gridImportances(axes: readonly Axis[], scores: Float64Array): Importances | undefined {
  const n = scores.length;
  if (n < 4 || axes.some(({ values }) => values.some(Number.isNaN))) return undefined;
  const levels = axes.map(({ values }) => [...new Set(values)]);
  if (levels.reduce((product, { length }) => product * length, 1) !== n) return undefined;
  const cells = new Set(Array.from(scores, (_, i) => axes.map(({ values }) => values[i]).join(' ')));
  if (cells.size !== n) return undefined;
  const mean = scores.reduce((sum, score) => sum + score, 0) / n;
  const variance = scores.reduce((sum, score) => sum + (score - mean) * (score - mean), 0) / n;
  if (!(variance > 0)) return undefined;
  const parameters = axes.map(({ name, values }, a) => {
    const sums = new Map(levels[a].map(level => [level, 0]));
    for (let i = 0; i < n; i++) sums.set(values[i], sums.get(values[i])! + scores[i]);
    const each = n / levels[a].length;
    let between = 0;
    for (const sum of sums.values()) between += (sum / each - mean) * (sum / each - mean);
    return { parameter: name, share: between / levels[a].length / variance };
  });
  const alone = parameters.reduce((sum, { share }) => sum + share, 0);
  return { method: 'exact', parameters: bySize(parameters), interactions: Math.max(0, 1 - alone) };
}

// ---- PED-ANOVA -----------------------------------------------------------------------------------------------------

/** An axis on a grid. */
export interface Ranked {
  kind: Axis['kind'];
  /** How many places the grid has. */
  count: number;
  /** The place of each config's value, or -1 where the parameter is absent. */
  places: Int32Array;
  /** The configs that have the parameter, the best score first. */
  order: Uint32Array;
}

/** An axis with its configs in the order of their scores. Those that lack the parameter take no part. */
export function rankedOf(axis: Axis, scores: Float64Array, better: 'max' | 'min'): Ranked {
  const on = placesOf(axis);
  const sign = better === 'max' ? -1 : 1;
  const order = Uint32Array.from(scores.keys()).filter(row => on.places[row] >= 0);
  order.sort((a, b) => sign * (scores[a] - scores[b]) || a - b);
  return { ...on, order };
}

/** The values of an axis as places from 0 to count - 1: numbers on a grid of `STEPS` places, words by their code. */
function placesOf({ kind, values }: Axis): Omit<Ranked, 'order'> {
  const present = values.filter(value => !Number.isNaN(value));
  const distinct = [...new Set(present)].sort((a, b) => a - b);
  const [first, last] = [distinct[0], distinct[distinct.length - 1]];
  if (kind === 'word' || distinct.length < 3) {
    const codes = new Map(distinct.map((value, i) => [value, i]));
    const places = Int32Array.from(values, value => codes.get(value) ?? -1);
    return { kind: 'word', count: distinct.length, places };
  }
  const isLog = first > 0 && last / first >= LOG_RATIO;
  const scaled = (value: number): number => (isLog ? Math.log(value) : value);
  const width = scaled(last) - scaled(first);
  const isWhole = !isLog && distinct.every(Number.isInteger);
  const steps = isWhole ? Math.min(last - first + 1, STEPS) : STEPS;
  const place = (value: number): number =>
    Number.isNaN(value) ? -1 : Math.ceil(((scaled(value) - scaled(first)) / width) * (steps - 1) - 0.5);
  return { kind, count: steps, places: Int32Array.from(values, place) };
}

/** The share of each axis in the sum of all divergences; all 0 where nothing differs. */
function sharesOf(axes: readonly Ranked[], scores: Float64Array, weights: Uint32Array): number[] {
  const divergences = axes.map(axis => divergenceOf(axis, scores, weights));
  const sum = divergences.reduce((total, value) => total + value, 0);
  return divergences.map(value => (sum > 0 ? value / sum : 0));
}

/**
 * The Pearson divergence between the values of the top configs and of all configs that have the parameter:
 * sum over the places of p_all (p_top / p_all - 1)^2. Configs that tie with the last of the top ones belong to them.
 * @param weights how often each config counts
 */
export function divergenceOf(
  { kind, count, places, order }: Ranked,
  scores: Float64Array,
  weights: Uint32Array,
): number {
  const all = new Float64Array(count);
  let total = 0;
  for (const row of order) {
    all[places[row]] += weights[row];
    total += weights[row];
  }
  if (total < FEWEST_CONFIGS / 2) return 0;
  const wanted = Math.ceil(TOP * total);
  const top = new Float64Array(count);
  let taken = 0;
  let limit = NaN;
  for (const row of order) {
    if (taken >= wanted && scores[row] !== limit) break;
    if (weights[row] === 0) continue;
    top[places[row]] += weights[row];
    taken += weights[row];
    limit = scores[row];
  }
  const [topDensity, density] = [densityOf(kind, top), densityOf(kind, all)];
  return density.reduce((sum, p, i) => sum + p * (topDensity[i] / p - 1) * (topDensity[i] / p - 1), 0);
}
