/** The direction of a metric travels with the search, so that a log is ranked without a registry of metrics. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/base/config.js';
import { rankingDirection, toldRanking, type Direction } from '../../src/base/direction.js';
import { idOf as idOfContent, identified } from '../../src/config/identity.js';
import { join } from '../../src/events/ask/facts.js';
import { FactReader } from '../../src/events/ask/read-facts.js';
import { mergedLines } from '../../src/events/ask/write-facts.js';
import { summarize } from '../../src/events/ask/summary.js';
import { Replayer } from '../../src/events/replay.js';
import { checkedCrc, decode } from '../../src/events/format/decode.js';
import type { Draft, Finished } from '../../src/events/format/event.js';
import { State } from '../../src/events/state/state.js';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import {
  claim,
  contentsOf,
  finish,
  idOf,
  makeConfig,
  makeFolder,
  removeFolder,
} from '../../support/log-helpers.js';
import { linesOf, show, stateOf } from '../../support/random-log.js';

const Directions = suite('direction');

/** A metric that no registry knows. */
const MADE_UP = 'made_up_score';

const config = (i: number, direction?: Direction, scoring = MADE_UP): Config =>
  makeConfig(i, { pipeline: 'p', split: 's', scoring, ...(direction && { direction }) });

/** A log in which the configs are finished with these scores by their own metric. */
function logOf(configs: Config[], scores: number[], name = 'e'): Buffer[] {
  const enqueued = configs.map((config): Draft => ({ type: 'enqueued', config }));
  const epoch = configs.length + 1;
  const outcomes = configs.map(({ id, scoring }, i): Finished => {
    const cv = { [scoring]: { mean: scores[i], std: 0, folds: [scores[i]] } };
    return { ...finish(0, epoch), config: id, scores: { cv } };
  });
  const events = [...enqueued, { ...claim('w'), configs: configs.map(({ id }) => id) }, ...outcomes];
  return linesOf(events, i => ({ id: `${name}${i}`, at: `2026-01-01T00:00:${10 + i}.000Z` }));
}

function replayed(lines: readonly Buffer[], slowly: boolean): State {
  const replayer = new Replayer(new State(), { slowly });
  for (const line of lines) {
    const end = line.length - 1;
    replayer.take(line, 0, end, checkedCrc(line, 0, end), { segment: 1, offset: 0, length: end });
  }
  return replayer.state;
}

const bestOf = (state: State): (string | undefined)[] =>
  summarize(state).groups.map(({ best }) => best?.config);

Directions('absent, it is that of the metrics that the first versions knew', () => {
  for (const scoring of ['log_loss', 'brier_score']) {
    assert.is(rankingDirection({ scoring }), 'min');
    assert.equal(toldRanking(scoring, 'min'), { scoring });
    assert.equal(toldRanking(scoring, 'max'), { scoring, direction: 'max' });
  }
  assert.is(rankingDirection({ scoring: MADE_UP }), 'max');
  assert.equal(toldRanking(MADE_UP, 'max'), { scoring: MADE_UP });
  assert.equal(toldRanking(MADE_UP, 'min'), { scoring: MADE_UP, direction: 'min' });
  for (const nonsense of [undefined, null, 'down', 1, {}])
    assert.equal(toldRanking(MADE_UP, nonsense), { scoring: MADE_UP });
});

Directions('a metric that nobody knows ranks as its search says, for both readers', () => {
  for (const [direction, best] of [
    ['min', 1],
    ['max', 2],
    [undefined, 2],
  ] as const) {
    const lines = logOf([config(0, direction), config(1, direction), config(2, direction)], [0.5, 0.2, 0.9]);
    const [fast, slow] = [replayed(lines, false), replayed(lines, true)];
    assert.equal(contentsOf(fast), contentsOf(slow));
    assert.equal(fast.groups, [{ pipeline: 'p', split: 's', ...toldRanking(MADE_UP, direction) }]);
    for (const state of [fast, slow]) assert.equal(bestOf(state), [idOf(best)], direction);
  }
});

Directions('a direction that says what the name says makes no other group', () => {
  const lines = logOf(
    [config(0, undefined, 'log_loss'), config(1, 'min', 'log_loss'), config(2, 'max', 'log_loss')],
    [0.5, 0.2, 0.9],
  );
  for (const slowly of [false, true]) {
    const state = replayed(lines, slowly);
    assert.equal(state.groups, [
      { pipeline: 'p', split: 's', scoring: 'log_loss' },
      { pipeline: 'p', split: 's', scoring: 'log_loss', direction: 'max' },
    ]);
    assert.equal(bestOf(state), [idOf(1), idOf(2)]);
  }
});

Directions('a direction in another place or form is read by JSON.parse, and both readers agree', () => {
  const [line] = logOf([config(0, 'min')], [0.5]);
  const text = line.toString();
  assert.match(text, `"scoring":"${MADE_UP}","direction":"min","steps"`);
  const entry = decode(line, 0, line.length - 1);
  assert.is(
    typeof entry === 'object' && entry.event.type === 'enqueued' && entry.event.config.direction,
    'min',
  );
});

Directions('merged logs agree on it, in any order', () => {
  const one = logOf([config(0, 'min'), config(1, 'min')], [0.5, 0.2], 'a');
  const other = logOf([config(1, 'min'), config(2, 'min')], [0.2, 0.9], 'b');
  const merge = (...logs: Buffer[][]): Buffer[] =>
    [...mergedLines(join(logs.map(lines => show(lines, new FactReader()).done())), 1e9)].map(
      ({ line }) => line,
    );
  const [there, back] = [merge(one, other), merge(other, one)];
  assert.equal(there.map(String), back.map(String));
  assert.equal(bestOf(stateOf(there)), [idOf(1)]);
  assert.equal(bestOf(replayed(there, false)), [idOf(1)]);
});

Directions('a snapshot keeps it', async () => {
  const folder = makeFolder();
  const host = await nodeHost();
  const journal = await Journal.open(folder, host);
  await journal.transact(() => [{ type: 'enqueued', config: config(0, 'min') }]);
  const restored = new State();
  restored.restoreSmall(JSON.parse(JSON.stringify(journal.state.small())));
  assert.equal(restored.groups, journal.state.groups);
  assert.is(restored.groups[0].direction, 'min');
  removeFolder(folder);
});

Directions('the id of a config does not depend on it', () => {
  const { id, ...content } = config(0);
  const told = identified({ ...content, direction: 'min' });
  assert.is(told.id, idOfContent(content));
  assert.is(told.direction, 'min');
});

Directions.run();
