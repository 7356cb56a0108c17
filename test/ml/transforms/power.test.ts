/** PowerTransformer where scikit-learn loses digits, and what its documents hold. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../../src/base/rng.js';
import { fromRows } from '../../../src/ml/algebra/matrix.js';
import { findStep } from '../../../src/ml/registry.js';
import type { Transform } from '../../../src/ml/types.js';
import { assertClose, fit, transformed } from '../../../support/transforms.js';

const test = suite('power');

const POWERS = [{ method: 'yeo-johnson' }, { method: 'box-cox' }];

for (const params of POWERS) {
  test(`a power makes the standard scores of two values: ${params.method}`, () => {
    const pairs = [
      [2019, 2020],
      [1e6, 1e6 + 1],
      [1e12, 1e12 + 1],
      [1e-9, 2e-9],
      [1e-150, 3e-150],
      [1e150, 1.5e150],
      [1, 1e6],
    ];
    for (const [one, other] of pairs) {
      const codes = Array.from({ length: 21 }, (_, i) => (i % 3 === 0 ? 0 : 1));
      const found = transformed(
        'PowerTransformer',
        params,
        codes.map(code => (code ? other : one)),
      );
      assertClose(found, transformed('StandardScaler', {}, codes), 1e-9);
    }
  });

  test(`a narrow column far from 0 keeps its shape: ${params.method}`, () => {
    const rng = Rng.from('narrow');
    const noise = Array.from({ length: 60 }, () => rng.float() + rng.float() + rng.float());
    for (const [middle, width] of [
      [1e6, 10],
      [1e9, 100],
      [1e12, 1],
    ]) {
      const values = noise.map(value => middle + width * value);
      assertClose(
        transformed('PowerTransformer', params, values),
        transformed('StandardScaler', {}, values),
        1e-3,
      );
    }
  });
}

test('the power of skewed values is found where scikit-learn loses them to rounding', () => {
  // A power of Box and Cox does not depend on the unit of the values. The transformed values do not, either.
  const rng = Rng.from('skewed');
  const values = Array.from({ length: 50 }, () => 1 + 9 * rng.float() ** 4);
  const expected = transformed('PowerTransformer', { method: 'box-cox' }, values);
  for (const factor of [1e-150, 1e-20, 1e20, 1e150]) {
    const scaled = values.map(value => value * factor);
    assertClose(transformed('PowerTransformer', { method: 'box-cox' }, scaled), expected, 1e-6);
  }
  // Negative values are the mirror image.
  const mirrored = transformed(
    'PowerTransformer',
    {},
    values.map(value => -1e3 - value),
  );
  assertClose(
    mirrored.map(value => -value),
    transformed(
      'PowerTransformer',
      {},
      values.map(value => 1e3 + value),
    ),
    1e-9,
  );
});

test('what a power makes of new values on the other side of 0 joins what it makes of 0', () => {
  const x = fromRows([[3], [4], [9], [2], [5]]);
  const fitted = fit('PowerTransformer', {}, { x, y: Int32Array.of(0, 1, 0, 1, 0), classes: 2 });
  const [below, zero, above] = fitted.transform(fromRows([[-1e-9], [0], [1e-9]])).data;
  assert.ok(below < zero && zero < above && above - below < 1e-7, `${below}, ${zero}, ${above}`);
});

test('a power learned before there were references is the plain one', () => {
  const learned = {
    method: 'yeo-johnson',
    lambda: Float64Array.of(0.5),
    shift: Float64Array.of(1),
    scale: Float64Array.of(2),
  };
  const loaded = (findStep('PowerTransformer') as Transform).load({ features: 1, learned });
  assertClose(
    [...loaded.transform(fromRows([[3], [-1]])).data],
    [(2 - 1) / 2, (-(2 ** 1.5 - 1) / 1.5 - 1) / 2],
    1e-12,
  );
});

test.run();
