/** Encoders on columns of categories: the order of levels, names, unseen levels, and missing values. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DataColumn } from '../../../src/base/dataset.js';
import { Rng } from '../../../src/base/rng.js';
import { FeatureError } from '../../../src/ml/checks.js';
import { fromRows, toRows } from '../../../src/ml/algebra/matrix.js';
import { findStep } from '../../../src/ml/registry.js';
import type { FittedTransform, Transform } from '../../../src/ml/types.js';
import { targetOf } from '../../../support/datasets.js';

const Encoders = suite('encoders');

const COLUMNS: DataColumn[] = [
  { name: 'site', kind: 'category', levels: ['Jena', 'Bonn', 'Ulm', 'Kiel'] },
  { name: 'stage', kind: 'category', levels: ['low', 'middle', 'high'], ordered: true },
];
/** No sample is of Ulm, and none of the middle stage. */
const rows = [
  [0, 2],
  [1, 0],
  [1, 2],
  [0, NaN],
  [3, 0],
];

function fit(name: string, params: object): FittedTransform {
  const kind = findStep(name) as Transform;
  const problem = {
    x: fromRows(rows),
    target: targetOf(Int32Array.of(0, 1, 0, 1, 0), 2),
    columns: COLUMNS,
  };
  return kind.fit(problem, kind.params.parse(params), { rng: Rng.from('encoders'), warn: () => undefined });
}

const namesOf = (fitted: FittedTransform): string[] => fitted.columns!(COLUMNS).map(({ name }) => name);

/** What a new sample becomes. */
const said = (fitted: FittedTransform, ...sample: number[]): number[] =>
  toRows(fitted.transform(fromRows([sample])))[0];

function refused(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.instance(error, FeatureError);
    return (error as FeatureError).naming(COLUMNS);
  }
  throw new Error('nothing was refused');
}

Encoders('features are called by column and level: names in order, ordered levels as they stand', () => {
  const fitted = fit('OneHotEncoder', { handle_unknown: 'ignore' });
  assert.equal(namesOf(fitted), [
    'site_Bonn',
    'site_Jena',
    'site_Kiel',
    'stage_low',
    'stage_high',
    'stage_nan',
  ]);
  assert.equal(said(fitted, 0, NaN), [0, 1, 0, 0, 0, 1]);
  assert.ok(fitted.columns!(COLUMNS).every(({ kind }) => kind === 'number'));
});

Encoders('a level that the fit does not see is zeros, a rare category, or an error by its name', () => {
  assert.equal(said(fit('OneHotEncoder', { handle_unknown: 'ignore' }), 2, 1), [0, 0, 0, 0, 0, 0]);
  const rare = fit('OneHotEncoder', { handle_unknown: 'infrequent_if_exist', min_frequency: 2 });
  assert.equal(namesOf(rare), [
    'site_Bonn',
    'site_Jena',
    'site_infrequent_sklearn',
    'stage_low',
    'stage_high',
    'stage_infrequent_sklearn',
  ]);
  assert.equal(said(rare, 2, 1), [0, 0, 1, 0, 0, 1]);
  assert.match(
    refused(() => said(fit('OneHotEncoder', {}), 2, 0)),
    /^feature "site" has the category Ulm, which no training sample/,
  );
  assert.match(
    refused(() => said(fit('OneHotEncoder', {}), 4, 0)),
    /feature "site" has the category unseen/,
  );
});

Encoders('dropped features have no name', () => {
  assert.equal(namesOf(fit('OneHotEncoder', { drop: 'first' })), [
    'site_Jena',
    'site_Kiel',
    'stage_high',
    'stage_nan',
  ]);
});

Encoders.run();
