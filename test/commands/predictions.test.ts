/** What `spt predictions` promises: the predictions behind the scores of the log, or a refusal that says why. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Draft, Finished } from '../../src/events/format/event.js';
import { claim, fail, idOf, makeConfig } from '../../support/log-helpers.js';
import { makeSearch, smallConfig, type Search } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Predictions = suite('predictions');

const pipes = `
lasso:
  - StandardScaler
  - LogisticRegression: { C: 1 }
svc:
  - LinearSVC: { C: 1 }
bayes:
  - GaussianNB
`;

/** A search of the three pipelines that has ended. */
function trained(config = smallConfig): Search {
  const search = makeSearch({ config, pipes });
  assert.is(search.spt('enqueue', '--splits', 'A1', '--cv', '--validate').code, 0);
  assert.is(search.spt('work', '-j', '1', '--quiet').code, 0);
  return search;
}

/** The event that tells the scores of the one config of a pipeline. */
function finishedOf(search: Search, pipeline: string): Finished {
  const events = search.events();
  const { config } = events.find(({ config }) => config?.pipeline === pipeline);
  return events.find(event => event.type === 'finished' && event.config === config.id);
}

interface Table {
  head: string[];
  rows: { [column: string]: string }[];
}

function tableOf(csv: string): Table {
  const { data, meta, errors } = Papa.parse<{ [column: string]: string }>(csv, {
    header: true,
    skipEmptyLines: true,
  });
  assert.equal(errors, []);
  return { head: meta.fields!, rows: data };
}

/** The share of the rows whose class was predicted. */
const accuracy = (rows: Table['rows']): number =>
  rows.filter(({ target, predicted }) => target === predicted).length / rows.length;

const search = trained();
Predictions.after(() => search.remove());

Predictions('--oof: every sample once, in the fold that was scored, with the scores of the log', async () => {
  for (const [pipeline, columns] of [
    ['lasso', ['probability_well', 'probability_sick', 'decision']],
    ['svc', ['decision']],
    ['bayes', ['probability_well', 'probability_sick']],
  ] as const) {
    const { config, scores } = finishedOf(search, pipeline);
    const { code, out, err } = await search.sptHere('predictions', config, '--oof');
    assert.is(code, 0, err);
    const { head, rows } = tableOf(out);
    assert.equal(head, ['id', 'fold', 'target', 'predicted', ...columns]);
    const metadata = tableOf(search.read('data/metadata.csv')).rows.filter(({ Batch }) => Batch !== '4');
    assert.equal(rows.map(({ id }) => id).sort(), metadata.map(({ Run }) => Run).sort());
    const targets = new Map(metadata.map(({ Run, Condition }) => [Run, Condition]));
    for (const { id, target } of rows) assert.is(target, targets.get(id));
    assert.equal(
      [0, 1, 2].map(fold => accuracy(rows.filter(row => row.fold === String(fold)))),
      scores.cv!.accuracy!.folds,
    );
    for (const row of rows) {
      const isSick = 'decision' in row ? Number(row.decision) > 0 : Number(row.probability_sick) > 0.5;
      assert.is(row.predicted, isSick ? 'sick' : 'well');
    }
  }
});

Predictions('--validate: the samples that no fit saw; a file is written as it would be printed', async () => {
  const { config, scores } = finishedOf(search, 'lasso');
  const { out } = await search.sptHere('predictions', config, '--validate');
  const { head, rows } = tableOf(out);
  assert.equal(head, ['id', 'target', 'predicted', 'probability_well', 'probability_sick', 'decision']);
  assert.is(rows.length, 20);
  assert.is(accuracy(rows), scores.validate!.accuracy);

  for (const _ of [1, 2]) {
    const written = await search.sptHere('predictions', config.slice(0, 8), '--validate', '-o', 'held.csv');
    assert.is(written.code, 0, written.err);
    assert.match(written.out, /the same as in the log, bit for bit\nwritten {2}held\.csv: 20 rows\n$/);
    assert.is(search.read('held.csv'), out);
  }
  const json = JSON.parse((await search.sptHere('predictions', config, '--validate', '--json')).out);
  assert.equal([json.config, json.of, json.classes], [config, 'validate', ['well', 'sick']]);
  assert.equal(json.validate, scores.validate);
  assert.equal(
    json.samples.map(({ id, decision, probability }: any) => [id, decision, probability.sick].join()),
    rows.map(({ id, decision, probability_sick }) => [id, decision, probability_sick].join()),
  );
  rmSync(join(search.root, 'held.csv'));
});

/** The same search with other events. */
async function withEvents(
  change: (events: Draft[]) => Draft[],
  ...args: string[]
): Promise<{ code: number | null; err: string; errors: any[] }> {
  const before = readFileSync(join(search.root, 'log/events-000001.jsonl'));
  const drafts = search
    .events()
    .map(({ crc: _, n: __, p: ___, id: ____, at: _____, by: ______, ...event }) => event);
  writeLog(search, change(drafts as Draft[]));
  try {
    const { code, err } = await search.sptHere('predictions', ...args, '-o', 'none.csv');
    const json = await search.sptHere('predictions', ...args, '-o', 'none.csv', '--json');
    assert.not(existsSync(join(search.root, 'none.csv')));
    return { code, err, errors: JSON.parse(json.out.trim().split('\n')[0]).errors };
  } finally {
    writeFileSync(join(search.root, 'log/events-000001.jsonl'), before);
  }
}

/** Changes what the log says of the lasso. */
const changed =
  (change: (event: any) => object) =>
  (events: Draft[]): Draft[] => {
    const { config } = finishedOf(search, 'lasso');
    return events.map(event =>
      event.type === 'finished' && event.config === config
        ? ({ ...event, ...change(event) } as Draft)
        : event,
    );
  };

Predictions(
  'scores that differ in one bit are refused, with the metric and the fold; nothing is written',
  async () => {
    const { config } = finishedOf(search, 'lasso');
    const cases: [(event: any) => object, string, RegExp][] = [
      [
        ({ scores }) => {
          const { roc_auc, ...others } = scores.cv;
          const folds = [roc_auc.folds[0], roc_auc.folds[1] - 2 ** -52, roc_auc.folds[2]];
          return { scores: { ...scores, cv: { ...others, roc_auc: { ...roc_auc, folds } } } };
        },
        '--oof',
        /other scores than before: roc_auc \(fold 1\) is [01](\.\d+)?, and the log has 0\.\d+\n.*The same version/,
      ],
      [
        ({ scores }) => ({
          scores: { ...scores, validate: { ...scores.validate, accuracy: null } },
          versions: { spt: '0.2.0' },
        }),
        '--validate',
        /accuracy \(validate\) is [01](\.\d+)?, and the log has no defined score\n.*spt 0\.2\.0 trained it/,
      ],
      [() => ({ digest: '0'.repeat(32) }), '--validate', /gave another model than before, with equal scores/],
    ];
    for (const [change, option, words] of cases) {
      const { code, err, errors } = await withEvents(changed(change), config, option);
      assert.is(code, 1, err);
      assert.match(err, words);
      assert.ok(['scores-differ', 'digest-differs'].includes(errors[0].code));
    }
  },
);

Predictions('a config without scores, and one that this version cannot train', async () => {
  const config = makeConfig(0, { data: 'd'.repeat(32), cv: { folds: 3 } });
  const enqueued: Draft = { type: 'enqueued', config };
  const open = await withEvents(() => [enqueued], idOf(0), '--oof');
  assert.is(open.code, 1);
  assert.match(open.err, /no scores of the config .*, because it has not finished\n.*spt work/);
  const failed = await withEvents(
    () => [enqueued, claim('w1', 0), fail(0, 2, { message: 'too \u001b[31mred' })],
    idOf(0),
    '--oof',
  );
  assert.match(failed.err, /because it failed: too \\u001b\[31mred\n.*spt show/);
  const { config: id } = finishedOf(search, 'lasso');
  const strange = await withEvents(
    events =>
      events.map(event =>
        event.type === 'enqueued' && event.config.id === id
          ? { ...event, config: { ...event.config, steps: [{ Oracle: {} }] } }
          : event,
      ),
    id,
    '--oof',
  );
  assert.is(strange.code, 1);
  assert.match(strange.err, /cannot be trained here: there is no step "Oracle"/);
});

Predictions('data that is gone', async () => {
  const { config } = finishedOf(search, 'bayes');
  const elsewhere = await withEvents(
    events =>
      events.map(event =>
        event.type === 'enqueued' ? { ...event, config: { ...event.config, data: '0'.repeat(32) } } : event,
      ),
    config,
    '--oof',
  );
  assert.is(elsewhere.code, 1);
  assert.match(elsewhere.err, /there is no prepared data 0{32}\n.*run the same/);
});

Predictions('what cannot be asked is refused with exit code 2', async () => {
  const { config } = finishedOf(search, 'bayes');
  search.write('notes.txt', 'id,fold\n');
  const cases: [string[], string, RegExp][] = [
    [[config], 'which-samples', /no samples are named/],
    [[config, '--oof', '--validate'], 'which-samples', /only one of --oof and --validate/],
    [['ffff', '--oof'], 'no-such-config', /no config has the id ffff/],
    [[config, '--oof', '-o', 'notes.txt'], 'bad-out', /notes\.txt exists already, and it is not a table/],
    [[config, '--oof', '-o', 'nowhere/x.csv'], 'bad-out', /there is no folder/],
    [[config, '--oof', '-o', ''], 'bad-out', /an empty text is not the name/],
  ];
  for (const [args, code, words] of cases) {
    const refused = await search.sptHere('predictions', ...args, '--json');
    assert.is(refused.code, 2);
    assert.match(refused.err, words);
    assert.is(JSON.parse(refused.out).errors[0].code, code);
  }
  assert.is(search.read('notes.txt'), 'id,fold\n');
});

Predictions('samples that a config was not scored on', async () => {
  const without = (key: 'cv' | 'validate') => (events: Draft[]) =>
    events.map(event => {
      if (event.type !== 'enqueued') return event;
      const { [key]: _, ...config } = event.config;
      return { ...event, config } as Draft;
    });
  const { config } = finishedOf(search, 'lasso');
  const folds = await withEvents(without('cv'), config, '--oof');
  assert.is(folds.code, 2);
  assert.match(folds.err, /was not cross-validated[^]*expected: --validate[^]*spt enqueue with --cv/);
  const held = await withEvents(without('validate'), config, '--validate');
  assert.match(held.err, /has no validation samples[^]*expected: --oof[^]*spt enqueue with --validate/);
});

Predictions('three classes and repeated folds; names that need quotes', async () => {
  const names = ['well', 'sick, "very"', '=1+1'];
  const config = smallConfig
    .replace('positive: sick\n', '')
    .replace('cv: { folds: 3 }', 'cv: { folds: 2, shuffle: true, repeats: 3 }')
    .replace('scoring: roc_auc', 'scoring: f1_macro')
    .replace('metrics: [accuracy]', 'metrics: [accuracy, log_loss]');
  const three = makeSearch({ config, pipes });
  const metadata = ['Run,Condition,Batch'];
  for (let i = 0; i < 80; i++)
    metadata.push(`r${i},"${names[i % 3].replaceAll('"', '""')}",${1 + (Math.floor(i / 2) % 4)}`);
  three.write('data/metadata.csv', `${metadata.join('\n')}\n`);
  const queued = three.spt('enqueue', '--splits', 'train_A1', '--cv');
  assert.is(queued.code, 0, queued.err);
  assert.is(three.spt('work', '-j', '1', '--quiet').code, 0);
  const { config: id, scores } = finishedOf(three, 'lasso');
  const { code, out, err } = await three.sptHere('predictions', id, '--oof');
  assert.is(code, 0, err);
  const { head, rows } = tableOf(out);
  const sorted = [...names].sort();
  assert.equal(head, [
    ...['id', 'repeat', 'fold', 'target', 'predicted'],
    ...sorted.map(name => `probability_${name}`),
    ...sorted.map(name => `decision_${name}`),
  ]);
  const shares = [0, 1, 2].flatMap(repeat =>
    [0, 1].map(fold =>
      accuracy(rows.filter(row => row.repeat === String(repeat) && row.fold === String(fold))),
    ),
  );
  assert.equal(shares, scores.cv!.accuracy!.folds);
  for (const row of rows) {
    const probabilities = sorted.map(name => Number(row[`probability_${name}`]));
    assert.is(row.predicted, sorted[probabilities.indexOf(Math.max(...probabilities))]);
    assert.ok(Math.abs(probabilities.reduce((sum, one) => sum + one, 0) - 1) < 1e-12);
  }
  three.remove();
});

Predictions.run();
