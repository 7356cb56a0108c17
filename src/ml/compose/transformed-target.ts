import { z } from 'zod';
import { InputError } from '../../base/errors.js';
import { exp, expm1, log, log1p } from '../../kernels/math.js';
import { checkProblem, naming, refuseUnlearned } from '../checks.js';
import { withTraits } from '../definition.js';
import { unused } from '../parameters.js';
import { numberColumns } from '../../base/dataset.js';
import type { Document, FitContext, Regressor, RegressorKind, ValueProblem, ValueRange } from '../types.js';
import { innerContext } from './fitted-chain.js';
import { innerSchema, innerStep, type FindStep, type InnerParams, type InnerStep } from './inner-step.js';
import { passage } from './passage.js';

/**
 * scikit-learn's TransformedTargetRegressor (sklearn/compose/_target.py): a regressor learns a function of the target,
 * and its predictions go back through the inverse of that function.
 */

interface TargetFunction {
  forward(value: number): number;
  back(value: number): number;
  /** The values that the function takes. */
  values: ValueRange;
  /** Whether the function takes a value. */
  takes(value: number): boolean;
}

const FUNCTIONS: { [func: string]: TargetFunction } = {
  log: { forward: log, back: exp, values: 'above 0', takes: value => value > 0 },
  log1p: { forward: log1p, back: expm1, values: 'any', takes: value => value > -1 },
  sqrt: {
    forward: Math.sqrt,
    back: value => value * value,
    values: 'at least 0',
    takes: value => value >= 0,
  },
};

type Func = 'log' | 'log1p' | 'sqrt' | null;

const SAME: TargetFunction = {
  forward: value => value,
  back: value => value,
  values: 'any',
  takes: () => true,
};

const functionOf = (func: Func): TargetFunction => (func === null ? SAME : FUNCTIONS[func]);

interface Params {
  regressor: InnerParams;
  func: Func;
}

interface Learned {
  func: Func;
  regressor: { name: string; fitted: Document };
}

function fittedRegressor(name: string, func: Func, model: Regressor): Regressor {
  const { back } = functionOf(func);
  return {
    predict: x => model.predict(x).map(back),
    // Contributions to a function of the target do not add up to a prediction.
    ...(func === null && model.inside && { inside: () => model.inside!() }),
    size: () => model.size(),
    ...(model.isLearned && { isLearned: () => model.isLearned!() }),
    serialize: () => ({ func, regressor: { name, fitted: model.serialize() } }),
  };
}

function fit(
  { kind, params }: InnerStep<RegressorKind>,
  func: Func,
  problem: ValueProblem,
  context: FitContext,
): Regressor {
  checkProblem(problem, { missing: true });
  const { forward, takes, values } = functionOf(func);
  const at = problem.y.findIndex(value => !takes(value));
  if (at >= 0) {
    const value = problem.y[at];
    throw new InputError('target-range', `func ${func} does not take ${value}, the target of sample ${at}`, {
      value,
      expected: values === 'any' ? 'values above -1' : `values ${values}`,
      hint: 'Take another function, or `func: null`.',
    });
  }
  const known =
    context.columns ?? numberColumns(Array.from({ length: problem.x.columns }, (_, j) => `x${j}`));
  return naming(kind.name, known, () => {
    const own = innerContext(context, { kind, params }, known, 'regressor');
    const model = kind.fit({ ...problem, y: problem.y.map(forward) }, params, own);
    refuseUnlearned(model, kind.name);
    return fittedRegressor(kind.name, func, model);
  });
}

export function transformedTargetRegressor(find: FindStep): RegressorKind<Params> {
  const isRegressor = (step: ReturnType<FindStep>): boolean =>
    step.kind === 'estimator' && step.task === 'regression';
  const of = ({ regressor }: Params) => innerStep(find, regressor) as InnerStep<RegressorKind>;
  return {
    kind: 'estimator',
    task: 'regression',
    name: 'TransformedTargetRegressor',
    summary: 'a regressor that learns a function of the target',
    params: z.strictObject({
      regressor: withTraits(
        innerSchema(find, isRegressor, 'a regressor').describe(
          'the regressor that learns the function of the target',
        ),
        { steps: 'regressor' },
      ),
      func: z
        .enum(['log', 'log1p', 'sqrt'])
        .nullable()
        .default(null)
        .describe('the function of the target; predictions go back through its inverse; null is none'),
      check_inverse: unused(z.boolean().default(true), 'each function here has its inverse'),
    }),
    tags: {
      missing: true,
      categories: true,
      weights: params => of(params).kind.tags.weights(of(params).params),
      deterministic: params => of(params).kind.tags.deterministic(of(params).params),
      opaque: params => params.func !== null || of(params).kind.tags.opaque?.(of(params).params) === true,
      // As those of some regressors do.
      ordersFeatures: true,
      values: ({ func }) => functionOf(func).values,
    },
    invariances: params => of(params).kind.invariances(of(params).params),
    needs(params, shape) {
      const { obstacle } = passage([of(params)], shape);
      return obstacle && { ...obstacle, what: `${obstacle.step}: ${obstacle.what}`, path: ['regressor'] };
    },
    async ready(params) {
      const { kind, params: own } = of(params);
      await kind.ready?.(own);
    },
    fit: (problem, params, context) => fit(of(params), params.func, problem, context),
    load(document) {
      const { func, regressor } = document as unknown as Learned;
      const { name, fitted } = regressor;
      return fittedRegressor(name, func, (find(name) as RegressorKind).load(fitted));
    },
  };
}
