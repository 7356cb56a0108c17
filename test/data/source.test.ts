/** Two tables and their join: what is read, and what is named with file, line and column. */
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gather } from '../../src/data/features.js';
import { joinRows, unusedSamples, type Tables } from '../../src/data/source.js';
import { type Given, inFolder, load, refusal, someMetadata, told } from '../../support/tables.js';

const Source = suite('data: the two tables');

async function loaded(given: Given, look: (tables: Tables) => unknown): Promise<void> {
  await inFolder(async folder => look(await load(folder, given)));
}

/** The refusal of two tables. */
async function refused(given: Given) {
  let error: Awaited<ReturnType<typeof refusal>> | undefined;
  await inFolder(async folder => {
    error = await refusal(() => load(folder, given));
  });
  return error!;
}

const rowsOf = (...rows: number[]) => Int32Array.from(rows);

Source('rows as samples, the index anywhere, in any order', async () => {
  const featuresText = 'a,Run,b\n3,s3,NA\n1,s1,10\n2,s2,20\n4,s4,\n5,s5,50\n6,s6,60\n';
  await loaded({ featuresText }, tables => {
    assert.equal(tables.features.names, ['a', 'b']);
    assert.equal(tables.metadata.ids, ['s1', 's2', 's3', 's4', 's5', 's6']);
    const rows = joinRows(tables, rowsOf(3, 0, 2), 'all');
    assert.equal(rows, rowsOf(3, 1, 0));
    const x = gather(tables.features, rows);
    assert.equal([x.rows, x.columns, Array.from(x.data)], [3, 2, [4, 1, 3, NaN, 10, NaN]]);
  });
});

Source('rows as features, the corner whatever it is, gives the same matrix', async () => {
  const featuresText = '"",s3,s1,s2,s4,s5,s6\na,3,1,2,4,5,6\nb,NA,10,20,,50,60\n';
  await loaded({ featuresText, orientation: 'features' }, tables => {
    assert.equal(tables.features.names, ['a', 'b']);
    const x = gather(tables.features, joinRows(tables, rowsOf(3, 0, 2), 'all'));
    assert.equal([x.rows, x.columns, Array.from(x.data)], [3, 2, [4, 1, 3, NaN, 10, NaN]]);
  });
});

Source('a wide table is gathered block by block', async () => {
  const names = Array.from({ length: 150 }, (_, j) => `f${j}`);
  const rows = ['s1', 's2', 's3', 's4', 's5', 's6'].map((id, i) => [
    id,
    ...names.map((_, j) => i * 1000 + j),
  ]);
  const table = [['Run', ...names], ...rows];
  const turned = table[0].map((_, j) => table.map(row => row[j]));
  const text = (lines: unknown[][]) => lines.map(line => `${line.join(',')}\n`).join('');
  for (const [lines, orientation] of [
    [table, 'samples'],
    [turned, 'features'],
  ] as const) {
    await loaded({ featuresText: text(lines as unknown[][]), orientation }, ({ features }) => {
      const { data } = gather(features, rowsOf(5, 1));
      const wanted = names.flatMap((_, j) => [5000 + j, 1000 + j]);
      assert.equal(Array.from(data), wanted, orientation);
    });
  }
});

Source('ids and column names are text, whatever they look like', async () => {
  const given = {
    featuresText: gzipSync('Run\t__proto__\t1\n01005\t1\t2\n1005\t3\t4\n1e3\t5\t6\n'),
    metadataText: 'Condition\tRun\nx\t1005\ny\t01005\nx\t1e3\n',
  };
  await inFolder(async folder => {
    const paths = { features: `${folder}/f.tsv.gz`, metadata: `${folder}/m.tsv` };
    const tables = await load(folder, { ...given, ...paths });
    assert.equal(tables.features.names, ['__proto__', '1']);
    assert.equal(joinRows(tables, rowsOf(0, 1, 2), 'all'), rowsOf(1, 0, 2));
  });
});

Source('samples that only have features are counted', async () => {
  await loaded({ metadataText: 'Run,Condition\ns2,a\ns5,b\n' }, tables =>
    assert.is(unusedSamples(tables), 4),
  );
});

Source('a sample without features is named, with what may have happened to its id', async () => {
  const join = (metadataText: string, featuresText?: string) =>
    loaded({ metadataText, featuresText }, async tables => {
      const all = Int32Array.from(tables.metadata.ids.keys());
      throw await refusal(() => joinRows(tables, all, 'train_A1'));
    });
  const lost = await refusal(() => join('Run,Condition\ns1,a\ns7,a\ns2,b\ns8,b\n'));
  assert.is(
    told(lost),
    'sample-without-features metadata.csv:3 2 samples of 4 in train_A1 have no features: s7, s8',
  );
  assert.is(lost.complaint.hint, 'Leave these samples out of the split, or add their features.');
  const zero = await refusal(() => join('Run,Condition\n1005,a\n', 'Run,f\n01005,1\n'));
  assert.is(zero.complaint.hint, 'The features have "01005": ids are compared letter by letter.');
  const space = await refusal(() => join('Run,Condition\nS1 ,a\n', 'Run,f\ns1,1\n'));
  assert.is(space.complaint.hint, 'The features have "s1": ids are compared letter by letter.');
});

Source('messy features are named with file, line and column', async () => {
  const cases: [string, string][] = [
    ['', 'empty-table features.csv the table is empty'],
    ['\n\n', 'empty-table features.csv the table is empty'],
    ['Run,a\n', 'empty-table features.csv the table has a first line and no rows'],
    ['Run\ns1\n', 'no-features features.csv:1 the table has no column but the index'],
    ['run,a\ns1,1\n', 'no-such-column features.csv:1 the table has no column "Run", the index'],
    ['Run,a,a\ns1,1,2\n', 'duplicate-column features.csv:1:3 the column "a" stands also in line 1, column 2'],
    ['Run,,a\ns1,1,2\n', 'missing-column features.csv:1:2 the name is empty here'],
    [
      'Run,a,Condition\ns1,1,2\n',
      'target-leak features.csv:1:3 the target "Condition" is one of the features',
    ],
    [
      'Run,a\ns1,1\ns2,2\ns1,3\n',
      'duplicate-id features.csv:4:1 the id "s1" stands also in line 2, column 1',
    ],
    ['Run,a\ns1,1\n  ,2\n', 'missing-id features.csv:3:1 the id is empty here'],
    ['Run,a,b\ns1,1\n', 'ragged-row features.csv:2:3 the line has 2 cells, and the first line has 3'],
    ['Run,a\ns1,1\ns2,2,3\n', 'ragged-row features.csv:3:3 the line has 3 cells, and the first line has 2'],
    ['Run,a,b\ns1,1,2\ns2,high,3\n', 'bad-cell features.csv:3:2 the column "a" holds text, "high"'],
    ['Run,a\n"s\n1","x\ny"\ns2,1\n', 'bad-cell features.csv:2:2 the column "a" holds text, "x\\ny"'],
    ['Run,a\n"s\n1",1\ns2,?\n', 'bad-cell features.csv:4:2 the column "a" holds text, "?"'],
    ['Run,a\ns1,-inf\n', 'infinite-cell features.csv:2:2 the column "a" holds an infinite number, "-inf"'],
    ['Run,a\ns1,1e999\n', 'infinite-cell features.csv:2:2 the column "a" holds an infinite number, "1e999"'],
    ['Run,a\ns1,0x1F\n', 'bad-cell features.csv:2:2 the column "a" holds text, "0x1F"'],
  ];
  for (const [featuresText, wanted] of cases) assert.is(told(await refused({ featuresText })), wanted);
});

Source('messy tables whose rows are features', async () => {
  const cases: [string, string][] = [
    ['', 'empty-table features.csv the table is empty'],
    ['x,s1,s2\n', 'empty-table features.csv the table has a first line and no rows'],
    ['x\na\n', 'empty-table features.csv the table has a first line and no rows'],
    ['x,s1,s1\na,1,2\n', 'duplicate-id features.csv:1:3 the id "s1" stands also in line 1, column 2'],
    ['x,s1,\na,1,2\n', 'missing-id features.csv:1:3 the id is empty here'],
    [
      'x,s1\na,1\na,2\n',
      'duplicate-feature features.csv:3:1 the feature "a" stands also in line 2, column 1',
    ],
    ['x,s1\n,1\n', 'missing-feature features.csv:2:1 the name is empty here'],
    [
      'x,s1\na,1\nCondition,1\n',
      'target-leak features.csv:3:1 the target "Condition" is one of the features',
    ],
    [
      'x,s1,s2\na,1,2\nb,3,?\n',
      'bad-cell features.csv:3:3 the feature "b" of the sample "s2" holds text, "?"',
    ],
    ['s1,s2\na,1,2,3\n', 'ragged-row features.csv:2:3 the line has 4 cells, and the first line has 2'],
    ['s1,s2\na,1,2\nb,1\n', 'ragged-row features.csv:3:3 the line has 2 cells, and the first row has 3'],
    ['x,s1,s2\na,1,2,\n', 'ragged-row features.csv:2:4 the line has 4 cells, and the first line has 3'],
  ];
  for (const [featuresText, wanted] of cases) {
    assert.is(told(await refused({ featuresText, orientation: 'features' })), wanted);
  }
});

Source('messy metadata is named with file, line and column', async () => {
  const cases: [string, string][] = [
    ['', 'empty-table metadata.csv the table is empty'],
    ['Run,Condition\n', 'empty-table metadata.csv the table has a first line and no rows'],
    ['Rum,Condition\ns1,a\n', 'no-such-column metadata.csv:1 the table has no column "Run", the index'],
    [
      'Run,Conditions\ns1,a\n',
      'no-such-column metadata.csv:1 the table has no column "Condition", the target',
    ],
    [
      'Run,Condition,Run\ns1,a,b\n',
      'duplicate-column metadata.csv:1:3 the column "Run" stands also in line 1, column 1',
    ],
    [
      'Run,Condition\ns1,a\ns1,b\n',
      'duplicate-id metadata.csv:3:1 the id "s1" stands also in line 2, column 1',
    ],
    ['Run,Condition\ns1,a\n,b\n', 'missing-id metadata.csv:3:1 the id is empty here'],
    ['Run,Condition\ns1,a,x\n', 'ragged-row metadata.csv:2:3 the line has 3 cells, and the first line has 2'],
  ];
  for (const [metadataText, wanted] of cases) assert.is(told(await refused({ metadataText })), wanted);
});

Source('an error says what to do', async () => {
  const near = await refused({ metadataText: someMetadata.replace('Condition', 'Conditon') });
  assert.is(near.complaint.hint, 'Did you mean `Conditon`?');
  assert.is(near.complaint.expected, 'one of Run, Conditon, Batch');
  const comma = await refused({ featuresText: 'Run,a\ns1,"1,5"\n' });
  assert.match(comma.complaint.hint!, /write `decimal: ","` under `data:`/);
  const named = await refused({ featuresText: 'Run,a\nx,1,s1\n' });
  assert.match(named.complaint.hint!, /row\.names = FALSE/);
});

Source('all words that may mean "missing" are told at once', async () => {
  const featuresText = 'Run,a,b\ns1,?,1\ns2,n/a,2\ns3,1,?\ns4,,.\n';
  const error = await refused({ featuresText, missing: ['NaN'] });
  assert.is(
    told(error),
    'bad-cell features.csv:2:2 the column "a" holds text, "?" (5 cells like it, in a, b)',
  );
  assert.match(error.complaint.hint!, /`missing: \["NaN", "\?", "n\/a", "", "\."\]`/);
  await loaded({ featuresText, missing: ['NaN', '?', 'n/a', '', '.'] }, ({ features }) =>
    assert.equal([...gather(features, Int32Array.of(0, 1, 2, 3)).data], [NaN, NaN, 1, NaN, 1, 2, NaN, NaN]),
  );
});

Source.run();
