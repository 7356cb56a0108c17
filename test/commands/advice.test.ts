/** What an error says to write or to type is written or typed here, word for word, and the next run accepts it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft } from '../../src/events/format/event.js';
import { claim, enqueue, fail, idOf } from '../../support/log-helpers.js';
import { makeSearch, smallConfig, type Search } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Advice = suite('advice that is followed');
const usual = ['enqueue', '--dry-run', '--splits', 'A1', '--validate', '--cv'];

/** What standard error says, and the part of it that a pattern captures. */
async function advised(search: Search, args: string[], pattern: RegExp): Promise<string> {
  const { code, err } = await search.sptHere(...args);
  assert.is(code, 2, err);
  assert.match(err, pattern);
  return pattern.exec(err)![1];
}

async function accepted(search: Search, args: string[]): Promise<string> {
  const { code, out, err } = await search.sptHere(...args);
  assert.is(code, 0, err);
  return out;
}

Advice('the name that is proposed is the right one', async () => {
  const search = makeSearch();
  const cases: [file: 'configs/config.yaml' | 'configs/pipe_configs.yaml', from: string, to: string][] = [
    ['configs/config.yaml', 'index:', 'indx:'],
    ['configs/config.yaml', 'roc_auc', 'auc'],
    ['configs/config.yaml', 'target: Condition', 'target: Conditon'],
    ['configs/config.yaml', 'Batch: 4', 'Bacth: 4'],
    ['configs/pipe_configs.yaml', 'StandardScaler', 'StandardScalar'],
    ['configs/pipe_configs.yaml', 'max_iter', 'max_iters'],
  ];
  for (const [file, from, to] of cases) {
    const right = search.read(file);
    search.write(file, right.replace(from, to));
    const wrong = /\w+$/.exec(to.replace(/:.*$/, ''))![0];
    const name = await advised(search, usual, /Did you mean `(\w+)`\?/);
    const word = ['Conditon', 'Bacth'].find(one => to.includes(one)) ?? wrong;
    search.write(file, search.read(file).replace(word, name));
    await accepted(search, usual);
    search.write(file, right);
  }
  const pipeline = await advised(search, [...usual, '--pipelines', 'laso'], /Did you mean `(\w+)`\?/);
  await accepted(search, [...usual, '--pipelines', pipeline]);
  search.remove();
});

Advice('the split that is proposed is the right one', async () => {
  const search = makeSearch();
  const dry = ['enqueue', '--dry-run', '--splits'];
  const alone = await advised(search, [...dry, 'A1'], /Write `(\w+)`, or add --validate/);
  await accepted(search, [...dry, alone]);
  await accepted(search, [...dry, 'A1', '--validate']);
  const pair = await advised(search, [...dry, 'train_A1', '--validate'], /With --validate, write `(\w+)`/);
  await accepted(search, [...dry, pair, '--validate']);
  search.remove();
});

Advice('lines for config.yaml are taken as they are said', async () => {
  const search = makeSearch();
  const config = (from: string, to: string): void =>
    search.write('configs/config.yaml', smallConfig.replace(from, to));
  config('lease: 3s', 'lease: 3');
  config('lease: 3s', `lease: ${await advised(search, usual, /Write the unit: `(\w+)`/)}`);
  await accepted(search, usual);
  config('folds: 3', 'folds: 3, repeats: 2');
  config('folds: 3', `folds: 3, repeats: 2, ${await advised(search, usual, /Add `(.*)`/)}`);
  await accepted(search, usual);
  config('positive: sick\n', '');
  assert.match(
    await accepted(search, usual),
    /positive: well .* Write `positive:` in config\.yaml to choose/,
  );
  config('', '');
  assert.not.match(await accepted(search, usual), /sorts last/, 'what is chosen is not asked');
  search.remove();
});

Advice('lines for pipe_configs.yaml are taken as they are said', async () => {
  const search = makeSearch();
  const pipes = (text: string): void => search.write('configs/pipe_configs.yaml', text);
  const drawn = /write `(search: .*)`, and the steps under `steps:`/;
  pipes('p:\n  - LogisticRegression: { C: { loguniform: [0.1, 10] } }\n');
  const draw = await advised(search, usual, drawn);
  pipes(`p:\n  ${draw}\n  steps:\n    - LogisticRegression: { C: { loguniform: [0.1, 10] } }\n`);
  await accepted(search, usual);
  pipes('p:\n  - SelectKBest: { k: 50 }\n  - GaussianNB\n');
  pipes(`p:\n  - SelectKBest: { ${await advised(search, usual, /write `(k: all)`/)} }\n  - GaussianNB\n`);
  await accepted(search, usual);
  pipes('p:\n  - SelectKBest: { score_func: chi2, k: 2 }\n  - GaussianNB\n');
  const step = await advised(search, usual, /put a step `(- \w+)` before it/);
  pipes(`p:\n  ${step}\n  - SelectKBest: { score_func: chi2, k: 2 }\n  - GaussianNB\n`);
  await accepted(search, usual);
  search.remove();
});

Advice('commands that are proposed can be typed', async () => {
  const search = makeSearch();
  const old = await advised(
    search,
    ['train.py', 'manage', '--split_names', 'train_A1', '--cv', 'True'],
    /\n {2}spt (.*)/,
  );
  const first = await advised(search, ['retry', '--all'], /Run spt (enqueue) first/);
  assert.is(first, old.split(' ')[0]);
  await accepted(search, old.split(' '));
  await accepted(search, (await advised(search, ['progress'], /\n {2}spt (.*)/)).split(' '));
  const failed: Draft[] = [...enqueue(1), claim('w', 1), fail(1, 2)];
  writeLog(search, failed);
  await accepted(search, ['replay', '--summary']);
  const { out } = await search.sptHere('doctor', '--watch', '1ms');
  const [, retry] = /spt (retry --kind \w+) puts them back/.exec(out)!;
  assert.match(await accepted(search, retry.split(' ')), /1 failed config put back/);
  const merged = await advised(search, ['merge', '.', '--out', 'both'], /Did you mean (\w+)\?/);
  await accepted(search, ['merge', merged, '--out', 'both']);
  assert.match((await search.sptHere('replay', '--log', 'both')).out, new RegExp(idOf(1)));
  search.remove();
});

Advice.run();
