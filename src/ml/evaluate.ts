import type { Config, FitWarning, FoldScores, ModelSize, Scores, Step } from '../base/config.js';
import {
  classNames,
  classesOf,
  featureNames,
  type Matrix,
  type SplitData,
  type Target,
} from '../base/dataset.js';
import { canonicalJson } from '../base/json.js';
import { refuseNaN } from './checks.js';
import { makeFolds, type Fold } from './folds.js';
import { codesOfProba, takeRows, takeTarget } from './algebra/matrix.js';
import { findMetric, metricProblem, score } from './scoring/metrics.js';
import type { Metric, Outputs } from './scoring/types.js';
import {
  fitEstimator,
  fitTransform,
  inStep,
  joinPipeline,
  pipelineDigest,
  planSteps,
  type FittedPipeline,
  type FittedStep,
  type Plan,
  type PlannedStep,
} from './pipeline.js';
import type { Classifier, Problem, Transform } from './types.js';

/**
 * Scores of a config: first over the folds of a cross-validation. Then the config is fitted once on the whole split,
 * and scored on the validation samples and on the samples of the fit.
 *
 * Every fit draws from its own generator. The generator is named by the seed and by the fit ("fold 2", "refit"), not
 * by the config's id. So configs that differ only in parameters share their random numbers. They can be compared with
 * less noise, and a forest of 50 trees is the first half of a forest of 100. `refit` gives the same bits as
 * `evaluate`.
 *
 * Several configs share work. Folds depend on the data, the cv and the seed only. What the transforms give depends on
 * the steps and the fold, and is kept in a StageCache.
 */

export interface Evaluation {
  scores: Scores;
  /** The digest of the model that was fitted on the whole split. */
  digest: string;
  /** The size of the same model. */
  size: ModelSize;
  warnings: FitWarning[];
  /** Whether a fit did not reach its optimum. Then the scores must not rank. */
  unranked: boolean;
}

export interface Refit {
  model: FittedPipeline;
  digest: string;
  warnings: FitWarning[];
}

export interface EvaluateOptions {
  /**
   * Shared by the configs that one trainer evaluates on the same split data. Equal transforms are then fitted once.
   */
  cache?: StageCache;
  /** Called for each fold as soon as it is scored. */
  onFold?: OnFold;
}

/** @param fold the number of the fold, from 0; with repeats, the folds of all repeats are counted */
export type OnFold = (fold: number, scores: SampleScores) => void;

/** Samples to score a model on. */
interface Held {
  x: Matrix;
  target: Target;
}

/**
 * The samples of one fit of a config: those to fit on and those to score. The transforms so far were applied to them.
 */
export interface Stage {
  /** `fold 0`, `fold 0.2` (the third fold of the first repeat), `refit`. */
  where: string;
  problem: Problem;
  /** Samples to score: those of the fold, or the validation samples. Absent where there are none. */
  held?: Held;
  /** Names of the features. */
  features: readonly string[];
  /** The transforms that were applied. */
  steps: readonly FittedStep[];
  /** What the transforms warned of. */
  warnings: readonly FitWarning[];
}

/**
 * Stages by all that they depend on. The cache is bounded: the stage that was made first is dropped first. A cache
 * belongs to one SplitData.
 */
export class StageCache {
  private readonly entries = new Map<string, Stage>();
  /** The bytes of the matrices of all stages. */
  bytes = 0;

  constructor(private readonly limitBytes = 256 * 1024 * 1024) {}

  /** The stage of a key. `make` makes it where it is absent. */
  get(key: string, make: () => Stage): Stage {
    const found = this.entries.get(key);
    if (found) return found;
    const made = make();
    this.entries.set(key, made);
    this.bytes += sizeOf(made);
    for (const [oldest, stage] of this.entries) {
      if (this.bytes <= this.limitBytes) break;
      this.entries.delete(oldest);
      this.bytes -= sizeOf(stage);
    }
    return made;
  }
}

function sizeOf({ problem, held }: Stage): number {
  return problem.x.data.byteLength + (held?.x.data.byteLength ?? 0);
}

/** The samples of one fold, before any transform. */
function foldStage(fold: Fold, where: string, data: SplitData): Stage {
  const { x, target } = data.train;
  return {
    where,
    problem: { x: takeRows(x, fold.train), target: takeTarget(target, fold.train) },
    held: { x: takeRows(x, fold.test), target: takeTarget(target, fold.test) },
    features: featureNames(data),
    steps: [],
    warnings: [],
  };
}

/** All samples of a split, before any transform; the validation samples are held. */
function refitStage(data: SplitData): Stage {
  return {
    where: 'refit',
    problem: { x: data.train.x, target: data.train.target },
    held: data.validate && { x: data.validate.x, target: data.validate.target },
    features: featureNames(data),
    steps: [],
    warnings: [],
  };
}

/** The stage after one more transform, fitted on its samples. */
function advanceStage(stage: Stage, step: PlannedStep<Transform>, seed: number): Stage {
  const warnings = [...stage.warnings];
  const { where, problem, held, features } = stage;
  const done = fitTransform(step, problem, {
    seed,
    where,
    features,
    warn: warning => warnings.push(warning),
  });
  const transform = (x: Matrix): Matrix => inStep(step, features, () => done.fitted.transform(x));
  return {
    where,
    problem: { ...problem, x: transform(problem.x) },
    held: held && { ...held, x: transform(held.x) },
    features: done.names ?? features,
    steps: [...stage.steps, done],
    warnings,
  };
}

/** The stage of a fit before any transform, made on demand, and the name of the fit. */
interface StageSource {
  where: string;
  make(): Stage;
}

/**
 * The stage after the plan's first `count` transforms. Each prefix of the transforms goes through the cache. So the
 * configs of a search scale the samples of a fold once, and select features of the scaled samples once for each k.
 */
function stageAfter(
  count: number,
  plan: Plan,
  source: StageSource,
  config: Config,
  cache?: StageCache,
): Stage {
  const make = (): Stage => {
    if (count === 0) return source.make();
    return advanceStage(
      stageAfter(count - 1, plan, source, config, cache),
      plan.transforms[count - 1],
      config.seed,
    );
  };
  return cache ? cache.get(stageKey(count, plan, source.where, config), make) : make();
}

/** All that a stage depends on, apart from the data of the cache. */
function stageKey(
  count: number,
  plan: Plan,
  where: string,
  { data, train, validate, cv, seed }: Config,
): string {
  const steps = plan.transforms.slice(0, count).map(({ kind, params }) => [kind.name, params]);
  return canonicalJson({ data, train, validate, cv, seed, where, steps });
}

/** The folds of a config, each as the source of a stage. */
function foldSources(config: Config, data: SplitData): StageSource[] {
  const { cv, seed } = config;
  if (!cv) return [];
  const { codes, k } = classesOf(data.train.target);
  return makeFolds({ y: codes, classes: k, groups: data.train.groups }, cv, seed).map(fold => {
    const where = (cv.repeats ?? 1) > 1 ? `fold ${fold.repeat}.${fold.fold}` : `fold ${fold.fold}`;
    return { where, make: () => foldStage(fold, where, data) };
  });
}

/**
 * The metrics of a config, the ranking one first. Throws InputError `unknown-metric`, or the reason why the config
 * cannot have a metric.
 */
export function metricsOf(config: Config, plan: Plan, classes: number): Metric[] {
  const names = new Set([config.scoring, ...config.metrics]);
  const { kind, params } = plan.estimator;
  return [...names].map(name => {
    const metric = findMetric(name);
    const problem = metricProblem(metric, classes, kind.tags.proba(params));
    if (problem && (name === config.scoring || problem.code !== 'no-probabilities')) throw problem;
    return metric;
  });
}

/**
 * The outputs of a model for some samples that the metrics need. Each value is computed once. Labels come from the
 * decision, or else from the probabilities. So every metric notices a model that gives NaN. `where` names the fit.
 */
function outputsOf(model: Classifier, x: Matrix, metrics: readonly Metric[], where = 'this fit'): Outputs {
  const needs = new Set(metrics.map(metric => metric.needs));
  const outputs: Outputs = { classes: model.classes, singles: model.singles };
  const isSorted = needs.has('ranking') || needs.has('labels');
  if (isSorted && model.decision) outputs.decision = model.decision(x);
  if ((needs.has('probabilities') || (isSorted && !model.decision)) && model.proba) {
    outputs.proba = model.proba(x);
  }
  refuseNaN(outputs.decision, where);
  refuseNaN(outputs.proba, where);
  if (needs.has('labels') && !outputs.decision) {
    outputs.labels = outputs.proba ? codesOfProba(outputs.proba, model.classes) : model.predict(x);
  }
  return outputs;
}

/** Every metric of a model on some samples. */
export function scoreModel(
  model: Classifier,
  x: Matrix,
  y: Int32Array,
  metrics: readonly Metric[],
  where?: string,
): SampleScores {
  const outputs = outputsOf(model, x, metrics, where);
  return Object.fromEntries(metrics.map(metric => [metric.name, score(metric, y, outputs)]));
}

type SampleScores = { [metric: string]: number | null };

/** Mean and deviation over folds; null where a fold has no score. */
function overFolds(
  perFold: readonly SampleScores[],
  metrics: readonly Metric[],
): { [metric: string]: FoldScores | null } {
  return Object.fromEntries(
    metrics.map(({ name }) => {
      const folds = perFold.map(scores => scores[name]);
      return [name, folds.some(value => value === null) ? null : foldScores(folds as number[])];
    }),
  );
}

function foldScores(folds: number[]): FoldScores {
  const mean = folds.reduce((sum, value) => sum + value, 0) / folds.length;
  const squares = folds.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, std: Math.sqrt(squares / folds.length), folds };
}

/**
 * Loads what the steps of a config need. Await it once before `evaluate`, `refit` or `loadPipeline`. A second call
 * costs little.
 */
export async function ready(steps: readonly Step[]): Promise<void> {
  const { kind, params } = planSteps(steps).estimator;
  await kind.ready?.(params);
}

/** The plan of a config, with the classes that its parameters name turned into codes. */
function planFor(config: Config, data: SplitData): Plan {
  const plan = planSteps(config.steps);
  const { kind, params } = plan.estimator;
  if (!kind.bind) return plan;
  return { ...plan, estimator: { ...plan.estimator, params: kind.bind(params, data.target) } };
}

/** Evaluates a config on the data of its split. Throws InputError for what the data or the steps forbid. */
export function evaluate(config: Config, data: SplitData, options: EvaluateOptions = {}): Evaluation {
  const plan = planFor(config, data);
  const metrics = metricsOf(config, plan, classNames(data.target).length);
  const warnings: FitWarning[] = [];
  const fit = (source: StageSource): Fit => fitStage(plan, source, config, warnings, options.cache);
  const scoresOn = ({ model, stage }: Fit, { x, target }: Held): SampleScores =>
    inStep(plan.estimator, stage.features, () =>
      scoreModel(model, x, classesOf(target).codes, metrics, stage.where),
    );
  const scores: Scores = {};

  if (config.cv) {
    const perFold = foldSources(config, data).map((source, fold) => {
      const fitted = fit(source);
      const scored = scoresOn(fitted, fitted.stage.held!);
      options.onFold?.(fold, scored);
      return scored;
    });
    scores.cv = overFolds(perFold, metrics);
  }

  const fitted = fit({ where: 'refit', make: () => refitStage(data) });
  if (fitted.stage.held) scores.validate = scoresOn(fitted, fitted.stage.held);
  scores.train = scoresOn(fitted, fitted.stage.problem);
  const unranked = warnings.some(warning => warning.unranked);
  const model = fitted.pipeline();
  return { scores, digest: pipelineDigest(model.serialize()), size: model.size(), warnings, unranked };
}

/** The model of a config: its pipeline fitted on the whole split. It has the bits whose digest `evaluate` gives. */
export function refit(config: Config, data: SplitData): Refit {
  const warnings: FitWarning[] = [];
  const source = { where: 'refit', make: () => refitStage(data) };
  const model = fitStage(planFor(config, data), source, config, warnings).pipeline();
  return { model, digest: pipelineDigest(model.serialize()), warnings };
}

interface Fit {
  /** The classifier, for samples that went through the transforms. */
  model: Classifier;
  stage: Stage;
  /** Transforms and classifier in one. */
  pipeline(): FittedPipeline;
}

/** One fit of a config. Its warnings are added to the list. */
function fitStage(
  plan: Plan,
  source: StageSource,
  config: Config,
  warnings: FitWarning[],
  cache?: StageCache,
): Fit {
  const stage = stageAfter(plan.transforms.length, plan, source, config, cache);
  const { where, features } = stage;
  warnings.push(...stage.warnings);
  const warn = (warning: FitWarning): number => warnings.push(warning);
  const model = fitEstimator(plan.estimator, stage.problem, { seed: config.seed, where, features, warn });
  return { model, stage, pipeline: () => joinPipeline(stage.steps, plan.estimator, model) };
}
