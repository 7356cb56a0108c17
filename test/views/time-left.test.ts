/** The time that is left: the regression against scikit-learn, the schedule against closed forms, its promises. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json } from '../../src/base/config.js';
import { Rng } from '../../src/base/rng.js';
import { quantileOf } from '../../src/statistics/sample.js';
import { driftOf } from '../../src/views/drift.js';
import { Encoding } from '../../src/views/encoding.js';
import { normalDraw } from '../../src/statistics/normal.js';
import { ratesOf, stretchOf, trainedSeconds } from '../../src/views/pace.js';
import { dot, ridge } from '../../src/views/ridge.js';
import { schedule } from '../../src/views/schedule.js';
import { Forecast, type Work } from '../../src/views/time-left.js';
import { TimeModel, type Timed } from '../../src/views/time-model.js';
import { fixture } from '../../support/fixture.js';

const Left = suite('time left');

const near = (a: number, b: number, tolerance: number, what = ''): void =>
  assert.ok(Math.abs(a - b) <= tolerance, `${what} ${a} is not ${b}`);

const peer = fixture('time-left');

Left('a ridge regression has the coefficients and fits of scikit-learn', () => {
  assert.is(peer.ridge.length, 4);
  for (const { x, y, penalty, coefficients, fitted, errors } of peer.ridge) {
    const rows = x.map((row: number[]) => Float64Array.from(row));
    const fit = ridge(rows, y, penalty);
    coefficients.forEach((one: number, j: number) => near(fit.coefficients[j], one, 1e-9));
    errors.forEach((one: number, i: number) => near(fit.errors[i], one, 1e-9));
    const centre = rows[0].map(
      (_: number, j: number) => x.reduce((sum: number, row: number[]) => sum + row[j], 0) / x.length,
    );
    rows.forEach((row: Float64Array, i: number) => {
      const moved = row.map((value, j) => value - centre[j]);
      near(fit.mean + dot(fit.coefficients, moved), fitted[i], 1e-9);
    });
  }
});

Left('without a penalty, the one with the least error of leaving a row out is taken', () => {
  const rng = Rng.from('penalty');
  const rows = Array.from({ length: 60 }, () => Float64Array.from({ length: 5 }, () => normalDraw(rng)));
  const clear = rows.map(row => 3 * row[0] + 0.01 * normalDraw(rng));
  const noise = rows.map(() => normalDraw(rng));
  assert.is(ridge(rows, clear).penalty, 0.5, 'the least of the penalties, for five columns');
  assert.ok(ridge(rows, noise).penalty >= 50, 'noise has no slopes');
  near(ridge(rows, clear).coefficients[0], 3, 0.05);
  assert.is(ridge([], []).coefficients.length, 0);
  assert.is(ridge([Float64Array.of(1, 2)], [7]).mean, 7);
});

Left('quantiles are those of numpy', () => {
  for (const [part, value] of peer.quantiles) near(quantileOf(peer.values, part), value, 1e-12);
});

Left('list scheduling ends when closed forms say so', () => {
  const on = (threads: number): Float64Array => new Float64Array(threads);
  assert.equal(schedule(on(3), []), { endSeconds: 0, idleSeconds: 0 });
  // Equal jobs: as many rounds as needed.
  assert.is(schedule(on(4), new Float64Array(10).fill(2)).endSeconds, 6);
  // One thread: the sum.
  near(schedule(on(1), [1, 2, 3.5]).endSeconds, 6.5, 1e-12);
  // Graham's worst case: 2m-1 threads' worth of short jobs before a long one ends at (2 - 1/m) of the best.
  const m = 4;
  const jobs = [...new Array<number>(m * (m - 1)).fill(1), m];
  assert.is(schedule(on(m), jobs).endSeconds, 2 * m - 1);
  // The longest first ends with the best.
  assert.is(schedule(on(m), [...jobs].reverse()).endSeconds, m);
  // Busy threads are free later.
  assert.equal(schedule(Float64Array.of(5, 0), [1, 1, 1]), { endSeconds: 5, idleSeconds: 3 });
});

Left('against brute force: each job goes to the thread that is free first', () => {
  const rng = Rng.from('schedules');
  for (let trial = 0; trial < 200; trial++) {
    const free = Float64Array.from({ length: 1 + rng.below(9) }, () => 3 * rng.float());
    const jobs = Array.from({ length: rng.below(30) }, () => rng.float());
    const slow = [...free];
    for (const job of jobs) slow[slow.indexOf(Math.min(...slow))] += job;
    const { endSeconds, idleSeconds } = schedule(free, jobs);
    near(endSeconds, Math.max(...slow), 1e-12);
    near(idleSeconds, Math.min(...slow), 1e-12);
  }
});

const config = (values: { [name: string]: Json }): Map<string, Json> => new Map(Object.entries(values));

Left('parameters become numbers: decades by logarithms, words as indicators, absence as a value', () => {
  const configs = [0.01, 1, 100, 10_000].map(C => config({ C, kernel: C > 1 ? 'rbf' : 'linear', fixed: 1 }));
  const encoding = new Encoding([...configs, config({ C: 1, kernel: 'linear', gamma: 'scale', fixed: 1 })]);
  const [a, b, c, d] = configs.map(one => encoding.encode(one));
  near(b[0] - a[0], c[0] - b[0], 1e-12, 'two decades are one step');
  near(c[0] - b[0], d[0] - c[0], 1e-12);
  assert.ok(encoding.size >= 3);
  assert.not.equal(
    encoding.encode(config({ C: 1, kernel: 'linear', fixed: 1 })),
    encoding.encode(config({ C: 1, kernel: 'linear', gamma: 'scale', fixed: 1 })),
  );
  assert.is(new Encoding([config({ fixed: 1 }), config({ fixed: 1 })]).size, 0);
  assert.is(new Encoding([]).size, 0);
});

/** Configs of a pipeline whose seconds are a power of their trees. */
function forest(
  n: number,
  rng: Rng,
  { pipeline = 'rf', split = 'A1', factor = 1, noise = 0.05 } = {},
): Timed[] {
  return Array.from({ length: n }, () => {
    const trees = [50, 100, 200, 500, 1000][rng.below(5)];
    const seconds = factor * 0.01 * trees * Math.exp(noise * normalDraw(rng));
    return { pipeline, split, parameters: config({ trees, word: 'a' }), seconds };
  });
}

const waiting = (all: readonly Timed[]): Work['queued'] => all.map((one, i) => ({ ...one, id: `q${i}` }));
const work = (more: Partial<Work>): Work => ({ timed: [], running: [], bulk: [], queued: [], ...more });
const leftWith = (given: Work, threads: number, stretch = 1) =>
  new Forecast(given).left([{ threads, stretch }])[0];

Left('the time that is left is the work over the threads, with the parameters told apart', () => {
  const rng = Rng.from('forest');
  const timed = forest(60, rng);
  const long = forest(200, rng).map(one => ({
    ...one,
    parameters: config({ trees: 1000, word: 'a' }),
    seconds: 10,
  }));
  const { seconds, lowSeconds, highSeconds } = leftWith(work({ timed, queued: waiting(long) }), 4);
  near(Math.log(seconds / 500), 0, 0.2, 'not the mean of all configs, which would be 185 s');
  assert.ok(lowSeconds < 500 && 500 < highSeconds);
  assert.is(leftWith(work({ timed }), 4).seconds, 0);
  near(
    Math.log(leftWith(work({ timed, queued: waiting(long) }), 8, 1.5).seconds / 375),
    0,
    0.2,
    'stretch counts',
  );
});

Left('the same work gives the same answer, and more threads never take longer', () => {
  const rng = Rng.from('same');
  const given = work({ timed: forest(40, rng), queued: waiting(forest(50, rng)) });
  assert.equal(leftWith(given, 3), leftWith(given, 3));
  const ends = new Forecast(given).left([1, 2, 4, 8, 100].map(threads => ({ threads, stretch: 1 })));
  for (let i = 1; i < ends.length; i++) assert.ok(ends[i].seconds <= ends[i - 1].seconds);
});

Left('a running config counts with what is left of it, and an overdue one with some more', () => {
  const rng = Rng.from('running');
  const timed = forest(60, rng);
  const running = (elapsedSeconds: number): Work['running'] => [
    { id: 'r', pipeline: 'rf', split: 'A1', parameters: config({ trees: 1000, word: 'a' }), elapsedSeconds },
  ];
  near(leftWith(work({ timed, running: running(0) }), 2).seconds, 10, 2);
  near(leftWith(work({ timed, running: running(6) }), 2).seconds, 4, 2);
  const overdue = leftWith(work({ timed, running: running(100) }), 2).seconds;
  assert.ok(overdue > 0 && overdue < 100, String(overdue));
  const tail = leftWith(work({ timed, running: running(0) }), 2);
  assert.equal(tail.tail[0].shared, [['trees', 1000]]);
  assert.equal(tail.tail[0].among, ['r']);
});

Left('more configs run than there are threads: the others wait', () => {
  const running = [0, 1, 2, 3].map(i => ({ ...forest(1, Rng.from(i))[0], id: `r${i}`, elapsedSeconds: 0 }));
  const timed = forest(60, Rng.from('timed'));
  const total = running.reduce((sum, one) => sum + one.seconds, 0);
  near(Math.log(leftWith(work({ timed, running }), 1).seconds / total), 0, 0.3);
});

Left(
  'a split without finished configs borrows from the others, a pipeline from all, and both are told',
  () => {
    const rng = Rng.from('borrow');
    const timed = forest(60, rng);
    const other = waiting(forest(3, rng, { split: 'B2' }));
    const strange = waiting(forest(2, rng, { pipeline: 'svc' }));
    const forecast = new Forecast(
      work({ timed, queued: [...waiting(forest(5, rng)), ...other, ...strange] }),
    );
    assert.equal(forecast.bases(), { own: 5, 'other splits': 3, all: 2, nothing: 0 });
    assert.equal(new Forecast(work({ queued: other })).bases().nothing, 3);
    const width = (queued: Work['queued']): number => {
      const { lowSeconds, highSeconds } = leftWith(work({ timed, queued }), 2);
      return highSeconds / lowSeconds;
    };
    assert.ok(
      width(strange) > width(other) && width(other) > width(waiting(forest(3, rng))),
      'what is not known is wide',
    );
  },
);

Left('a queue of which most is summed up ends when the whole queue does', () => {
  const rng = Rng.from('bulk');
  const timed = forest(200, rng);
  const all = forest(3000, rng);
  const whole = leftWith(work({ timed, queued: waiting(all) }), 16);
  const sample = all.slice(0, 300).map(({ parameters }) => parameters);
  const bulk = [{ pipeline: 'rf', split: 'A1', configs: 2500, sample }];
  const cut = leftWith(work({ timed, bulk, queued: waiting(all.slice(2500)) }), 16);
  near(Math.log(cut.seconds / whole.seconds), 0, 0.1);
});

Left(
  'running configs that are late say that their pipeline takes longer than the short ones that are done',
  () => {
    const parameters = config({ a: 1 });
    const timed = [1, 1.2, 0.9].map(seconds => ({ pipeline: 'p', split: 's', parameters, seconds }));
    const late = Array.from({ length: 20 }, () => ({ pipeline: 'p', split: 's', parameters, seconds: 4 }));
    const mean = (running: Timed[]) =>
      new TimeModel(timed, running).of({ pipeline: 'p', split: 's' }).likely.mean;
    assert.ok(mean(late) > mean([]) + 0.3);
  },
);

Left('a slow hour of the machine is seen, and noise is not', () => {
  const rng = Rng.from('drift');
  const noise = Array.from({ length: 200 }, (_, at) => ({ at, error: 0.3 * normalDraw(rng) }));
  assert.ok(Math.abs(driftOf(noise).level) < 0.1);
  const slow = noise.map(({ at, error }) => ({ at, error: error + (at > 160 ? 0.7 : 0) }));
  assert.ok(driftOf(slow).level > 0.25);
  assert.ok(driftOf(slow).deviation > driftOf(noise).deviation);
  assert.is(driftOf([]).level, 0);
});

Left('rates and the stretch are those of the window', () => {
  const outcomes = [10, 20, 30, 40].map(at => ({ at, seconds: 8 }));
  const window = { from: 12, now: 42, threads: 1 };
  // Of the first, nothing is inside; of the second, all 8 s from 12 on.
  assert.is(trainedSeconds(outcomes, [], window), 24);
  assert.is(trainedSeconds(outcomes, [2], window), 26);
  assert.equal(ratesOf(outcomes, window), {
    ...{ windowSeconds: 30, configs: 3, configsPerMinute: 6 },
    coreHoursPerMinute: 24 / 3600 / 0.5,
  });
  // 30 s of a thread for 24 s of training, half believed after three outcomes.
  near(stretchOf(outcomes, [], window), 1 + 0.5 * (30 / 24 - 1), 1e-12);
  assert.is(stretchOf([], [], window), 1);
});

Left.run();
