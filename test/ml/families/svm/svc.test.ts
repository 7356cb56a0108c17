/** SVC beside libsvm's (fixtures/make_svc.py), and at its edges. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FitWarning } from '../../../../src/base/config.js';
import { Rng } from '../../../../src/base/rng.js';
import { scope } from '../../../../src/kernels/memory.js';
import { basesFor, fitSvm } from '../../../../src/ml/families/svm/pairwise.js';
import { svc } from '../../../../src/ml/families/svm/svc.js';
import { fromRows } from '../../../../src/ml/algebra/matrix.js';
import { digest } from '../../../../src/ml/serialize.js';
import { couple, probabilityOf } from '../../../../src/ml/families/svm/probability.js';
import { fitCurve } from '../../../../src/ml/outputs/platt.js';
import type { Classifier, ClassProblem } from '../../../../src/ml/types.js';
import { blobs } from '../../../../support/datasets.js';
import { fixture } from '../../../../support/fixture.js';

interface Case {
  name: string;
  parameters: { [name: string]: unknown };
  x: number[][];
  y: number[];
  new: number[][];
  weights: number[] | null;
  decision: number[];
  margins: number[];
  predicted: number[];
  support: number;
  iterations: number[];
  objective: number | null;
  slopes?: number[];
  offsets?: number[];
  proba?: number[];
}

/** Digests that stay what they are on every machine; a change of one is a change of users' models. */
const GOLDEN = [
  'a9f1c7ec0804d525c320ef36172821b3',
  '49c92320a4edab3fdf1b0e00ced11f62',
  '6f373db0951b10b8faed28daa930d05e',
  '3fe56a31f987ff919ae995e4a9ab9a53',
  '63780d36ee24a71f3cb44a15b25dd433',
  '5ae246e2216865c9576da6577ab4980f',
  '55f4afcdd043ee8c834394cc3289d64f',
  'd3aaeeeda67ebd7f7916bcec9d8757c4',
];

const cases: Case[] = fixture('svc');
const named = (name: string): Case => cases.find(one => one.name === name)!;

function problemOf({ x, y, weights }: Case): ClassProblem {
  const problem: ClassProblem = { x: fromRows(x), y: Int32Array.from(y), classes: Math.max(...y) + 1 };
  if (weights) problem.weights = Float64Array.from(weights);
  return problem;
}

function fit(one: Case, more: object = {}, warnings: FitWarning[] = []): Classifier {
  const params = svc.params.parse({ ...one.parameters, ...more });
  return svc.fit(problemOf(one), params, { rng: Rng.from('svc'), warn: warning => warnings.push(warning) });
}

/** Every value within `tolerance`, relative to the larger of 1 and the expected value. */
function near(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.is(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    assert.ok(error <= tolerance, `value ${i}: ${actual[i]} is not ${expected[i]} (error ${error})`);
  }
}

/** The document of a model of our engine. */
function documentOf(model: Classifier): any {
  return (model.serialize() as any).model;
}

/** 1/2 a' Q a - e' a of a two-class model, with the kernel in plain arithmetic. */
function objectiveOf(model: Classifier): number {
  const { kernel, features, vectors, pairs } = documentOf(model);
  const [{ support, coefficients }] = pairs;
  const count = vectors.length / features;
  const row = (s: number): number[] => Array.from({ length: features }, (_, j) => vectors[j * count + s]);
  const valueOf = (a: number[], b: number[]): number => {
    const product = a.reduce((sum, value, j) => sum + value * b[j], 0);
    const distance = a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0);
    if (kernel.kind === 'linear') return product;
    if (kernel.kind === 'rbf') return Math.exp(-kernel.gamma * distance);
    if (kernel.kind === 'poly') return (kernel.gamma * product + kernel.coef0) ** kernel.degree;
    return Math.tanh(kernel.gamma * product + kernel.coef0);
  };
  let value = 0;
  for (let s = 0; s < support.length; s++) {
    value -= Math.abs(coefficients[s]);
    for (let t = 0; t < support.length; t++) {
      value += 0.5 * coefficients[s] * coefficients[t] * valueOf(row(support[s]), row(support[t]));
    }
  }
  return value;
}

const parity = suite('SVC finds what libsvm finds');

for (const one of cases) {
  parity(one.name, () => {
    const warnings: FitWarning[] = [];
    const model = fit(one, {}, warnings);
    assert.equal(warnings, []);
    const decision = model.decision!(fromRows(one.new));
    near(decision, one.decision, Math.max(1e-5, 5 * Number(one.parameters.tol)));
    assert.equal([...model.predict(fromRows(one.new))], one.predicted);
    const supporting = documentOf(model).vectors.length / one.x[0].length;
    assert.ok(Math.abs(supporting - one.support) <= 0.02 * one.support, `${supporting} support vectors`);
    if (one.objective !== null) near([objectiveOf(model)], [one.objective], 1e-6);
  });
}

parity('the shrinking case shrinks, and finds the same without', () => {
  const one = named('shrinks');
  assert.ok(one.iterations[0] > 1000);
  const shrunk = fit(one).decision!(fromRows(one.new));
  const whole = fit(one, { shrinking: false }).decision!(fromRows(one.new));
  near(shrunk, whole, 1e-4);
  assert.not.equal([...shrunk], [...whole]);
});

parity.run();

const bits = suite('SVC gives the same bits');

bits('with rows on demand, in a cache of few rows, or all at once', () => {
  const sizes: [string, number[]][] = [
    ['shrinks', [200, 2, 0.1]],
    ['balanced', [200, 0.02, 0.00001]],
    ['poly', [200, 0.02, 0.00001]],
    ['linear', [200, 0.02, 0.00001]],
    ['wide, rbf', [200, 0.02, 0.00001]],
    ['probability, three classes', [200, 0.02, 0.00001]],
  ];
  for (const [name, megabytes] of sizes) {
    const digests = megabytes.map(cache_size => digest(fit(named(name), { cache_size }).serialize()));
    assert.equal(new Set(digests).size, 1, name);
  }
});

bits('from bases that a family shares', () => {
  for (const name of [
    'shrinks',
    'balanced',
    'sample weights, some zero',
    'poly',
    'wide, rbf',
    'probability',
  ]) {
    const problem = problemOf(named(name));
    const params = svc.params.parse(named(name).parameters);
    scope(() => {
      const shared = basesFor(problem, params.kernel);
      for (const C of [0.1, 1, 7]) {
        const context = { rng: Rng.from('svc'), warn: () => {} };
        const alone = fitSvm(problem, { ...params, C }, context);
        const together = fitSvm(problem, { ...params, C }, context, shared);
        assert.is(digest(together.serialize()), digest(alone.serialize()), `${name}, C ${C}`);
      }
    });
  }
});

bits('golden digests', () => {
  const found = [
    { kernel: 'linear' },
    { C: 10, class_weight: 'balanced' },
    { kernel: 'poly', coef0: 1, probability: true },
    { kernel: 'sigmoid', gamma: 0.1 },
  ].flatMap(params =>
    [blobs(80, 6, 2), blobs(30, 50, 3)].map(problem => {
      const context = { rng: Rng.from('golden'), warn: () => {} };
      return digest(svc.fit(problem, svc.params.parse(params), context).serialize());
    }),
  );
  assert.equal(found, GOLDEN);
});

bits('after loading, and leaves the problem as it is', () => {
  for (const one of cases) {
    const before = problemOf(one);
    const model = fit(one);
    const loaded = svc.load(model.serialize());
    const x = fromRows(one.new);
    assert.equal([...loaded.decision!(x)], [...model.decision!(x)]);
    assert.equal([...loaded.predict(x)], [...model.predict(x)]);
    if (one.proba) assert.equal([...loaded.proba!(x)], [...model.proba!(x)]);
    assert.is(digest(loaded.serialize()), digest(model.serialize()));
    assert.equal(problemOf(one), before);
  }
});

bits.run();

const probability = suite('SVC probabilities');

probability('the curve is the minimum of the cross-entropy', () => {
  const margins = Float64Array.from([-2, -1.5, -0.3, 0.1, 0.2, 0.4, 1.2, 3, -0.1, 0.6]);
  const y = Float64Array.from([-1, -1, -1, 1, -1, 1, 1, 1, 1, -1]);
  const { slope, offset } = fitCurve(margins, y);
  const slopes = [0, 0];
  margins.forEach((margin, i) => {
    const p = 1 / (1 + Math.exp(slope * margin + offset));
    const target = y[i] > 0 ? 6 / 7 : 1 / 7;
    slopes[0] += margin * (target - p);
    slopes[1] += target - p;
  });
  near(slopes, [0, 0], 1e-5);
  assert.ok(slope < 0);
});

probability('three classes are coupled as by libsvm', () => {
  const one = named('probability, three classes');
  const proba = new Float64Array(one.proba!.length);
  for (let i = 0; i < one.new.length; i++) {
    const pairs = new Float64Array(9);
    [
      [0, 1],
      [0, 2],
      [1, 2],
    ].forEach(([a, b], pair) => {
      const curve = { slope: one.slopes![pair], offset: one.offsets![pair] };
      const p = probabilityOf(curve, one.margins[i * 3 + pair]);
      pairs[a * 3 + b] = p;
      pairs[b * 3 + a] = 1 - p;
    });
    couple(pairs, 3, proba, 3 * i);
  }
  near(proba, one.proba!, 1e-6);
});

probability("the fitted curves are close to libsvm's, whose folds are others", () => {
  for (const name of ['probability', 'probability, three classes']) {
    const one = named(name);
    const classes = Math.max(...one.y) + 1;
    const proba = fit(one).proba!(fromRows(one.new));
    const loss = (values: ArrayLike<number>): number =>
      one.y.reduce((sum, label, i) => sum - Math.log(values[i * classes + label]), 0) / one.y.length;
    assert.ok(Math.abs(loss(proba) - loss(one.proba!)) < 0.02, `${loss(proba)} and ${loss(one.proba!)}`);
    for (let i = 0; i < one.new.length; i++) {
      const total = proba.slice(i * classes, (i + 1) * classes).reduce((sum, p) => sum + p, 0);
      near([total], [1], 1e-12);
    }
  }
});

probability('follows random_state and nothing else', () => {
  const one = named('probability');
  const digestOf = (random_state: number): string => digest(fit(one, { random_state }).serialize());
  assert.is(digestOf(1), digestOf(1));
  assert.is.not(digestOf(1), digestOf(2));
});

probability.run();

const limits = suite('SVC at its limits');

limits('says so when max_iter ends it', () => {
  const warnings: FitWarning[] = [];
  const model = fit(named('shrinks'), { max_iter: 1100 }, warnings);
  assert.is(warnings.length, 1);
  assert.is(warnings[0].code, 'not-converged');
  assert.match(warnings[0].message, /1100 iterations: the largest violation is .*, and tol is 0.00001/);
  assert.is(model.predict(fromRows(named('shrinks').new)).length, 50);
});

limits('refuses a problem that its weights leave with one class', () => {
  const one = named('linear');
  assert.throws(
    () => fit({ ...one, weights: one.y.map(label => label) }),
    (error: any) => error.code === 'one-class',
  );
});

limits('takes a constant feature, equal samples and a class of one sample', () => {
  const one = {
    ...named('linear'),
    x: [
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 5],
    ],
    y: [0, 0, 0, 1],
    parameters: {},
  };
  for (const kernel of ['linear', 'rbf', 'poly', 'sigmoid']) {
    const model = fit(one, { kernel });
    assert.ok(model.decision!(fromRows(one.x)).every(Number.isFinite), kernel);
  }
  assert.equal([...fit(one).predict(fromRows(one.x))], [0, 0, 0, 1]);
});

limits('leaves out a class that has no sample', () => {
  const one = named('linear');
  const problem = { ...problemOf(one), classes: 3 };
  const params = svc.params.parse({ probability: true });
  const model = svc.fit(problem, params, { rng: Rng.from('svc'), warn: () => {} });
  const x = fromRows(one.new);
  assert.ok(model.predict(x).every(code => code < 2));
  model.proba!(x).forEach((p, at) => at % 3 === 2 && assert.is(p, 0));
});

/** The problem and its new samples, every value changed. */
function changed(one: Case, change: (value: number) => number): Case {
  const rows = (given: number[][]): number[][] => given.map(row => row.map(change));
  return { ...one, x: rows(one.x), new: rows(one.new) };
}

limits('a power of two that the table is multiplied by changes no bit of a decision', () => {
  for (const [name, parameters] of [
    ['balanced', {}],
    ['poly', { gamma: 'scale' }],
    ['sigmoid', { gamma: 'scale' }],
  ] as const) {
    const one = { ...named(name), parameters: { ...named(name).parameters, ...parameters } };
    const expected = [...fit(one).decision!(fromRows(one.new))];
    for (const factor of [2 ** -500, 2 ** -100, 2 ** 30, 2 ** 66, 2 ** 500]) {
      const other = changed(one, value => value * factor);
      assert.equal([...fit(other).decision!(fromRows(other.new))], expected, `${name} times ${factor}`);
      const loaded = svc.load(fit(other).serialize());
      assert.equal([...loaded.decision!(fromRows(other.new))], expected, `${name} times ${factor}, loaded`);
    }
  }
});

limits('a shift of all features changes no decision of rbf', () => {
  const one = named('balanced');
  const expected = fit(one).decision!(fromRows(one.new));
  for (const shift of [2 ** 10, 2 ** 20, 2 ** 30]) {
    const other = changed(one, value => value + shift);
    near(fit(other).decision!(fromRows(other.new)), expected, 1e-4);
  }
});

limits('refuses samples whose products are too large to be numbers, by feature', () => {
  const one = changed(named('linear'), value => value * 1e20);
  assert.throws(
    () => fit(one, { kernel: 'linear' }),
    (error: any) =>
      error.code === 'too-large' &&
      /feature \d+ has the value .* too large for kernel linear/.test(error.message),
  );
});

limits('refuses a class of weight 0', () => {
  const one = named('three classes, linear');
  assert.throws(
    () => fit(one, { class_weight: { 1: 0 } }),
    (error: any) => error.code === 'zero-class-weight',
  );
});

limits.run();
