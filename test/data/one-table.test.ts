/** One table that holds features, target and all else; Parquet; and which columns are features. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { classNames, featureNames } from '../../src/base/dataset.js';
import type { Selection } from '../../src/data/selection.js';
import { loadTables } from '../../src/data/source.js';
import { prepareSplit, type PreparedSplit } from '../../src/data/split.js';
import type { TableSource } from '../../src/data/types.js';
import { type Content, inFolder, refusal, told } from '../../support/tables.js';

const One = suite('data: one table');

interface Wanted extends Partial<TableSource> {
  group?: string;
  folds?: number;
  name?: string;
  where?: { [column: string]: number | string };
}

/** The split of one table with that content. */
async function split(
  content: Content,
  { name = 'all.csv', where = {}, group, folds, ...rest }: Wanted = {},
): Promise<PreparedSplit> {
  let found: PreparedSplit | undefined;
  await inFolder(async folder => {
    const file = join(folder, name);
    writeFileSync(file, content);
    const usual = { orientation: 'samples' as const, target: 'Y', missing: ['', 'NA'] };
    const tables = await loadTables({ ...usual, ...rest, features: file, metadata: file });
    found = prepareSplit(tables, { split: 'all', train: 'all', trainFilter: where, group, folds });
  });
  return found!;
}

const select = (kind: Selection['kind'], ...patterns: string[]): { select: Selection } => ({
  select: { kind, patterns: patterns.map(text => ({ text })) },
});

const TEXT = 'id,x1,Y,x2,Site\na,1,no,10,1\nb,2,yes,20,2\nc,3,no,30,1\nd,4,yes,40,2\n';

One('all columns but the index, the target and those with another use are features', async () => {
  const whole = await split(TEXT, { index: 'id' });
  assert.equal(featureNames(whole.data), ['x1', 'x2', 'Site']);
  assert.equal(classNames(whole.data.target), ['no', 'yes']);
  assert.equal(whole.data.train.index, ['a', 'b', 'c', 'd']);
  assert.equal(Array.from(whole.data.train.x.data), [1, 2, 3, 4, 10, 20, 30, 40, 1, 2, 1, 2]);
  const part = await split(TEXT, { index: 'id', aside: ['Site'] });
  assert.equal(featureNames(part.data), ['x1', 'x2']);
});

One('a selection names features, or all that are none, by names and patterns', async () => {
  const names = async (kind: Selection['kind'], ...patterns: string[]) =>
    featureNames((await split(TEXT, { index: 'id', aside: ['Site'], ...select(kind, ...patterns) })).data);
  assert.equal(await names('only', 'x*'), ['x1', 'x2']);
  assert.equal(await names('only', 'Site', 'x2'), ['x2', 'Site'], 'in the order of the table');
  assert.equal(await names('except', 'x1'), ['x2']);
  assert.equal(await names('only', '*'), ['x1', 'x2', 'Site'], 'a pattern leaves the target out');
});

One('a column may be a feature and filter the samples', async () => {
  const { data } = await split(TEXT, {
    index: 'id',
    aside: ['x1'],
    ...select('only', 'x*'),
    where: { x1: 2 },
  }).catch(error => ({ data: error.code }));
  assert.is(data, 'one-class');
});

One('a column that config.yaml names wrongly is held against all columns', async () => {
  const { message, complaint } = await refusal(() => split(TEXT, { index: 'id', group: 'site' }));
  assert.is(message, 'the table has no column "site" to group by');
  assert.equal([complaint.expected, complaint.hint], ['one of id, x1, Y, x2, Site', 'Did you mean `Site`?']);
});

One('numbers that are too few for folds as classes may be values', async () => {
  const text = 'a,Y\n1,1\n2,2\n3,2\n4,3\n5,3\n';
  const { code, complaint } = await refusal(() => split(text, { folds: 2 }));
  assert.is(code, 'too-few-members');
  assert.match(complaint.hint!, 'write `task: regression`');
  const told = await refusal(() => split(text, { folds: 2, task: 'classification' }));
  assert.not.match(told.complaint.hint!, 'task:');
  assert.is((await split(text, { folds: 2, task: 'regression' })).data.target.kind, 'values');
});

One('samples without an index have row names or numbers', async () => {
  const numbered = await split(TEXT.replaceAll(/^[a-z]+,/gm, ''));
  assert.equal(numbered.data.train.index, ['1', '2', '3', '4']);
  const fromR = await split('"x1" "Y"\n"a" 1 "no"\n"b" 2 "yes"\n"c" 3 "no"\n"d" 4 "yes"\n', {
    name: 'all.txt',
  });
  assert.equal(fromR.data.train.index, ['a', 'b', 'c', 'd']);
  assert.equal(featureNames(fromR.data), ['x1']);
  const fromPandas = await split(',x1,Y\n0,1,no\n1,2,yes\n2,3,no\n3,4,yes\n');
  assert.equal(fromPandas.data.train.index, ['0', '1', '2', '3']);
  assert.is((await split(TEXT, { index: 'id' })).digest, (await split(TEXT, { index: 'id' })).digest);
});

const refused = async (content: Content, wanted: Wanted) => told(await refusal(() => split(content, wanted)));

One('what cannot be selected is named', async () => {
  const index = 'id';
  const cases: [string, Wanted][] = [
    ['no-such-column all.csv:1 the table has no column "x9"', { index, ...select('only', 'x9') }],
    ['no-such-column all.csv:1 the table has no column "z*"', { index, ...select('except', 'z*') }],
    ['target-leak all.csv:1 the target "Y" is one of the features', { index, ...select('only', 'Y') }],
    [
      'no-features all.csv:1 no column of the table is left as a feature',
      { index, ...select('except', '*') },
    ],
    ['no-such-column all.csv:1 the table has no column "Run", the index', { index: 'Run' }],
    ['no-such-column all.csv:1 the table has no column "Z", the target', { index, target: 'Z' }],
  ];
  for (const [wanted, given] of cases) assert.is(await refused(TEXT, given), wanted);
});

One('Parquet is read as the same table of text is', async () => {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'x1', data: [1.5, 1e-300, 0.1, null], type: 'DOUBLE', nullable: true },
      { name: 'Y', data: ['no', 'yes', 'no', 'yes'], type: 'STRING' },
      { name: 'n', data: [1n, 2n, 3n, 9007199254740993n], type: 'INT64' },
      { name: 'single', data: [0.5, 0.1, 3, 4].map(Math.fround), type: 'FLOAT' },
      { name: '__index_level_0__', data: ['a', 'b', 'c', 'd'], type: 'STRING' },
    ],
    rowGroupSize: 3,
  });
  const fromParquet = await split(new Uint8Array(bytes), { name: 'all.parquet' });
  const single = String(Math.fround(0.1));
  const text = `,x1,Y,n,single\na,1.5,no,1,0.5\nb,1e-300,yes,2,${single}\nc,0.1,no,3,3\nd,,yes,9007199254740993,4\n`;
  assert.is(fromParquet.digest, (await split(text)).digest);
  assert.match(
    await refused(new Uint8Array(bytes).subarray(0, -3), { name: 'all.parquet' }),
    /^bad-parquet all\.parquet the file is not a whole table of Parquet/,
  );
});

One.run();
