/** SimpleImputer: which features come out, and their names. */
import { namesAfter } from '../../../src/ml/pipeline.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FitWarning } from '../../../src/base/config.js';
import { fromRows, toRows } from '../../../src/ml/algebra/matrix.js';
import { fit } from '../../../support/transforms.js';

const test = suite('imputer');

test('names follow the features', () => {
  const x = fromRows([
    [1, NaN, 3],
    [2, NaN, NaN],
    [4, NaN, 5],
  ]);
  const warnings: FitWarning[] = [];
  const fitted = fit(
    'SimpleImputer',
    { add_indicator: true },
    { x, y: Int32Array.of(0, 1, 0), classes: 2 },
    warnings,
  );
  assert.equal(namesAfter(fitted, ['a', 'b', 'c']), ['a', 'c', 'missingindicator_b', 'missingindicator_c']);
  assert.equal(
    warnings.map(({ code }) => code),
    ['empty-feature'],
  );
  assert.equal(toRows(fitted.transform(x))[1], [2, 4, 1, 1]);
});

test.run();
