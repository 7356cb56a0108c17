import { traitsOf } from '../src/ml/definition.js';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import type { FitWarning } from '../src/base/config.js';
import type { Matrix } from '../src/base/dataset.js';
import { InputError } from '../src/base/errors.js';
import { Rng } from '../src/base/rng.js';
import { digest } from '../src/ml/serialize.js';
import { takeRows } from '../src/ml/algebra/matrix.js';
import type {
  Classifier,
  ClassifierKind,
  ClassProblem,
  Document,
  Estimator,
  Transform,
} from '../src/ml/types.js';
import { problemOf } from './datasets.js';
import { fitEither } from './tasks.js';

/** What the contracts of classifiers and of transforms share. */

export function scaled(x: Matrix, factor: number): Matrix {
  return { ...x, data: x.data.map(value => value * factor) };
}

export function rowsReversed(x: Matrix): Matrix {
  return takeRows(
    x,
    Int32Array.from({ length: x.rows }, (_, i) => x.rows - 1 - i),
  );
}

/** Throws unless `what` is refused, by that code where one is given. */
export function refuses(what: () => unknown, code?: string): void {
  assert.throws(what, (error: Error) => error instanceof InputError && (code ?? error.code) === error.code);
}

/** Throws unless two documents are the same, bit for bit. */
export function assertSame(found: Document, expected: Document): void {
  if (digest(found) !== digest(expected)) assert.equal(found, expected);
  assert.is(digest(found), digest(expected));
}

const ENGINE_MATH = [
  ...['exp', 'expm1', 'log', 'log1p', 'log2', 'log10', 'pow', 'sin', 'cos', 'tan', 'tanh', 'sinh', 'cosh'],
  ...['atan', 'atan2', 'asin', 'acos', 'cbrt', 'hypot', 'random'],
] as const;

/** Runs something while every function of Math that an engine may compute in its own way throws. */
export function withoutEngineMath<T>(run: () => T): T {
  const saved = new Map(ENGINE_MATH.map(name => [name, Reflect.get(Math, name) as () => number]));
  try {
    for (const name of ENGINE_MATH) {
      Reflect.set(Math, name, () => {
        throw new Error(`Math.${name} was called`);
      });
    }
    return run();
  } finally {
    for (const [name, original] of saved) Reflect.set(Math, name, original);
  }
}

/**
 * The parts of a model's size, counted in its document. Undefined where the suite does not know the form of the
 * step's document.
 */
export function partsIn(step: string, document: Document): { [kind: string]: number } | undefined {
  const held = document as { [name: string]: Float64Array };
  const nonZero = (values: Float64Array): number => values.filter(value => value !== 0).length;
  if (held.coef) return { coefficients: nonZero(held.coef) };
  if (step === 'LinearDiscriminantAnalysis') return { coefficients: nonZero(held.coefficients) };
  if (step === 'KNeighborsClassifier') return { samples: held.codes.length };
  if (step === 'GaussianNB') return { parameters: held.mean.length + held.variance.length };
  if (step === 'DecisionTreeClassifier' || step === 'ExtraTreesClassifier')
    return { nodes: held.next.length };
  return undefined;
}

/** The classifier, for which negative values are 0. */
export function onValuesOfAtLeastZero(kind: ClassifierKind): ClassifierKind {
  const cut = (x: Matrix): Matrix => ({
    ...x,
    data: x.data.map(value => (value < 0 && value > -Infinity ? 0 : value)),
  });
  const cutting = (model: Classifier): Classifier => ({
    ...model,
    predict: x => model.predict(cut(x)),
    ...(model.decision && { decision: x => model.decision!(cut(x)) }),
    ...(model.proba && { proba: x => model.proba!(cut(x)) }),
  });
  return {
    ...kind,
    fit: (problem, params, context) => cutting(kind.fit({ ...problem, x: cut(problem.x) }, params, context)),
    load: document => cutting(kind.load(document)),
  };
}

type Kind = Estimator | Transform;

/** What a fit warns of. */
export function warnsOf(kind: Kind, params: object, problem: ClassProblem): FitWarning[] {
  const warnings: FitWarning[] = [];
  const context = { rng: Rng.from('contract'), warn: (warning: FitWarning) => warnings.push(warning) };
  if (kind.kind === 'estimator') fitEither(kind, problem, kind.params.parse(params) as object, context);
  else kind.fit(problemOf(problem), kind.params.parse(params), context);
  return warnings;
}

/** The parameters of a step, by name. */
export function shapeOf(kind: Kind): { [name: string]: z.ZodType } {
  const { shape } = kind.params as unknown as { shape?: { [name: string]: z.ZodType } };
  if (!shape) throw new Error(`${kind.name}: the parameters are not a zod object`);
  return shape;
}

/** Promises about names and parameters, the same for transforms and classifiers. */
export const kindChecks: { [promise: string]: (kind: Kind, params: object) => void } = {
  'has a summary of one line': kind => {
    assert.match(kind.summary, /^[a-z][^\n]{5,120}$/i);
    assert.match(kind.name, /^[A-Z][A-Za-z]+$/);
  },

  'describes every parameter and has a default for each': kind => {
    for (const [name, schema] of Object.entries(shapeOf(kind))) {
      assert.ok((schema.description ?? '').length > 5, `${name} has no description`);
      const hasDefault = schema.safeParse(undefined).success;
      assert.ok(hasDefault || traitsOf(kind.params, name).steps, `${name} has no default`);
    }
  },

  'filling in defaults twice changes nothing': (kind, params) => {
    const once = kind.params.parse(params);
    assert.equal(kind.params.parse(once), once);
    assert.equal(JSON.parse(JSON.stringify(once)), once, 'parameters have to be plain JSON');
  },

  'refuses unknown parameters': (kind, params) => {
    for (const name of ['nonsense', 'C_', '__proto__x', 'toString']) {
      assert.not.ok(kind.params.safeParse({ ...params, [name]: 1 }).success, name);
    }
  },

  'refuses values that make no sense': (kind, params) => {
    for (const name of Object.keys(shapeOf(kind))) {
      // Any text may be the name of a class.
      const words = name === 'constant' && kind.kind === 'estimator' ? [] : ['no such value'];
      for (const value of [...words, NaN, Infinity, [[]], () => 1, Symbol('x')]) {
        assert.not.ok(
          kind.params.safeParse({ ...params, [name]: value }).success,
          `${name}: ${String(value)}`,
        );
      }
    }
    for (const value of [null, 3, 'text', []]) assert.not.ok(kind.params.safeParse(value).success);
  },
};
