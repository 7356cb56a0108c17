/** What a trainer says of its folds: from the evaluation through the thread to the job that the supervisor holds. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/base/config.js';
import { Crew } from '../../src/worker/crew.js';
import { Hold, type Job } from '../../src/worker/hold.js';
import { processClock } from '../../src/worker/clock.js';
import { evaluate, ready } from '../../src/ml/evaluate.js';
import type { FoldScored, Outcome, Trainer } from '../../src/worker/protocol.js';
import { Shelf } from '../../src/worker/shelf.js';
import { TrainerThread } from '../../src/worker/trainer-thread.js';
import type { SplitData } from '../../src/base/dataset.js';
import { targetOf } from '../../support/datasets.js';
import { makeConfig } from '../../support/log-helpers.js';
import { someData } from '../../support/pausing-trainer.js';

const Scored = suite('scored folds');

/** Two classes that one feature almost tells apart. */
function twoClasses(): SplitData {
  const rows = 40;
  const data = new Float64Array(rows).map((_, i) => i + (i % 7 === 0 ? 25 : 0));
  const index = Array.from({ length: rows }, (_, i) => `s${i}`);
  const y = new Int32Array(rows).map((_, i) => (i < rows / 2 ? 0 : 1));
  return { ...someData, train: { index, x: { rows, columns: 1, data }, target: targetOf(y, 2) } };
}

const config: Config = {
  ...makeConfig(1),
  steps: [{ StandardScaler: {} }, { GaussianNB: {} }],
  cv: { folds: 3, shuffle: true, repeats: 2 },
  metrics: ['roc_auc', 'accuracy'],
};

Scored('an evaluation tells the scores of each fold, in the order in which they are summed up', async () => {
  await ready(config.steps);
  const folds: number[] = [];
  const values: unknown[] = [];
  const { scores } = evaluate(config, twoClasses(), {
    onFold: (fold, { roc_auc }) => {
      folds.push(fold);
      values.push(roc_auc);
    },
  });
  assert.equal(folds, [0, 1, 2, 3, 4, 5]);
  assert.equal(values, scores.cv!.roc_auc!.folds);
});

Scored('a trainer thread tells each fold before its outcome, and nothing of the config before', async () => {
  const thread = new TrainerThread();
  for (let round = 0; round < 2; round++) {
    const scored: FoldScored[] = [];
    const outcome = await thread.train(config, twoClasses(), 60_000, fold => void scored.push(fold));
    assert.is(outcome.kind, 'finished', (outcome as { message?: string }).message);
    assert.equal(
      scored.map(({ fold }) => fold),
      [0, 1, 2, 3, 4, 5],
    );
    const { scores, seconds } = outcome as Extract<Outcome, { kind: 'finished' }>;
    assert.equal(
      scored.map(({ scores }) => scores.accuracy),
      scores.cv!.accuracy!.folds,
    );
    assert.ok(
      scored.every((fold, i) => fold.seconds <= seconds && fold.seconds >= (scored[i - 1]?.seconds ?? 0)),
    );
  }
  await thread.end();
});

/** A trainer that the test speaks for. */
class Puppet implements Trainer {
  /** How often it was ended. */
  ends = 0;
  onScored!: (scored: FoldScored) => void;
  answer!: (outcome: Outcome) => void;

  train(_: Config, __: SplitData, ___: number, onScored: (scored: FoldScored) => void): Promise<Outcome> {
    this.onScored = onScored;
    return new Promise(resolve => {
      this.answer = resolve;
    });
  }

  async end(): Promise<void> {
    this.ends++;
  }
}

/** A crew of one puppet, and a hold with one job that waits. */
function makeCrew(): { crew: Crew; hold: Hold; trainer: Puppet; job: Job; ended: Outcome[] } {
  const trainer = new Puppet();
  const environment = {
    clock: processClock,
    newTrainer: () => trainer,
    residentBytes: () => 0,
    writeStatus: () => undefined,
  };
  const hold = new Hold();
  hold.enter([config.id], 7);
  const [claimed] = hold.allUnread();
  const job: Job = { ...claimed, config, attempt: 1, expectedSeconds: 1, startedAtMs: 0, scored: [] };
  hold.read(claimed, job);
  const ended: Outcome[] = [];
  const shelf = new Shelf(() => someData);
  const limits = { jobs: 1, timeoutMs: 1000 };
  const end = (_: Job, outcome: Outcome): void => void ended.push(outcome);
  return {
    crew: new Crew(environment, limits, hold, shelf, end, () => undefined),
    hold,
    trainer,
    job,
    ended,
  };
}

const fold = (number: number): FoldScored => {
  return { kind: 'scored', fold: number, scores: { roc_auc: 0.5 }, seconds: number };
};
const memory: Outcome = { kind: 'failed', failure: 'memory', message: 'too large', retry: true, seconds: 1 };

Scored('a running job keeps the folds that were scored; another try of it starts with none', async () => {
  const { crew, hold, trainer, job, ended } = makeCrew();
  crew.start(() => true);
  trainer.onScored(fold(0));
  trainer.onScored(fold(1));
  assert.equal(hold.in('running'), [job]);
  assert.equal(job.scored, [fold(0), fold(1)]);
  trainer.answer(memory);
  await new Promise(setImmediate);
  assert.equal(hold.in('alone'), [job], 'it is tried again alone');
  crew.start(() => true);
  await new Promise(setImmediate);
  assert.is(trainer.ends, 1, 'its memory is freed before');
  crew.start(() => true);
  assert.equal(hold.in('running'), [job]);
  assert.equal(job.scored, []);
  assert.equal(ended, []);
});

Scored('a trainer that has answered gets no other job before its outcome was noted', async () => {
  const { crew, hold, trainer, job, ended } = makeCrew();
  const id = 'f'.repeat(16);
  hold.enter([id], 7);
  const [claimed] = hold.allUnread();
  const other: Job = { ...job, ...claimed, config: { ...config, id } };
  hold.read(claimed, other);
  crew.start(() => true);
  trainer.answer({ ...memory, failure: 'error' });
  crew.start(() => true);
  assert.equal(hold.in('running'), [job]);
  await new Promise(setImmediate);
  assert.is(ended.length, 1);
  crew.start(() => true);
  assert.equal(hold.in('running'), [other]);
});

Scored('an outcome that comes after its job was dropped is ignored', async () => {
  const { crew, hold, trainer, job, ended } = makeCrew();
  crew.start(() => true);
  const { answer } = trainer;
  assert.equal(
    hold.dropUnless(() => false),
    [job],
  );
  crew.stop(job);
  answer(memory);
  await new Promise(setImmediate);
  assert.equal(ended, []);
  assert.is(hold.isEmpty, true);
});

Scored.run();
