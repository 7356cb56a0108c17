/** The filters of splits, held against pandas. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filterNotes, selectRows } from '../../src/data/filter.js';
import { sortedLabels } from '../../src/data/labels.js';
import type { Filter, PlaceOf } from '../../src/data/types.js';
import { fixture } from '../../support/fixture.js';
import { inFolder, load, refusal, told } from '../../support/tables.js';

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

Filters('a missing cell meets only `not`', async () => {
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

Filters('moments are compared as moments, whatever their writing', async () => {
  const text = [
    'Run,Condition,t',
    's1,x,2024-01-31T10:00',
    's2,x,2024-01-31T10:00:00',
    's3,x,2024-01-31T10:00:00Z',
    's4,x,2024-01-31T10:00:00.5Z',
    's5,x,2024-01-31T09:00',
    's6,x,2024-01-31 11:30:00+01:30',
    's7,x,2024-01-30T22:00:00.4999-1200',
    's8,x,2024-02-01',
    '',
  ].join('\n');
  const cases: [Filter[string], string][] = [
    [{ lte: '2024-01-31T10:00' }, 's1 s2 s3 s5 s6'],
    [{ lt: '2024-01-31T10:00:00.000Z' }, 's5'],
    [{ gte: '2024-01-31T10:00:00Z', lt: '2024-02-01' }, 's1 s2 s3 s4 s6 s7'],
    [{ gt: '2024-01-31T10:00:00Z', lte: '2024-01-31' }, 's4 s7'],
    [{ gt: '2024-01-31T12:00+02:00' }, 's4 s7 s8'],
    [{ gte: '2024-01-31T10:00:00.49990Z', lt: '2024-01-31T10:00:00.5' }, 's7'],
    [{ lte: '2024-01-31' }, 's1 s2 s3 s4 s5 s6 s7'],
    [{ gte: '2024-02-01T23:59:59' }, 's8'],
    [{ gt: '2024-02-01' }, ''],
  ];
  for (const [condition, ids] of cases) {
    const found = ids === '' ? undefined : await select({ t: condition }, [''], text);
    if (found) assert.is(found.join(' '), ids, JSON.stringify(condition));
    else assert.is((await refusal(() => select({ t: condition }, [''], text))).code, 'empty-split');
  }
});

Filters('days and times that do not exist are refused', async () => {
  const days = ['2024-02-31', '2023-02-29', '1900-02-29', '2024-13-01', '2024-00-10', '2024-01-00'];
  const times = ['2024-01-31T24:00', '2024-01-31T10:60', '2024-01-31T10:00:60', '2024-01-31T10:00+24:00'];
  const text = (day: string): string => `Run,Condition,t\na,x,2024-01-31\nb,x,${day}\n`;
  for (const wrong of [...days, ...times]) {
    const limit = await refusal(() => select({ t: { gte: wrong } }, [''], text('2024-01-31')));
    assert.equal(
      [limit.code, limit.complaint.expected],
      ['no-such-date', 'a day and a time that exist'],
      wrong,
    );
    const cell = await refusal(() => select({ t: { gte: '2024-01-01' } }, [''], text(wrong)));
    assert.is(told(cell).slice(0, 33), 'bad-comparison metadata.csv:3:3 t', wrong);
    assert.is(cell.complaint.expected, 'a day and a time that exist');
  }
  for (const right of ['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31T23:59:59.999Z'])
    assert.equal(
      await select({ t: { in: [right] } }, [''], text(right)),
      right === '2024-01-31' ? [] : ['b'],
    );
  assert.equal(await select({ t: { lt: '1970-01-01' } }, [''], text('1969-12-31T23:59')), ['b']);
});

Filters(
  'a value selects by one rule, and cells that look like it and are not selected are told',
  async () => {
    const text =
      'Run,Condition,g\ns1,x,1\ns2,x,01\ns3,x,1.0\ns4,x,+1\ns5,x,0x10\ns6,x,16\n' +
      's7,x,A\ns8,x,a \ns9,x,NA\ns10,x,TRUE\ns11,x,True\n';
    const cases: [Filter[string], string, string[]][] = [
      [
        1,
        's1 s2 s3 s4',
        ['all asks for g 1, which means all of "1", "01", "1.0", "+1": in quotes it means one of them.'],
      ],
      ['1', 's1', ['all asks for g "1", which does not mean "01", "1.0", "+1".']],
      ['0x10', 's5', []],
      [16, 's6', []],
      ['A', 's7', ['all asks for g "A", which does not mean "a ".']],
      [
        { not: ['A', 'a '] },
        's1 s2 s3 s4 s5 s6 s9 s10 s11',
        ['all asks for g "A", which does not mean "a ".', 'all asks for g "a ", which does not mean "A".'],
      ],
      [
        ['A', 'Aa'],
        's7',
        [
          'all asks for g "A", which does not mean "a ".',
          'all asks for g "Aa", which no cell of it is (did you mean `A`?).',
        ],
      ],
      [
        true,
        's10 s11',
        ['all asks for g true, which means all of "TRUE", "True": in quotes it means one of them.'],
      ],
      [
        ['A', 'NA'],
        's7',
        [
          'all asks for g "NA", but `missing:` lists it as no value: ' +
            'the 1 sample without g is not selected (a missing cell meets only `not`).',
          'all asks for g "A", which does not mean "a ".',
        ],
      ],
    ];
    await inFolder(async folder => {
      const { metadata } = await load(folder, { metadataText: text });
      for (const [condition, ids, notes] of cases) {
        const rows = selectRows(metadata, 'all', { g: condition });
        assert.is(Array.from(rows, row => metadata.ids[row]).join(' '), ids, JSON.stringify(condition));
        assert.equal(filterNotes(metadata, 'all', { g: condition }), notes);
      }
    });
  },
);

Filters('what is said of a cell that cannot be compared can be followed', async () => {
  const text = (cell: string): string => `Run,Condition,age\ns1,x,50\ns2,x,${cell}\n`;
  const unknown = await refusal(() => select({ age: { gte: 40 } }, ['', 'NA'], text('?')));
  assert.match(unknown.complaint.hint!, 'write `missing: ["", "NA", "?"]`');
  assert.equal(await select({ age: { gte: 40 } }, ['', 'NA', '?'], text('?')), ['s1']);
  const limit = await refusal(() => select({ age: { gte: 40 } }, ['', 'NA'], text('>89')));
  assert.is(limit.complaint.hint, 'Write a number there.');
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
  assert.is(told(limit), 'bad-comparison config.yaml:4:7 the split train_A1 compares by `gte` with "old"');
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
  const long = ['10000000000000002', '9007199254740993', '10000000000000001', '9007199254740992'];
  assert.equal(sortedLabels(long, 'y'), [long[3], long[1], long[2], long[0]], 'with all their digits');
  assert.is(told(twice), 'ambiguous-label  "y" writes one number in two ways: "1" and "1.0"');
});

Filters.run();
