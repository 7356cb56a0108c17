/** What `spt results` promises: rows, columns and files, as a user runs it. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/events/format/event.js';
import { claim, finish, idOf, makeConfig } from '../../support/log-helpers.js';
import { oddLog } from '../../support/odd-log.js';
import { makeSearch, type Search } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Results = suite('results');

function oddSearch(): Search {
  const search = makeSearch();
  writeLog(search, oddLog());
  return search;
}

/** The rows that `spt results --format ndjson` gives. */
async function rowsOf(search: Search, ...args: string[]): Promise<any[]> {
  const { code, out, err } = await search.sptHere('results', '--format', 'ndjson', ...args);
  assert.is(code, 0, err);
  return out
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));
}

/** Their numbers, as `idOf` gives ids. */
async function numbersOf(search: Search, ...args: string[]): Promise<number[]> {
  const ids = Array.from({ length: 13 }, (_, i) => idOf(i));
  return (await rowsOf(search, ...args)).map(({ config }) => ids.indexOf(config));
}

Results('--where, --status, --split, --pipelines and --at choose rows in the order of the log', async () => {
  const search = oddSearch();
  assert.equal(await numbersOf(search), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.equal(await numbersOf(search, '--where', 'SVC.C >= 1 and cv.roc_auc > 0.5'), [0, 2]);
  assert.equal(await numbersOf(search, '--where', "SVC.gamma.word = 'scale' or rank = 1"), [0, 2, 10]);
  assert.equal(await numbersOf(search, '--status', 'failed', 'running'), [4, 7, 11]);
  assert.equal(await numbersOf(search, '--split', 'B2'), [9, 10]);
  assert.equal(await numbersOf(search, '--pipelines', 'nn', '--status', 'finished'), [6]);
  const then = await rowsOf(search, '--at', '15', '--where', "status = 'finished'");
  assert.equal(
    then.map(({ config, rank }) => [config, rank]),
    [[idOf(0), 1]],
  );
  search.remove();
});

Results('--top gives the best of each setting in their order, those of this search first', async () => {
  const search = oddSearch();
  assert.equal(await numbersOf(search, '--top', '2'), [2, 1, 10, 9]);
  assert.equal(await numbersOf(search, '--top', '9'), [2, 1, 3, 0, 10, 9]);
  assert.equal(await numbersOf(search, '--top', '2', '--where', "pipeline = 'svc' and this_search"), [2, 1]);
  const [first] = await rowsOf(search, '--top', '1', '--pipelines', 'rf');
  assert.is(first.rank, 2, 'a rank does not depend on what is shown');
  search.remove();
});

Results('--columns takes names and patterns; an unknown name is told with the nearest one', async () => {
  const search = oddSearch();
  const [row] = await rowsOf(search, '--columns', 'rank', 'SVC.gamma*', 'config');
  assert.equal(Object.keys(row), ['rank', 'SVC.gamma', 'SVC.gamma.word', 'config']);
  const { code, err } = await search.sptHere('results', '--columns', 'SVC.gama');
  assert.is(code, 2);
  assert.match(err, /no column is called SVC\.gama[^]*Did you mean `SVC\.gamma`\?/);
  const where = await search.sptHere('results', '--where', 'SVC.C > 1 and cv.roc_au > 2');
  assert.is(where.code, 2);
  assert.match(where.err, /no column is called cv\.roc_au\n +SVC\.C > 1 and cv\.roc_au > 2\n {21}\^{9}\n/);
  search.remove();
});

Results(
  '--long folds has a line for each metric and fold, --long metrics one for each metric and set',
  async () => {
    const search = oddSearch();
    const folds = await rowsOf(search, '--long', 'folds', '--top', '1', '--split', 'A1');
    assert.equal(
      folds,
      [0, 1, 2].map(fold => ({
        ...{ config: idOf(2), pipeline: 'svc', split: 'A1', rank: 1, setting: 1 },
        ...{ metric: 'roc_auc', repeat: 0, fold, value: 0.9 },
      })),
    );
    const metrics = await rowsOf(
      search,
      '--long',
      'metrics',
      '--columns',
      'config',
      '--where',
      'rank = 2 and SVC.C = 0.5',
    );
    assert.equal(
      metrics.map(({ metric, on, value, sd }) => [metric, on, value, sd]),
      [
        ['roc_auc', 'cv', 0.75, 0.25],
        ['mcc', 'cv', -0.75, 0.25],
        ['roc_auc', 'validate', 0.625, null],
        ['mcc', 'validate', -1e-9, null],
        ['roc_auc', 'train', 1, null],
        ['mcc', 'train', 1, null],
      ],
    );
    search.remove();
  },
);

Results('folds of a config that does not tell how many it has are counted from 0', async () => {
  const search = makeSearch();
  const done = { ...finish(0, 2), scores: { cv: { roc_auc: { mean: 0.625, std: 0, folds: [0.5, 0.75] } } } };
  const cv = { shuffle: true } as never;
  writeLog(search, [{ type: 'enqueued', config: makeConfig(0, { cv }) }, claim('w1', 0), done]);
  const lines = await rowsOf(search, '--long', 'folds', '--columns', 'config');
  assert.equal(
    lines.map(({ repeat, fold, value }) => [repeat, fold, value]),
    [
      [null, 0, 0.5],
      [null, 1, 0.75],
    ],
  );
  const out = join(search.root, 'folds.parquet');
  assert.is((await search.sptHere('results', '--long', 'folds', '--out', out)).code, 0);
  search.remove();
});

Results('repeats: the folds of each drawing are counted from 0', async () => {
  const search = makeSearch();
  const cv = { folds: 2, shuffle: true, repeats: 2 };
  const folds = [0.5, 0.75, 0.25, 1];
  const done = { ...finish(0, 2), scores: { cv: { roc_auc: { mean: 0.625, std: 0, folds } } } };
  writeLog(search, [{ type: 'enqueued', config: makeConfig(0, { cv }) }, claim('w1', 0), done]);
  const lines = await rowsOf(search, '--long', 'folds', '--columns', 'config');
  assert.equal(
    lines.map(({ repeat, fold, value }) => [repeat, fold, value]),
    [
      [0, 0, 0.5],
      [0, 1, 0.75],
      [1, 0, 0.25],
      [1, 1, 1],
    ],
  );
  search.remove();
});

Results(
  'a file is whole or not there, replaces a table of results only, and has the permissions of its folder',
  async () => {
    const search = oddSearch();
    chmodSync(search.root, 0o770);
    for (const format of ['csv', 'tsv', 'json', 'ndjson', 'jsonl', 'parquet', 'md', 'tex']) {
      const file = `r.${format}`;
      for (const times of [1, 2]) {
        const { code, out, err } = await search.sptHere('results', '-o', file);
        assert.is(code, 0, `${file}, ${times}: ${err}`);
        assert.match(out, new RegExp(`1?\\d rows of \\d+ columns written to ${file}`));
      }
      assert.is(statSync(join(search.root, file)).mode & 0o777, 0o660);
      const { code } = await search.sptHere(
        'results',
        '--columns',
        'SVC.*',
        'cv.*',
        '--top',
        '1',
        '-o',
        file,
      );
      assert.is(code, 0, 'other columns are results as well');
    }
    const table = readFileSync(join(search.root, 'data/features.csv'), 'utf8');
    for (const [file, message] of [
      ['data/features.csv', /exists already, and it is not a table of results/],
      ['configs/config.yaml', /exists already/],
      ['data', /is not the name of a file/],
      ['no/such.csv', /there is no folder/],
    ] as const) {
      const { code, err } = await search.sptHere('results', '--format', 'csv', '-o', file);
      assert.is(code, 2, file);
      assert.match(err, message);
    }
    assert.is(readFileSync(join(search.root, 'data/features.csv'), 'utf8'), table);
    writeFileSync(join(search.root, 'mine.csv'), 'height,weight\n1,2\n');
    assert.is((await search.sptHere('results', '-o', 'mine.csv')).code, 2);
    assert.is((await search.sptHere('results', '-o', 'mine.csv', '--force')).code, 0);
    assert.match(
      (await search.sptHere('results', '-o', 'r.xlsx')).err,
      /the ending of r\.xlsx tells no format/,
    );
    assert.match((await search.sptHere('results', '--format', 'parquet')).err, /not text/);
    assert.equal(
      readdirSync(search.root).filter(name => name.startsWith('.')),
      [],
      'nothing is left behind',
    );
    search.remove();
  },
);

Results('a table that cannot be written leaves the one before, and nothing else', async () => {
  const search = oddSearch();
  mkdirSync(join(search.root, 'out'));
  await search.sptHere('results', '-o', 'out/r.csv', '--columns', 'config');
  const before = readFileSync(join(search.root, 'out/r.csv'), 'utf8');
  // The expression is wrong, which is found after the file was looked at.
  assert.is((await search.sptHere('results', '-o', 'out/r.csv', '--where', 'SVC.C >')).code, 2);
  assert.is(readFileSync(join(search.root, 'out/r.csv'), 'utf8'), before);
  assert.equal(readdirSync(join(search.root, 'out')), ['r.csv']);
  search.remove();
});

Results('a link keeps its name, and the file that it leads to is replaced', async () => {
  const search = oddSearch();
  mkdirSync(join(search.root, 'shared'));
  for (const [name, args] of [
    ['table.csv', ['results', '--out', 'table.csv']],
    ['page.html', ['report', '--refit', '0', '--out', 'page.html']],
  ] as const) {
    writeFileSync(join(search.root, 'shared', name), '');
    symlinkSync(join('shared', name), join(search.root, name));
    assert.is((await search.sptHere(...args)).code, 0);
    assert.ok(lstatSync(join(search.root, name)).isSymbolicLink());
    assert.ok(statSync(join(search.root, 'shared', name)).size > 0);
  }
  assert.equal(readdirSync(join(search.root, 'shared')).sort(), ['page.html', 'table.csv']);
  search.remove();
});

Results('--json is an array of rows, and with --out it tells what was written', async () => {
  const search = oddSearch();
  const all = JSON.parse((await search.sptHere('results', '--json')).out);
  assert.is(all.length, 13);
  assert.equal([all[0].rank, all[0]['SVC.gamma'], all[0]['SVC.gamma.word']], [4, null, 'scale']);
  const told = JSON.parse((await search.sptHere('results', '--json', '-o', 'r.parquet')).out);
  const { manifest } = JSON.parse((await search.sptHere('audit', '--json')).out);
  assert.equal(
    [told.out, told.format, told.rows, told.n, told.manifest],
    ['r.parquet', 'parquet', 13, oddLog().length, manifest],
  );
  search.remove();
});

Results(
  'the terminal shows the best of each setting in 80 columns, and what to do for the rest',
  async () => {
    const search = oddSearch();
    const { out } = await search.sptHere('results', '--top', '3');
    assert.match(
      out,
      /^A1, ranked by roc_auc, 3 folds:\nrank {2}config {4}pipeline +cv +sd +valid {2}parameters\n/,
    );
    assert.match(
      out,
      new RegExp(`\\n   1  ${idOf(2).slice(0, 8)}  svc +0\\.9000  0\\.0000  0\\.7500  C=10 gamma=scale`),
    );
    const words = out.replace(/\s+/g, ' ');
    assert.match(words, /B2, ranked by log_loss, 3 folds \(not of this search: [^)]*log_loss, not roc_auc/);
    assert.match(
      words,
      /These are the best 5 of 13 configs\. --top N shows more, and -o results\.csv writes all\./,
    );
    assert.ok(Math.max(...out.split('\n').map(line => line.length)) <= 80, out);
    const failed = await search.sptHere('results', '--status', 'failed');
    assert.match(failed.out, /config +status +split +pipeline +failure +message\n/);
    assert.match(failed.out, /memory +too large/);
    assert.not.match(failed.out, /\u001b/);
    const named = await search.sptHere(
      'results',
      '--columns',
      'rank',
      'cv.roc_auc',
      '--where',
      'rank < 3 and this_search',
    );
    assert.match(
      named.out,
      /^rank {2}cv\.roc_auc\n {3}1 {6}0\.9000\n {3}2 {6}0\.7500\n {3}2 {6}0\.7500\n\n3 configs\./,
    );
    assert.match((await search.sptHere('results', '--where', 'SVC.C > 99')).out, /No config fits\./);
    search.remove();
  },
);

Results('an empty log has a table without rows in every format', async () => {
  const search = makeSearch();
  const events: Draft[] = [];
  writeLog(search, events);
  assert.match((await search.sptHere('results')).out, /The log has no configs\. Run spt enqueue first\./);
  for (const format of ['csv', 'json', 'ndjson', 'parquet', 'md', 'tex']) {
    const { code, err } = await search.sptHere('results', '-o', `r.${format}`);
    assert.is(code, 0, err);
    assert.ok(existsSync(join(search.root, `r.${format}`)));
  }
  assert.match(search.read('r.csv'), /^config,pipeline,split,status,rank,[^\n]*params\r\n$/);
  search.remove();
});

Results('a wrong folder below a search is told which one is meant', async () => {
  const search = oddSearch();
  mkdirSync(join(search.root, 'deep/er'), { recursive: true });
  const { code, err } = await search.sptHere('results', '--root', 'deep/er');
  assert.is(code, 2);
  assert.match(err, /There is a log in a folder above\. This option means it: --root \.\n/);
  assert.is((await search.sptHere('results', '--root', '.')).code, 0);
  search.remove();
});

Results.run();
