import type { Config, FitWarning, ModelSize, Scores, Step } from '../base/config.js';
import type { SplitData, TargetMeaning } from '../base/dataset.js';
import { findMetric, metricProblem } from './scoring/metrics.js';
import type { Metric } from './scoring/types.js';
import {
  complete,
  scoreModel,
  scoresOverFolds,
  type AllOutputs,
  type SampleScores,
  type Scored,
  type Wanted,
} from './scored.js';
import { refuseOtherTask, taskOf } from './task.js';
import { fitEstimator, inStep, joinPipeline, pipelineDigest, planSteps } from './pipeline.js';
import type { FittedPipeline, Plan, PlannedStep } from './pipeline.js';
import {
  foldSources,
  refitSource,
  stageAfter,
  type FoldSource,
  type Held,
  type Stage,
  type StageCache,
  type StageSource,
} from './stages.js';
import type { Predictor } from './types.js';

/**
 * Scores of a config: first over the folds of a cross-validation. Then the config is fitted once on the whole split,
 * and scored on the validation samples and on the samples of the fit.
 *
 * Every fit draws from its own generator. The generator is named by the seed and by the fit ("fold 2", "refit"), not
 * by the config's id. So configs that differ only in parameters share their random numbers. They can be compared with
 * less noise, and a forest of 50 trees is the first half of a forest of 100. `refit` gives the same bits as
 * `evaluate`, and predictions.ts gives the predictions behind the scores.
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
  /**
   * Called after each fit that is scored on samples that it did not see, with a function that gives all outputs for
   * them, in the order of their rows.
   */
  onUnseen?: (of: 'fold' | 'validate', outputs: () => AllOutputs) => void;
}

/** @param fold the number of the fold, from 0; with repeats, the folds of all repeats are counted */
export type OnFold = (fold: number, scores: SampleScores) => void;

/**
 * The metrics of a config on a target, the ranking one first. Throws InputError `unknown-metric`, or the reason why the
 * config cannot have a metric
 */
export function metricsOf(config: Config, plan: Plan, target: TargetMeaning): Metric[] {
  const names = new Set([config.scoring, ...config.metrics]);
  const { kind, params } = plan.estimator;
  const classes = target.kind === 'classes' ? target.names.length : undefined;
  const hasProba = kind.task === 'classification' && kind.tags.proba(params);
  return [...names].map(name => {
    const metric = findMetric(name);
    const problem = metricProblem(metric, classes, hasProba);
    if (problem && (name === config.scoring || problem.code !== 'no-probabilities')) throw problem;
    return metric;
  });
}

/**
 * Loads what the steps of a config need. Await it once before `evaluate`, `refit` or `loadPipeline`. A second call
 * costs little.
 */
export async function ready(steps: readonly Step[]): Promise<void> {
  const { transforms, estimator } = planSteps(steps);
  for (const { kind, params } of [...transforms, estimator]) await kind.ready?.(params);
}

/**
 * The plan of a config, with the classes that its parameters name turned into codes. Throws InputError `not-classes` or
 * `not-values` for a target of the other task.
 */
function planFor(config: Config, data: SplitData): Plan {
  const plan = planSteps(config.steps);
  refuseOtherTask(plan.estimator.kind, taskOf(data.target));
  const bound = <S extends PlannedStep>(step: S): S => {
    const { kind, params } = step;
    return kind.bind ? { ...step, params: kind.bind(params, data.target) } : step;
  };
  return { transforms: plan.transforms.map(bound), estimator: bound(plan.estimator) };
}

/** The fits of one config, one after the other, each with its generator. Evaluating and predicting go through here. */
export class ConfigFits {
  /** What the fits so far warned of. */
  readonly warnings: FitWarning[] = [];
  private readonly plan: Plan;
  private readonly metrics: Metric[];

  /** Throws InputError for what the data or the steps forbid. */
  constructor(
    private readonly config: Config,
    private readonly data: SplitData,
    private readonly cache?: StageCache,
  ) {
    this.plan = planFor(config, data);
    this.metrics = metricsOf(config, this.plan, data.target);
  }

  fit(source: StageSource): Fit {
    return fitStage(this.plan, source, this.config, this.warnings, this.cache);
  }

  /** What a fit says of samples that went through its transforms, and its scores. */
  scored({ model, stage }: Fit, samples: Held, wanted: Wanted = 'needed'): Scored {
    return inStep(this.plan.estimator, stage.columns, () =>
      scoreModel(model, samples, this.metrics, stage.where, wanted),
    );
  }

  /** All that a fit can say of samples that went through its transforms. */
  allOutputs(fitted: Fit, samples: Held): AllOutputs {
    return complete(this.scored(fitted, samples, 'all').outputs);
  }

  /** Fits fold after fold, gives each to `use`, and returns the scores over the folds; undefined without a cv. */
  overFolds(
    wanted: Wanted,
    use: (scored: Scored, source: FoldSource, fold: number, fitted: Fit) => void,
  ): Scores['cv'] {
    if (!this.config.cv) return undefined;
    const perFold = foldSources(this.config, this.data).map((source, fold) => {
      const fitted = this.fit(source);
      const scored = this.scored(fitted, fitted.stage.held!, wanted);
      use(scored, source, fold, fitted);
      return scored.scores;
    });
    return scoresOverFolds(perFold, this.metrics);
  }

  /** Whether a fit so far did not reach its optimum. */
  get unranked(): boolean {
    return this.warnings.some(warning => warning.unranked);
  }
}

/** Evaluates a config on the data of its split. Throws InputError for what the data or the steps forbid. */
export function evaluate(config: Config, data: SplitData, options: EvaluateOptions = {}): Evaluation {
  const fits = new ConfigFits(config, data, options.cache);
  const scores: Scores = {};
  const cv = fits.overFolds('needed', (scored, _, fold, fitted) => {
    options.onFold?.(fold, scored.scores);
    options.onUnseen?.('fold', () => fits.allOutputs(fitted, fitted.stage.held!));
  });
  if (cv) scores.cv = cv;

  const fitted = fits.fit(refitSource(data));
  const { held, problem } = fitted.stage;
  if (held) {
    scores.validate = fits.scored(fitted, held).scores;
    options.onUnseen?.('validate', () => fits.allOutputs(fitted, held));
  }
  scores.train = fits.scored(fitted, problem).scores;
  const model = fitted.pipeline();
  const { warnings, unranked } = fits;
  return { scores, digest: pipelineDigest(model.serialize()), size: model.size(), warnings, unranked };
}

/** The model of a config: its pipeline fitted on the whole split. It has the bits whose digest `evaluate` gives. */
export function refit(config: Config, data: SplitData): Refit {
  const warnings: FitWarning[] = [];
  const model = fitStage(planFor(config, data), refitSource(data), config, warnings).pipeline();
  return { model, digest: pipelineDigest(model.serialize()), warnings };
}

export interface Fit {
  /** The estimator, for samples that went through the transforms. */
  model: Predictor;
  stage: Stage;
  /** Transforms and estimator in one. */
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
  const { where, columns } = stage;
  warnings.push(...stage.warnings);
  const warn = (warning: FitWarning): number => warnings.push(warning);
  const model = fitEstimator(plan.estimator, stage.problem, { seed: config.seed, where, columns, warn });
  return { model, stage, pipeline: () => joinPipeline(stage.steps, plan.estimator, model) };
}
