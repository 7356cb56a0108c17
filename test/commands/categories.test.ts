/** A table with categories, from `spt enqueue` to `spt predict`, beside scikit-learn on the same table. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kindLines } from '../../src/commands/output/kinds-text.js';
import { fixture } from '../../support/fixture.js';
import { makeSearch, smallConfig, type Search } from '../../support/search.js';

const Categories = suite('categories');

/** What test/fixtures/make_mixed.py says. */
interface Mixed {
  features: string;
  metadata: string;
  /** The probability of the class sick, for each row. */
  sick: number[];
}
const mixed = fixture<Mixed>('mixed');

const kinds = 'columns: { Stage: category, Grade: { ordered: [low, mid, high] } }\n';
const withoutLine = 'lr:\n  - StandardScaler\n  - LogisticRegression\n';

/** A search on the mixed table. */
async function withSearch(use: (search: Search) => unknown): Promise<void> {
  const search = makeSearch({ config: smallConfig + kinds, pipes: withoutLine });
  try {
    search.write('data/features.csv', mixed.features);
    search.write('data/metadata.csv', mixed.metadata);
    await use(search);
  } finally {
    search.remove();
  }
}

const enqueue = ['enqueue', '--splits', 'A1', '--cv', '--validate'];

/** The pipeline with the line that the refusal offers. */
async function followAdvice(search: Search): Promise<void> {
  const { code, err } = await search.sptHere(...enqueue);
  assert.is(code, 2);
  assert.match(err, /StandardScaler: this step takes numbers only, and 3 are categories: Site, Stage, Grade/);
  assert.is(search.logBytes(), '');
  const line = /`(- ColumnTransformer: .*)`/.exec(err)![1];
  search.write('configs/pipe_configs.yaml', withoutLine.replace('lr:\n', `lr:\n  ${line}\n`));
}

/** Trains, and writes the file of the model. */
async function train(search: Search): Promise<void> {
  await followAdvice(search);
  for (const args of [
    enqueue,
    ['work', '-j', '1', '--quiet'],
    ['rebuild', '--best', '--split', 'A1', '--out', 'm.json'],
  ]) {
    const { code, err } = search.spt(...args);
    assert.is(code, 0, err);
  }
}

Categories('the kinds of columns are printed with levels and counts', async () => {
  await withSearch(async search => {
    await followAdvice(search);
    const { out } = await search.sptHere(...enqueue, '--dry-run');
    const [counts, ...lines] = out.slice(out.indexOf('columns: ')).split('\n');
    assert.is(counts, 'columns: 1 number, 1 boolean, 2 categories, 1 ordered');
    assert.match(
      lines[0],
      /^ {2}Site: category of 4 levels: Bonn \(\d+\), Jena \(\d+\), Köln \(\d+\), Ulm \(\d+\); 2 missing$/,
    );
    assert.match(lines[1], /^ {2}Stage: category of 3 levels: 1 \(\d+\), 9 \(\d+\), 10 \(\d+\)$/);
    assert.match(lines[2], /^ {2}Smoker: boolean: 0 \(\d+\), 1 \(\d+\)$/);
    assert.match(lines[3], /^ {2}Grade: ordered of 3 levels: low \(\d+\) < mid \(\d+\) < high \(\d+\)$/);
    assert.match(out, /3 validation samples have a level of Site that train_A1 does not have/);
    const json = JSON.parse((await search.sptHere(...enqueue, '--dry-run', '--json')).out);
    assert.is(json.columns[0].numbers, 1);
    assert.equal(
      json.columns[0].others.map((one: { kind: string }) => one.kind),
      ['category', 'category', 'boolean', 'ordered'],
    );
  });
});

Categories('long lists of columns and levels are told in short, in 80 columns', () => {
  const levels = Array.from({ length: 500 }, (_, i): [string, number] => [`level ${i}`, i]);
  const others = Array.from({ length: 45 }, (_, i) => ({
    name: `column ${i}`,
    kind: 'category' as const,
    levels,
    missing: 0,
  }));
  const lines = kindLines({ numbers: 62_000, others }, 80).join('\n').split('\n');
  assert.is(lines[0], 'columns: 62,000 numbers, 45 categories');
  assert.is(lines[1], '  column 0: category of 500 levels: level 0 (0), level 1 (1), level 2 (2), level');
  assert.match(lines[3], /level 11 \(11\) and 488 more$/);
  assert.is(lines.at(-1), '  and 25 more columns');
  assert.ok(lines.length === 62 && lines.every(line => line.length <= 80));
});

Categories('a model predicts texts as scikit-learn does, also a level that it has not seen', async () => {
  await withSearch(async search => {
    await train(search);
    assert.is(
      JSON.parse(search.read('m.json')).version,
      3,
      'readers that know numbers only refuse it as newer',
    );
    const { out, err } = search.spt('predict', '--model', 'm.json', '--data', 'data/features.csv');
    const rows = out.trim().split('\n').slice(1);
    const sick = rows.map(row => Number(row.split(',')[3]));
    assert.is(sick.length, mixed.sick.length);
    sick.forEach((value, i) =>
      assert.ok(Math.abs(value - mixed.sick[i]) < 1e-6, `${i}: ${value}, ${mixed.sick[i]}`),
    );
    assert.match(err, /"Site" has a level that the training samples do not have, in 3 samples: "Graz"/);
  });
});

Categories('new tables may write numbers and words of truth in other ways, but no other words', async () => {
  await withSearch(async search => {
    await train(search);
    const table = (stage: string, smoker: string): string =>
      `Smoker,Run,Stage,Grade,Age,Site\n${smoker},a,${stage},mid,51,Ulm\n`;
    const predict = (text: string) => {
      search.write('new.csv', text);
      return search.spt('predict', '--model', 'm.json', '--data', 'new.csv');
    };
    const usual = predict(table('9', 'yes'));
    assert.is(usual.code, 0, usual.err);
    for (const [stage, smoker] of [
      ['9.0', 'TRUE'],
      ['9', '1'],
    ])
      assert.is(predict(table(stage, smoker)).out, usual.out, `${stage} ${smoker}`);
    assert.is.not(predict(table('10', 'yes')).out, usual.out);
    const wrong = predict(table('9', 'ex'));
    assert.is(wrong.code, 2);
    assert.match(wrong.err, /new\.csv:2:1: the column "Smoker" holds "ex", which is not true or false/);
  });
});

Categories.run();
