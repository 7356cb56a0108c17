/** What `spt replay --summary` promises: only scores that may be compared stand in one row, and it can be read. */
import { spawnSync } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isBetter } from '../../src/base/direction.js';
import type { Config } from '../../src/base/config.js';
import type { Draft, Finished } from '../../src/events/format/event.js';
import { nodeHost } from '../../src/log/node-host.js';
import { score } from '../../src/ml/scoring/metrics.js';
import { screenOf } from '../../src/terminal/screen.js';
import { table } from '../../src/terminal/table.js';
import { counted } from '../../src/base/listing.js';
import { duration } from '../../src/terminal/units.js';
import { claim, fail, finish, idOf, makeConfig } from '../../support/log-helpers.js';
import { oddLog } from '../../support/odd-log.js';
import { classMetrics } from '../../support/tasks.js';
import { makeSearch, smallConfig, type Search } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Summary = suite('summary');

/** The config that `smallConfig` asks for with --cv. */
const asked = (i: number, more: Partial<Config> = {}): Config =>
  makeConfig(i, { pipeline: 'lasso', split: 'train_A1', cv: { folds: 3 }, seed: 7, ...more });

/** Enqueues configs, claims all of them, and finishes the i-th with the i-th score by its own metric. */
function searchOf(configs: Config[], scores: number[]): Draft[] {
  const epoch = configs.length + 1;
  const outcomes = configs.map(({ id, scoring }, i): Finished => {
    const own = { [scoring]: { mean: scores[i], std: 0, folds: [scores[i]] } };
    return { ...finish(i, epoch), config: id, scores: { cv: own } };
  });
  const enqueued = configs.map((config): Draft => ({ type: 'enqueued', config }));
  return [...enqueued, { ...claim('w1'), configs: configs.map(({ id }) => id) }, ...outcomes];
}

async function groupsOf(search: Search, ...args: string[]): Promise<any[]> {
  const { code, out, err } = await search.sptHere('replay', '--summary', '--json', ...args);
  assert.is(code, 0, err);
  return JSON.parse(out).groups;
}

Summary('of two models, the one that is right ranks first by every metric', async () => {
  const truth = Int32Array.from([0, 1, 0, 1, 1, 0]);
  const probaOf = (right: number) =>
    Float64Array.from([...truth].flatMap(y => (y ? [1 - right, right] : [right, 1 - right])));
  const configs: Config[] = [];
  const scores: number[] = [];
  for (const metric of classMetrics) {
    const [good, bad] = [0.9, 0.3].map(right => score(metric, truth, { classes: 2, proba: probaOf(right) })!);
    assert.ok(isBetter({ scoring: metric.name }, good, bad), metric.name);
    assert.is(metric.direction, good > bad ? 'max' : 'min', metric.name);
    configs.push(
      asked(configs.length, { scoring: metric.name }),
      asked(configs.length + 1, { scoring: metric.name }),
    );
    scores.push(bad, good);
  }
  const search = makeSearch();
  writeLog(search, searchOf(configs, scores));
  const groups = await groupsOf(search);
  assert.is(groups.length, classMetrics.length);
  for (const { scoring, best } of groups)
    assert.is(best.config, configs.findLast(config => config.scoring === scoring)!.id, scoring);
  search.remove();
});

Summary('configs of other folds, data, seeds of folds or metrics stand in rows of their own', async () => {
  const search = makeSearch();
  const configs = [
    asked(0, { data: 'old-data' }),
    asked(1, { cv: { folds: 5 } }),
    asked(2, { scoring: 'accuracy' }),
    asked(3, { cv: { folds: 3, shuffle: true, seed: 1 } }),
    asked(4, { cv: { folds: 3, group: 'Patient' } }),
    asked(5, { split: 'gone' }),
    asked(6, { cv: { folds: 3, shuffle: false, repeats: 1 } }),
    asked(7),
  ];
  writeLog(search, searchOf(configs, [0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.6, 0.7]));
  const groups = await groupsOf(search);
  assert.equal(
    groups.map(({ best, differs }: any) => [best.score, differs?.join('; ')]),
    [
      [0.7, undefined],
      [0.94, 'a split that config.yaml does not have'],
      [0.97, 'ranked by accuracy, not roc_auc'],
      [0.95, '3 folds, grouped by Patient, not 3 folds'],
      [0.96, '3 folds shuffled (seed 1), not 3 folds'],
      [0.98, '5 folds, not 3 folds'],
      [0.99, 'other data (old-data)'],
    ],
  );
  assert.is(groups[0].finished, 2, 'folds that are written in another way are the same folds');
  const { out } = await search.sptHere('replay', '--summary');
  assert.match(out, /This search, ranked by roc_auc, 3 folds:\n.*\ntrain_A1  lasso/);
  assert.match(out, /Not of this search: 5 folds, not 3 folds:\n/);
  search.remove();
});

Summary('this search is what the config says now, and the last data without it', async () => {
  const search = makeSearch();
  writeLog(
    search,
    searchOf([asked(0, { cv: { folds: 5 } }), asked(1, { data: 'd2' }), asked(2)], [0.9, 0.8, 0.7]),
  );
  const current = async (): Promise<number[]> =>
    (await groupsOf(search)).filter(({ differs }) => !differs).map(({ best }) => best.score);
  assert.equal(await current(), [0.7]);
  search.write('configs/config.yaml', smallConfig.replace('folds: 3', 'folds: 5'));
  assert.equal(await current(), [0.9]);
  search.write('configs/config.yaml', 'cv: [');
  assert.equal(await current(), [0.7], 'a file that is being edited stops nobody');
  search.write('data/.enqueued.json', '{"train_A1":"d2"}');
  assert.equal(await current(), [0.8], 'the data that was prepared last is meant');
  search.remove();
});

Summary('a score that is not there is explained', async () => {
  const search = makeSearch();
  const events = searchOf(
    [asked(0), asked(1), asked(2, { pipeline: 'svc', cv: undefined })],
    [0, 0, 0],
  ) as any[];
  events[4].scores = { cv: { roc_auc: null, accuracy: { mean: 1, std: 0, folds: [1] } } };
  events[5].scores = { cv: { roc_auc: null } };
  events[5].unranked = true;
  events[6].scores = { train: { roc_auc: 1 } };
  writeLog(search, events);
  const { out } = await search.sptHere('replay', '--summary');
  const words = out.replace(/\s+/g, ' ');
  assert.match(
    words,
    /lasso: 2 of 2 finished have no score: .*roc_auc is not defined for the samples of a fold/,
  );
  assert.match(words, /\(these metrics are: accuracy\)/);
  assert.match(
    words,
    /svc: 1 of 1 finished has no score: no score was requested \(spt enqueue needs --cv or --validate/,
  );
  search.remove();
});

Summary('failures are told by message, with a count and an id each', async () => {
  const search = makeSearch();
  const ids = [0, 1, 2, 3];
  const enqueued = ids.map((i): Draft => ({ type: 'enqueued', config: asked(i) }));
  const why = (i: number) => (i === 2 ? 'out of luck' : '10% of 40 features is none');
  writeLog(search, [...enqueued, claim('w1', ...ids), ...ids.map(i => fail(i, 5, { message: why(i) }))]);
  const { out } = await search.sptHere('replay', '--summary');
  assert.match(out, new RegExp(`3 x error, as in ${idOf(0).slice(0, 8)}:\n    10% of 40 features is none`));
  assert.match(out, new RegExp(`1 x error, as in ${idOf(2).slice(0, 8)}:\n    out of luck`));
  const { failureMessages } = JSON.parse((await search.sptHere('replay', '--summary', '--json')).out);
  assert.equal(failureMessages[0], { kind: 'error', message: why(0), configs: 3, config: idOf(0) });
  search.remove();
});

Summary('a worker whose process has ended is marked as dead', async () => {
  const { identity } = await nodeHost();
  if (!identity.boot || !identity.namespace) return;
  const search = makeSearch();
  const { pid } = spawnSync(process.execPath, ['--version']);
  const enqueued = [0, 1].map((i): Draft => ({ type: 'enqueued', config: asked(i) }));
  const worker = (id: string, ofPid: number) => ({ id, host: identity.host, pid: ofPid });
  writeLog(search, [
    ...enqueued,
    { ...claim('gone', 0), worker: worker('gone', pid) },
    { ...claim('alive', 1), worker: worker('alive', process.pid) },
  ]);
  const sign = (id: string, of: object) =>
    search.write(`log/workers/${id}.json`, JSON.stringify({ worker: id, ...of, leaseMs: 60000, count: 1 }));
  sign('gone', { ...identity, pid, start: '1' });
  sign('alive', identity);
  const { workers } = JSON.parse((await search.sptHere('replay', '--summary', '--json')).out);
  assert.equal(
    workers.map(({ worker: { id }, dead }: any) => [id, dead]),
    [
      ['alive', undefined],
      ['gone', true],
    ],
  );
  const { out } = await search.sptHere('replay', '--summary');
  assert.match(out, /^gone .*  dead$/m);
  assert.match(out, /dead: the process has ended/);
  search.remove();
});

Summary('the best of a pipeline has its deviation over folds and the parameters that differ', async () => {
  const search = makeSearch();
  writeLog(search, oddLog());
  const groups = await groupsOf(search);
  const { best } = groups.find(({ pipeline, scoring }) => pipeline === 'rf' && scoring === 'roc_auc');
  assert.is(best.config, idOf(3));
  assert.equal([best.sd, Math.abs(best.se - 0.2282177322938192) < 1e-15], [0.25, true], 'as numpy says');
  assert.equal(best.parameters, {
    'RandomForestClassifier.max_features': { share: 1 },
    'RandomForestClassifier.max_depth': null,
    'RandomForestClassifier.n_estimators': 100,
  });
  const { out } = await search.sptHere('replay', '--summary');
  assert.match(out, /^13 configs after 25 records: 8 finished, 2 failed, 1 claimed, 2 queued\n/);
  assert.match(out, /split +pipeline +queued +claimed +done +failed +cv +sd +valid +best\n/);
  assert.match(
    out,
    new RegExp(`\\n${idOf(3).slice(0, 8)}  max_features=1\\.0 max_depth=null n_estimators=100\\n`),
  );
  const [svc, rf] = ['svc', 'rf'].map(name => out.indexOf(`\nA1     ${name} `));
  assert.ok(svc > 0 && svc < rf, `the better pipeline comes first:\n${out}`);
  assert.ok(Math.max(...out.split('\n').map(line => line.length)) <= 80, out);
  search.remove();
});

Summary('files that were written after the last spt enqueue are named', async () => {
  const search = makeSearch();
  const summary = async (...args: string[]) =>
    (await search.sptHere('replay', '--summary', ...args)).out.replace(/\s+/g, ' ');
  await search.sptHere('enqueue', '--splits', 'train_A1', '--pipelines', 'lasso', '--cv');
  const at = (path: string, seconds: number) => utimesSync(join(search.root, path), seconds, seconds);
  for (const path of [
    'configs/config.yaml',
    'configs/pipe_configs.yaml',
    'data/features.csv',
    'data/metadata.csv',
  ])
    at(path, 1e9);
  assert.not.match(await summary(), /note:/);
  at('configs/config.yaml', 4e9);
  at('data/features.csv', 4e9);
  const words = await summary();
  assert.match(
    words,
    /note: configs\/config\.yaml, data\/features\.csv were written after the last spt enqueue\./,
  );
  assert.match(words, /Run spt enqueue with --dry-run/);
  assert.not.match(await summary('--at', '3'), /note:/);
  search.remove();
});

Summary('it fits 80 columns with usual names', async () => {
  const search = makeSearch();
  const configs = ['lasso', 'elasticnet', 'xgboost'].map((pipeline, i) => asked(i, { pipeline }));
  writeLog(search, searchOf(configs, [0.9, 0.8, 0.7]));
  const { out } = await search.sptHere('replay', '--summary');
  const longest = Math.max(...out.split('\n').map(line => line.length));
  assert.ok(longest <= 80, `${longest} columns`);
  search.remove();
});

/** A terminal that keeps what is written to it. */
function terminal(columns: number, colours: boolean, rows = 24) {
  const told = { text: '' };
  const output = {
    ...{ isTTY: true, columns, rows, hasColors: () => colours },
    write: (text: string) => Boolean((told.text += text)),
  };
  return { told, screen: screenOf(output as unknown as NodeJS.WriteStream) };
}

Summary('long names take more lines and no letter is lost; colours only where the terminal has them', () => {
  const name = 'a_pipeline_whose_name_says_all_that_it_does_and_more_than_that_0123456789';
  const heads = [{ head: 'pipeline' }, { head: 'cv', right: true }, { head: 'best' }];
  const rows = [[name, '0.9000', { text: '01234567', tone: 'good' as const }]];
  const text = table(heads, rows, terminal(40, false).screen);
  assert.ok(
    text.split('\n').every(line => line.length <= 40),
    text,
  );
  assert.is(
    text
      .split('\n')
      .slice(1)
      .map(line => line.slice(0, 22).trim())
      .join(''),
    name,
  );
  assert.not.match(text, /\u001b/);
  assert.match(table(heads, rows, terminal(100, true).screen), /\u001b\[1;32m01234567\u001b\[0m/);
  assert.not.match(table(heads, rows), /\u001b/);
});

Summary('--follow draws over what stands on a terminal, and cuts what is longer than it', () => {
  const { told, screen } = terminal(80, false, 4);
  screen.draw('one\ntwo');
  assert.is(told.text, '\u001b[Hone\u001b[K\ntwo\u001b[K\n\u001b[J');
  told.text = '';
  screen.draw('1\n2\n3\n4\n5');
  assert.is(told.text, '\u001b[H1\u001b[K\n2\u001b[K\nand 3 more lines\u001b[K\n\u001b[J');
  const plain = { text: '' };
  screenOf({ write: (text: string) => Boolean((plain.text += text)) } as never).draw('one');
  assert.is(plain.text, 'one\n');
});

Summary('no unit rolls over to sixty of the smaller one', () => {
  const told: [number, string][] = [
    [0, '0.00 s'],
    [9.949, '9.95 s'],
    [9.95, '10 s'],
    [59.49, '59 s'],
    [59.5, '1 min 0 s'],
    [3599.4, '59 min 59 s'],
    [3599.5, '1 h 0 min'],
    [7169, '1 h 59 min'],
    [7170, '2 h 0 min'],
    [7199, '2 h 0 min'],
    [86_399, '24 h 0 min'],
  ];
  for (const [seconds, text] of told) assert.is(duration(seconds), text);
  for (let seconds = 0; seconds < 20_000; seconds += 0.5) assert.not.match(duration(seconds), /\b60 (s|min)/);
  assert.equal([counted(1, 'config'), counted(12_625, 'config')], ['1 config', '12,625 configs']);
});

Summary(
  'a config without a mean over its folds is nowhere the best, however good it is on validation',
  async () => {
    const configs = [asked(0), asked(1), asked(2)];
    const drafts = searchOf(configs, [0.7, 0.6, 0.5]);
    const [, second] = drafts.filter((draft): draft is Finished => draft.type === 'finished');
    second.scores = { cv: { roc_auc: null }, validate: { roc_auc: 0.95 } };
    const search = makeSearch();
    writeLog(search, drafts);
    const json = async (...args: string[]): Promise<any> => {
      const { code, out, err } = await search.sptHere(...args, '--json');
      assert.is(code, 0, err);
      return JSON.parse(out);
    };
    const best = configs[0].id;
    assert.is((await groupsOf(search))[0].best.config, best);
    assert.is((await json('status')).groups[0].best.config, best);
    assert.is((await json('select')).config, best);
    const rows: any[] = await json('results');
    assert.equal(
      rows.map(row => row.rank),
      [1, null, 2],
    );
    await search.sptHere('report');
    search.remove();
  },
);

Summary('only the splits and pipelines that are asked for are summarized and listed', async () => {
  const configs = [asked(0), asked(1, { pipeline: 'nn' }), asked(2, { split: 'train_B2' }), asked(3)];
  const search = makeSearch();
  writeLog(
    search,
    searchOf(configs.slice(0, 3), [0.7, 0.9, 0.8]).concat({ type: 'enqueued', config: configs[3] }),
  );
  const json = async (...args: string[]): Promise<any> =>
    JSON.parse((await search.sptHere('replay', '--summary', '--json', ...args)).out);
  const few = await json('--split', 'train_A1', '--pipelines', 'lasso');
  assert.equal([few.configs, few.finished, few.queued, few.groups.length], [2, 1, 1, 1]);
  assert.is(few.groups[0].best.config, configs[0].id);
  const all = await json();
  assert.equal([all.configs, all.finished, all.queued, all.groups.length], [4, 3, 1, 3]);
  const { out } = await search.sptHere('replay', '--split', 'train_B2');
  assert.equal(
    out
      .trim()
      .split('\n')
      .map(line => line.slice(0, 16)),
    [configs[2].id],
  );
  const refused = await search.sptHere('replay', configs[0].id, '--split', 'train_B2');
  assert.equal([refused.code, /an id cannot stand beside/.test(refused.err)], [2, true]);
  search.remove();
});

Summary.run();
