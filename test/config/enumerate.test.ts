/** Which configs a selection gives, what they are called, and in which order they come. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/base/config.js';
import type { Direction } from '../../src/base/direction.js';
import { InputError } from '../../src/base/errors.js';
import { idOf } from '../../src/config/identity.js';
import { loadExperiment, type Experiment, type Vocabulary } from '../../src/config/load.js';
import { scoringOf } from '../../src/config/enumerate.js';
import { resolveSplits } from '../../src/config/splits.js';
import { enumerationOf, type Asked } from '../../support/configs.js';
import { vocabulary } from '../../support/vocabulary.js';

const CONFIG = `
data: { features: ../x.csv, metadata: data/y.tsv.gz }
index: Run
target: 1.0
splits:
  train_A1: { where: { Batch: [1, 2], Age: { gte: 40, lt: 60.5 }, Site: { not: X }, Paid: true } }
  validate_A1: { where: { Batch: 3 } }
  train_B2: { where: {} }
  validate_B2: { where: { Site: { in: [a, b], not: [c] } } }
  single: { where: {} }
`;

const PIPES = `
lasso:
  - StandardScaler
  - LogisticRegression: { penalty: l1, C: { logspace: [-3, 2, 30] } }
svc:
  - SVC: [{ kernel: linear, C: [0.1, 1, 10] }, { kernel: rbf, C: [0.1, 1.0, 10] }]
nn:
  search: { method: random, n: 10 }
  steps: [StandardScaler, MLPClassifier: { alpha: { loguniform: [0.0001, 1] }, hidden_layer_sizes: [[100], [50, 50]] }]
`;

/** The search of two texts. */
function load(config = CONFIG, pipes = PIPES, words: Vocabulary = vocabulary): Experiment {
  const root = mkdtempSync(join(tmpdir(), 'spt-config-'));
  try {
    mkdirSync(join(root, 'configs'));
    writeFileSync(join(root, 'configs', 'config.yaml'), config);
    writeFileSync(join(root, 'configs', 'pipe_configs.yaml'), pipes);
    return loadExperiment(root, {}, words);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const both: Asked = { splits: ['A1', 'B2'], cv: true, validate: true };
const digests = new Map([
  ['A1', 'aaaa'],
  ['B2', 'bbbb'],
  ['single', 'cccc'],
]);
const configs = (experiment: Experiment, selection: Asked = both): Config[] => [
  ...enumerationOf(experiment, selection, digests).iterate(),
];

function refused(work: () => unknown): InputError {
  try {
    work();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const Load = suite('load');

Load('fills in the defaults', () => {
  const { cv, scoring, metrics, seed, worker, source } = load();
  assert.is(cv, undefined);
  assert.equal([scoring, metrics, seed], [undefined, [], 0]);
  assert.is(scoringOf(load()), 'roc_auc');
  assert.is(scoringOf(load(`${CONFIG}task: regression\n`)), 'r2');
  assert.equal(worker, {
    timeoutMs: 3_600_000,
    attempts: 3,
    losses: 10,
    leaseMs: 60_000,
    keepsPredictions: false,
  });
  assert.is(source.orientation, 'samples');
  assert.equal(source.missing, ['', 'NA', 'NaN']);
  assert.not.ok('positive' in source);
});

Load('reads all that may be said', () => {
  const { cv, scoring, metrics, seed, worker, source } = load(`${CONFIG}
positive: 1
missing: ["", NULL, -999.0, ~, "?"]
cv: { folds: 3, shuffle: true, seed: 4, repeats: 2, group: 007 }
scoring: accuracy
metrics: [accuracy, roc_auc, accuracy]
seed: 7
worker: { timeout: 1.5h, attempts: 1, losses: 2, lease: 1500ms, keep: predictions }
`);
  assert.equal(cv, { folds: 3, shuffle: true, seed: 4, repeats: 2, group: '007' });
  assert.equal([scoring, metrics, seed], ['accuracy', ['accuracy', 'roc_auc'], 7]);
  assert.equal(worker, {
    timeoutMs: 5_400_000,
    attempts: 1,
    losses: 2,
    leaseMs: 1500,
    keepsPredictions: true,
  });
  assert.is(source.positive, '1', 'as it was written');
  assert.equal(source.missing, ['', 'NULL', '-999.0', '~', '?']);
});

Load('paths are relative to the root, names are as they were written', () => {
  const root = mkdtempSync(join(tmpdir(), 'spt-config-'));
  mkdirSync(join(root, 'elsewhere'));
  writeFileSync(join(root, 'elsewhere', 'c.yaml'), CONFIG);
  writeFileSync(join(root, 'p.yaml'), PIPES);
  const files = { config: join(root, 'elsewhere', 'c.yaml'), pipeConfigs: join(root, 'p.yaml') };
  const { source, placeOf } = loadExperiment(root, files, vocabulary);
  rmSync(root, { recursive: true });
  assert.is(source.features, resolve(root, '..', 'x.csv'));
  assert.is(source.metadata, join(root, 'data', 'y.tsv.gz'));
  assert.is(source.target, '1.0');
  assert.equal(placeOf(['splits', 'validate_A1', 'where', 'Batch']), {
    file: files.config,
    line: 7,
    column: 34,
  });
});

Load('filters are kept as they stand', () => {
  const { splits } = load();
  assert.equal([...splits.keys()], ['train_A1', 'validate_A1', 'train_B2', 'validate_B2', 'single']);
  assert.equal(splits.get('train_A1'), {
    Batch: [1, 2],
    Age: { gte: 40, lt: 60.5 },
    Site: { not: 'X' },
    Paid: true,
  });
  assert.equal(splits.get('validate_B2'), { Site: { in: ['a', 'b'], not: ['c'] } });
  assert.equal(splits.get('single'), {});
});

Load('pipelines know their size, their steps and their place', () => {
  const { pipelines } = load();
  assert.equal(
    [...pipelines.values()].map(({ name, space }) => [name, space.size]),
    [
      ['lasso', 30],
      ['svc', 6],
      ['nn', 10],
    ],
  );
  const names = pipelines.get('nn')!.written.flatMap(({ steps }) => steps.map(({ name }) => name));
  assert.equal(names, ['StandardScaler', 'MLPClassifier']);
  assert.is(pipelines.get('svc')!.place.line, 5);
});

Load.run();

const Enumerate = suite('enumerate');

Enumerate('counts before it enumerates', () => {
  const { total, counts } = enumerationOf(load(), both, digests);
  assert.is(total, 2 * (30 + 6 + 10));
  assert.equal(counts.slice(0, 2), [
    { pipeline: 'lasso', split: 'A1', configs: 30 },
    { pipeline: 'lasso', split: 'B2', configs: 30 },
  ]);
});

Enumerate('gives every config once, whole', () => {
  const experiment = load();
  const found = configs(experiment);
  assert.is(found.length, 92);
  assert.is(new Set(found.map(({ id }) => id)).size, 92);
  for (const config of found) {
    const { id, ...content } = config;
    assert.is(id, idOf(content));
    assert.equal(config.train, `train_${config.split}`);
    assert.equal(config.validate, `validate_${config.split}`);
    assert.equal([config.cv, config.scoring, config.metrics], [{ folds: 5 }, 'roc_auc', ['roc_auc']]);
    assert.is(config.data, config.split === 'A1' ? 'aaaa' : 'bbbb');
  }
  const lasso = found.filter(({ pipeline, split }) => pipeline === 'lasso' && split === 'B2');
  const space = experiment.pipelines.get('lasso')!.space;
  assert.equal(
    new Set(lasso.map(({ steps }) => JSON.stringify(steps))),
    new Set(Array.from({ length: 30 }, (_, i) => JSON.stringify(space.at(i)))),
  );
});

Enumerate('has the shape that events carry', () => {
  const [config] = configs(load(), { splits: ['single'], pipelines: ['svc'], cv: false, validate: false });
  assert.equal(Object.keys(config), [
    'id',
    'pipeline',
    'steps',
    'split',
    'train',
    'scoring',
    'metrics',
    'seed',
    'data',
  ]);
  assert.match(config.id, /^[0-9a-f]{16}$/);
});

Enumerate('ids do not change from version to version', () => {
  const content: Omit<Config, 'id'> = {
    pipeline: 'svc',
    steps: [{ StandardScaler: {} }, { SVC: { kernel: 'rbf', C: 1, gamma: 'scale' } }],
    split: 'A1',
    train: 'train_A1',
    validate: 'validate_A1',
    cv: { folds: 5 },
    scoring: 'roc_auc',
    metrics: ['roc_auc'],
    seed: 0,
    data: 'aaaa',
  };
  const canonical =
    '{"cv":{"folds":5},"data":"aaaa","metrics":["roc_auc"],"pipeline":"svc",' +
    '"scoring":"roc_auc","seed":0,"split":"A1",' +
    '"steps":[{"StandardScaler":{}},{"SVC":{"C":1,"gamma":"scale","kernel":"rbf"}}],"train":"train_A1",' +
    '"validate":"validate_A1"}';
  assert.is(idOf(content), createHash('sha256').update(canonical).digest('hex').slice(0, 16));
  assert.is(idOf(content), '87bc3ba8807cbd98');
});

Enumerate('an id depends on content only: not on the order of keys, nor on how a number is written', () => {
  const ids = (pipes: string): string[] =>
    configs(load(CONFIG, pipes), { splits: ['single'], cv: true, validate: false })
      .map(({ id }) => id)
      .sort();
  const one = ids('p: [SVC: {kernel: rbf, C: [1, 10], gamma: 0.001}]');
  assert.equal(ids('p:\n- SVC:\n    gamma: 1e-3\n    C: [10.0, 1.0]\n    kernel: "rbf"\n'), one);
  assert.equal(
    ids('p: [SVC: {gamma: {logspace: [-3, 0, 1]}, C: {logspace: [0, 1, 2]}, kernel: [rbf]}]'),
    one,
  );
  assert.not.equal(ids('q: [SVC: {kernel: rbf, C: [1, 10], gamma: 0.001}]'), one, 'another pipeline');
  const zero = (text: string) => ids(`p: [MLPClassifier: {alpha: ${text}}]`);
  assert.equal(zero('-0'), zero('0'));
  assert.equal(zero('-0.0'), zero('0'));
});

Enumerate('everything that a model depends on changes the id', () => {
  const base = { splits: ['single'], pipelines: ['svc'], cv: true, validate: false };
  const first = (config: string, selection: Asked = base, data = digests) =>
    [...enumerationOf(load(config), selection, data).iterate()]
      .map(({ id }) => id)
      .sort()
      .join();
  const ids = [
    first(CONFIG),
    first(`${CONFIG}seed: 1\n`),
    first(`${CONFIG}scoring: accuracy\n`),
    first(`${CONFIG}metrics: [accuracy]\n`),
    first(`${CONFIG}cv: {folds: 4}\n`),
    first(CONFIG, { ...base, cv: false }),
    first(CONFIG, { ...base, splits: ['train_B2'] }, new Map([['train_B2', 'cccc']])),
    first(CONFIG, base, new Map([['single', 'dddd']])),
  ];
  assert.is(new Set(ids).size, ids.length);
  assert.is(first(`${CONFIG}cv: {folds: 5}\n`), ids[0], 'five folds are the default');
  assert.is(first(`${CONFIG}worker: {timeout: 1s}\n`), ids[0], 'a time-out changes no model');
});

Enumerate('pipelines take turns, each always the same share of its way along', () => {
  const found = configs(load());
  assert.equal(
    found
      .slice(0, 3)
      .map(({ pipeline }) => pipeline)
      .sort(),
    ['lasso', 'nn', 'svc'],
  );
  const sizes: { [name: string]: number } = { lasso: 60, svc: 12, nn: 20 };
  const done: { [name: string]: number } = { lasso: 0, svc: 0, nn: 0 };
  found.forEach(({ pipeline }, i) => {
    done[pipeline]++;
    for (const name of Object.keys(sizes)) {
      const behind = Math.abs(done[name] - (sizes[name] * (i + 1)) / found.length);
      assert.ok(behind <= 2, `${name} after ${i + 1}: ${done[name]}`);
    }
  });
});

Enumerate('the order within a pipeline is random over parameters and splits', () => {
  const lasso = configs(load()).filter(({ pipeline }) => pipeline === 'lasso');
  const C = lasso.map(({ steps }) => steps[1].LogisticRegression.C as number);
  const rising = C.slice(1).filter((value, i) => value > C[i]).length;
  assert.ok(rising > 15 && rising < 45, `${rising} of 59 rise`);
  const early = lasso.slice(0, 30).filter(({ split }) => split === 'A1').length;
  assert.ok(early > 6 && early < 24, `${early} of the first 30 are A1`);
});

Enumerate('the seed changes the order and nothing else; the same seed gives the same order', () => {
  const place = ({ pipeline, split, steps }: Config): string => JSON.stringify([pipeline, split, steps]);
  const svc = (seed: number) =>
    configs(
      load(`${CONFIG}seed: ${seed}
`),
      { ...both, pipelines: ['svc'] },
    ).map(place);
  assert.equal(svc(0), svc(0));
  assert.not.equal(svc(0), svc(1));
  assert.equal(svc(0).sort(), svc(1).sort());
});

Enumerate('a name asked for twice is one', () => {
  const once = configs(load(), { ...both, pipelines: ['svc'] });
  assert.equal(configs(load(), { ...both, splits: ['A1', 'B2', 'A1'], pipelines: ['svc', 'svc'] }), once);
});

Enumerate('a million configs are enumerated one by one', () => {
  const pipes = 'a: [SVC: {C: {linspace: [1, 2, 1000]}, gamma: {linspace: [1, 2, 1000]}}]';
  const { total, iterate } = enumerationOf(load(CONFIG, pipes), { ...both, splits: ['A1'] }, digests);
  assert.is(total, 1_000_000);
  const ids = new Set<string>();
  for (const { id } of iterate()) if (ids.add(id).size === 20_000) break;
  assert.is(ids.size, 20_000);
});

Enumerate('unknown names are told with what was meant', () => {
  const experiment = load();
  const pipeline = refused(() => enumerationOf(experiment, { ...both, pipelines: ['laso'] }, digests));
  assert.is(pipeline.code, 'no-such-pipeline');
  assert.equal(pipeline.complaint, {
    value: 'laso',
    expected: 'one of lasso, svc, nn',
    hint: 'Did you mean `lasso`?',
  });
  const split = (name: string, validate: boolean) =>
    refused(() => resolveSplits(experiment, { splits: [name], validate }));
  assert.is(split('A2', true).code, 'no-such-split');
  assert.is(split('A2', true).message, 'with --validate, `train_A2` and `validate_A2` must be a split');
  assert.is(split('A2', true).complaint.expected, 'one of A1, B2');
  assert.is(split('A2', true).complaint.hint, 'Did you mean `A1`?');
  assert.match(split('A1', false).complaint.hint!, /`train_A1`.*--validate/);
  assert.match(split('train_A1', true).complaint.hint!, /write `A1`/);
  assert.match(split('single', true).complaint.hint!, /Without --validate/);
  assert.is(split('singel', false).complaint.hint, 'Did you mean `single`?');
  assert.is(split('__proto__', false).code, 'no-such-split');
  assert.is(refused(() => resolveSplits(experiment, { splits: [], validate: true })).code, 'no-splits');
});

Enumerate(
  'the direction of a metric is written where its name does not tell it, and leaves the id alone',
  () => {
    const madeUp = { name: 'made_up', aliases: [], needs: 'labels' };
    const of = (scoring: string, direction: Direction): Config => {
      const metrics = new Map([...vocabulary.metrics, ['made_up', { ...madeUp, direction }]]);
      const pipes = 'p: [LogisticRegression: {C: [1, 2]}]';
      const experiment = load(`${CONFIG}scoring: ${scoring}\n`, pipes, { ...vocabulary, metrics });
      return enumerationOf(experiment, both, digests).iterate().next().value!;
    };
    assert.is(of('made_up', 'min').direction, 'min');
    for (const config of [of('made_up', 'max'), of('log_loss', 'max'), of('roc_auc', 'max')])
      assert.not.ok('direction' in config, config.scoring);
    assert.is(of('made_up', 'min').id, of('made_up', 'max').id);
  },
);

Enumerate('more configs than a log should hold are refused', () => {
  const pipes = 'a: [SVC: {C: {linspace: [1, 2, 10000]}, gamma: {linspace: [1, 2, 4000]}}]';
  const error = refused(() => enumerationOf(load(CONFIG, pipes), both, digests));
  assert.is(error.code, 'too-many-configs');
  assert.is(error.complaint.value, '80000000 configs');
});

Enumerate.run();
