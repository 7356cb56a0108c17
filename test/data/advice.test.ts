/**
 * Tables as R, pandas and spreadsheets write them: taken as they are, or refused with advice. Each advice is followed
 * here, and what it gives is accepted.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gather } from '../../src/data/features.js';
import { joinRows, type Tables } from '../../src/data/source.js';
import { type Given, inFolder, load, refusal, someFeatures, told } from '../../support/tables.js';

const Advice = suite('data: advice that works');

/** The matrix of all samples of the metadata: features by name, one column after the other. */
async function matrix(given: Given): Promise<{ names: string[]; data: number[] }> {
  let found: { names: string[]; data: number[] } | undefined;
  await inFolder(async folder => {
    const tables: Tables = await load(folder, given);
    const rows = joinRows(tables, Int32Array.from(tables.metadata.ids.keys()), 'all');
    found = { names: tables.features.names, data: Array.from(gather(tables.features, rows).data) };
  });
  return found!;
}

const refused = (given: Given) => refusal(() => matrix(given));
const metadataText = 'Run,Condition\ns1,sick\ns2,well\n';
const wanted = { names: ['a', 'b'], data: [1, 2, 10, 20] };

Advice('row names without a name are the index, as R and pandas write them', async () => {
  for (const featuresText of [
    'a,b\ns1,1,10\ns2,2,20\n',
    '"a","b"\n"s2",2,20\n"s1",1,10\n',
    '"","a","b"\n"s1",1,10\n"s2",2,20\n',
    ',a,b\r\ns1,1,10\r\ns2,2,20\r\n',
    'Run,a,b\ns1,1,10\ns2,2,20\n',
    'a,Run,b\n1,s1,10\n2,s2,20\n',
  ])
    assert.equal(await matrix({ metadataText, featuresText }), wanted, featuresText);
  for (const text of ['Condition\ns1,sick\ns2,well\n', '"","Condition"\n"s1","sick"\n"s2","well"\n'])
    assert.equal(await matrix({ metadataText: text, featuresText: 'a,b\ns1,1,10\ns2,2,20\n' }), wanted, text);
  for (const featuresText of [
    's1,s2\na,1,2\nb,10,20\n',
    '"","s1","s2"\n"a",1,2\n"b",10,20\n',
    'x,s1,s2\na,1,2\nb,10,20\n',
  ])
    assert.equal(await matrix({ metadataText, featuresText, orientation: 'features' }), wanted, featuresText);
});

Advice('row names beside an index are refused, and a table without them is taken', async () => {
  for (const featuresText of ['Run,a,b\n1,s1,1,10\n2,s2,2,20\n', ',Run,a,b\n0,s1,1,10\n1,s2,2,20\n']) {
    const { complaint } = await refused({ metadataText, featuresText });
    assert.match(complaint.hint!, /row\.names = FALSE in R, index=False in pandas/);
  }
  const trailing = await refused({ metadataText, featuresText: 'a,b\ns1,1,\ns2,2,\n' });
  assert.match(trailing.complaint.hint!, /Remove the separator .* or begin the first line with .* "Run"/);
  assert.equal((await matrix({ metadataText, featuresText: 'Run,a,b\ns1,1,\ns2,2,\n' })).data, [
    1,
    2,
    NaN,
    NaN,
  ]);
  assert.equal((await matrix({ metadataText, featuresText: 'Run,a\ns1,1\ns2,2\n' })).data, [1, 2]);
  const target = await refused({ metadataText, featuresText: 'Condition,a\ns1,1,2\n' });
  assert.is(told(target), 'target-leak features.csv:1:1 the target "Condition" is one of the features');
  const other = await refused({
    metadataText,
    featuresText: 'Conditions,a\n1,2\n',
    target: 'Condition',
    index: 'Conditio',
  });
  assert.is(other.complaint.hint, undefined, 'the target is never proposed as the index');
});

Advice('words that mean no value give the whole list to write', async () => {
  const featuresText = 'Run,a,b\ns1,?,\ns2,2,n.a.\n';
  const first = await refused({ metadataText, featuresText });
  const list = /`missing: (\[.*?\])`/.exec(first.complaint.hint!)![1];
  assert.is(list, '["", "NA", "NaN", "?", "n.a."]');
  const { data } = await matrix({ metadataText, featuresText, missing: JSON.parse(list) });
  assert.equal(data, [NaN, 2, NaN, NaN]);
});

Advice('a value in another form is called by its name, never missing', async () => {
  const forms: [string, RegExp, string][] = [
    ['"1,5"', /"1,5" has a decimal comma/, '1.5'],
    ['"1.234,5"', /has a decimal comma/, '1234.5'],
    ['1_000', /marks between its digits: write the digits alone/, '1000'],
    ['1 000', /marks between its digits/, '1000'],
    ["1'000", /marks between its digits/, '1000'],
    ['0x1F', /is not a decimal number: write it as one/, '31'],
    ['<0.05', /is a limit of detection: write a number for it/, '0.05'],
    ['> 100', /is a limit of detection/, '100'],
    ['≤ 3', /is a limit of detection/, '3'],
    ['5%', /is a percentage: write the number without the sign/, '5'],
    ['2024-01-31', /is a date or a time: write a number for it/, '30'],
    ['12:30', /is a date or a time/, '750'],
    ['12 mg', /is a number with a word behind it: write the number alone/, '12'],
    ['male', /If "a" is a category, write `columns: { a: category }` in config.yaml/, '1'],
    ['high', /`columns: { a: category }`/, '2'],
  ];
  for (const [cell, says, number] of forms) {
    const featuresText = (text: string): string => `Run,a,b\ns1,1,10\ns2,${text},20\n`;
    const { code, complaint } = await refused({ metadataText, featuresText: featuresText(cell) });
    assert.is(code, 'bad-cell');
    assert.match(complaint.hint!, says);
    assert.not.match(complaint.hint!, /missing: \[/, cell);
    const { data } = await matrix({ metadataText, featuresText: featuresText(number) });
    assert.is(data[1], Number(number));
  }
  const mixed = await refused({
    metadataText,
    featuresText: 'Run,a,b\ns1,?,<0.05\ns2,low,2\ns3,1,3\ns4,2,-inf\n',
  });
  for (const says of [
    /limit of detection/,
    /If "a", "b" are categories, write `columns: { a: category, b: category }`/,
    /logarithm of 0/,
    /`missing: \["", "NA", "NaN", "-inf", "\?"\]`/,
  ])
    assert.match(mixed.complaint.hint!, says);
});

Advice('a forgotten or a wrong orientation is asked about, and the other is right', async () => {
  const turned = 'gene,s1,s2\na,1,2\nb,10,20\n';
  const short = 's1,s2\na,1,2\nb,10,20\n';
  for (const featuresText of [turned, short]) {
    const { complaint } = await refused({ metadataText, featuresText });
    assert.match(complaint.hint!, /did you mean `orientation: features`\?/);
    assert.equal(await matrix({ metadataText, featuresText, orientation: 'features' }), wanted);
  }
  const straight = 'Run,a,b\ns1,1,10\ns2,2,20\n';
  const { complaint } = await refused({ metadataText, featuresText: straight, orientation: 'features' });
  assert.match(complaint.hint!, /did you mean `orientation: samples`\?/);
  assert.equal(await matrix({ metadataText, featuresText: straight }), wanted);
});

Advice(
  'ids that are not there are shown beside those that are, and what R made of them is known',
  async () => {
    const orientation = 'features' as const;
    const mangled: [string, string][] = [
      ['TCGA-02-0037', 'TCGA.02.0037'],
      ['01005', 'X01005'],
      ['1-a b', 'X1.a.b'],
      ['-1', 'X.1'],
      ['_x', 'X_x'],
    ];
    for (const [id, byR] of mangled) {
      const given = { metadataText: `Run,Condition\n${id},sick\ns2,well\n`, orientation };
      const error = await refused({ ...given, featuresText: `"",${byR},s2\na,1,2\nb,10,20\n` });
      assert.match(error.complaint.expected!, /an id that the first line of .*features\.csv has, such as "/);
      assert.ok(error.complaint.hint!.includes(`"${byR}", because R renames "${id}"`), error.complaint.hint);
      assert.match(error.complaint.hint!, /check\.names = FALSE/);
      assert.equal(await matrix({ ...given, featuresText: `"",${id},s2\na,1,2\nb,10,20\n` }), wanted);
    }
    const samples = await refused({ metadataText: 'Run,Condition\ns9,sick\n', featuresText: someFeatures });
    assert.match(
      samples.complaint.expected!,
      /an id that the column "Run" of .* has, such as "s1", "s2", "s3"/,
    );
  },
);

Advice('with orientation: features, errors speak of features and samples, and count', async () => {
  const orientation = 'features' as const;
  const annotated = await refused({
    metadataText,
    orientation,
    featuresText: 'gene,chr,s1,s2\na,chr1,1,2\nb,chr2,10,20\n',
  });
  assert.is(
    told(annotated),
    'bad-cell features.csv:2:2 the feature "a" of the sample "chr" holds text, "chr1" (2 cells like it, in chr)',
  );
  assert.is(
    annotated.complaint.hint,
    'The metadata has no sample "chr": leave this column out of the table.',
  );
  const twice = await refused({
    metadataText,
    orientation,
    featuresText: 'x,s1,s2\na,1,2\na,3,4\nb,1,1\nb,1,1\nb,1,1\n',
  });
  assert.is(
    told(twice),
    'duplicate-feature features.csv:3:1 the feature "a" stands also in line 2, column 1 (3 repetitions: "a", "b")',
  );
  const nameless = await refused({ metadataText, orientation, featuresText: 'x,s1,s2\n,1,2\n,3,4\nb,1,1\n' });
  assert.is(told(nameless), 'missing-feature features.csv:2:1 the name is empty here (2 empty features)');
  const ids = await refused({ metadataText, featuresText: 'Run,a\ns1,1\ns1,2\ns2,3\ns2,4\n' });
  assert.is(
    told(ids),
    'duplicate-id features.csv:3:1 the id "s1" stands also in line 2, column 1 (2 repetitions: "s1", "s2")',
  );
});

Advice.run();
