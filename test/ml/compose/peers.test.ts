/** Steps that hold steps against scikit-learn's (fixtures/make_compose.py): columns, names, features, predictions. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { numberColumns } from '../../../src/base/dataset.js';
import { Rng } from '../../../src/base/rng.js';
import { takeRows, fromRows, toRows } from '../../../src/ml/algebra/matrix.js';
import { defaultsOf, parametersIn, traitsOf } from '../../../src/ml/definition.js';
import { findStep } from '../../../src/ml/registry.js';
import { digest, fromText, toText } from '../../../src/ml/serialize.js';
import type { Problem, RegressorKind, Transform } from '../../../src/ml/types.js';
import { assertSame } from '../../../support/contract-tools.js';
import { fixture } from '../../../support/fixture.js';
import { isNear } from '../../../support/transforms.js';

type Rows = (number | null)[][];

interface Fixture {
  names: string[];
  x: number[][];
  gaps: Rows;
  y2: number[];
  y3: number[];
  values: number[];
  columns: { params: object; names: string[] | null; out: Rows }[];
  selections: { name: string; params: object; target: 'y2' | 'y3'; kept: number[] }[];
  targets: { params: object; prediction: number }[];
  signatures: { [step: string]: { [parameter: string]: unknown } };
}

const peer: Fixture = fixture('compose');
const columns = numberColumns(peer.names);
const context = { rng: Rng.from('compose'), columns, warn: () => undefined };
const rows = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to - from }, (_, i) => from + i);
const codes = (all: number[]): Problem['target'] => ({
  kind: 'classes',
  codes: Int32Array.from(all),
  k: Math.max(...all) + 1,
});

const Peers = suite('steps that hold steps');

for (const { params, names, out } of peer.columns) {
  Peers(`ColumnTransformer ${JSON.stringify(params)}`, () => {
    const kind = findStep('ColumnTransformer') as Transform;
    const gaps = fromRows(peer.gaps.map(row => row.map(value => value ?? NaN)));
    const problem = { x: takeRows(gaps, rows(0, 40)), target: codes(peer.y2.slice(0, 40)) };
    const fitted = kind.fit(problem, kind.params.parse(params), context);
    const found = toRows(fitted.transform(takeRows(gaps, rows(40, 60))));
    assert.is(found[0].length, out[0].length);
    out.forEach((row, i) =>
      row.forEach((value, j) =>
        assert.ok(isNear(found[i][j], value, 1, 1e-9), `[${i}, ${j}] ${found[i][j]}`),
      ),
    );
    const named = fitted.columns!(columns).map(({ name }) => name);
    // Components have another name here: pca0.
    if (names)
      assert.equal(
        named,
        names.map(name => name.toLowerCase()),
      );
    const loaded = kind.load(fromText(toText(fitted.serialize())));
    assert.is(digest(loaded.serialize()), digest(fitted.serialize()));
    assertSame(loaded.transform(gaps).data, fitted.transform(gaps).data);
  });
}

Peers('SelectFromModel and RFE keep the features that scikit-learn keeps', () => {
  assert.ok(peer.selections.length > 80);
  for (const { name, params, target, kept } of peer.selections) {
    const kind = findStep(name) as Transform;
    const fitted = kind.fit(
      { x: fromRows(peer.x), target: codes(peer[target]) },
      kind.params.parse(params),
      context,
    );
    const flow = fitted.flow();
    assert.equal(flow.kind === 'each' && [...flow.from], kept, `${name} ${JSON.stringify(params)} ${target}`);
  }
});

Peers('TransformedTargetRegressor predicts what scikit-learn predicts', () => {
  const kind = findStep('TransformedTargetRegressor') as RegressorKind;
  const x = fromRows(peer.x);
  for (const { params, prediction } of peer.targets) {
    const model = kind.fit({ x, y: Float64Array.from(peer.values) }, kind.params.parse(params), context);
    const [found] = model.predict(x);
    assert.ok(Math.abs(found - prediction) <= 1e-12 * prediction, `${JSON.stringify(params)} ${found}`);
    assert.equal(kind.load(fromText(toText(model.serialize()))).predict(x), model.predict(x));
  }
  const wrong = (func: string, value: number) => () =>
    kind.fit(
      { x, y: Float64Array.from(peer.values, () => value) },
      kind.params.parse({ regressor: { DummyRegressor: {} }, func }),
      context,
    );
  assert.throws(wrong('log', 0), 'func log does not take 0');
  assert.throws(wrong('log1p', -1), 'func log1p does not take -1');
  assert.throws(wrong('sqrt', -0.5), 'func sqrt does not take -0.5');
});

/** Parameters of the peer that are not here, and why. */
const MISSING: { [name: string]: string } = {
  'ColumnTransformer transformer_weights': 'a scaler behind the step does the same',
  'ColumnTransformer verbose_feature_names_out': 'names are as short as they can be',
  'SelectFromModel norm_order': 'the sum of sizes is the default',
  'SelectFromModel importance_getter': 'a function of Python',
  'RFE importance_getter': 'a function of Python',
  'TransformedTargetRegressor transformer': 'a transform without an inverse cannot stand there',
  'TransformedTargetRegressor inverse_func': 'each function here has its inverse',
};

Peers('names and defaults of parameters are those of scikit-learn', () => {
  for (const [step, parameters] of Object.entries(peer.signatures)) {
    const { params } = findStep(step);
    const known = [...parametersIn(params).keys()];
    const here = Object.keys(parameters).filter(name => !(`${step} ${name}` in MISSING));
    assert.equal(known.sort(), here.sort(), step);
    const defaults = defaultsOf(params);
    for (const name of here) {
      const { steps, unused } = traitsOf(params, name);
      if (!steps && !unused) assert.equal(defaults[name], parameters[name], `${step} ${name}`);
    }
  }
});

Peers.run();
