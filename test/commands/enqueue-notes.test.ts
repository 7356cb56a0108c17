/** What `spt enqueue` tells beside the counts: what was not asked for, what is trained again and why, what was not read. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSearch, smallConfig, smallPipes } from '../../support/search.js';

const Notes = suite('notes of enqueue');
const asked = ['enqueue', '--pipelines', 'lasso', '--splits', 'A1', '--cv', '--validate', '--json'];

Notes('a search without scores is told, with the words to ask for them', async () => {
  const search = makeSearch();
  const notes = async (...more: string[]): Promise<string> =>
    JSON.parse((await search.sptHere('enqueue', '--dry-run', '--json', ...more)).out).notes.join();
  assert.match(await notes('--splits', 'train_A1'), /no score was requested.*Add --cv .*or --validate/);
  assert.not.match(await notes('--splits', 'train_A1', '--cv'), /no score/);
  assert.not.match(await notes('--splits', 'A1', '--validate'), /no score/);
  search.remove();
});

Notes('without --splits, they are listed', async () => {
  const search = makeSearch();
  const { code, err } = await search.sptHere('enqueue');
  assert.is(code, 2);
  assert.match(err, /one of train_A1, validate_A1, train_B2, validate_B2[^]*With --validate: one of A1, B2/);
  assert.match((await search.sptHere('enqueue', '--validate')).err, /expected: one of A1, B2/);
  search.remove();
});

Notes('what is trained again says what differs from the configs that are there', async () => {
  const lasso = 'LogisticRegression: { penalty: l1, C: [0.1, 1, 10] }';
  const cases: { config?: [string, string]; pipes?: [string, string]; args?: string[]; says: RegExp }[] = [
    { config: ['[accuracy]', '[accuracy, mcc]'], says: /with other metrics \(roc_auc, accuracy\)/ },
    { config: ['[accuracy]', '[accuracy, roc_auc]'], says: /^$/ },
    { config: ['folds: 3', 'folds: 3, shuffle: false'], says: /with the same folds, written in another way/ },
    { config: ['folds: 3', 'folds: 5'], says: /with 3 folds/ },
    {
      config: ['scoring: roc_auc', 'scoring: log_loss'],
      says: /ranked by roc_auc and with other metrics \(roc_auc, accuracy\)/,
    },
    { config: ['seed: 7', 'seed: 8'], says: /with the seed 7/ },
    { config: ['positive: sick', 'positive: well'], says: /with other data/ },
    {
      config: ['_A1', '_C3'],
      args: asked.map(word => (word === 'A1' ? 'C3' : word)),
      says: /under the split A1/,
    },
    {
      pipes: [lasso, lasso.replace('10]', '10], fit_intercept: true, class_weight: null')],
      says: /with a default written out or left out/,
    },
    {
      pipes: ['lasso:', 'renamed:'],
      args: asked.map(word => (word === 'lasso' ? 'renamed' : word)),
      says: /under the pipeline lasso/,
    },
    { args: asked.map(word => (word === 'A1' ? 'B2' : word)), says: /^$/ },
  ];
  const search = makeSearch();
  assert.is((await search.sptHere(...asked)).code, 0);
  for (const { config = ['x', 'x'], pipes = ['x', 'x'], args = asked, says } of cases) {
    search.write('configs/config.yaml', smallConfig.replaceAll(config[0], config[1]));
    search.write('configs/pipe_configs.yaml', smallPipes.replaceAll(pipes[0], pipes[1]));
    const { out } = await search.sptHere(...args, '--dry-run');
    const { notes, added } = JSON.parse(out);
    const told = notes.filter((note: string) => note.includes('in the log already'));
    if (says.source === '^$') assert.equal(told, [], `${config} ${pipes}`);
    else {
      assert.is(added, 3);
      assert.is(told.length, 1, `${config} ${pipes}`);
      assert.match(
        told[0],
        new RegExp(`^3 new configs are in the log already ${says.source}: trained again\\.$`),
      );
    }
  }
  search.remove();
});

Notes('what was enqueued is told as what a dry run would', async () => {
  const search = makeSearch();
  await search.sptHere(...asked);
  search.write('configs/config.yaml', smallConfig.replace('[accuracy]', '[f1]'));
  const [dry, real] = [await search.sptHere(...asked, '--dry-run'), await search.sptHere(...asked)];
  assert.match(real.out, /3 new configs are in the log already with other metrics/);
  assert.equal(JSON.parse(real.out).notes, JSON.parse(dry.out).notes);
  search.remove();
});

Notes('a pipeline that is being edited stops nobody who did not ask for it', async () => {
  const search = makeSearch();
  const edits = [
    'svc:\n  - SVC: { C: [1,\n',
    'svc:\n  - SVC: { C: wrong }\n',
    'svc:\n',
    'svc:\n  - SV\n',
    'svc: [SVC\n',
  ];
  for (const edit of edits) {
    for (const text of [`${edit}${smallPipes}`, `${smallPipes}${edit}`]) {
      search.write('configs/pipe_configs.yaml', text);
      const { code, out, err } = await search.sptHere(...asked, '--dry-run');
      assert.is(code, 0, `${text}\n${err}`);
      const { added, notes } = JSON.parse(out);
      assert.is(added, 3);
      assert.match(notes.join('\n'), /pipe_configs\.yaml:\d+: .* \(in a pipeline that is not enqueued now\)/);
      const all = await search.sptHere('enqueue', '--splits', 'train_A1', '--cv', '--dry-run');
      assert.is(all.code, 2, 'all pipelines are asked for');
      const itself = await search.sptHere(
        'enqueue',
        '--splits',
        'train_A1',
        '--pipelines',
        'svc',
        '--dry-run',
      );
      assert.is(itself.code, 2);
      assert.match(itself.err, /pipe_configs\.yaml:\d+/);
    }
  }
  search.remove();
});

Notes.run();
