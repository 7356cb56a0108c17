/** What is told of a split that can be trained on: labels, groups and features that deserve a second look. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { classNames, valuesOf } from '../../src/base/dataset.js';
import type { SplitRequest } from '../../src/data/types.js';
import { prepared, usual } from '../../support/splits.js';
import { refusal, told, type Given } from '../../support/tables.js';

const Split = suite('data: notes on splits');

/** Metadata of that number of samples with features of their own, by the cells of its other columns. */
function tableOf(header: string, rows: string[]): { metadataText: string; featuresText: string } {
  const metadataText = [`Run,${header}`, ...rows.map((row, i) => `r${i},${row}`)].join('\n');
  const featuresText = ['Run,a', ...rows.map((_, i) => `r${i},${(i * 7) % 5}`)].join('\n');
  return { metadataText, featuresText };
}

const whole: Partial<SplitRequest> = {
  train: 'all',
  trainFilter: {},
  validate: undefined,
  validateFilter: undefined,
};
const notesOf = async (given: Given, request: Partial<SplitRequest> = {}) =>
  (await prepared(given, { ...whole, ...request })).notes;

const repeat = (count: number, text: string): string[] => Array.from({ length: count }, () => text);

Split('the positive class that nobody chose is said, with its count', async () => {
  const given = tableOf('Condition', [...repeat(20, 'case'), ...repeat(30, 'control')]);
  assert.equal(await notesOf(given), [
    'positive: control (30 of 50 samples of all), because it sorts last. Write `positive:` in config.yaml to choose.',
  ]);
  assert.equal(await notesOf({ ...given, positive: 'case' }), []);
});

Split('a class with less than 5% of the samples is remarked', async () => {
  const given = { ...tableOf('Condition', [...repeat(4, 'rare'), ...repeat(96, 'usual')]), positive: 'rare' };
  assert.equal(await notesOf(given), ['all has less than 5% of its samples in rare (4 of 100).']);
  const enough = {
    ...tableOf('Condition', [...repeat(5, 'rare'), ...repeat(95, 'usual')]),
    positive: 'rare',
  };
  assert.equal(await notesOf(enough), []);
});

const ALIKE =
  'cells of the target Condition look alike and are different classes, ' +
  'because they are compared letter by letter';

Split('labels, groups and ids that look alike and differ are told', async () => {
  for (const [one, other] of [
    ['case', 'case '],
    ['False', 'FALSE'],
    ['a b', 'a  b'],
    ['no 1', 'No 1'],
    ['\ufb01t', 'fit'],
  ]) {
    const given = tableOf('Condition', [one, one, other, other, 'x', 'x']);
    const words = `${ALIKE}: ${[one, other]
      .sort()
      .map(name => JSON.stringify(name))
      .join(' and ')}. Write them alike where they are one.`;
    assert.ok((await notesOf(given)).includes(words), `${one} ${other}`);
  }
  const groups = tableOf('Condition,g', ['a,p1', 'b,p1 ', 'a,P2', 'b,p2', 'a,1', 'b,1.0']);
  assert.match(
    (await notesOf(groups, { group: 'g' })).join('\n'),
    'cells of g look alike in 3 places and are different groups, because they are compared letter by letter: ' +
      '"p1" and "p1 ", "P2" and "p2", "1" and "1.0"',
  );
  const ids = {
    metadataText: 'Run,Condition\n01,a\n1,b\n',
    featuresText: 'Run,f\n1,1\n01,2\n',
    positive: 'a',
  };
  assert.match((await notesOf(ids)).join('\n'), 'cells of the index Run look alike and are different ids');
  const apart = tableOf('Condition,g', ['a,p1', 'b,p1 ']);
  const both = {
    train: 'all',
    trainFilter: { g: ['p1', 'p2'] },
    validate: 'rest',
    validateFilter: { g: 'p1 ' },
    group: 'g',
  };
  apart.metadataText += '\nr2,b,p2';
  apart.featuresText += '\nr2,1';
  assert.match((await notesOf(apart, both)).join('\n'), '1 value of g is in both all and rest: p1');
});

Split('a blank target or group is no value, whatever `missing:` says', async () => {
  const given = { ...tableOf('Condition,g', ['a,1', 'b,1', ',2', ' ,2', 'NA,', 'b,2']), missing: ['NA'] };
  const target = await refusal(() => prepared(given, whole));
  assert.is(
    told(target),
    'missing-target metadata.csv:4:2 3 samples of all have no value of the target, "Condition"',
  );
  assert.match(target.complaint.hint!, '{ Condition: { not: [""," ","NA"] } }');
  const { data } = await prepared(given, { ...whole, trainFilter: { Condition: { not: ['', ' ', 'NA'] } } });
  assert.equal(classNames(data.target), ['a', 'b']);
  const blank = tableOf('Condition,g', ['a,1', 'b,1', 'a,', 'b,2']);
  const group = await refusal(() => prepared({ ...blank, missing: ['NA'] }, { ...whole, group: 'g' }));
  assert.is(told(group), 'missing-group metadata.csv:4:3 1 sample of all has no value of the group, "g"');
});

Split('a class or group that usually means no value is told', async () => {
  const given = tableOf('Condition,g', ['a,1', 'nan,None', 'None,2', 'a,3', 'nan,?', 'None,5']);
  const notes = await notesOf({ ...given, missing: ['NA'] }, { group: 'g' });
  for (const word of [
    'Condition has the class "None", "nan": if it means no value, add it to `missing:` in config.yaml.',
    'g has the group "None", "?": if it means no value, add it to `missing:` in config.yaml.',
  ])
    assert.ok(notes.includes(word), notes.join('\n'));
  const missing = ['NA', 'nan', 'None'];
  const { code } = await refusal(() => prepared({ ...given, missing }, whole));
  assert.is(code, 'missing-target', 'and is no class where it stands there');
});

Split('ids of 17 digits are groups of their own', async () => {
  const rows = Array.from({ length: 8 }, (_, i) => `${i % 2},1000000000000000${i + 1}`);
  const { data } = await prepared(tableOf('Condition,g', rows), { ...whole, group: 'g', folds: 2 });
  assert.equal(Array.from(data.train.groups!), [0, 1, 2, 3, 4, 5, 6, 7]);
});

Split('a positive class is the number or the truth that it is, and a near one is shown', async () => {
  const numbers = tableOf('Condition', ['1', '0', '1', '0']);
  for (const positive of ['1', '1.0', '+1', '01'])
    assert.equal(
      classNames((await prepared({ ...numbers, positive }, whole)).data.target),
      ['0', '1'],
      positive,
    );
  assert.equal(classNames((await prepared({ ...numbers, positive: '0.0' }, whole)).data.target), ['1', '0']);
  const truths = tableOf('Condition', ['False', 'True', 'False', 'True']);
  assert.equal(classNames((await prepared({ ...truths, positive: 'false' }, whole)).data.target), [
    'True',
    'False',
  ]);
  const error = await refusal(() =>
    prepared({ ...tableOf('Condition', ['Case', 'x']), positive: 'case ' }, whole),
  );
  assert.is(error.complaint.hint, 'Write it as the table does: "Case".');
  assert.equal(
    classNames(
      (await prepared({ ...tableOf('Condition', ['Case', 'x']), positive: 'Case' }, whole)).data.target,
    )[1],
    'Case',
  );
});

Split('many different numbers are values, few are classes, and a note asks for the task', async () => {
  const values = Array.from({ length: 60 }, (_, i) => `${1000 + i * 13},${i < 30 ? 'low' : 'high'}`);
  const given = tableOf('bwt,low', values);
  const bwt = await prepared({ ...given, target: 'bwt' }, whole);
  assert.equal(bwt.data.target, { kind: 'values' });
  assert.equal([...valuesOf(bwt.data.train.target).values.slice(0, 2)], [1000, 1013]);
  const asks =
    /60 different numbers in all, so its values are predicted.*`task: regression`.*`task: classification`/;
  assert.ok(bwt.notes.some(note => asks.test(note)));
  const asClasses = await prepared({ ...given, target: 'bwt', task: 'classification' }, whole);
  assert.is(classNames(asClasses.data.target).length, 60);
  assert.is(classNames((await prepared({ ...given, target: 'low' }, whole)).data.target).length, 2);
  const tenths = tableOf(
    'y',
    Array.from({ length: 300 }, (_, i) => `${(i % 25) / 10}`),
  );
  assert.is((await prepared({ ...tenths, target: 'y' }, whole)).data.target.kind, 'values');
  const letters = tableOf(
    'y',
    Array.from({ length: 260 }, (_, i) => `${i % 26}`),
  );
  const { data, notes } = await prepared({ ...letters, target: 'y' }, whole);
  assert.is(classNames(data.target).length, 26);
  assert.ok(
    notes.some(note => /^y has 26 different numbers in all, and each is taken as a class\./.test(note)),
  );
  const told26 = await prepared({ ...letters, target: 'y', task: 'regression' }, whole);
  assert.is(told26.data.target.kind, 'values');
  assert.not.ok(told26.notes.some(note => /different numbers/.test(note)));
  const ranked = await prepared({ ...letters, target: 'y', ranksValues: true }, whole);
  assert.is(ranked.data.target.kind, 'values');
});

Split('a target of values has numbers only, and more than one', async () => {
  const of = (cells: string[]) =>
    prepared({ ...tableOf('y', cells), target: 'y', task: 'regression' }, whole);
  const error = await refusal(() => of(['1', '2.5', 'high', '4']));
  assert.is(error.code, 'not-a-value');
  assert.is(error.complaint.value, 'high');
  assert.is(error.complaint.place!.line, 4);
  assert.is((await refusal(() => of(['1', '1e999', '2', '4']))).code, 'not-a-value');
  assert.is((await refusal(() => of(['2', '2.0', '2', '2']))).code, 'one-value');
});

Split('a feature that gives the target away is told, and one that does so by chance is not', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `r${i},${i % 3 === 0 ? 'low' : 'usual'}`);
  const bwt = (i: number): number => (i % 3 === 0 ? 1500 : 2501) + i;
  const features = (cell: (i: number) => unknown): string =>
    ['Run,bwt,age', ...rows.map((_, i) => `r${i},${cell(i)},${(i * 7) % 11}`)].join('\n');
  const told = async (cell: (i: number) => unknown, metadataText = ['Run,low', ...rows].join('\n')) =>
    (await notesOf({ metadataText, featuresText: features(cell), target: 'low', positive: 'low' })).join(
      '\n',
    );
  const words =
    '1 feature alone tells all classes of all apart (AUC 1.0000): bwt. Check that it is known before low is.';
  assert.is(await told(bwt), words);
  assert.is(await told(i => -bwt(i)), words, 'in either direction');
  assert.is(await told(i => (i % 10 === 1 ? 'NA' : bwt(i))), words, 'whatever is missing');
  assert.is(await told(i => (i % 3 === 0 ? 'NA' : i)), words, 'by where it is missing');
  assert.is(await told(i => (i === 59 ? 1500 : bwt(i))), '', 'but for one sample');
  assert.is(
    await told(bwt, ['Run,low', ...rows.slice(0, 6)].join('\n')).then(text => /AUC/.test(text)),
    false,
  );
});

Split('samples in neither part are counted', async () => {
  const given = {
    ...tableOf('Condition,Batch', ['a,1', 'b,1', 'a,2', 'b,2', 'a,', 'b,3', 'a,3']),
    positive: 'a',
  };
  const notes = await notesOf(given, { ...usual, trainFilter: { Batch: 1 }, validateFilter: { Batch: 2 } });
  assert.equal(notes.slice(0, 1), ['3 of 7 samples are in neither train_A1 nor validate_A1.']);
});

/** Features of one column of texts, and the classes case and control in turn. */
const ofTexts = (of: (i: number) => string, n = 60): Given => ({
  metadataText: [
    'Run,Condition',
    ...Array.from({ length: n }, (_, i) => `r${i},${i % 2 ? 'case' : 'control'}`),
  ].join('\n'),
  featuresText: ['Run,Site', ...Array.from({ length: n }, (_, i) => `r${i},${of(i)}`)].join('\n'),
  positive: 'case',
});

Split('a category gives the target away by its levels, whatever their codes are', async () => {
  const told = /^1 feature alone tells all classes of all apart .*: Site\./;
  // The codes of the levels are mixed: a and c are of one class, b and d of the other one.
  const pure = await notesOf(ofTexts(i => (i % 2 ? 'ac' : 'bd')[(i >> 1) % 2]));
  assert.is(pure.length, 1);
  assert.match(pure[0], told);
  const almost = await notesOf(ofTexts(i => (i === 9 ? 'b' : (i % 2 ? 'ac' : 'bd')[(i >> 1) % 2])));
  assert.equal(almost, []);
  // The codes 0 and 1 stand apart as numbers, and the third level belongs to both classes.
  assert.equal(await notesOf(ofTexts(i => (i < 40 ? 'ab'[i % 2] : 'c'))), []);
  assert.match((await notesOf(ofTexts(i => (i % 2 ? 'x' : '')))).at(-1)!, told, 'by its missing values');
  const byChance = await notesOf(ofTexts(i => 'abcd'[i], 4));
  assert.equal(byChance, [], 'levels of one sample each tell nothing');
});

Split('levels that look alike, that may mean no value, and that are new in validation are told', async () => {
  const notes = await notesOf(ofTexts(i => ['Ulm', 'ulm', 'unknown', 'Jena'][(i * 7) % 4]));
  assert.match(notes[0], /^cells of Site look alike and are different levels, .*"Ulm" and "ulm"/);
  assert.is(
    notes[1],
    'Site has the level "unknown": if it means no value, add it to `missing:` in config.yaml.',
  );
  const constant = await notesOf(ofTexts(() => 'Ulm'));
  assert.equal(constant, ['all has 1 feature with one value only: Site.']);
});

Split.run();
