/** `spt predict --explain` as a user runs it: contributions that add up, in every form, or a refusal by name. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSearch } from '../../support/search.js';

const Predict = suite('predict --explain');

const pipes = `
lasso: [StandardScaler, { LogisticRegression: { penalty: l1 } }]
svc: [StandardScaler, SVC]
svc_proba: [MinMaxScaler, { SVC: { kernel: linear, probability: true } }]
lda: [{ PCA: { n_components: 2 } }, LinearDiscriminantAnalysis]
bayes: [GaussianNB]
knn: [{ KNeighborsClassifier: { n_neighbors: 3 } }]
tree: [{ SelectKBest: { k: 2 } }, { DecisionTreeClassifier: { max_depth: 3 } }]
rf: [{ RandomForestClassifier: { n_estimators: 5 } }]
xgb: [{ XGBClassifier: { n_estimators: 5, max_depth: 2 } }]
nn: [StandardScaler, { MLPClassifier: { hidden_layer_sizes: [4], max_iter: 20 } }]
`;
const search = makeSearch({ pipes });
search.spt('enqueue', '--splits', 'A1', '--cv', '--validate');
const work = search.spt('work', '-j', '1', '--quiet');
assert.is(work.code, 0, work.err);
const configs = search.events().flatMap(({ config }) => (config?.pipeline ? [config] : []));
const idOf = (pipeline: string): string => configs.find(one => one.pipeline === pipeline).id;
Predict.after(() => search.remove());

async function done(...args: string[]): Promise<{ out: string }> {
  const { code, out, err } = await search.sptHere(...args);
  assert.is(code, 0, err);
  return { out };
}

const rowsOf = (text: string): string[][] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => line.split(','));

/** The numbers of a column. */
function numbers(rows: string[][], column: string): number[] {
  const at = rows[0].indexOf(column);
  assert.ok(at >= 0, column);
  return rows.slice(1).map(row => Number(row[at]));
}

Predict('base and contributions add up to what is predicted, in every form', async () => {
  const sums = (rows: string[][], width = 3): number[] => {
    const base = rows[0].indexOf('base');
    return rows
      .slice(1)
      .map(row => row.slice(base, base + width + 1).reduce((sum, cell) => sum + Number(cell), 0));
  };
  for (const [pipeline, column, tolerance, scale] of [
    ['lasso', 'decision', 1e-12, (value: number) => value],
    ['lda', 'decision', 1e-12, (value: number) => value],
    ['svc_proba', 'decision', 1e-12, (value: number) => value],
    ['tree', 'probability_sick', 1e-12, (value: number) => value],
    ['rf', 'probability_sick', 1e-12, (value: number) => value],
    ['xgb', 'probability_sick', 1e-5, (value: number) => Math.log(value / (1 - value))],
  ] as const) {
    const decision = column === 'decision' ? ['--decision'] : [];
    const asked = [idOf(pipeline), '--data', 'data/features.csv', '--explain', ...decision];
    const { out } = await done('predict', ...asked);
    const rows = rowsOf(out);
    const names = ['height', 'weight', 'noise'].map(name => `contribution_${name}`);
    assert.equal(rows[0].slice(rows[0].indexOf('base')), ['base', ...names]);
    const said = numbers(rows, column).map(scale);
    sums(rows).forEach((sum, i) => assert.ok(Math.abs(sum - said[i]) <= tolerance * 10, `${pipeline} ${i}`));

    for (const _ of [1, 2]) await done('predict', ...asked, '-o', 'e.parquet');
    const bytes = readFileSync(join(search.root, 'e.parquet'));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const read = await parquetReadObjects({ file });
    assert.equal(Object.keys(read[0]), rows[0]);
    assert.equal(
      read.map(row => Object.values(row).map(String)),
      rows.slice(1),
    );
    const lines = (await done('predict', ...asked, '--json')).out.trimEnd().split('\n');
    const [first] = lines.map(line => JSON.parse(line));
    assert.equal(Object.values(first.contribution).map(String), rows[1].slice(-3));
    assert.is(String(first.base), rows[1].at(-4));
  }
});

Predict('what cannot be explained is refused by name, and nothing is written', async () => {
  for (const [pipeline, name] of [
    ['svc', 'SVC'],
    ['knn', 'KNeighborsClassifier'],
    ['nn', 'MLPClassifier'],
    ['bayes', 'GaussianNB'],
  ]) {
    const asked = ['predict', idOf(pipeline), '--data', 'data/features.csv', '--explain', '-o', 'never.csv'];
    const { code, out, err } = await search.sptHere(...asked);
    assert.is(code, 2);
    assert.is(out, '');
    assert.match(err, `${name} does not add its features up`);
    assert.match(err.replace(/\s+/g, ' '), '`spt explain ID` tells how much');
    assert.not.ok(existsSync(join(search.root, 'never.csv')));
  }
});

Predict.run();
