/** Scalers where rounding, overflow or infinity would spoil them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromRows } from '../../../src/ml/algebra/matrix.js';
import { findStep } from '../../../src/ml/registry.js';
import { assertClose, fit } from '../../../support/transforms.js';

const test = suite('scalers');

test('the variance of large equal values is taken for none', () => {
  const x = fromRows([[1e9 + 0.1], [1e9 + 0.1], [1e9 + 0.1]]);
  const scaled = fit('StandardScaler', {}, { x, y: Int32Array.of(0, 1, 0), classes: 2 }).transform(x);
  assert.ok(Math.abs(scaled.data[0]) < 1e-6);
});

test('Normalizer scales samples whose squares overflow', () => {
  const x = fromRows([
    [3e200, 4e200],
    [3, 4],
  ]);
  const out = fit('Normalizer', {}, { x, y: Int32Array.of(0, 1), classes: 2 }).transform(x);
  assertClose([...out.data], [0.6, 0.6, 0.8, 0.8], 1e-15);
});

test('RobustScaler refuses unit_variance with quantiles that are infinite', () => {
  const { params } = findStep('RobustScaler');
  assert.not.ok(params.safeParse({ unit_variance: true, quantile_range: [0, 90] }).success);
  assert.ok(params.safeParse({ quantile_range: [0, 100] }).success);
});

test.run();
