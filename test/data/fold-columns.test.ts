/** The columns that folds are made of, and weights: how cells become numbers, and that they are stored. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPrepared, storePrepared } from '../../src/data/store.js';
import type { SplitRequest } from '../../src/data/types.js';
import { prepared, refused } from '../../support/splits.js';
import { inFolder } from '../../support/tables.js';

const Columns = suite('data: columns of folds and weights');

/** The usual metadata with one more column. */
const withColumn = (name: string, cells: string[]): string => {
  const rows = ['s1,sick,1', 's2,well,1', 's3,sick,2', 's4,well,2', 's5,sick,3', 's6,well,3'];
  return `Run,Condition,Batch,${name}\n${rows.map((row, i) => `${row},${cells[i]}`).join('\n')}\n`;
};
const all: Partial<SplitRequest> = { validate: undefined, validateFilter: undefined, trainFilter: {} };
const timed = { ...all, type: 'time', by: 'When' } as const;

Columns('dates become seconds in UTC, and a day begins at midnight', async () => {
  const cells = [
    '1970-01-02',
    '1970-01-01T00:00:30.5Z',
    '1970-01-01 01:00+01:00',
    '1969-12-31',
    '2024-02-29',
    '2024-03-01',
  ];
  const { data } = await prepared({ metadataText: withColumn('When', cells) }, timed);
  const leapDay = Date.UTC(2024, 1, 29) / 1000;
  assert.equal([...data.train.times!], [86_400, 30.5, 0, -86_400, leapDay, leapDay + 86_400]);
});

Columns('numbers are times, too, and one kind of cell excludes the other', async () => {
  const cells = ['3', '-1.5', '1e3', '0', '2', '2'];
  const { data } = await prepared({ metadataText: withColumn('When', cells) }, timed);
  assert.equal([...data.train.times!], [3, -1.5, 1000, 0, 2, 2]);
  const mixed = withColumn('When', ['3', '1', '2024-01-01', '0', '2', '2']);
  assert.is(
    await refused({ metadataText: mixed }, timed),
    'bad-time metadata.csv:4:4 "When" holds a value that is not a number',
  );
});

Columns(
  'everything is stored and read back, and only the samples to fit on have times and folds',
  async () => {
    const metadataText = withColumn('Fold', ['-1', '0', '4', '4', '0', '0']);
    const request = { type: 'predefined', by: 'Fold', weights: 'Batch' } as const;
    const split = await prepared({ metadataText }, request);
    const { train, validate } = split.data;
    assert.equal(
      [[...train.folds!], [...train.weights!]],
      [
        [-1, 0, 4, 4],
        [1, 1, 2, 2],
      ],
    );
    assert.equal([validate!.folds, [...validate!.weights!]], [undefined, [3, 3]]);
    await inFolder(folder => {
      storePrepared(folder, split);
      const read = readPrepared(folder, split.digest);
      assert.equal([...read.train.folds!], [...train.folds!]);
      assert.equal([...read.train.weights!], [...train.weights!]);
      assert.equal([...read.validate!.weights!], [...validate!.weights!]);
    });
  },
);

Columns('another type of folds without a column changes no data', async () => {
  const [usual, ...others] = await Promise.all(
    ([undefined, 'kfold', 'leave-one-out'] as const).map(type => prepared({}, { ...all, type })),
  );
  for (const { digest } of others) assert.is(digest, usual.digest);
});

Columns('a small class is refused only where folds are stratified', async () => {
  const given = { metadataText: withColumn('When', ['1', '2', '3', '4', '5', '6']) };
  assert.match(await refused(given, { ...all, folds: 5 }), /^too-few-members/);
  await prepared(given, { ...all, folds: 5, type: 'kfold' });
  await prepared(given, { ...timed, by: 'When', folds: 5 });
});

Columns.run();
