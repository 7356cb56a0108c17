/** Words of the Python trainer and of other tools are answered with a line that works when it is copied. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSearch } from '../../support/search.js';

const OldHands = suite('old hands');

/** The line that a complaint offers, as arguments. */
function offered(err: string): string[] {
  const line = /^ {2}spt (.*)$/m.exec(err);
  assert.ok(line, err);
  return line![1].split(' ');
}

OldHands('train.py manage and its options are answered with the line to write, which runs', async () => {
  const search = makeSearch();
  const old = 'manage --pipeline_names lasso nn --split_names A1 B2 --cv True --validate True'.split(' ');
  for (const words of [old, ['train.py', ...old], ['python', 'scripts/train.py', ...old]]) {
    const { code, err } = await search.sptHere(...words);
    assert.is(code, 2);
    assert.equal(offered(err), 'enqueue --pipelines lasso nn --splits A1 B2 --cv --validate'.split(' '));
  }
  assert.is(search.logBytes(), '');
  const { code, out } = await search.sptHere(...offered((await search.sptHere(...old)).err), '--json');
  assert.is(code, 0);
  assert.is(JSON.parse(out).added, 8);
  search.remove();
});

OldHands('each old word by itself', async () => {
  const search = makeSearch();
  const cases: [string, string][] = [
    ['manage --splits A1 --cv', 'enqueue --splits A1 --cv'],
    ['enqueue --splits train_A1 --cv True --validate False', 'enqueue --splits train_A1 --cv'],
    ['enqueue --splits train_A1 --cv=false', 'enqueue --splits train_A1'],
    ['enqueue --split_names=A1 --validate=True', 'enqueue --splits A1 --validate'],
    [
      'enqueue --splits A1 --pipeline-names lasso --validate',
      'enqueue --splits A1 --pipelines lasso --validate',
    ],
    ['train.py work', 'work'],
  ];
  for (const [words, line] of cases) {
    const { code, err, out } = await search.sptHere(...words.split(' '));
    assert.is(code, 2, out);
    assert.equal(offered(err), line.split(' '));
  }
  assert.match(
    (await search.sptHere('manage', '--split_names', "a b's", '--json')).out,
    /"spt enqueue --splits 'a b'/,
  );
  search.remove();
});

OldHands('commands of other tools point to what does it here', async () => {
  const search = makeSearch();
  await search.sptHere('enqueue', '--splits', 'train_A1', '--pipelines', 'lasso', '--cv');
  const cases: [string, string][] = [
    ['progress', 'status'],
    ['scores', 'results'],
    ['ls', 'replay'],
    ['run', 'work'],
    ['train', 'work'],
    ['save', 'rebuild --best --out model.json'],
    ['apply', 'predict --help'],
  ];
  for (const [word, line] of cases) {
    const { code, err } = await search.sptHere(word);
    assert.is(code, 2);
    assert.match(err, new RegExp(`there is no command ${word}`));
    assert.equal(offered(err), line.split(' '));
    if (/^(replay|results)/.test(line)) assert.is((await search.sptHere(...offered(err))).code, 0, line);
  }
  assert.match((await search.sptHere('apply')).err, /Predictions of the best model for new samples/);
  search.remove();
});

OldHands('a new folder has the tables and no page about them, says what to replace, and runs', async () => {
  const search = makeSearch();
  const { code, out } = await search.sptHere('init', 'new');
  assert.is(code, 0);
  assert.equal(readdirSync(join(search.root, 'new/data')).sort(), [
    'breast_cancer_features.csv',
    'breast_cancer_metadata.csv',
  ]);
  for (const words of [/Put your tables into data\//, /data:.*index:.*target:/s, /positive:/, /splits/])
    assert.match(out, words);
  const line = /^ {2}spt (enqueue .*)$/m.exec(out)![1];
  const ran = await search.sptHere(
    ...line.trim().split(' '),
    '--root',
    'new',
    '--pipelines',
    'lasso',
    '--dry-run',
  );
  assert.is(ran.code, 0, ran.err);
  search.remove();
});

OldHands('what is right is left alone', async () => {
  const search = makeSearch();
  assert.is((await search.sptHere('enqueue', '--splits', 'A1', '--cv', '--validate', '--dry-run')).code, 0);
  assert.is((await search.sptHere('--version')).code, 0);
  assert.match((await search.sptHere('enqeue')).err, /unknown command 'enqeue'/);
  search.remove();
});

OldHands.run();
