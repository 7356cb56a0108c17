/** Examples of errors in the folds of cross-validation and in the weights of samples. */
import { CONFIG, METADATA, PIPES, files, piece, scene, type Example } from './gallery.js';
import { smallConfig, smallTables } from './search.js';

const written = piece(CONFIG);
const folds = (code: string, text: string): Example => written(code, 'cv: { folds: 3 }', `cv: { ${text} }`);

const { metadata } = smallTables();

/** The metadata with one more column. */
function withColumn(name: string, of: (i: number, label: string) => string): string {
  const [head, ...rows] = metadata.trim().split('\n');
  return `${[`${head},${name}`, ...rows.map((row, i) => `${row},${of(i, row.split(',')[1])}`)].join('\n')}\n`;
}

/** Folds by a column of the metadata. */
function by(
  code: string,
  text: string,
  what: string,
  of: (i: number, label: string) => string,
  more: { [path: string]: string } = {},
): Example {
  const column = /(?:by|group): (\w+)/.exec(text)![1];
  return files(code, `${METADATA}: ${what}\n${CONFIG}: cv: { ${text} }`, {
    [CONFIG]: smallConfig.replace('cv: { folds: 3 }', `cv: { ${text} }`),
    [METADATA]: withColumn(column, of),
    ...more,
  });
}

/** Weights in a column of the metadata. */
function weighed(code: string, what: string, of: (i: number) => string, pipes?: string): Example {
  return files(code, `${METADATA}: ${what}\n${CONFIG}: weights: Weight`, {
    [CONFIG]: `${smallConfig}weights: Weight\n`,
    [METADATA]: withColumn('Weight', of),
    ...(pipes !== undefined && { [PIPES]: pipes }),
  });
}

const keys: Example[] = [
  folds('unknown-value', 'type: loo'),
  folds('folds-counted', 'type: leave-one-out, folds: 5'),
  folds('missing-key', 'type: time, folds: 3'),
  folds('missing-key', 'type: group, folds: 3'),
  folds('needs-type', 'by: Batch'),
  folds('needs-time', 'folds: 3, gap: 2'),
  folds('unused-column', 'type: kfold, group: Batch'),
  folds('unused-column', 'type: leave-one-out, by: Batch'),
  folds('not-shuffled', 'type: time, by: Batch, shuffle: true'),
  folds('needs-shuffle', 'type: predefined, by: Batch, repeats: 3'),
  folds('too-small', 'type: time, by: Batch, gap: -1'),
  folds('one-sample-folds', 'type: leave-one-out'),
  folds('outer-counted', 'type: predefined, by: Batch, outer: 3'),
  folds('too-small', 'folds: 3, outer: 1'),
];

const columns: Example[] = [
  folds('no-such-column', 'type: time, by: Date'),
  folds('too-few-to-fold', 'type: kfold, folds: 500'),
  folds('too-few-to-fold', 'type: time, by: Batch, folds: 5, gap: 40'),
  folds('bad-time', 'type: time, by: Condition'),
  folds('too-few-members', 'folds: 5, outer: 40'),
  folds('too-few-members', 'folds: 28, outer: 10'),
  files(
    'outer-name',
    `${CONFIG}: a split train_B.outer1`,
    {
      [CONFIG]: smallConfig
        .replace('cv: { folds: 3 }', 'cv: { folds: 3, outer: 2 }')
        .replace('splits:', 'splits:\n  train_A1.outer1: { where: {} }'),
    },
    ['enqueue', '--dry-run', '--splits', 'train_A1', '--cv'],
  ),
  files('stratified-values', `${METADATA}: numbers\n${CONFIG}: cv: { type: stratified }`, {
    [CONFIG]: smallConfig
      .replace('cv: { folds: 3 }', 'cv: { type: stratified, folds: 3 }')
      .replace('positive: sick\n', '')
      .replace('roc_auc', 'r2')
      .replace('[accuracy]', '[mae]'),
    [METADATA]: metadata.replace(/^(r(\d+)),\w+/gm, '$1,$2.5'),
    [PIPES]: 'p: [DummyRegressor]\n',
  }),
  by('bad-time', 'type: time, by: Date', 'a date that does not exist', i =>
    i === 3 ? '2024-02-30' : '2024-02-01',
  ),
  by('missing-time', 'type: time, by: Date', 'a sample without a date', i =>
    i === 2 ? '' : `2024-01-0${(i % 9) + 1}`,
  ),
  by('bad-fold', 'type: predefined, by: Fold', 'the fold 1.5', i => (i === 1 ? '1.5' : `${i % 3}`)),
  by('missing-fold', 'type: predefined, by: Fold', 'a sample without a fold', i =>
    i === 1 ? '' : `${i % 3}`,
  ),
  by('too-few-folds', 'type: predefined, by: Fold', 'folds 0 and -1 only', i => `${(i % 2) - 1}`),
  by('too-few-groups', 'type: leave-one-group-out, group: Site', 'one site', () => 's'),
  by(
    'one-class',
    'type: leave-one-group-out, group: Site',
    'all that are sick are of one site',
    (i, label) => (label === 'sick' ? 'x' : `s${i % 5}`),
  ),
  by('one-class', 'type: time, by: Day', 'all that are sick come last', (i, label) =>
    label === 'sick' ? `${1000 + i}` : `${i}`,
  ),
];

const weights: Example[] = [
  written('no-such-column', 'seed: 7', 'seed: 7\nweights: Weight'),
  weighed('bad-weight', 'the weight -1', i => (i === 4 ? '-1' : '1')),
  weighed('bad-weight', 'the weight "heavy"', i => (i === 4 ? 'heavy' : '1')),
  weighed('missing-weight', 'a sample without a weight', i => (i === 4 ? '' : '1')),
  weighed('no-weight', 'all weights are 0', () => '0'),
  weighed(
    'infeasible',
    'weights, and a classifier that takes none',
    () => '1',
    'p: [KNeighborsClassifier]\n',
  ),
];

/** A search of many samples, each of which would be a fold. */
const manyFolds = scene(
  'too-many-folds',
  `${CONFIG}: cv: { type: leave-one-out }, of 1200 samples`,
  search => {
    const ids = Array.from({ length: 1200 }, (_, i) => i);
    search.write('data/features.csv', `Run,a\n${ids.map(i => `r${i},${(i * 7) % 13}`).join('\n')}\n`);
    const labels = ids.map(i => `r${i},${i % 2 ? 'well' : 'sick'},1`);
    search.write('data/metadata.csv', `Run,Condition,Batch\n${labels.join('\n')}\n`);
    const accuracy = smallConfig.replace('roc_auc', 'accuracy');
    search.write(CONFIG, accuracy.replace('cv: { folds: 3 }', 'cv: { type: leave-one-out }'));
  },
  ['enqueue', '--dry-run', '--splits', 'train_A1', '--cv'],
);

/** A calibration of a model whose samples have weights. */
const calibration = scene(
  'weights-ignored',
  `${CONFIG}: weights: Weight`,
  async search => {
    search.write(CONFIG, `${smallConfig}weights: Weight\n`);
    search.write(PIPES, 'p: [GaussianNB]\n');
    search.write(
      METADATA,
      withColumn('Weight', i => `${1 + (i % 3)}`),
    );
    await search.sptHere('enqueue', '--splits', 'A1', '--cv', '--validate');
    await search.sptHere('work', '-j', '1');
  },
  ['rebuild', '--best', '--calibrate', 'sigmoid', '--out', 'model.json'],
);

export const ofFolds: Example[] = [...keys, ...columns, ...weights, manyFolds, calibration];
