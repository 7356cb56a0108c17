/** The filters of splits, held against pandas. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { selectRows } from '../src/data/filter.js';
import { sortedLabels } from '../src/data/labels.js';
import type { Filter, PlaceOf } from '../src/data/types.js';
import { fixture } from './support/fixture.js';
import { inFolder, load, refusal, told } from './support/tables.js';

const Filters = suite('data: filters');
const { metadata: metadataText, filters, labels } = fixture('tables');

/** The ids that a filter selects from the metadata of the fixture. */
async function select(
  filter: Filter,
  missing = ['', 'NA'],
  text = metadataText,
  placeOf?: PlaceOf,
): Promise<string[]> {
  let ids: string[] = [];
  await inFolder(async folder => {
    const { metadata } = await load(folder, { metadataText: text, missing });
    ids = Array.from(selectRows(metadata, 'train_A1', filter, placeOf), row => metadata.ids[row]);
  });
  return ids;
}

const everyone = ['01005', '01010', 's3', 's4', 's5'];

Filters('select what pandas selects', async () => {
  assert.is(filters.length, 14);
  for (const { where, ids } of filters) assert.equal(await select(where), ids, JSON.stringify(where));
});

Filters('numbers equal numbers, text equals letter by letter', async () => {
  assert.equal(await select({ Batch: '1' }), ['01005']);
  assert.equal(await select({ Batch: '1.0' }), ['s3']);
  assert.equal(await select({ Run: 1005 }), ['01005'], 'YAML reads 01005 as a number');
  assert.equal(await select({ Run: '01005' }), ['01005']);
  assert.equal(await select({ Batch: { in: [1, '2'] } }), ['01005', '01010', 's3']);
});

Filters('a missing cell meets nothing but `not`', async () => {
  assert.equal(await select({ Age: { lte: 1000 } }), ['01005', '01010', 's3', 's5']);
  assert.equal(await select({ Age: { not: 40 } }), ['01010', 's3', 's4', 's5']);
  assert.equal(await select({ Site: { not: ['X', 'Y'] } }), ['s3', 's5']);
  assert.equal(await select({ Site: { not: [''] } }), ['01005', '01010', 's4', 's5'], 'not missing');
  assert.equal(await select({ Age: { not: 'NA', lt: 70 } }), ['01005', '01010', 's5']);
  assert.is((await refusal(() => select({ Site: '' }))).code, 'empty-split');
});

Filters('several columns and operators must all be met', async () => {
  assert.equal(await select({ Age: { gte: 12, lt: 40 }, Condition: 'sick' }), ['s5']);
  assert.equal(await select({}), everyone);
});

Filters('dates are compared as dates', async () => {
  const text = 'Run,Condition,Day\na,x,2023-12-31\nb,x,2024-01-31\nc,x,2024-02-01T09:30\nd,x,\n';
  assert.equal(await select({ Day: { gte: '2024-01-31' } }, [''], text), ['b', 'c']);
  assert.equal(await select({ Day: { lte: '2024-02-01' } }, [''], text), ['a', 'b', 'c'], 'the whole day');
  assert.equal(await select({ Day: { lt: '2024-02-01T09:31' } }, [''], text), ['a', 'b', 'c']);
  const wrong = await refusal(() =>
    select({ Day: { gte: '2024-01-31' } }, [''], text.replace('2023-12-31', '31.12.23')),
  );
  assert.is(
    told(wrong),
    'bad-comparison metadata.csv:2:3 the split train_A1 compares "Day" with 2024-01-31, and a cell is "31.12.23"',
  );
});

Filters('mistakes are named where they stand', async () => {
  const placeOf: PlaceOf = path => ({ file: 'configs/config.yaml', line: path.length, column: 7 });
  const unknown = await refusal(() => select({ batch: 1 }, [''], metadataText, placeOf));
  assert.is(
    told(unknown),
    'no-such-column config.yaml:4:7 the split train_A1 filters by "batch", which the metadata does not have',
  );
  assert.is(unknown.complaint.hint, 'Did you mean `Batch`?');
  const cell = await refusal(() => select({ Age: { gte: 40 } }, ['']));
  assert.is(
    told(cell),
    'bad-comparison metadata.csv:5:3 the split train_A1 compares "Age" with 40, and a cell is "NA"',
  );
  const limit = await refusal(() => select({ Age: { gte: 'old' } }, [''], metadataText, placeOf));
  assert.is(told(limit), 'bad-comparison config.yaml:4:7 the split train_A1 compares by gte with "old"');
  const none = await refusal(() => select({ Batch: 9 }, [''], metadataText, placeOf));
  assert.is(told(none), 'empty-split config.yaml:2:7 the split train_A1 selects none of the 5 samples');
  assert.is((await refusal(() => select({ Batch: [] }))).code, 'empty-split');
});

Filters('labels are sorted as scikit-learn sorts them', async () => {
  for (const { values, codes } of labels) {
    const wanted: string[] = [];
    values.forEach((value: string, i: number) => (wanted[codes[i]] = value));
    assert.equal(sortedLabels([...values, ...values], 'y'), wanted);
  }
  const twice = await refusal(() => sortedLabels(['0', '1', '1.0'], 'y'));
  assert.is(told(twice), 'ambiguous-label  "y" writes one number in two ways: "1" and "1.0"');
});

Filters.run();
