/** The programs that docs/using-models.md shows run, and give what spt gives. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** The program in C gives what stands in the table of predictions. Its model is that of the predictions, model.json. */
function compiled(search: string, cells: readonly string[][]): void {
  writeFileSync(join(search, 'main.c'), blocks('c')[0]);
  run(search, 'cc', '-std=c99', '-O2', '-Wall', '-Werror', 'main.c', 'from-file.c', '-lm');
  const table = readFileSync(join(search, 'new.csv'), 'utf8').trim().split('\n').slice(1);
  for (const i of [0, 100, 568]) {
    const input = table[i].split(',').slice(1).join(' ');
    const { stdout } = spawnSync('./a.out', { cwd: search, input, encoding: 'utf8' });
    const [name, probability] = stdout.trim().split(' ');
    assert.equal([name, Number(probability)], [cells[i][1], Number(cells[i][2])]);
  }
}

Using('the programs of the page read predictions and models', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spt-using-'));
  try {
    const search = join(folder, 'search');
    await here(folder, ['init', 'search']);
    await here(search, 'enqueue --pipelines lasso --splits A1 --cv --validate'.split(' '));
    run(search, process.execPath, cli, 'work', '-j', '1', '--quiet');
    copyFileSync(join(search, 'data/breast_cancer_features.csv'), join(search, 'new.csv'));
    const shown = blocks('').flatMap(block => block.trim().split('\n'));
    const [first, exporting] = [shown.slice(0, 3), shown.slice(3)];
    const works = async (line: string): Promise<void> => {
      const { code, err } = await here(search, line.replace(/^spt /, '').split(' '));
      assert.is(code, 0, `${line}: ${err}`);
    };
    for (const line of first) await works(line);
    const rows = readFileSync(join(search, 'predictions.csv'), 'utf8').trim().split('\n').slice(1);
    const cells = rows.map(row => row.split(','));
    const counts = ['benign', 'malignant'].map(name => cells.filter(row => row[1] === name).length);
    assert.is(counts[0] + counts[1], 569);

    const [reads, computes, boosts] = blocks('python');
    if (has(PYTHON, '-c', 'import pandas, numpy')) {
      const table = run(search, PYTHON, '-c', reads);
      assert.match(table, new RegExp(`benign +${counts[0]}\\nmalignant +${counts[1]}`));
      const more = `${computes}\nprint(json.dumps(list(probability)))`;
      const found: number[] = JSON.parse(run(search, PYTHON, '-c', more));
      const largest = Math.max(...found.map((value, i) => Math.abs(value - Number(cells[i][3]))));
      assert.ok(largest < 1e-12, `${largest}`);
      assert.is(found.length, cells.length);
    }
    await here(search, 'enqueue --pipelines xgb --splits A1 --cv --validate'.split(' '));
    run(search, process.execPath, cli, 'work', '-j', '1', '--quiet');
    assert.equal(
      exporting.map(line => / --to (\w+) /.exec(line)?.[1]),
      ['xgboost', 'c', 'c'],
    );
    for (const line of exporting) await works(line);
    if (has(PYTHON, '-c', 'import pandas, xgboost, sklearn')) {
      await works('predict --best --pipelines xgb --split A1 --data new.csv -o xgb.csv');
      const own = readFileSync(join(search, 'xgb.csv'), 'utf8').trim().split('\n').slice(1);
      const found: string[] = JSON.parse(
        run(search, PYTHON, '-c', `${boosts}\nprint(json.dumps(predicted))`),
      );
      assert.equal(
        found,
        own.map(row => row.split(',')[1]),
      );
    }
    if (has('cc', '--version')) compiled(search, cells);
    const [inR] = blocks('r');
    if (has('Rscript', '--version')) {
      assert.match(run(search, 'Rscript', '-e', inR), new RegExp(`${counts[0]} +${counts[1]}`));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

Using.run();
