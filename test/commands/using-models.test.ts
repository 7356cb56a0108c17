/** The programs that docs/using-models.md shows run, and give what spt gives. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../../support/package.js';
import { here } from '../../support/search.js';
import { cli, root } from '../../support/root.js';

const Using = suite('using models');

const page = readFileSync(join(root, 'docs/using-models.md'), 'utf8');
/** The blocks of code in a language, in their order, without those that say that they were not tried. */
const blocks = (language: string): string[] =>
  [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, name, text]) => name === language && !text.includes('not tried here'))
    .map(([, , text]) => text);

/** A small search with the names of the shipped one. As there, the best config is an SVC without probabilities. */
const PIPELINES = `
lasso: [StandardScaler, LogisticRegression: { penalty: l1, C: [0.1, 1] }]
xgb: [XGBClassifier: { n_estimators: 20 }]
svc: [StandardScaler, SVC: { kernel: rbf, C: 10, gamma: 0.01 }]
`;

const PYTHON = '/usr/bin/python3';
const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

Using('the commands and programs of the page run, and programs give the labels of spt', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spt-using-'));
  try {
    const search = join(folder, 'search');
    await here(folder, ['init', 'search']);
    writeFileSync(join(search, 'configs/pipe_configs.yaml'), PIPELINES);
    await here(search, 'enqueue --pipelines lasso xgb svc --splits A1 --cv --validate'.split(' '));
    run(search, process.execPath, cli, 'work', '-j', '1', '--quiet');
    for (const line of blocks('').flatMap(block => block.trim().split('\n'))) {
      const { code, err } = await here(search, line.replace(/^spt /, '').split(' '));
      assert.is(code, 0, `${line}: ${err}`);
    }
    const rows = readFileSync(join(search, 'predictions.csv'), 'utf8').trim().split('\n').slice(1);
    const labels = rows.map(row => row.split(',')[1]);
    assert.is(labels.length, 569);
    const counts = ['benign', 'malignant'].map(name => labels.filter(label => label === name).length);

    // The other programs hold their labels against those of spt by themselves.
    const [reads, ...programs] = blocks('python');
    assert.is(programs.length, 2);
    if (has(PYTHON, '-c', 'import pandas, sklearn, xgboost')) {
      const table = run(search, PYTHON, '-c', reads);
      assert.match(table, new RegExp(`benign +${counts[0]}\\nmalignant +${counts[1]}`));
      for (const program of programs) {
        assert.match(program, 'assert (');
        run(search, PYTHON, '-W', 'error', '-c', program);
      }
    }
    if (has('Rscript', '--version')) {
      const [inR] = blocks('r');
      assert.match(run(search, 'Rscript', '-e', inR), new RegExp(`${counts[0]} +${counts[1]}`));
    }
    if (has('cc', '--version')) {
      writeFileSync(join(search, 'predict.c'), blocks('c')[0]);
      run(search, 'sh', '-e', '-c', blocks('sh')[0]);
      const lines = readFileSync(join(search, 'predicted.txt'), 'utf8').trim().split('\n');
      const found = lines.map(line => line.split(' '));
      assert.equal(
        found.map(([label, probability]) => [label, Number(probability)]),
        rows.map(row => row.split(',')).map(([, label, probability]) => [label, Number(probability)]),
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

Using.run();
