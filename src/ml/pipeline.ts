import type { z } from 'zod';
import type { FitWarning, Step } from '../base/config.js';
import { numberColumns, type DataColumn, type Matrix } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { Rng } from '../base/rng.js';
import { learn } from './compose/learn.js';
import { naming, refuseCategories, refuseUnlearned } from './checks.js';
import { seedOf } from './random-state.js';
import { findStep } from './registry.js';
import { digest } from './serialize.js';
import type {
  Classifier,
  Document,
  Estimator,
  FitContext,
  FittedTransform,
  Predictor,
  Problem,
  Regressor,
  Transform,
} from './types.js';

/**
 * Pipelines: transforms, then an estimator. A fitted pipeline is the chain of its fitted steps. Its document is the
 * content of a model file, and the model's digest is computed from it:
 *
 *   { format: "spt-pipeline", version: 1, steps: [{ name, params, fitted }, ...] }
 *
 * The digest covers the names and the fitted steps only. So a parameter that a later version adds changes no old
 * model.
 */

/** A step of a config with its parameters filled in. */
export interface PlannedStep<K extends Transform | Estimator = Transform | Estimator> {
  /** Its place in the pipeline, from 0. */
  place: number;
  kind: K;
  /** All parameters, defaults filled in. */
  params: { [name: string]: unknown };
}

/** A config's steps, checked: any number of transforms, then one estimator. */
export interface Plan {
  transforms: PlannedStep<Transform>[];
  estimator: PlannedStep<Estimator>;
}

/** A fitted transform, and its step, which is saved with it. */
export interface FittedStep {
  step: PlannedStep<Transform>;
  fitted: FittedTransform;
}

/** The parts of a fitted pipeline. */
interface Parts<Last extends Predictor> {
  /** The transforms, in their order. */
  readonly transforms: readonly FittedStep[];
  /** The estimator, for samples that went through the transforms, and its step. */
  readonly last: { step: PlannedStep<Estimator>; model: Last };
}

/** A fitted pipeline that predicts classes. */
export interface ClassPipeline extends Classifier, Parts<Classifier> {}

/** A fitted pipeline that predicts values. */
export interface ValuePipeline extends Regressor, Parts<Regressor> {}

/** A fitted pipeline: an estimator with the transforms in front of it, and its parts. */
export type FittedPipeline = ClassPipeline | ValuePipeline;

/** The context of one fit of a whole pipeline: the source of its randomness, and where its warnings go. */
export interface PipelineContext {
  /** The seed of the config. A step with a `random_state` uses that instead. */
  seed: number;
  /** Which fit of the config this is: `refit`, `fold 3`. */
  where: string;
  /** The columns of the problem. Messages name them. Absent where nothing is known of them. */
  columns?: readonly DataColumn[];
  warn(warning: FitWarning): void;
}

/** Checks the steps of a config. Throws InputError: `unknown-step`, `bad-parameter`, `bad-pipeline`. */
export function planSteps(steps: readonly Step[]): Plan {
  const planned = steps.map((step, place) => {
    const [[name, given]] = Object.entries(step);
    const kind = findStep(name);
    return { place, kind, params: checkParameters(kind, given) };
  });
  const estimator = planned.at(-1);
  if (!estimator || !isEstimator(estimator)) {
    throw new InputError('bad-pipeline', 'the last step of a pipeline is not an estimator', {
      value: estimator?.kind.name,
      expected: 'transforms, then one estimator',
    });
  }
  const transforms = planned.slice(0, -1).map(step => {
    if (!isEstimator(step)) return step as PlannedStep<Transform>;
    throw new InputError('bad-pipeline', `the estimator ${step.kind.name} stands before the last step`, {
      value: step.kind.name,
      expected: 'transforms, then one estimator',
    });
  });
  return { transforms, estimator };
}

function isEstimator(step: PlannedStep): step is PlannedStep<Estimator> {
  return step.kind.kind === 'estimator';
}

/**
 * A step's parameters with defaults filled in. Throws InputError `bad-parameter`, which names the step and the
 * parameter.
 */
export function checkParameters(kind: Transform | Estimator, given: unknown): { [name: string]: unknown } {
  const result = kind.params.safeParse(given ?? {});
  if (result.success) return result.data as { [name: string]: unknown };
  const issue: z.core.$ZodIssue = result.error.issues[0];
  const where = [kind.name, ...issue.path].join('.');
  throw new InputError('bad-parameter', `${where}: ${issue.message}`, {
    value: issue.input,
    expected: issue.message,
  });
}

/**
 * The generator of one step of one fit. It depends on the seed, the fit and the step's place, and on no other
 * parameter.
 */
export function stepRng(step: PlannedStep, { seed, where }: Pick<PipelineContext, 'seed' | 'where'>): Rng {
  return Rng.from('spt', seedOf(step.params, seed), where).child(step.place);
}

/**
 * Runs a part of a step. An InputError that it throws gets the name of the step in its message and, where names are
 * known, the name of the feature.
 */
export function inStep<T>(step: PlannedStep, columns: readonly DataColumn[] | undefined, run: () => T): T {
  return naming(step.kind.name, columns, run);
}

/** The context of a step's fit: a generator for this step, and warnings that name the step and the fit. */
function fitContext(step: PlannedStep, context: PipelineContext): FitContext {
  const { name } = step.kind;
  const warn = (warning: FitWarning): void => context.warn({ ...warning, step: name, where: context.where });
  return { rng: stepRng(step, context), columns: context.columns, warn };
}

/** The columns after a transform. */
export function columnsAfter(fitted: FittedTransform, columns: readonly DataColumn[]): readonly DataColumn[] {
  return fitted.columns ? fitted.columns(columns) : columns;
}

/** The names of columns of numbers after a transform. */
export function namesAfter(fitted: FittedTransform, names: readonly string[]): readonly string[] {
  return columnsAfter(fitted, numberColumns(names)).map(({ name }) => name);
}

/** Fits one transform on a problem to which the transforms before it were applied. */
export function fitTransform(
  step: PlannedStep<Transform>,
  problem: Problem,
  context: PipelineContext,
): FittedStep {
  const { kind, params } = step;
  const fitted = inStep(step, context.columns, () => {
    refuseCategories(kind.tags, problem.columns);
    return kind.fit(problem, params, fitContext(step, context));
  });
  return { step, fitted };
}

/**
 * Fits the estimator on a problem to which the transforms were applied. Throws InputError `not-learned` for a model
 * with NaN, and `not-classes` or `not-values` for a target of the other task.
 */
export function fitEstimator(
  step: PlannedStep<Estimator>,
  problem: Problem,
  context: PipelineContext,
): Predictor {
  return inStep(step, context.columns, () => {
    refuseCategories(step.kind.tags, problem.columns);
    const model = learn(step, problem, fitContext(step, context));
    refuseUnlearned(model, context.where);
    return model;
  });
}

/** A pipeline of steps that were fitted one by one. */
export function joinPipeline(
  steps: readonly FittedStep[],
  estimator: PlannedStep<Estimator>,
  model: Predictor,
): FittedPipeline {
  const through = (x: Matrix): Matrix =>
    steps.reduce((current, { step, fitted }) => inStep(step, undefined, () => fitted.transform(current)), x);
  const common = {
    transforms: steps,
    singles: model.singles,
    size: () => model.size(),
    serialize: () => pipelineDocument(steps, estimator, model),
  };
  if (model.classes === undefined)
    return { ...common, last: { step: estimator, model }, predict: x => model.predict(through(x)) };
  return {
    ...common,
    classes: model.classes,
    last: { step: estimator, model },
    predict: x => model.predict(through(x)),
    decision: model.decision && (x => model.decision!(through(x))),
    proba: model.proba && (x => model.proba!(through(x))),
  };
}

function pipelineDocument(
  steps: readonly FittedStep[],
  estimator: PlannedStep<Estimator>,
  model: Predictor,
): Document {
  return {
    format: 'spt-pipeline',
    version: 1,
    steps: [
      ...steps.map(({ step, fitted }) => stepDocument(step, fitted.serialize())),
      stepDocument(estimator, model.serialize()),
    ],
  };
}

function stepDocument(step: PlannedStep, fitted: Document): Document {
  return { name: step.kind.name, params: step.params as { [name: string]: Document }, fitted };
}

interface PipelineDocument {
  format: string;
  version: number;
  steps: { name: string; params: { [name: string]: Document }; fitted: Document }[];
}

/** The pipeline that a document holds. Throws InputError: `bad-model`, `unknown-step`, `bad-parameter`. */
export function loadPipeline(document: Document): FittedPipeline {
  const { format, version, steps } = (document ?? {}) as unknown as PipelineDocument;
  if (format !== 'spt-pipeline' || version !== 1 || !Array.isArray(steps)) {
    throw new InputError('bad-model', 'not a model of this program', {
      value: { format, version },
      expected: 'format spt-pipeline, version 1',
    });
  }
  const plan = planSteps(steps.map(({ name, params }) => ({ [name]: params }) as Step));
  const fitted = plan.transforms.map((step, at) => ({ step, fitted: step.kind.load(steps[at].fitted) }));
  return joinPipeline(fitted, plan.estimator, plan.estimator.kind.load(steps.at(-1)!.fitted));
}

/** The digest of a pipeline's document: 32 hexadecimal digits. It covers all that the predictions depend on. */
export function pipelineDigest(document: Document): string {
  const { steps } = document as unknown as PipelineDocument;
  return digest(steps.map(({ name, fitted }) => ({ name, fitted })));
}
