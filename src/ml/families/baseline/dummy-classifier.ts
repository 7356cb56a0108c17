import { z } from 'zod';
import type { Matrix } from '../../../base/dataset.js';
import { InputError } from '../../../base/errors.js';
import { Rng } from '../../../base/rng.js';
import { didYouMean, oneOf } from '../../../base/suggest.js';
import { largestAt } from '../../algebra/matrix.js';
import { checkNewData, checkProblem } from '../../checks.js';
import { without, type Effective } from '../../effective.js';
import { ALIKE, type Invariances } from '../../invariances.js';
import type { Obstacle, Shape } from '../../needs.js';
import { priorsOf } from '../../outputs/priors.js';
import { randomState } from '../../random-state.js';
import type { Classifier, ClassifierKind, ClassProblem, Document, FitContext } from '../../types.js';
import { classCode } from '../../weights.js';

/**
 * A classifier that learns nothing from the features (sklearn/dummy.py). What is no better than it has learned nothing
 * either.
 *
 * scikit-learn draws the classes of `stratified` and `uniform` anew at every prediction. Here a sample always gets the
 * same class: the draw is that of a generator which the model's seed and the values of the sample name.
 */

const STRATEGIES = ['prior', 'most_frequent', 'stratified', 'uniform', 'constant'] as const;

const PARAMETERS = z
  .strictObject({
    strategy: z
      .enum(STRATEGIES)
      .default('prior')
      .describe(
        'which class is predicted: the most frequent one, with the shares of the classes as probabilities (prior) or ' +
          'with 1 for it (most_frequent); one drawn by these shares or uniformly; or the one of `constant`',
      ),
    random_state: randomState,
    constant: z
      .union([z.string(), z.int(), z.boolean()])
      .nullable()
      .default(null)
      .describe('the class that strategy constant predicts'),
  })
  .refine(({ strategy, constant }) => strategy !== 'constant' || constant !== null, {
    path: ['strategy'],
    message: 'strategy constant needs `constant`, a class of the target',
  });

type Parameters = z.infer<typeof PARAMETERS>;

type Learned = {
  classes: number;
  features: number;
  strategy: Parameters['strategy'];
  /** k shares of the classes. */
  priors: Float64Array;
  /** The code that is always predicted; absent for classes that are drawn. */
  code?: number;
  /** The seed of drawn classes, four integers. */
  seed?: Int32Array;
};

const isDrawn = (strategy: Parameters['strategy']): boolean =>
  strategy === 'stratified' || strategy === 'uniform';

export const dummyClassifier: ClassifierKind<Parameters> = {
  kind: 'estimator',
  task: 'classification',
  name: 'DummyClassifier',
  summary: 'a baseline that ignores the features: the most frequent class, or one by chance',
  params: PARAMETERS,
  tags: {
    missing: true,
    categories: true,
    baseline: true,
    weights: () => 'repetitions',
    deterministic: ({ strategy }) => !isDrawn(strategy),
    opaque: () => true,
    ordersFeatures: true,
    decision: false,
    proba: () => true,
  },
  invariances: ({ strategy }): Invariances =>
    isDrawn(strategy)
      ? { ...ALIKE, shift: 'no', scale: 'no', featureScales: 'no', featureOrder: 'no' }
      : ALIKE,
  effective: params => effectiveOf(params),
  needs: ({ constant }, shape) => needClass(constant, shape),
  bind: (params, target) => {
    if (params.constant === null || target.kind === 'values') return params;
    const code = classCode(String(params.constant), target.names);
    if (code < 0) throw noClass(params.constant, target.names);
    return { ...params, constant: code };
  },
  fit: fitDummy,
  load: document => dummyModel(document as Learned),
};

function effectiveOf(params: Parameters): Effective {
  const idle: (keyof Parameters)[] = [];
  if (params.strategy !== 'constant') idle.push('constant');
  if (!isDrawn(params.strategy)) idle.push('random_state');
  return without(params, ...idle);
}

function needClass(constant: Parameters['constant'], { classes }: Shape): Obstacle | undefined {
  if (constant === null || classCode(String(constant), classes) >= 0) return undefined;
  const { message: what, complaint } = noClass(constant, classes);
  return { what, value: constant, ...complaint };
}

function noClass(constant: Parameters['constant'], classes: readonly string[]): InputError {
  return new InputError(
    'unknown-class',
    `constant is ${JSON.stringify(constant)}, and no class has this name`,
    {
      value: constant,
      expected: `a class of the target: ${oneOf(classes)}`,
      hint: didYouMean(String(constant), classes),
    },
  );
}

function fitDummy(problem: ClassProblem, params: Parameters, { rng }: FitContext): Classifier {
  checkProblem(problem, { missing: true });
  const { strategy, constant } = params;
  const { classes, x } = problem;
  const priors = priorsOf(null, problem);
  const learned = { classes, features: x.columns, strategy, priors };
  if (isDrawn(strategy)) return dummyModel({ ...learned, seed: Int32Array.from(rng.state()) });
  return dummyModel({
    ...learned,
    code: strategy === 'constant' ? codeOf(constant, classes) : largest(priors),
  });
}

const largest = (priors: Float64Array): number => largestAt(priors, 0, priors.length);

/** The code of a class that was bound. Throws InputError `unknown-class`. */
function codeOf(constant: Parameters['constant'], classes: number): number {
  const codes = Array.from({ length: classes }, (_, code) => String(code));
  if (!codes.includes(String(constant))) throw noClass(constant, codes);
  return Number(constant);
}

function dummyModel(learned: Learned): Classifier {
  const { classes, features, strategy, priors } = learned;
  const predict = (x: Matrix): Int32Array => {
    checkNewData(x, features, { missing: true });
    if (learned.code !== undefined) return new Int32Array(x.rows).fill(learned.code);
    return Int32Array.from({ length: x.rows }, (_, i) => drawn(learned.seed!, shares, x, i));
  };
  const shares = strategy === 'uniform' ? evenShares(priors) : priors;
  return {
    classes,
    // The class that is drawn uniformly is not the one with the largest probability.
    votes: strategy === 'uniform',
    predict,
    proba: x => {
      const codes = predict(x);
      const isShared = strategy === 'prior' || strategy === 'uniform';
      return Float64Array.from({ length: x.rows * classes }, (_, at) => {
        const code = at % classes;
        if (isShared) return shares[code];
        return codes[(at - code) / classes] === code ? 1 : 0;
      });
    },
    size: () => ({ features: 0, parameters: priors.length }),
    serialize: () => learned as unknown as Document,
  };
}

/** The same share for each class that has samples. */
function evenShares(priors: Float64Array): Float64Array {
  const present = priors.filter(share => share > 0).length;
  return priors.map(share => (share > 0 ? 1 / present : 0));
}

/** The class that is drawn for sample i. */
function drawn(seed: Int32Array, shares: Float64Array, x: Matrix, i: number): number {
  const values = Array.from({ length: x.columns }, (_, j) => x.data[j * x.rows + i]);
  let left = Rng.from('spt', 'dummy', ...seed, ...values).float();
  for (let code = 0; code < shares.length; code++) {
    left -= shares[code];
    if (left < 0) return code;
  }
  return largest(shares);
}
