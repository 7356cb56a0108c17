/** `spt ensemble` as a user runs it: from a log to a recipe, to a model file, to predictions, and what is refused. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSearch, smallConfig } from '../../support/search.js';

const Ensemble = suite('ensemble');

const pipes = `
lasso: [StandardScaler, { LogisticRegression: { penalty: l1, C: [0.1, 1] } }]
bayes: [GaussianNB]
knn: [StandardScaler, { KNeighborsClassifier: { n_neighbors: [3, 9] } }]
svc: [StandardScaler, SVC]
`;
const search = makeSearch({ config: smallConfig, pipes });
search.spt('enqueue', '--pipelines', 'lasso', 'bayes', 'knn', 'svc', '--splits', 'A1', '--cv', '--validate');
search.spt('work', '-j', '1', '--quiet');

/** Runs spt, which must succeed. */
async function done(...args: string[]): Promise<string> {
  const { code, out, err } = await search.sptHere(...args);
  assert.is(code, 0, `${args.join(' ')}\n${err}`);
  return out;
}

async function refused(code: number, ...args: string[]): Promise<string> {
  const { code: found, err } = await search.sptHere(...args);
  assert.is(found, code, err);
  return err;
}

const few = ['--bootstrap', '20', '--bags', '4'];

interface Found {
  members: { id: string; weight: number; score: number; digest: string }[];
  library: number;
  naive: number;
  single: { id: string; score: number };
  estimate: { better: { estimate: number }; ensemble: { estimate: number }; single: { estimate: number } };
  validation: { ensemble: { score: number }; single: number };
  unmixed: unknown[];
}

const ensemble = async (...args: string[]): Promise<Found> =>
  JSON.parse(await done('ensemble', ...few, '--json', ...args));

Ensemble('mixes what has probabilities, compares with all, and gives the same bits again', async () => {
  const first = await done('ensemble', ...few, '--json', '--out', 'ens.json');
  const recipe = search.read('ens.json');
  assert.is(await done('ensemble', ...few, '--json', '--out', 'ens.json'), first);
  assert.is(search.read('ens.json'), recipe);
  const { members, library, single, unmixed, estimate } = JSON.parse(first) as Found;
  assert.is(library, 5);
  assert.equal(unmixed, [{ name: 'SVC', configs: 1 }]);
  assert.ok(Math.abs(members.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-12);
  const { config } = JSON.parse(await done('rebuild', '--best', '--json'));
  assert.is(single.id, config.id);
  const { better, ensemble: mixed, single: alone } = estimate;
  assert.ok(Math.abs(mixed.estimate - alone.estimate - better.estimate) < 1e-12);
});

Ensemble('the best of few draws are the draws of select --bootstrap', async () => {
  const { estimate } = await ensemble('--bootstrap', '1000', '--bags', '1', '--size', '1');
  const { bootstrap } = JSON.parse(await done('select', '--bootstrap', '--json'));
  assert.ok(Math.abs(estimate.single.estimate - bootstrap.estimate) < 1e-12);
});

/** The probabilities of the positive class in a CSV of predictions. */
const probabilities = (csv: string): number[] => {
  const [head, ...rows] = csv.trim().split('\n');
  const at = head.split(',').indexOf('probability_sick');
  return rows.map(row => Number(row.split(',')[at]));
};

Ensemble('its model file predicts the weighted mean of its members, and their validation score', async () => {
  const { members, validation } = await ensemble('--out', 'ens.json');
  const out = await done('rebuild', '--ensemble', 'ens.json', '--out', 'model.json');
  assert.match(out, /the same models, bit for bit/);
  const data = ['--data', 'data/features.csv'];
  const mixed = probabilities(await done('predict', '--model', 'model.json', ...data));
  assert.is(mixed.length, 80);
  const mean = new Float64Array(mixed.length);
  for (const { id, weight } of members)
    probabilities(await done('predict', id, ...data)).forEach((value, i) => (mean[i] += weight * value));
  mixed.forEach((value, i) => assert.ok(Math.abs(value - mean[i]) < 1e-12, `${i} ${value} ${mean[i]}`));

  assert.match(
    await done('export', '--model', 'model.json', '--to', 'c', '-o', 'model.c'),
    /labels {3}0 differ/,
  );
  const { model } = JSON.parse(search.read('model.c.certificate.json'));
  assert.equal(
    model.weights,
    members.map(({ weight }: { weight: number }) => weight),
  );

  const batch4 = search
    .read('data/metadata.csv')
    .trim()
    .split('\n')
    .slice(1)
    .flatMap((row, i) => (row.endsWith(',4') ? [{ value: mixed[i], isSick: row.includes('sick') }] : []));
  const [sick, well] = [batch4.filter(one => one.isSick), batch4.filter(one => !one.isSick)];
  let halves = 0;
  for (const a of sick) for (const b of well) halves += a.value > b.value ? 2 : a.value === b.value ? 1 : 0;
  assert.is(validation.ensemble.score, halves / (2 * sick.length * well.length));
});

Ensemble('chooses by any metric, also for small scores', async () => {
  const losses = makeSearch({ config: smallConfig.replace('roc_auc', 'log_loss'), pipes });
  losses.spt('enqueue', '--pipelines', 'lasso', 'knn', 'bayes', '--splits', 'train_A1', '--cv');
  losses.spt('work', '-j', '1', '--quiet');
  const { code, out, err } = await losses.sptHere('ensemble', ...few, '--bags', '1', '--json');
  assert.is(code, 0, err);
  const { naive, single, estimate } = JSON.parse(out) as Found;
  assert.ok(naive <= single.score, `${naive} ${single.score}`);
  const { better, ensemble: mixed, single: alone } = estimate;
  assert.ok(Math.abs(alone.estimate - mixed.estimate - better.estimate) < 1e-12);
  losses.remove();
});

Ensemble('refuses what cannot be mixed, and files that are not what they were', async () => {
  assert.match(await refused(2, 'ensemble', '--pipelines', 'svc'), /SVC has no probabilities/);
  await done('ensemble', ...few, '--out', 'ens.json');
  const recipe = search.read('ens.json');
  search.write('other.json', recipe.replace(/"weight": 0\.\d/, '"weight": 0.9'));
  assert.match(
    await refused(2, 'rebuild', '--ensemble', 'other.json'),
    /other\.json: the recipe has changed/,
  );
  assert.match(await refused(2, 'rebuild', '--ensemble', 'ens.json', '--best'), /cannot stand beside/);

  await done('rebuild', '--ensemble', 'ens.json', '--out', 'model.json');
  const model = search.read('model.json');
  assert.ok(model.startsWith('{\n  "format": "spt-model",\n  "version": 2,'));
  const predict = ['predict', '--model', 'model.json', '--data', 'data/features.csv'];
  assert.match(await refused(2, ...predict, '--decision'), /an ensemble has no decisions/);
  const damages = [
    [/"weight": 0\.\d/, '"weight": 0.9'],
    [/"smallest": [-\d.e]+/, '"smallest": 123.5'],
    [/"\$f64": \[[-\d.e]+/, '"$$f64": [123.5'],
  ] as const;
  for (const [what, instead] of damages) {
    assert.ok(what.test(model), String(what));
    search.write('model.json', model.replace(what, instead));
    assert.match(await refused(2, ...predict), /the model file has changed/);
  }
});

Ensemble('says in plain words whether it is worth its models', async () => {
  const out = await done('ensemble', ...few);
  assert.match(
    out,
    /ensemble [+-]0\.\d{4} \[[+-]0\.\d{4}, [+-]0\.\d{4}\]: (the ensemble|the single model) is/,
  );
  assert.match(await done('ensemble', '--bootstrap', '0'), /nothing says whether the\s+ensemble is better/);
  for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
});

Ensemble('the command that it offers writes the recipe of the same ensemble', async () => {
  const out = await done('ensemble', ...few, '--split', 'A1', '--pipelines', 'lasso', 'knn');
  const [, words] = /^ {2}spt (ensemble .* --out ens\.json) /m.exec(out)!;
  const again = await done(...words.split(' '));
  assert.is(again.split('\n\nwritten')[0], out.split('\n\nto go on')[0]);
  assert.ok((JSON.parse(search.read('ens.json')) as Found).members.length > 0);
});

Ensemble.after(() => search.remove());
Ensemble.run();
