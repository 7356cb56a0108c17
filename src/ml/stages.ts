import type { Config, FitWarning } from '../base/config.js';
import type { DataColumn, Matrix, Samples, SplitData, Target } from '../base/dataset.js';
import { canonicalJson } from '../base/json.js';
import { takeRows, takeTarget, takeValues } from './algebra/matrix.js';
import { makeFolds, type Fold } from './folds.js';
import {
  columnsAfter,
  fitTransform,
  inStep,
  type FittedStep,
  type Plan,
  type PlannedStep,
} from './pipeline.js';
import type { Problem, Transform } from './types.js';

/**
 * The samples of a config's fits: those of each fold and those of the whole split, after each transform. Several
 * configs share work. Folds depend on the data, the cv and the seed only. What the transforms give depends on the
 * steps and the fold, and is kept in a StageCache.
 */

/** Samples to score a model on. */
export interface Held {
  x: Matrix;
  target: Target;
  /** m weights of the samples in scores; absent means 1 each. */
  weights?: Float64Array;
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
  /** The columns of `problem.x` and `held.x`. */
  columns: readonly DataColumn[];
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

/** `columns` of a problem: nothing where all columns hold numbers. */
function kindsOf(columns: readonly DataColumn[]): Pick<Problem, 'columns'> {
  return columns.every(({ kind }) => kind === 'number') ? {} : { columns };
}

function withoutKinds({ columns: _, ...rest }: Problem): Problem {
  return rest;
}

/** Samples as a fit or a score takes them: those of some rows, or all of them. */
function samplesOf({ x, target, weights }: Samples, rows?: Int32Array): Held {
  if (!rows) return { x, target, ...(weights && { weights }) };
  const some = { x: takeRows(x, rows), target: takeTarget(target, rows) };
  return weights ? { ...some, weights: takeValues(weights, rows) } : some;
}

/** The samples of one fold, before any transform. */
function foldStage(fold: Fold, where: string, data: SplitData): Stage {
  return {
    where,
    problem: { ...samplesOf(data.train, fold.train), ...kindsOf(data.columns) },
    held: samplesOf(data.train, fold.test),
    columns: data.columns,
    steps: [],
    warnings: [],
  };
}

/** All samples of a split, before any transform; the validation samples are held. */
function refitStage(data: SplitData): Stage {
  return {
    where: 'refit',
    problem: { ...samplesOf(data.train), ...kindsOf(data.columns) },
    held: data.validate && samplesOf(data.validate),
    columns: data.columns,
    steps: [],
    warnings: [],
  };
}

/** The stage after one more transform, fitted on its samples. */
function advanceStage(stage: Stage, step: PlannedStep<Transform>, seed: number): Stage {
  const warnings = [...stage.warnings];
  const { where, problem, held, columns } = stage;
  const done = fitTransform(step, problem, {
    seed,
    where,
    columns,
    warn: warning => warnings.push(warning),
  });
  // The samples of the fit are in the next problem, so the fitted step need not keep them.
  const { trained, ...fitted } = done.fitted;
  const left = columnsAfter(fitted, columns);
  const transform = (x: Matrix): Matrix => inStep(step, columns, () => fitted.transform(x));
  return {
    where,
    problem: { ...withoutKinds(problem), ...kindsOf(left), x: trained ?? transform(problem.x) },
    held: held && { ...held, x: transform(held.x) },
    columns: left,
    steps: [...stage.steps, { step, fitted }],
    warnings,
  };
}

/** The stage of a fit before any transform, made on demand, and the name of the fit. */
export interface StageSource {
  where: string;
  make(): Stage;
}

/** A fold as the source of a stage. */
export interface FoldSource extends StageSource {
  fold: Fold;
}

/**
 * The stage after the plan's first `count` transforms. Each prefix of the transforms goes through the cache. So the
 * configs of a search scale the samples of a fold once, and select features of the scaled samples once for each k.
 */
export function stageAfter(
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

/** The folds of a config, each as the source of a stage; none without cross-validation. */
export function foldSources(config: Config, data: SplitData): FoldSource[] {
  const { cv, seed } = config;
  if (!cv) return [];
  return makeFolds(data.train, cv, seed).map(fold => {
    const where = (cv.repeats ?? 1) > 1 ? `fold ${fold.repeat}.${fold.fold}` : `fold ${fold.fold}`;
    return { where, fold, make: () => foldStage(fold, where, data) };
  });
}

/** The source of the stage for the fit on the whole split. */
export function refitSource(data: SplitData): StageSource {
  return { where: 'refit', make: () => refitStage(data) };
}
