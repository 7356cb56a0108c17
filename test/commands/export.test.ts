/** `spt export` as a user runs it: what it writes, what it refuses to write, and what it never writes over. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSearch, type Search } from '../../support/search.js';

const Export = suite('export');

const pipes = `
trees:
  - SelectKBest: { k: 1 }
  - XGBClassifier: { n_estimators: 2, max_depth: 2 }
logistic:
  - StandardScaler
  - LogisticRegression
`;

/** A search with a finished config of each pipeline, and a way to the id of one. */
async function trained(): Promise<{ search: Search; id: (pipeline: string) => string }> {
  const search = makeSearch({ pipes });
  await search.sptHere('enqueue', '--splits', 'A1', '--validate');
  search.spt('work', '-j', '1', '--quiet');
  const configs = search.events().filter(({ type }) => type === 'enqueued');
  return { search, id: pipeline => configs.find(({ config }) => config.pipeline === pipeline).config.id };
}

Export('a file and its certificate, which has its SHA-256; a changed file is not written over', async () => {
  const { search, id } = await trained();
  const at = (name: string): string => join(search.root, name);
  for (const [pipeline, to, file] of [
    ['logistic', 'c', 'model.c'],
    ['trees', 'xgboost', 'model.json'],
  ]) {
    const args = ['export', id(pipeline), '--to', to, '-o', at(file)];
    const { code, out, err } = await search.sptHere(...args);
    assert.is(code, 0, err);
    assert.match(out, /labels {3}0 differ/);
    assert.is(/note: .* no covers, .* SHAP/.test(out), to === 'xgboost');
    const certificate = JSON.parse(readFileSync(at(`${file}.certificate.json`), 'utf8'));
    const { rows, labelsThatDiffer, files, model } = certificate;
    assert.is(labelsThatDiffer, 0);
    assert.is(model.config, id(pipeline));
    assert.is(rows.all, rows.train + rows.validate + rows.near);
    assert.is(rows.near, 1000);
    assert.ok(rows.train > 0 && rows.validate > 0 && rows.made === 0);
    const digest = createHash('sha256')
      .update(readFileSync(at(file)))
      .digest('hex');
    assert.equal(
      files.map((one: { name: string; sha256: string }) => [one.name, one.sha256]),
      [[file, digest]],
    );
    assert.is((await search.sptHere(...args)).code, 0, 'an export that nobody changed is written again');
    search.write(file, `${readFileSync(at(file), 'utf8')}\n`);
    const again = await search.sptHere(...args);
    assert.is(again.code, 2);
    assert.match(again.err, /exists already/);
  }
  if (spawnSync('cc', ['--version']).status === 0) {
    const flags = ['-std=c99', '-DSPT_SELF_TEST', '-o', at('test'), at('model.c'), '-lm'];
    assert.is(spawnSync('cc', flags).status, 0);
    assert.match(
      spawnSync(at('test'), { encoding: 'utf8' }).stdout,
      /: 0 labels differ, largest difference 0\n$/,
    );
  }
  search.remove();
});

Export('a step that a format cannot hold is named, and nothing is written', async () => {
  const { search, id } = await trained();
  const out = join(search.root, 'x.json');
  const { code, err } = await search.sptHere('export', id('logistic'), '--to', 'xgboost', '-o', out);
  assert.is(code, 2);
  assert.match(
    err,
    /LogisticRegression cannot be exported: a file of xgboost holds the trees of XGBClassifier only/,
  );
  assert.not.ok(existsSync(out));
  assert.not.ok(existsSync(`${out}.certificate.json`));
  search.remove();
});

Export('a model file alone is enough, and the certificate says that rows were made', async () => {
  const { search, id } = await trained();
  const at = (name: string): string => join(search.root, name);
  assert.is((await search.sptHere('rebuild', id('logistic'), '--out', at('m.json'))).code, 0);
  const elsewhere = makeSearch();
  const { code, out, err } = await elsewhere.sptHere(
    ...['export', '--model', at('m.json'), '--to', 'c', '-o', join(elsewhere.root, 'm.c'), '--json'],
  );
  assert.is(code, 0, err);
  const { rows, labelsThatDiffer } = JSON.parse(out);
  assert.equal([rows.made, rows.near, rows.train, rows.validate, labelsThatDiffer], [1000, 1000, 0, 0, 0]);
  search.remove();
  elsewhere.remove();
});

Export.run();
