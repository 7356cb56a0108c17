/** Samples in batches: each has its own values, so that a model may keep what it knows of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Batches, rowsAtOnce, type Batch } from '../../src/data/batches.js';

test('batches are full but for the last one, keep their values, and know their places', () => {
  const got: Batch[] = [];
  const batches = new Batches('new.csv', 2, batch => got.push(batch));
  batches.columnOf = feature => (feature === 'b' ? 4 : undefined);
  const most = rowsAtOnce(2);
  for (let i = 0; i < 2 * most + 3; i++) {
    batches.makeRoom();
    batches.add(`s${i}`, 10 + i, Float64Array.of(9, 9, i, -i), 1);
  }
  batches.end();
  assert.is(batches.samples, 2 * most + 3);
  assert.equal(
    got.map(({ x }) => x.rows),
    [most, most, 3],
  );
  got.forEach(({ ids, x: { rows, data }, placeOf }, k) => {
    for (const i of [0, rows - 1]) {
      const sample = k * most + i;
      assert.equal([ids[i], data[i], data[rows + i]], [`s${sample}`, sample, -sample]);
      assert.equal(placeOf(i), { file: 'new.csv', line: 10 + sample });
      assert.equal(placeOf(i, 'b'), { file: 'new.csv', line: 10 + sample, column: 5 });
    }
  });
});

test.run();
