/** `spt init --from`: what it writes runs without an edit. `spt enqueue --pilot` begins with a few configs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { makeSearch, type Search } from '../../support/search.js';

const InitFrom = suite('init from a table');

/** 60 people as Excel writes them: semicolons, decimal commas, dates, remarks, gaps, and one class of one person. */
function people(): string {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const sick = i % 3 === 0;
    const outcome = i === 7 ? 'unclear' : i === 8 ? '' : sick ? 'sick' : 'well';
    const height = i === 5 ? '?' : `${150 + ((i * 7) % 40)},${i % 10}`;
    const day = `2020-0${1 + (i % 9)}-1${i % 10}`;
    return [`p${i}`, height, ['A', 'B', 'C'][i % 3], day, `remark ${i} of ${i}`, i % 20, 1, outcome].join(
      ';',
    );
  });
  return `code;height;ward;day;remark;family;form;outcome\n${rows.join('\n')}\n`;
}

/** A search that is written for a table, in a new folder beside an unused one. */
async function withStarter(
  table: string,
  args: string[],
  use: (run: (...words: string[]) => ReturnType<Search['sptHere']>, read: (path: string) => any) => unknown,
): Promise<void> {
  const search = makeSearch();
  const folder = mkdtempSync(join(tmpdir(), 'spt-starter-'));
  try {
    search.write('table.csv', table);
    const made = await search.sptHere(
      'init',
      '--from',
      join(search.root, 'table.csv'),
      ...args,
      join(folder, 'made'),
    );
    assert.is(made.code, 0, made.err);
    const run = (...words: string[]) => search.sptHere(...words, '--root', join(folder, 'made'));
    await use(run, path => parse(search.read(join('..', folder.split('/').at(-1)!, 'made', path))));
  } finally {
    search.remove();
    rmSync(folder, { recursive: true });
  }
}

InitFrom(
  'a table of classes with all that tables have: what is no feature is excepted, and the search runs',
  async () => {
    await withStarter(people(), [], async (run, read) => {
      const config = read('configs/config.yaml');
      assert.equal(config.data, { table: 'data/table.csv', features: { except: ['day', 'remark', 'form'] } });
      assert.is(config.index, 'code');
      assert.is(config.target, 'outcome');
      assert.is(config.positive, 'sick');
      assert.equal(config.missing, ['', 'NA', 'NaN', '?']);
      assert.equal(config.splits, { all: { where: { outcome: { not: ['', 'NA', 'NaN', 'unclear'] } } } });
      assert.equal(config.cv, { folds: 5 });
      assert.is(config.scoring, 'roc_auc');
      const { code, out, err } = await run('enqueue', '--splits', 'all', '--cv', '--dry-run', '--json');
      assert.is(code, 0, err);
      const { groups, columns } = JSON.parse(out);
      assert.is(groups.length, 7);
      assert.equal(columns[0].numbers, 2, JSON.stringify(columns[0]));
    });
  },
);

InitFrom(
  'numbers that may be values or classes: the file says which, and --target chooses the column',
  async () => {
    const rows = Array.from({ length: 50 }, (_, i) => `${i % 7},${(i * 13) % 17},${i * 1.5 + (i % 3)}`);
    const table = `grade,dose,weight\n${rows.join('\n')}\n`;
    for (const [args, target, task, scoring] of [
      [[], 'weight', 'regression', 'r2'],
      [['--target', 'grade'], 'grade', 'classification', 'balanced_accuracy'],
      [['--target', 'dose'], 'dose', 'regression', 'r2'],
    ] as const) {
      await withStarter(table, [...args], async (run, read) => {
        const config = read('configs/config.yaml');
        assert.equal([config.target, config.task, config.scoring], [target, task, scoring]);
        const { code, err } = await run('enqueue', '--splits', 'all', '--cv', '--dry-run');
        assert.is(code, 0, err);
      });
    }
  },
);

InitFrom('a small class: as many folds as it has samples', async () => {
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${i},${(i * 11) % 9},${i < 3 ? 'rare' : i % 2 ? 'b' : 'c'}`,
  );
  await withStarter(`x,z,kind\n${rows.join('\n')}\n`, [], async (run, read) => {
    assert.equal(read('configs/config.yaml').cv, { folds: 3 });
    const { code, err } = await run('enqueue', '--splits', 'all', '--cv', '--dry-run');
    assert.is(code, 0, err);
  });
});

InitFrom('many samples: linear models stand for machines with kernels', async () => {
  const rows = Array.from(
    { length: 30_000 },
    (_, i) => `${i % 1000},${(i * 7) % 13},${i % 2 ? 'b' : 'c'},${i / 7}`,
  );
  for (const [target, name] of [
    ['kind', 'svm'],
    ['weight', 'ridge'],
  ]) {
    await withStarter(`x,z,kind,weight\n${rows.join('\n')}\n`, ['--target', target], async (run, read) => {
      assert.not.match(JSON.stringify(read('configs/pipe_configs.yaml')), /"SV[CR]"/);
      const { code, out, err } = await run('enqueue', '--splits', 'all', '--cv', '--dry-run');
      assert.is(code, 0, err);
      assert.match(out, new RegExp(`all +${name} `));
    });
  }
});

const asked = ['enqueue', '--splits', 'A1', 'B2', '--cv'];
const idsOf = (search: Search): string[] =>
  search
    .events()
    .filter(({ type }) => type === 'enqueued')
    .map(({ config }) => config.id);

InitFrom(
  'a pilot has equal shares, and the whole search adds the others and tells the core hours',
  async () => {
    const [pilot, whole] = [makeSearch(), makeSearch()];
    try {
      const { code, out, err } = await pilot.sptHere(...asked, '--validate', '--pilot', '5', '--json');
      assert.is(code, 0, err);
      const { groups } = JSON.parse(out);
      // lasso has 3 configs on each split, and nn has 1.
      assert.equal(
        groups.map(({ pipeline, split, added }: any) => [pipeline, split, added]),
        [
          ['lasso', 'A1', 2],
          ['lasso', 'B2', 1],
          ['nn', 'A1', 1],
          ['nn', 'B2', 1],
        ],
      );
      assert.is(pilot.spt('work', '-j', '1', '--quiet').code, 0);
      const told = JSON.parse((await pilot.sptHere(...asked, '--validate', '--dry-run', '--json')).out);
      // What is left are three configs of lasso, of which three are finished.
      const events = pilot.events();
      const lasso = new Set(
        events.flatMap(({ config }) => (config?.pipeline === 'lasso' ? [config.id] : [])),
      );
      const seconds = events
        .filter(({ type, config }) => type === 'finished' && lasso.has(config))
        .map(event => event.seconds);
      assert.is(seconds.length, 3);
      assert.equal([told.estimate.configs, told.estimate.from], [3, 5]);
      const expected = seconds.reduce((sum, one) => sum + one, 0);
      assert.ok(Math.abs(told.estimate.coreHours * 3600 - expected) < 1e-9 * expected);
      await pilot.sptHere(...asked, '--validate');
      await whole.sptHere(...asked, '--validate');
      assert.equal(idsOf(pilot).sort(), idsOf(whole).sort());
      assert.is(new Set(idsOf(pilot)).size, 8);
    } finally {
      pilot.remove();
      whole.remove();
    }
  },
);

InitFrom.run();
