/** Gram matrices and their pseudo-inverses: the bits of the plain product, and the four conditions of Penrose. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Matrix } from '../../src/base/dataset.js';
import { scope } from '../../src/kernels/memory.js';
import { fromRows } from '../../src/ml/algebra/matrix.js';
import { pseudoInverse } from '../../src/ml/algebra/pivots.js';
import { gramOfRows, product, timesVector } from '../../src/ml/algebra/products.js';
import { blobs } from '../../support/datasets.js';

const Gram = suite('Gram matrices');

Gram("X X' has the bits of the product, for few and for many rows", () => {
  for (const [rows, columns] of [
    [1, 3],
    [64, 5],
    [65, 200],
    [150, 37],
  ]) {
    const { x } = blobs(rows, columns);
    const plain = product({ matrix: x }, { matrix: x, transposed: true }).data;
    assert.equal(gramOfRows(x), plain, `${rows} x ${columns}`);
  }
});

Gram('a matrix times a vector, both ways', () => {
  const x = fromRows([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  assert.equal([...timesVector(x, Float64Array.of(1, 0, -1))], [-2, -2]);
  assert.equal([...timesVector(x, Float64Array.of(1, -1), true)], [-3, -3, -3]);
});

/** The pseudo-inverse as a matrix, column by column; undefined where the rank is not certain. */
function inverseOf(gram: Float64Array, size: number): Matrix | undefined {
  return scope(() => {
    const multiply = pseudoInverse(gram, size, size * Number.EPSILON);
    if (!multiply) return undefined;
    const data = new Float64Array(size * size);
    for (let j = 0; j < size; j++) {
      const unit = new Float64Array(size);
      unit[j] = 1;
      data.set(multiply(unit), j * size);
    }
    return { rows: size, columns: size, data };
  });
}

function far(a: Matrix, b: Matrix): number {
  const size = Math.max(...b.data.map(Math.abs));
  return a.data.reduce((most, value, at) => Math.max(most, Math.abs(value - b.data[at]) / size), 0);
}

Gram('the pseudo-inverse meets the conditions of Penrose, with and without full rank', () => {
  for (const [rows, columns] of [
    [30, 40],
    [30, 30],
    [30, 12],
    [5, 1],
  ]) {
    const { x } = blobs(rows, columns);
    const gram = { rows, columns: rows, data: gramOfRows(x) };
    const inverse = inverseOf(gram.data, rows)!;
    const times = (a: Matrix, b: Matrix): Matrix => product({ matrix: a }, { matrix: b });
    const turned = (a: Matrix): Matrix =>
      product({ matrix: a, transposed: true }, { matrix: fromRows(identity(a.rows)) });
    const both = times(gram, inverse);
    const what = `${rows} x ${columns}`;
    assert.ok(far(times(both, gram), gram) < 1e-9, what);
    assert.ok(far(times(inverse, both), inverse) < 1e-6, what);
    assert.ok(far(turned(both), both) < 1e-6, what);
    assert.ok(far(turned(inverse), inverse) < 1e-6, what);
  }
});

function identity(size: number): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));
}

Gram('a known one: ones, a diagonal with a zero, nothing at all', () => {
  for (const value of inverseOf(Float64Array.of(1, 1, 1, 1), 2)!.data)
    assert.ok(Math.abs(value - 0.25) < 1e-15);
  assert.equal([...inverseOf(Float64Array.of(4, 0, 0, 0), 2)!.data], [0.25, 0, 0, 0]);
  assert.equal([...inverseOf(new Float64Array(4), 2)!.data], [0, 0, 0, 0]);
});

Gram('a rank that is not certain is left to others', () => {
  assert.is(inverseOf(Float64Array.of(1, 0, 0, 1e-10), 2), undefined);
  assert.ok(inverseOf(Float64Array.of(1, 0, 0, 1e-17), 2));
  assert.ok(inverseOf(Float64Array.of(1, 0, 0, 1e-7), 2));
});

Gram.run();
