/**
 * Which features carry a config, one line a feature: what shuffling it costs, how often it was selected, and its
 * coefficients or its importance in the models of the folds. docs/explain.md has the formulas.
 */
import { foldMean, halfWidth, shareOf, type Drawn } from '../statistics/folds.js';
import { meanOf } from '../statistics/sample.js';

type ByName = ReadonlyMap<string, ArrayLike<number>>;

/** What a fit tells of its p columns. */
interface Said {
  /** 1 where the transforms let the column through. */
  reaches: ArrayLike<number>;
  /** Coefficients of the outputs, or the importance, of features by name; absent where all are 0. */
  values: ByName;
}

/** What the fits of a config tell. */
export interface FitsSaid {
  names: readonly string[];
  /** Columns without a coefficient, because features of other names were made of them. */
  encoded?: readonly string[];
  kind?: 'linear' | 'trees';
  outputs: readonly string[];
  /** The step that mixes columns, so that values belong to its features and not to columns. */
  mixing?: string;
  refit: Said & { perDeviation?: ByName };
  folds: readonly Said[];
  /** For each set of held-out samples: by how much the score gets worse where a column is shuffled. */
  drops: readonly ArrayLike<number>[];
}

/** What shuffling a column costs, with an interval where there are several folds. */
export interface Drop {
  mean: number;
  error?: number;
  low?: number;
  high?: number;
}

/** A coefficient of the model of the whole split, and how it stands over the models of the folds. */
export interface Coefficient {
  output: string;
  /** For one unit of the feature. */
  value: number;
  /** For one standard deviation of the feature among the training samples. */
  perDeviation: number;
  /** The share of the fold models with the same sign; null where the value is 0, or where there are no folds. */
  sameSign: number | null;
  /** The share of the fold models in which it is not 0; null where there are no folds. */
  nonZero: number | null;
}

export interface Importance {
  value: number;
  /** The smallest and the largest value over the fold models. */
  least?: number;
  most?: number;
}

export interface FeatureLine {
  feature: string;
  /** Absent for features that are no columns, and where nothing was shuffled. Null where a score is not defined. */
  drop?: Drop | null;
  /** The share of the models that the transforms gave the column. Absent where they always give all. */
  selected?: number;
  importance?: Importance;
  coefficients?: Coefficient[];
}

/**
 * The lines: what shuffling costs most stands first, and what no model uses stands last.
 * @param drawn how the folds were drawn
 */
export function featureLines(
  said: FitsSaid,
  { drawn, alpha }: { drawn?: Drawn; alpha: number },
): FeatureLine[] {
  const { names, drops, refit } = said;
  const encoded = new Set(said.encoded);
  const fits = said.folds.length > 0 ? said.folds : [refit];
  const selects = [refit, ...said.folds].some(({ reaches }) => Array.from(reaches).includes(0));
  const lines = [...names, ...otherNames(said)].map((feature, j): FeatureLine => {
    const isColumn = j < names.length;
    return {
      feature,
      ...(isColumn &&
        drops.length > 0 && {
          drop: dropOf(
            drops.map(all => all[j]),
            drawn,
            alpha,
          ),
        }),
      ...(isColumn && selects && { selected: meanOf(fits.map(({ reaches }) => reaches[j])) }),
      ...((!isColumn || (said.mixing === undefined && !encoded.has(feature))) && valuesOf(said, feature)),
    };
  });
  const isIdle = (line: FeatureLine): number =>
    Number(!line.drop?.mean && !line.drop?.error && strengthOf(line) === 0);
  return lines.sort(
    (a, b) => isIdle(a) - isIdle(b) || sizeOf(b) - sizeOf(a) || strengthOf(b) - strengthOf(a),
  );
}

/** Features with values that are no columns. */
function otherNames({ names, refit, folds }: FitsSaid): string[] {
  const columns = new Set(names);
  const all = [refit, ...folds].flatMap(({ values }) => [...values.keys()]);
  return [...new Set(all)].filter(name => !columns.has(name));
}

function dropOf(drops: readonly number[], drawn: Drawn | undefined, alpha: number): Drop | null {
  if (drops.some(Number.isNaN)) return null;
  const share = shareOf(drawn);
  if (share === undefined || drops.length < 2) return { mean: meanOf(drops) };
  const folding = { scores: drops.length, share };
  const { mean, error } = foldMean(drops, folding);
  const half = halfWidth(error, alpha, folding);
  return { mean, error, low: mean - half, high: mean + half };
}

function valuesOf(said: FitsSaid, feature: string): Pick<FeatureLine, 'importance' | 'coefficients'> {
  const { kind, refit, folds, outputs } = said;
  const over = (o: number): number[] => folds.map(({ values }) => values.get(feature)?.[o] ?? 0);
  if (kind === 'trees') {
    const [value, all] = [refit.values.get(feature)?.[0] ?? 0, over(0)];
    const range = all.length > 0 && { least: Math.min(...all), most: Math.max(...all) };
    return { importance: { value, ...range } };
  }
  if (kind !== 'linear') return {};
  const coefficients = outputs.map((output, o): Coefficient => {
    const value = refit.values.get(feature)?.[o] ?? 0;
    const all = over(o);
    const share = (of: (one: number) => boolean): number | null =>
      all.length > 0 ? all.filter(of).length / all.length : null;
    return {
      ...{ output, value, perDeviation: refit.perDeviation?.get(feature)?.[o] ?? 0 },
      sameSign: value === 0 ? null : share(one => Math.sign(one) === Math.sign(value)),
      nonZero: share(one => one !== 0),
    };
  });
  return { coefficients };
}

/** What orders the lines: first what shuffling costs, then the values. */
function sizeOf({ drop }: FeatureLine): number {
  return drop?.mean ?? -Infinity;
}

function strengthOf({ importance, coefficients = [] }: FeatureLine): number {
  if (importance) return importance.value;
  return coefficients.reduce((most, { perDeviation }) => Math.max(most, Math.abs(perDeviation)), 0);
}

/** The coefficient of a line that moves most; undefined without coefficients. */
export function strongest({ coefficients }: FeatureLine): Coefficient | undefined {
  return coefficients?.reduce((most, one) =>
    Math.abs(one.perDeviation) > Math.abs(most.perDeviation) ? one : most,
  );
}
