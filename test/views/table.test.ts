/** What the table of results promises: one type a column, ranks within a setting, nothing mixed and nothing lost. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cell } from '../../src/base/cells.js';
import type { Json } from '../../src/base/config.js';
import type { Draft } from '../../src/events/format/event.js';
import { openSearch } from '../../src/commands/view.js';
import { SeenValues, valueColumns } from '../../src/views/parameter-columns.js';
import { Table } from '../../src/views/table.js';
import { fail, finish, idOf, makeConfig } from '../../support/log-helpers.js';
import { foldScores, HOSTILE, oddLog } from '../../support/odd-log.js';
import { makeSearch } from '../../support/search.js';
import { writeLog } from '../../support/written-log.js';

const Results = suite('table of results');

/** The cells of a column, row by row. */
type Cells = { [name: string]: Cell[] };

async function tableOf(
  events: readonly Draft[],
): Promise<{ cells: Cells; kinds: { [name: string]: string } }> {
  const search = makeSearch();
  try {
    writeLog(search, events);
    const { look } = await openSearch({ root: search.root });
    const table = await Table.of(await look());
    const cells: Cells = Object.fromEntries(table.columns.map(({ name }) => [name, []]));
    for await (const batch of table.batches())
      for (const row of batch) for (const column of table.columns) cells[column.name].push(column.of(row));
    return { cells, kinds: Object.fromEntries(table.columns.map(({ name, kind }) => [name, kind])) };
  } finally {
    search.remove();
  }
}

const none = (n: number): null[] => Array(n).fill(null);

Results(
  'every config has a row; a column has one type, and null where a config has no such value',
  async () => {
    const { cells, kinds } = await tableOf(oddLog());
    assert.equal(
      cells.config,
      Array.from({ length: 13 }, (_, i) => idOf(i)),
    );
    const states = [
      'finished',
      'finished',
      'finished',
      'finished',
      'failed',
      'finished',
      'finished',
      'failed',
    ];
    assert.equal(cells.status, [...states, 'queued', 'finished', 'finished', 'running', 'queued']);
    const types = { text: 'string', time: 'string', number: 'number', integer: 'number', boolean: 'boolean' };
    for (const [name, column] of Object.entries(cells)) {
      const type = types[kinds[name] as keyof typeof types];
      for (const cell of column) assert.ok(cell === null || typeof cell === type, `${name}: ${cell}`);
    }
  },
);

Results(
  'parameters: numbers and words apart, booleans, lists with their lengths, null told from absent',
  async () => {
    const { cells, kinds } = await tableOf(oddLog());
    assert.equal(cells['SVC.gamma'], [null, 0.01, ...none(7), 0.5, 0.25, null, null]);
    assert.equal(cells['SVC.gamma.word'], ['scale', null, 'scale', ...none(10)]);
    assert.equal(cells['SVC.shrinking'].slice(0, 4), [true, false, true, null]);
    assert.equal(cells['SVC.class_weight'].slice(0, 4), [null, null, '{"0":1,"1":5}', null]);
    assert.equal(cells['SVC.class_weight.word'].slice(0, 4), ['null', 'balanced', null, null]);
    // The share of all is 1 with a word, because 1 alone would be a count.
    const forests = (name: string) => [3, 4, 5, 11].map(i => cells[`RandomForestClassifier.${name}`][i]);
    assert.equal(forests('max_features'), [1, 0.5, null, 0.25]);
    assert.equal(forests('max_features.word'), ['1.0', null, 'sqrt', null]);
    assert.equal(forests('max_depth'), [null, 6, null, 3]);
    assert.equal(forests('max_depth.word'), ['null', null, 'null', null]);
    assert.equal(cells['RandomForestClassifier.max_depth.word'][0], null, 'absent is not null');
    assert.equal(cells['MLPClassifier.hidden_layer_sizes'].slice(6, 8), ['[50,20]', '[]']);
    assert.equal(cells['MLPClassifier.hidden_layer_sizes.length'].slice(6, 8), [2, 0]);
    assert.equal(cells['StandardScaler#2.with_mean'], [...none(8), false, ...none(4)]);
    const named = ['SVC.C', 'SVC.shrinking', 'RandomForestClassifier.n_estimators', 'MLPClassifier.alpha'];
    assert.equal(
      named.map(name => kinds[name]),
      ['number', 'boolean', 'integer', 'number'],
    );
    assert.is(
      cells.params[3],
      '[{"RandomForestClassifier":{"max_depth":null,"max_features":{"share":1},"n_estimators":100}}]',
    );
  },
);

Results('columns of parameters do not depend on the order of the log', async () => {
  const names = async (events: Draft[]) =>
    Object.keys((await tableOf(events)).cells).filter(name => /^[A-Z]/.test(name));
  const enqueued = oddLog().slice(0, 13);
  assert.equal(await names(enqueued), await names([...enqueued].reverse()));
});

Results(
  'scores: mean of the log, sample deviation, corrected error, folds, and none for what has not finished',
  async () => {
    const { cells } = await tableOf(oddLog());
    const { mean, folds } = foldScores([0.1 + 0.2, 0.9, 1 / 3]);
    assert.is(cells['cv.roc_auc'][0], mean);
    assert.equal(
      [0, 1, 2].map(fold => cells[`cv.roc_auc.fold${fold}`][0]),
      folds,
    );
    assert.is(cells['cv.roc_auc.sd'][1], 0.25);
    assert.ok(Math.abs((cells['cv.roc_auc.se'][1] as number) - 0.2282177322938192) < 1e-15, 'as numpy says');
    assert.equal([cells['cv.mcc'][2], cells['cv.mcc.sd'][2]], [null, null], 'a metric that is not defined');
    assert.equal(cells['validate.roc_auc'].slice(0, 5), [0.5, 0.625, 0.75, 0.875, null]);
    assert.equal(cells['train.roc_auc'].slice(0, 5), [1, 1, 1, 1, null]);
    assert.equal(cells['cv.f1'], none(13), 'asked for by a config that is queued');
    assert.equal(cells.seconds.slice(3, 5), [0.4, 2.5]);
    assert.equal(cells['size.supportVectors'].slice(0, 5), [0, 1, 2, 3, null]);
  },
);

Results(
  'ranks: by the direction, within a setting, equal scores equal ranks, none without a score that ranks',
  async () => {
    const { cells } = await tableOf(oddLog());
    // Means 0.511, 0.75, 0.9, 0.75; failed, unranked, no score, failed, queued; losses 0.333, 0.208; two open ones.
    assert.equal(cells.rank, [4, 2, 1, 2, null, null, null, null, null, 2, 1, null, null]);
    assert.equal([cells.setting[0], cells.setting[9]], [1, 2]);
    assert.equal([cells.this_search[0], cells.this_search[9]], [true, false]);
    assert.equal([cells.scoring[9], cells.folds[9]], ['log_loss', '3 folds']);
    assert.equal([cells.unranked[0], cells.unranked[5], cells.unranked[4]], [false, true, null]);
  },
);

Results(
  'what failed says why; a config that is queued again keeps its last failure and has no end',
  async () => {
    const { cells } = await tableOf(oddLog());
    assert.equal(
      [4, 7, 12].map(i => cells.failure[i]),
      ['memory', 'error', 'lost'],
    );
    assert.is(cells.failure_message[7], HOSTILE);
    assert.equal(
      [4, 12].map(i => cells.finished_at[i]),
      ['2026-01-01T00:00:18.000Z', null],
    );
    assert.equal(
      [0, 5, 4].map(i => cells.warnings[i]),
      [0, 1, null],
    );
    assert.equal(
      [12, 0].map(i => [cells.attempts[i], cells.losses[i]]),
      [
        [0, 1],
        [0, 0],
      ],
    );
  },
);

Results('values of every pair of types stand apart, and each can be told from the cells', () => {
  const values: Json[] = [
    2,
    0.5,
    'scale',
    'null',
    'true',
    '1.0',
    '[1]',
    true,
    false,
    null,
    [1],
    [],
    { a: 1 },
    { share: 1 },
  ];
  for (const a of values)
    for (const b of values) {
      const seen = new SeenValues();
      seen.add(a);
      seen.add(b);
      const columns = valueColumns('X.p', seen);
      const told = (value: Json): string => JSON.stringify(columns.map(({ of }) => of(value)));
      const [one, other] = [JSON.stringify(a), JSON.stringify(b)];
      assert.is(told(a) === told(b), one === other, `${one} and ${other}: ${told(a)}`);
      for (const { kind, name, of } of columns)
        for (const cell of [of(a), of(b)]) {
          const type =
            kind === 'integer' || kind === 'number' ? 'number' : kind === 'boolean' ? 'boolean' : 'string';
          assert.ok(cell === null || typeof cell === type, `${name} of ${one} or ${other}`);
        }
    }
});

Results(
  'records that another program wrote give nulls, and names that stand twice are told apart',
  async () => {
    const wild = makeConfig(0, {
      steps: [{ cv: { roc_auc: 3 } }, { SVC: { C: 1, 'C.word': 'x' } }, { SVC2: { C: null } }],
      cv: { folds: 1e9 } as never,
    });
    const events: Draft[] = [
      { type: 'enqueued', config: wild },
      { type: 'enqueued', config: makeConfig(1, { steps: [{ SVC: { C: 'y' } }] }) },
      { type: 'claimed', configs: [idOf(0), idOf(1)], worker: { id: 'w1', host: 'h', pid: 1 } },
      {
        ...finish(0, 3),
        scores: { cv: { roc_auc: 'high', mcc: { mean: 'x', folds: ['a'] } } as never, train: 7 as never },
      },
      fail(1, 3),
    ];
    const { cells } = await tableOf(events);
    assert.equal([cells['cv.roc_auc'], cells['cv.mcc']], [[null, null], undefined]);
    assert.equal(cells['cv.roc_auc#2'], [3, null]);
    assert.equal(
      [cells['SVC.C.word'], cells['SVC.C.word#2']],
      [
        [null, 'y'],
        ['x', null],
      ],
    );
  },
);

Results.run();
