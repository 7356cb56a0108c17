/** A table that is sorted by its target is told, because plain folds are cut in the order of its rows. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CrossValidation } from '../../src/base/config.js';
import { numberColumns, type SplitData } from '../../src/base/dataset.js';
import { Rng } from '../../src/base/rng.js';
import { factsOf } from '../../src/config/facts.js';

const Sorted = suite('config: targets that are sorted');

function notesOf(values: number[], cv: CrossValidation): string[] {
  const target = { kind: 'values' as const, values: Float64Array.from(values) };
  const x = { rows: values.length, columns: 1, data: Float64Array.from(values.keys()) };
  const data: SplitData = {
    columns: numberColumns(['a']),
    target: { kind: 'values' },
    train: { index: values.map((_, i) => `s${i}`), x, target },
  };
  return factsOf('all', data, cv, 0, () => ({ file: 'config.yaml' })).notes;
}

Sorted(
  'values in the order of the rows get a note with the means of the folds that are farthest apart',
  () => {
    const [note, ...others] = notesOf([...Array(100).keys()], { folds: 5 });
    assert.is(others.length, 0);
    assert.match(note, 'the mean of the target is 9.5 in one fold and 89.5 in another');
    assert.match(note, 'write `shuffle: true` under `cv:`');
  },
);

Sorted('shuffled folds, folds by time and values in any order get none', () => {
  const sorted = [...Array(100).keys()];
  assert.equal(notesOf(sorted, { folds: 5, shuffle: true, seed: 1 }), []);
  const rng = Rng.from('a table in any order');
  for (let table = 0; table < 200; table++)
    assert.equal(
      notesOf(
        sorted.map(() => rng.float()),
        { folds: 5 },
      ),
      [],
    );
  assert.equal(
    notesOf(
      sorted.map(() => 1),
      { folds: 5 },
    ),
    [],
  );
});

Sorted.run();
