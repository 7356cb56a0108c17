/** Examples of errors in the two files of a search and in its tables. */
import { gzipSync } from 'node:zlib';
import { CONFIG, FEATURES, METADATA, PIPES, files, piece, usual, whole, type Example } from './gallery.js';
import { smallConfig, smallTables } from './search.js';

const config = piece(CONFIG);
const pipes = whole(PIPES);
const features = piece(FEATURES);
const { features: featuresText, metadata: metadataText } = smallTables();

const lr = (parameters: string): string => `p:\n  - LogisticRegression: ${parameters}\n`;
const rowsOf = (text: string, of: (cells: string[], i: number) => string): string => {
  const [head, ...rows] = text.trim().split('\n');
  return `${[head, ...rows.map((row, i) => of(row.split(','), i))].join('\n')}\n`;
};
const targets = (of: (i: number) => string): string =>
  rowsOf(metadataText, ([id, , batch], i) => `${id},${of(i)},${batch}`);
const metadataOf = (code: string, written: string, text: string, args?: string[]): Example =>
  files(code, `${METADATA}: ${written}`, { [METADATA]: text }, args);
const featuresOf = (code: string, written: string, content: string | Buffer): Example =>
  files(code, `${FEATURES}: ${written}`, { [FEATURES]: content });
const oneTable = smallConfig.replace(/data: .*/, 'data: { table: data/all.csv }');
/** For tables whose target is numbers. */
const ofNumbers = smallConfig.replace('positive: sick\n', '');
const grouped = smallConfig.replace('folds: 3', 'folds: 3, group: Site');
const sites = (of: (i: number, label: string) => string): { [path: string]: string } => ({
  [CONFIG]: grouped,
  [METADATA]: rowsOf(metadataText.replace('Batch', 'Batch,Site'), (cells, i) =>
    [...cells, of(i, cells[1])].join(','),
  ),
});
const group = (code: string, written: string, of: (i: number, label: string) => string): Example =>
  files(code, `${METADATA}: ${written}\n${CONFIG}: cv: { folds: 3, group: Site }`, sites(of));

const yaml: Example[] = [
  config('bad-yaml', 'index: Run', 'index: [Run'),
  config('bad-yaml', 'seed: 7', 'target: is: sick'),
  whole(CONFIG)('empty-file', '# nothing yet\n'),
  config('unknown-key', 'index:', 'indx:'),
  config('missing-key', 'target: Condition\n', ''),
  config('duplicate-key', 'seed: 7', 'seed: 7\nseed: 8'),
  config('forbidden-key', 'seed: 7', '__proto__: 7'),
  config('merge-key', 'seed: 7', '<<: { seed: 7 }'),
  config('unknown-alias', 'seed: 7', 'seed: *seed'),
  config('recursive-alias', 'cv: { folds: 3 }', 'cv: &cv { folds: *cv }'),
  config(
    'too-many-aliases',
    'seed: 7',
    `a: &a [${'x,'.repeat(50)}x]\nb: &b [${'*a,'.repeat(50)}*a]\nc: [${'*b,'.repeat(50)}*b]`,
  ),
  config('bad-yaml', 'seed: 7', 'seed: !seed 7'),
  config('yaml-tag', 'metrics: [accuracy]', 'metrics: !!set {accuracy, mcc}'),
  config('yaml-version', '\ndata:', '%YAML 1.1\n---\ndata:'),
  config('too-deep', 'seed: 7', `seed: ${'['.repeat(80)}${']'.repeat(80)}`),
  config('control-character', 'seed: 7', 'seed: "\\e"'),
  config('not-finite', 'seed: 7', 'seed: .inf'),
  config('inexact-number', 'seed: 7', 'seed: 12345678901234567890'),
  files('not-utf8', `${CONFIG}: in Latin-1`, {
    [CONFIG]: Buffer.from(smallConfig.replace('sick', 'malé'), 'latin1'),
  }),
  files('no-such-file', '(no such file)', {}, ['enqueue', '--splits', 'A1', '--config', 'configs/none.yaml']),
  files('unreadable-file', '(a folder)', {}, ['enqueue', '--splits', 'A1', '--config', 'configs']),
];

const keys: Example[] = [
  config('wrong-type', 'seed: 7', 'seed: seven'),
  config('wrong-type', 'index: Run', 'index: [Run]'),
  config('unknown-value', 'metadata.csv', 'metadata.csv, orientation: sample'),
  config('too-small', 'folds: 3', 'folds: 1'),
  config('too-big', 'folds: 3', 'folds: 2000'),
  config('bad-name', 'train_A1', '../train_A1'),
  config('bad-duration', '3s', '3'),
  config('short-lease', '3s', '100ms'),
  config('needs-shuffle', 'folds: 3', 'folds: 3, repeats: 2'),
  config('unknown-metric', 'roc_auc', 'auc'),
  config('unknown-metric', 'roc_auc', 'neg_log_loss'),
  config('unknown-format', 'features.csv', 'features.xlsx'),
  config('empty-condition', '{ gte: 2 }', '{}'),
  whole(CONFIG)('no-splits', smallConfig.replace(/splits:[^]*(?=cv:)/, 'splits: {}\n')),
];

/** A ColumnTransformer with one group. */
const groups = (columns: string, steps: string): string =>
  `p:\n  - ColumnTransformer: { transformers: { g: { columns: ${columns}, steps: ${steps} } } }\n  - SVC\n`;

const pipelines: Example[] = [
  pipes('no-pipelines', '{}\n'),
  pipes('unknown-step', 'p:\n  - LogisticRegresion\n'),
  pipes('unknown-key', lr('{ c: 1 }')),
  pipes('too-small', lr('{ C: [1, 0] }')),
  pipes('unknown-value', lr('{ penalty: L1 }')),
  pipes('wrong-type', lr('{ C: "1" }')),
  pipes('wrong-type', lr('{ fit_intercept: yes }')),
  pipes('wrong-type', 'p:\n  - RandomForestClassifier: { max_features: 2.0 }\n'),
  pipes('bad-value', 'p:\n  - RandomForestClassifier: { bootstrap: false, oob_score: true }\n'),
  pipes('empty-axis', lr('{ C: [] }')),
  pipes('duplicate-value', lr('{ C: [1, 10, 1] }')),
  pipes('nested-axis', lr('{ C: [1, { logspace: [-3, 3, 7] }] }')),
  pipes('unknown-axis', lr('{ C: { lgspace: [-3, 3, 7] } }')),
  pipes('bad-value', lr('{ C: { uniform: [2, 1] } }')),
  pipes('distribution-in-grid', lr('{ C: { loguniform: [0.1, 10] } }')),
  pipes('no-effect', 'p:\n  - StandardScaler: { copy: [true, false] }\n  - SVC\n'),
  pipes('no-classifier', 'p:\n  - StandardScaler\n'),
  pipes('classifier-inside', 'p:\n  - SVC\n  - StandardScaler\n  - SVC\n'),
  pipes('one-step', 'p:\n  - StandardScaler: {}\n    SVC: { C: [1, 2] }\n'),
  pipes('same-steps', 'p:\n  - choice: [PCA, passthrough]\n  - choice: [PCA, passthrough]\n  - SVC\n'),
  pipes('no-estimator', 'p:\n  - RFE: { estimator: passthrough }\n  - SVC\n'),
  pipes('wrong-step', 'p:\n  - RFE: { estimator: PCA }\n  - SVC\n'),
  pipes('wrong-step', groups('numbers', '[SVC]')),
  pipes('no-transformers', 'p:\n  - ColumnTransformer: { transformers: {} }\n  - SVC\n'),
  pipes('infeasible', groups('[a, nonsense]', '[StandardScaler]')),
  pipes('needs-drawing', 'p:\n  search: { n: 10 }\n  steps: [SVC]\n'),
  pipes('missing-key', 'p:\n  search: { method: random }\n  steps: [SVC]\n'),
  pipes(
    'space-too-large',
    'p:\n  - LogisticRegression: { C: { linspace: [1, 2, 99999] }, tol: { linspace: [0.1, 0.2, 99999] } }\n',
  ),
  files('no-probabilities', `${CONFIG}: scoring: log_loss\n${PIPES}: - SVC`, {
    [CONFIG]: smallConfig.replace('roc_auc', 'log_loss'),
    [PIPES]: 'p: [SVC]\n',
  }),
  pipes('unknown-class', lr('{ class_weight: { ill: 2 } }')),
  pipes('infeasible', 'p:\n  - SelectKBest: { k: 5 }\n  - SVC\n'),
  pipes('infeasible', 'p:\n  - KNeighborsClassifier: { n_neighbors: 100 }\n'),
  pipes('infeasible', 'p:\n  - GaussianNB: { priors: [[0.2, 0.3, 0.5]] }\n'),
  files('infeasible', `${PIPES}: - SVC\n${FEATURES}: a cell without a value`, {
    [PIPES]: 'p: [SVC]\n',
    [FEATURES]: featuresText.replace(/r3,[^,]*/, 'r3,NA'),
  }),
  files('infeasible', `${PIPES}: - SelectKBest: { score_func: chi2, k: 2 }`, {
    [PIPES]: 'p:\n  - SelectKBest: { score_func: chi2, k: 2 }\n  - SVC\n',
  }),
];

const tables: Example[] = [
  config('no-such-column', 'target: Condition', 'target: Conditon'),
  config('no-such-column', 'Batch: 4', 'Bacth: 4'),
  config('no-such-column', 'folds: 3', 'folds: 3, group: Patient'),
  config('no-such-class', 'positive: sick', 'positive: Sick'),
  config('empty-split', 'Batch: 4', 'Batch: 9'),
  config('overlapping-splits', 'Batch: 4', 'Batch: [3, 4]'),
  config('too-few-members', 'folds: 3', 'folds: 40'),
  config('bad-comparison', '[1, 2, 3]', '{ lt: "3" }'),
  metadataOf('bad-comparison', 'r8,well,unknown', metadataText.replace('r8,well,1', 'r8,well,unknown'), [
    ...usual.slice(0, 3),
    'B2',
    '--validate',
  ]),
  config('no-such-date', '[1, 2, 3]', '{ lt: "2024-02-30" }'),
  metadataOf('missing-target', 'r0,,1', metadataText.replace('r0,well', 'r0,')),
  files('one-class', `${METADATA}: all are sick`, { [METADATA]: metadataText.replaceAll('well', 'sick') }),
  files('many-classes', `${METADATA}: low, middle, sick`, {
    [METADATA]: targets(i => ['low', 'middle', 'sick'][i % 3]),
  }),
  files('not-classes', `${METADATA}: 0.5, 1.5, 2.5, ...`, {
    [CONFIG]: ofNumbers,
    [METADATA]: targets(i => `${i + 0.5}`),
  }),
  files('not-classes', `${METADATA}: 0.5, 1.5, 2.5, ...\n${CONFIG}: positive: sick`, {
    [METADATA]: targets(i => `${i + 0.5}`),
  }),
  files('not-values', 'pipe_configs.yaml: DummyRegressor', { [PIPES]: 'p:\n  - DummyRegressor\n' }),
  files('other-task', `${METADATA}: 0.5, 1.5, 2.5, ...\n${CONFIG}: scoring: roc_auc`, {
    [CONFIG]: ofNumbers,
    [PIPES]: 'p:\n  - DummyRegressor\n',
    [METADATA]: targets(i => `${i + 0.5}`),
  }),
  config('other-task', 'scoring: roc_auc', 'scoring: rmse'),
  files('infeasible', `${METADATA}: -0.5, 0.5, 1.5, ...\n${CONFIG}: scoring: mean_gamma_deviance`, {
    [CONFIG]: ofNumbers.replace('roc_auc', 'mean_gamma_deviance').replace('[accuracy]', '[]'),
    [PIPES]: 'p:\n  - DummyRegressor\n',
    [METADATA]: targets(i => `${i - 0.5}`),
  }),
  files('not-a-value', `${METADATA}: low, 0.5, 1.5, ...\n${CONFIG}: task: regression`, {
    [CONFIG]: `${ofNumbers}task: regression\n`,
    [METADATA]: targets(i => (i === 0 ? 'low' : `${i - 0.5}`)),
  }),
  files('one-value', `${METADATA}: 7, 7, 7, ...\n${CONFIG}: task: regression`, {
    [CONFIG]: `${ofNumbers}task: regression\n`,
    [METADATA]: targets(() => '7'),
  }),
  files(
    'two-tasks',
    `${METADATA}: 1 in batch 1 to 3, 0.5, 1.5, ... in batch 4`,
    {
      [CONFIG]: ofNumbers.replace('Batch: [1, 2, 3]', 'Batch: [1, 2]'),
      [METADATA]: rowsOf(
        metadataText,
        ([id, , batch], i) => `${id},${Number(batch) < 3 ? i % 2 : i + 0.5},${batch}`,
      ),
    },
    ['enqueue', '--splits', 'train_A1', 'train_B2', '--cv'],
  ),
  files('ambiguous-label', `${METADATA}: 0, 1 and 1.0`, {
    [CONFIG]: smallConfig.replace('positive: sick\n', ''),
    [METADATA]: targets(i => ['0', '1', '1.0'][i % 3]),
  }),
  files('unseen-class', `${METADATA}: batch 4 has "other"`, {
    [METADATA]: metadataText.replace('r6,well,4', 'r6,other,4'),
  }),
  files('binary-metric', `${METADATA}: three classes\n${CONFIG}: scoring: roc_auc`, {
    [CONFIG]: smallConfig.replace('positive: sick\n', ''),
    [METADATA]: targets(i => ['low', 'middle', 'high'][i % 3]),
  }),
  group('missing-group', 'a sample without Site', i => (i === 0 ? '' : `s${i % 5}`)),
  group('too-few-groups', 'two sites', i => `s${i % 2 ? 1 : Math.floor(i / 2) % 2}`),
  group('one-class', 'all that are sick are of one site', (i, label) =>
    label === 'sick' ? 'x' : `s${i % 5}`,
  ),
  featuresOf('bad-cell', 'r3,<0.05,...', featuresText.replace(/r3,[^,]*/, 'r3,<0.05')),
  featuresOf('bad-cell', 'r3,tall,...', featuresText.replace(/r3,[^,]*/, 'r3,tall')),
  featuresOf('bad-cell', 'r3,?,...', featuresText.replace(/r3,[^,]*/, 'r3,?')),
  featuresOf('bad-cell', 'r3,"1,5",...', featuresText.replace(/r3,[^,]*/, 'r3,"1,5"')),
  featuresOf('infinite-cell', 'r3,-Inf,...', featuresText.replace(/r3,[^,]*/, 'r3,-Inf')),
  featuresOf('ragged-row', 'a row with a cell less', featuresText.replace(/r4,[^,]*,/, 'r4,')),
  featuresOf('duplicate-id', 'r4 twice', featuresText.replace('r5,', 'r4,')),
  featuresOf('missing-id', 'a row without an id', featuresText.replace('r6,', ',')),
  features('duplicate-column', 'weight', 'height'),
  features('missing-column', ',noise', ','),
  files(
    'duplicate-feature',
    `${FEATURES}: a feature twice, orientation: features`,
    transposed('height', 'height'),
  ),
  files(
    'missing-feature',
    `${FEATURES}: a feature without a name, orientation: features`,
    transposed('height', ''),
  ),
  featuresOf('empty-table', 'only the first line', 'Run,height\n'),
  featuresOf(
    'no-features',
    'only ids',
    rowsOf('Run\n' + featuresText.split('\n').slice(1).join('\n'), ([id]) => id),
  ),
  featuresOf('sample-without-features', 'r7 is not there', featuresText.replace(/r7,.*\n/, '')),
  features('target-leak', 'noise', 'Condition'),
  featuresOf('bad-gzip', '(packed)', gzipSync(featuresText)),
  featuresOf('bad-encoding', '(a NUL byte)', featuresText.replace('height', 'hei\0ght')),
  featuresOf('unknown-format', '(an Excel workbook)', Buffer.from('PK\x03\x04 and so on')),
  files('thousands-mark', `${CONFIG}: decimal: ","\n${METADATA}: 1.234`, {
    [CONFIG]: smallConfig.replace('data: {', 'data: { decimal: ",",'),
    [METADATA]: rowsOf(metadataText, ([id, label], i) => `${id},${label},${i === 2 ? '1.234' : i}`),
  }),
  config('wrong-delimiter', 'data: {', 'data: { delimiter: tab,'),
  files('bad-parquet', `${CONFIG}: table: data/all.parquet (cut off)`, {
    [CONFIG]: oneTable.replace('all.csv', 'all.parquet'),
    'data/all.parquet': 'PAR1 and so on',
  }),
  files('misplaced-key', `${CONFIG}: table: beside metadata:`, {
    [CONFIG]: smallConfig.replace('data: {', 'data: { table: data/all.csv,'),
  }),
  files('misplaced-key', `${CONFIG}: features: [height], without table:`, {
    [CONFIG]: smallConfig.replace('features: data/features.csv', 'features: [height]'),
  }),
  files('no-such-column', `${CONFIG}: features: [heigth]`, {
    [CONFIG]: oneTable.replace('all.csv', 'all.csv, features: [heigth]'),
    'data/all.csv': 'Run,height,Condition\nr1,1,sick\nr2,2,well\n',
  }),
  featuresOf('bad-quotes', 'r3,"0.5', featuresText.replace('r3,', 'r3,"')),
  config('unreadable-file', 'features.csv', 'feature.csv'),
];

/** A table whose rows are features. The second feature gets another name. */
function transposed(first: string, second: string): { [path: string]: string } {
  const rows = featuresText
    .trim()
    .split('\n')
    .slice(1)
    .map(row => row.split(','));
  const row = (name: string, at: number): string => [name, ...rows.map(cells => cells[at])].join(',');
  return {
    [CONFIG]: smallConfig.replace('metadata.csv', 'metadata.csv, orientation: features'),
    [FEATURES]: `${[row('gene', 0), row(first, 1), row(second, 2)].join('\n')}\n`,
  };
}

export const ofFiles: Example[] = [...yaml, ...keys, ...pipelines, ...tables];
