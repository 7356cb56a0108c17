/** PCA of more features than samples. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toRows } from '../../../src/ml/algebra/matrix.js';
import { fit, problem, table } from '../../../support/transforms.js';

const test = suite('pca');

test('PCA of a wide table has orthonormal components that rebuild the centered table', () => {
  const x = table('wide');
  const { learned } = fit('PCA', {}, problem('wide', 'wide')).serialize() as {
    learned: { [name: string]: Float64Array };
  };
  const components = Array.from({ length: x.rows }, (_, c) =>
    learned.components.subarray(c * x.columns, (c + 1) * x.columns),
  );
  const dot = (a: Float64Array, b: Float64Array): number =>
    a.reduce((sum, value, j) => sum + value * b[j], 0);
  components.slice(0, -1).forEach((a, c) => {
    components.slice(0, -1).forEach((b, d) => assert.ok(Math.abs(dot(a, b) - (c === d ? 1 : 0)) < 1e-12));
  });
  const total = toRows(x).flatMap(row => row.map((value, j) => (value - learned.mean[j]) ** 2));
  const kept = learned.variance.reduce((sum, value) => sum + value * (x.rows - 1), 0);
  const all = total.reduce((sum, value) => sum + value, 0);
  assert.ok(Math.abs(kept - all) < 1e-12 * all);
});

test.run();
