/** The programs that docs/using-models.md shows run, and give what spt gives. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../../support/package.js';
import { here } from '../../support/search.js';
import { cli, root } from '../../support/root.js';

const Using = suite('using models');

const page = readFileSync(join(root, 'docs/using-models.md'), 'utf8');
/** The blocks of code in a language, in their order. */
const blocks = (language: string): string[] =>
  [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(match => match[1] === language)
    .map(match => match[2]);

const PYTHON = '/usr/bin/python3';
const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

Using('the programs of the page read predictions and models', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spt-using-'));
  try {
    const search = join(folder, 'search');
    await here(folder, ['init', 'search']);
    await here(search, 'enqueue --pipelines lasso --splits A1 --cv --validate'.split(' '));
    run(search, process.execPath, cli, 'work', '-j', '1', '--quiet');
    copyFileSync(join(search, 'data/breast_cancer_features.csv'), join(search, 'new.csv'));
    const shown = blocks('').flatMap(block => block.trim().split('\n'));
    assert.is(shown.length, 5);
    for (const line of shown) {
      const { code, err } = await here(search, line.replace(/^spt /, '').split(' '));
      assert.is(code, 0, `${line}: ${err}`);
    }
    const rows = readFileSync(join(search, 'predictions.csv'), 'utf8').trim().split('\n').slice(1);
    const cells = rows.map(row => row.split(','));
    const counts = ['benign', 'malignant'].map(name => cells.filter(row => row[1] === name).length);
    assert.is(counts[0] + counts[1], 569);

    const [reads, computes] = blocks('python');
    if (has(PYTHON, '-c', 'import pandas, numpy')) {
      const table = run(search, PYTHON, '-c', reads);
      assert.match(table, new RegExp(`benign +${counts[0]}\\nmalignant +${counts[1]}`));
      const more = `${computes}\nprint(json.dumps(list(probability)))`;
      const found: number[] = JSON.parse(run(search, PYTHON, '-c', more));
      const largest = Math.max(...found.map((value, i) => Math.abs(value - Number(cells[i][3]))));
      assert.ok(largest < 1e-12, `${largest}`);
      assert.is(found.length, cells.length);
    }
    const [inR] = blocks('r');
    if (has('Rscript', '--version')) {
      assert.match(run(search, 'Rscript', '-e', inR), new RegExp(`${counts[0]} +${counts[1]}`));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

Using.run();
