/**
 * Which features carry a config: its fits are made again, as predictions.ts makes them, and each tells its features.
 * The scores and the digest prove that they are the fits of the log. Await `ready` once before.
 */
import type { Config, Scores } from '../../base/config.js';
import { featureNames, type SplitData, type TargetMeaning } from '../../base/dataset.js';
import { Rng } from '../../base/rng.js';
import { takeRows, takeTarget, takeValues } from '../algebra/matrix.js';
import { ConfigFits, type Fit } from '../evaluate.js';
import { pipelineDigest, type FittedStep } from '../pipeline.js';
import { findMetric } from '../scoring/metrics.js';
import { refitSource, type Held, type StageCache } from '../stages.js';
import type { LinearInside } from '../inside.js';
import { saidBy, scaledCoefficients, type Said } from './features.js';
import { scoreDrops } from './permutation.js';
import { routeOf, weightsOfTerms, type Route } from './route.js';

export interface Explained {
  /** The p columns of the table. */
  names: string[];
  /** Of a linear model, the columns that have no coefficient, because features of other names were made of them. */
  encoded?: string[];
  /** What the values of a fit are; absent where the model tells nothing of its features. */
  kind?: 'linear' | 'trees';
  /** Of a linear model, the names of its outputs: one that is positive for class 1 of two, or the classes, or pairs. */
  outputs: string[];
  /** Of the model that was fitted on the whole split. */
  refit: Said & { perDeviation?: Map<string, Float64Array> };
  /** Of the model of each fold. */
  folds: Said[];
  /** For the held-out samples of each fold, or for the validation samples where there are no folds: scoreDrops. */
  drops: Float64Array[];
  heldOut?: 'folds' | 'validate';
  /** The step that mixes columns so that values belong to its features, and the one that bends single columns. */
  mixing?: string;
  bending?: string;
  scores: Scores;
  digest: string;
}

export interface ExplainOptions {
  /** How often each column is shuffled; 0 for not at all. */
  repeats: number;
  cache?: StageCache;
  /** Called after each fit. */
  onFit?(): void;
}

/** Throws InputError for what the data or the steps forbid. */
export function explained(config: Config, data: SplitData, options: ExplainOptions): Explained {
  const fits = new ConfigFits(config, data, options.cache);
  const names = featureNames(data);
  const [folds, drops]: [Said[], Float64Array[]] = [[], []];
  const shuffle = (fit: Fit, score: number | null, samples: Held): void => {
    if (options.repeats > 0) drops.push(dropsOf(config, names, fit, score, samples, options.repeats));
  };
  const cv = fits.overFolds('needed', ({ scores }, { fold: { test } }, _, fit) => {
    folds.push(saidBy(fit.model, fit.stage.steps, data.columns));
    shuffle(fit, scores[config.scoring], heldOf(data, test));
    options.onFit?.();
  });
  const whole = fits.fit(refitSource(data));
  const { held } = whole.stage;
  const validate = held && fits.scored(whole, held).scores;
  if (!cv && validate && data.validate) shuffle(whole, validate[config.scoring], data.validate);
  options.onFit?.();
  return {
    ...wholeModel(whole, names, data),
    ...{
      folds,
      drops,
      ...(drops.length > 0 && { heldOut: cv ? ('folds' as const) : ('validate' as const) }),
    },
    scores: { ...(cv && { cv }), ...(validate && { validate }) },
    digest: pipelineDigest(whole.pipeline().serialize()),
  };
}

/** Samples of a fold as they are in the table. */
function heldOf({ train: { x, target, weights } }: SplitData, rows: Int32Array): Held {
  const held = { x: takeRows(x, rows), target: takeTarget(target, rows) };
  return weights ? { ...held, weights: takeValues(weights, rows) } : held;
}

function dropsOf(
  { scoring, seed }: Config,
  names: string[],
  { model, stage }: Fit,
  score: number | null,
  samples: Held,
  repeats: number,
): Float64Array {
  const rng = Rng.from('spt', seed, stage.where).child('permutation');
  const about = { model, steps: stage.steps, names, metric: findMetric(scoring), repeats, rng };
  return scoreDrops({ ...about, samples, score: score ?? NaN });
}

/** What the model of the whole split tells, and what its values are. */
function wholeModel(
  { model, stage: { steps } }: Fit,
  names: string[],
  data: SplitData,
): Pick<Explained, 'names' | 'encoded' | 'kind' | 'outputs' | 'refit' | 'mixing' | 'bending'> {
  const said = saidBy(model, steps, data.columns);
  const inside = model.inside?.();
  if (inside === undefined) return { names, outputs: [], refit: said };
  const { kind } = inside;
  const route = routeOf(steps, data.columns);
  const mixing = route.behind.find(({ fitted }) => fitted.flow().kind !== 'each')?.step.kind.name;
  if (inside.kind === 'trees') return { names, kind, outputs: [], refit: said, ...(mixing && { mixing }) };
  const outputs = outputNames(data.target, inside.pairs);
  const perDeviation = scaledCoefficients(inside, steps, data.columns, data.train.x);
  const isMixed = weightsOfTerms(route, inside.coef) === undefined;
  const bending = isMixed ? undefined : route.before.find(bends)?.step.kind.name;
  return {
    ...{ names, kind, outputs, refit: { ...said, perDeviation }, encoded: encodedIn(route, names) },
    ...(isMixed && { mixing }),
    ...(bending !== undefined && { bending }),
  };
}

/** The columns that become features of other names, as categories do. */
function encodedIn({ terms }: Route, names: string[]): string[] {
  return names.filter((name, j) => {
    const own = terms.filter(({ column }) => column === j);
    return own.length > 0 && own.every(term => term.name !== name);
  });
}

/** The names of the outputs of a linear model. One output needs no name. */
function outputNames(target: TargetMeaning, pairs: LinearInside['pairs']): string[] {
  if (target.kind === 'values') return [''];
  const { names } = target;
  if (pairs) return pairs.map(([first, second]) => `${names[second]}_vs_${names[first]}`);
  return names.length === 2 ? [''] : names;
}

/** Whether a step makes other functions of features than linear ones. One that also names them only adds indicators. */
function bends({ fitted }: FittedStep): boolean {
  const flow = fitted.flow();
  return flow.kind === 'each' && !fitted.columns && flow.factor.some(Number.isNaN);
}
