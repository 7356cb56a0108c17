/** What newcomers write first, and the advice that they get: it works when it is followed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSearch, smallConfig } from '../../support/search.js';

const Newcomer = suite('newcomers');

const dryRun = ['enqueue', '--splits', 'train_A1', '--cv', '--dry-run'];

/** A pipeline with one map of parameters of an SVC. */
const svc = (parameters: string): string => `svc:\n  - StandardScaler\n  - SVC: ${parameters}\n`;

Newcomer('values without brackets: the hint has them in brackets, and so they are taken', async () => {
  const search = makeSearch();
  const cases: [string, string][] = [
    ['{ C: "0.1, 1, 10" }', '[0.1, 1, 10]'],
    ['\n      C: 0.1, 1,10', '[0.1, 1, 10]'],
    ['{ kernel: "linear, rbf" }', '[linear, rbf]'],
    ['{ gamma: "scale, 0.1" }', '[scale, 0.1]'],
    ['{ C: 0.1, 1, 10 }', '[0.1, 1, 10]'],
  ];
  for (const [parameters, list] of cases) {
    search.write('configs/pipe_configs.yaml', svc(parameters));
    const { code, err } = await search.sptHere(...dryRun);
    assert.is(code, 2);
    assert.ok(err.includes(`Several values are a list in brackets: \`${list}\`.`), err);
    const name = /\b[a-zA-Z]+(?=:)/.exec(parameters)![0];
    search.write('configs/pipe_configs.yaml', svc(`{ ${name}: ${list} }`));
    const followed = await search.sptHere(...dryRun);
    assert.is(followed.code, 0, followed.err);
    assert.match(followed.out, new RegExp(`svc +${list.split(',').length} `));
  }
  search.remove();
});

Newcomer('a text with commas that is no list of values gets no such hint', async () => {
  const search = makeSearch();
  search.write('configs/pipe_configs.yaml', svc('{ kernel: "linear, gauss" }'));
  const { err } = await search.sptHere(...dryRun);
  assert.match(err, /bad value for `SVC\.kernel`/);
  assert.not.match(err, /brackets/);
  search.remove();
});

Newcomer('a table that is not there: the error names the line that names it', async () => {
  const search = makeSearch();
  for (const [table, line] of [
    ['features', 2],
    ['metadata', 2],
  ] as const) {
    search.write('configs/config.yaml', smallConfig.replace(`data/${table}.csv`, 'data/gone.csv'));
    const { code, err } = await search.sptHere(...dryRun);
    assert.is(code, 2);
    const column = smallConfig.split('\n')[line - 1].indexOf(`data/${table}.csv`) + 1;
    assert.match(err, /data\/gone\.csv: the table cannot be read: there is no such file/);
    assert.ok(err.includes(`configs/config.yaml:${line}:${column} names it.`), err);
  }
  search.remove();
});

Newcomer('a split named all is told from all splits', async () => {
  const config = smallConfig.replace('splits:', 'splits:\n  all: { where: {} }');
  const search = makeSearch({ config });
  const { out } = await search.sptHere('enqueue', '--splits', 'all', '--cv', '--dry-run');
  assert.match(out, /^split all: 80 samples x 3 features/m);
  search.remove();
});

Newcomer('a config that took too long: the log says what to change, and it works', async () => {
  const search = makeSearch();
  await search.sptHere('enqueue', '--splits', 'train_A1', '--pipelines', 'lasso', '--cv');
  search.spt('work', '-j', '1', '--quiet', '--timeout', '1ms');
  const failures = search.events().filter(({ type }) => type === 'failed');
  assert.ok(failures.length > 0);
  for (const { kind, message } of failures) {
    assert.is(kind, 'timeout');
    assert.match(
      message,
      /^stopped after 0\.001 s\. Give it longer .*spt work --timeout.*spt retry --kind timeout$/,
    );
  }
  assert.is((await search.sptHere('retry', '--kind', 'timeout')).code, 0);
  assert.is(search.spt('work', '-j', '1', '--quiet', '--timeout', '1m').code, 0);
  const last = search.events().filter(({ type }) => type === 'finished');
  assert.is(new Set(last.map(({ config }) => config)).size, 3);
  search.remove();
});

Newcomer.run();
