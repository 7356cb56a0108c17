import { z } from 'zod';
import type { DataColumn } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import { quantile } from '../algebra/statistics.js';
import { takeColumns } from '../algebra/matrix.js';
import { withTraits } from '../definition.js';
import { keptFlow } from '../inside.js';
import { featuresLeft, needFeatures, type Shape } from '../needs.js';
import { amountOf, countOrShare, unused, unusedParameters, type CountOrShare } from '../parameters.js';
import type { Estimator, FitContext, Problem, Transform } from '../types.js';
import { defineTransform } from '../transforms/define.js';
import { importancesOf, noImportancesOf } from './importances.js';
import { innerSchema, innerStep, type FindStep, type InnerParams, type InnerStep } from './inner-step.js';
import { passage } from './passage.js';

/**
 * Transforms that keep the features which count most in a model: scikit-learn's SelectFromModel and RFE
 * (sklearn/feature_selection/_from_model.py, _rfe.py). Only the places of the kept features are learned.
 */

/** The places of the features that are kept, ascending. */
type Kept = { kept: Int32Array };

const KEEP_COLUMNS = {
  apply: ({ kept }: Kept, x: Problem['x']) => takeColumns(x, kept),
  columns: ({ kept }: Kept, columns: readonly DataColumn[]) => Array.from(kept, j => columns[j]),
  flow: ({ kept }: Kept, features: number) => keptFlow(kept, features),
};

const estimatorSchema = (find: FindStep) =>
  withTraits(
    innerSchema(find, ({ kind }) => kind === 'estimator', 'an estimator').describe(
      'the estimator whose coefficients or importances say how much a feature counts',
    ),
    { steps: 'estimator' },
  );

/** The estimator among the parameters. Its schema has refused all other steps. */
const estimatorOf = (find: FindStep, estimator: InnerParams): InnerStep<Estimator> =>
  innerStep(find, estimator) as InnerStep<Estimator>;

/** What a transform with an estimator inside takes over from it. */
function fromEstimator(find: FindStep) {
  const of = ({ estimator }: { estimator: InnerParams }) => estimatorOf(find, estimator);
  return {
    missing: true,
    categories: true as const,
    invariances: (params: { estimator: InnerParams }) => {
      const { kind, params: own } = of(params);
      return { ...kind.invariances(own), upToScale: true };
    },
    bind<P extends { estimator: InnerParams }>(
      params: P,
      target: Parameters<NonNullable<Estimator['bind']>>[1],
    ): P {
      const { kind, params: own } = of(params);
      return kind.bind ? { ...params, estimator: { [kind.name]: kind.bind(own, target) } } : params;
    },
    async ready(params: { estimator: InnerParams }): Promise<void> {
      const { kind, params: own } = of(params);
      await kind.ready?.(own);
    },
  };
}

/** What stands in the way of the estimator on data of a shape. */
function obstacleIn(step: InnerStep<Estimator>, shape: Shape) {
  const untold = noImportancesOf(step, shape);
  if (untold) return untold;
  const { obstacle } = passage([step], shape);
  return obstacle && { ...obstacle, what: `${obstacle.step}: ${obstacle.what}`, path: ['estimator'] };
}

// ---- SelectFromModel

/** `mean`, `median`, or one of them times a number: `1.25*mean`. */
const THRESHOLD = /^\s*(?:(\d+\.?\d*|\.\d+)\s*\*\s*)?(mean|median)\s*$/;
const THRESHOLD_EXPECTED = 'a number, mean, median, or a multiple such as 1.25*mean';

type Threshold = number | string | null;

/** With the penalty l1, coefficients that count are not 0, and the others are. */
const NEARLY_ZERO = 1e-5;

/** Whether an estimator leaves coefficients at 0: the default threshold is near 0 then. */
function isSparse({ kind, params }: InnerStep<Estimator>): boolean {
  const { penalty, l1_ratio } = params;
  return penalty === 'l1' || kind.name === 'Lasso' || (kind.name === 'ElasticNet' && l1_ratio === 1);
}

function thresholdOf(threshold: Threshold, importances: Float64Array, step: InnerStep<Estimator>): number {
  const written = threshold ?? (isSparse(step) ? NEARLY_ZERO : 'mean');
  if (typeof written === 'number') return written;
  const [, factor = '1', reference] = THRESHOLD.exec(written)!;
  const mean = importances.reduce((sum, value) => sum + value, 0) / importances.length;
  return Number(factor) * (reference === 'mean' ? mean : quantile(importances.slice().sort(), 0.5));
}

/** Places by falling importance; of equal ones, the first place first. */
const byImportance = (importances: Float64Array): number[] =>
  [...importances.keys()].sort((a, b) => importances[b] - importances[a] || a - b);

export function selectFromModel(find: FindStep): Transform {
  const { missing, categories, invariances, bind, ready } = fromEstimator(find);
  const params = z.strictObject({
    estimator: estimatorSchema(find),
    threshold: z
      .union([z.number(), z.string().regex(THRESHOLD, { message: THRESHOLD_EXPECTED })])
      .nullable()
      .default(null)
      .describe(
        'features whose importance is at least this are kept: a number, mean, median, or a multiple such as ' +
          '1.25*mean; null is 1e-5 for penalty l1, else mean',
      ),
    max_features: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe('the most features that are kept: those of the largest importance'),
    prefit: unused(z.literal(false).default(false), 'the estimator is always fitted'),
  });
  type Params = z.infer<typeof params>;
  const made = defineTransform<Params, Kept>({
    name: 'SelectFromModel',
    summary: 'keeps the features that count in a model',
    ...{ missing, categories, params, invariances },
    needs: ({ estimator, max_features }, shape) =>
      needFeatures('max_features', max_features, shape) ?? obstacleIn(estimatorOf(find, estimator), shape),
    leaves: ({ max_features }, shape) => ({
      ...shape,
      features: featuresLeft(max_features, shape.features),
      ...{ least: undefined, columns: undefined },
    }),
    learn(problem, { estimator, threshold, max_features }, context): Kept {
      const step = estimatorOf(find, estimator);
      const { columns } = problem.x;
      if (max_features !== null && max_features > columns)
        throw new InputError(
          'too-many-features',
          `max_features is ${max_features}, and there are ${columns} features`,
          {
            value: max_features,
            expected: `at most ${columns}`,
          },
        );
      const importances = importancesOf(step, problem, context, 'norm');
      const least = thresholdOf(threshold, importances, step);
      const kept = byImportance(importances)
        .slice(0, max_features ?? columns)
        .filter(j => importances[j] >= least);
      if (kept.length > 0) return { kept: Int32Array.from(kept).sort() };
      throw new InputError('no-features', `no feature has an importance of at least ${least}`, {
        value: least,
        hint: 'Lower the threshold, or take an estimator with a weaker penalty.',
      });
    },
    ...KEEP_COLUMNS,
  });
  return { ...made, bind, ready };
}

// ---- RFE

/** Half of the features where `null` stands, and the floor of a share, as in scikit-learn. */
function wantedFeatures(wanted: CountOrShare | null, features: number): number {
  return wanted === null ? Math.floor(features / 2) : amountOf(wanted, features, Math.floor);
}

/**
 * The features that are left when the least important ones were taken away step by step. The estimator is fitted again
 * on what is left. Of equal importances, the first feature goes first.
 */
function eliminated(
  step: InnerStep<Estimator>,
  problem: Problem,
  context: FitContext,
  { wanted, atOnce }: { wanted: number; atOnce: number },
): Int32Array {
  const { x, columns } = problem;
  let left = Int32Array.from({ length: x.columns }, (_, j) => j);
  while (left.length > wanted) {
    const own = <T>(all: readonly T[] | undefined): T[] | undefined => all && Array.from(left, j => all[j]);
    const importances = importancesOf(
      step,
      { ...problem, x: takeColumns(x, left), columns: own(columns) },
      { ...context, columns: own(context.columns) },
      'squares',
    );
    const order = [...importances.keys()].sort((a, b) => importances[a] - importances[b] || a - b);
    const gone = new Set(order.slice(0, Math.min(atOnce, left.length - wanted)));
    left = left.filter((_, at) => !gone.has(at));
  }
  return left;
}

export function rfe(find: FindStep): Transform {
  const { missing, categories, invariances, bind, ready } = fromEstimator(find);
  const params = z.strictObject({
    estimator: estimatorSchema(find),
    n_features_to_select: countOrShare(1, false)
      .nullable()
      .default(null)
      .describe('how many features are kept, or which share of them; null is half of them'),
    step: countOrShare(1, false)
      .default(1)
      .describe('how many features go in each round, or which share of all features'),
    verbose: unusedParameters.verbose,
  });
  type Params = z.infer<typeof params>;
  const made = defineTransform<Params, Kept>({
    name: 'RFE',
    summary: 'takes away the features that count least in a model, round by round',
    ...{ missing, categories, params, invariances },
    needs: ({ estimator, n_features_to_select }, shape) =>
      needFeatures('n_features_to_select', n_features_to_select, shape) ??
      obstacleIn(estimatorOf(find, estimator), shape),
    leaves: ({ n_features_to_select }, shape) => ({
      ...shape,
      features: wantedFeatures(n_features_to_select, shape.features),
      ...{ least: undefined, columns: undefined },
    }),
    learn(problem, { estimator, n_features_to_select, step }, context): Kept {
      const { columns } = problem.x;
      const wanted = wantedFeatures(n_features_to_select, columns);
      if (wanted < 1 || wanted > columns)
        throw new InputError('too-many-features', `${wanted} of ${columns} features cannot be kept`, {
          value: wanted,
          expected: `from 1 to ${columns}`,
        });
      const atOnce = Math.max(1, amountOf(step, columns, Math.floor));
      return { kept: eliminated(estimatorOf(find, estimator), problem, context, { wanted, atOnce }) };
    },
    ...KEEP_COLUMNS,
  });
  return { ...made, bind, ready };
}
