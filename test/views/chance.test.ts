/** The chance that a better config is not done yet: against searches that are simulated to their end. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { chanceOfAny, chanceOfBetter, Places } from '../../src/views/chance.js';
import { Threads } from '../../src/views/schedule.js';

const Better = suite('chance of a better config');

/** A search of configs in random order on threads, until the k-th is done. Whether the best one is not done. */
function simulate(rng: Rng, n: number, threads: number, k: number, slowFactor: number) {
  const scores = Array.from({ length: n }, () => rng.float());
  const pool = new Threads(new Float64Array(threads));
  const seconds = scores.map(score => 0.5 + rng.float() + slowFactor * score ** 8);
  const ends = seconds.map(one => pool.take(one));
  const now = [...ends].sort((a, b) => a - b)[k - 1];
  const places = new Places();
  ends.forEach((end, i) => places.add(end <= now, end - seconds[i] <= now));
  const best = scores.indexOf(Math.max(...scores));
  return { isLeft: ends[best] > now, chance: chanceOfBetter(places)! };
}

Better('one thread: m of n + m, and no range beyond the running config', () => {
  const rng = Rng.from('one thread');
  let left = 0;
  const searches = 4000;
  for (let i = 0; i < searches; i++) {
    const { isLeft, chance } = simulate(rng, 40, 1, 25, 0);
    left += Number(isLeft);
    assert.is(chance.chance, 15 / 40);
    assert.is(chance.high, 15 / 40);
    assert.is(chance.low, 15 / 40 - (1 / 40) * Number(chance.low !== chance.high));
  }
  // The standard error is 0.0077.
  assert.ok(Math.abs(left / searches - 15 / 40) < 0.025, String(left / searches));
});

Better('many threads, times that say nothing of scores: still m of n + m, inside its range', () => {
  const rng = Rng.from('many threads');
  let left = 0;
  const searches = 4000;
  for (let i = 0; i < searches; i++) {
    const { isLeft, chance } = simulate(rng, 60, 8, 30, 0);
    left += Number(isLeft);
    assert.is(chance.chance, 0.5);
    assert.ok(chance.low <= chance.chance && chance.chance <= chance.high);
  }
  assert.ok(Math.abs(left / searches - 0.5) < 0.025, String(left / searches));
});

/** The share of searches whose best config is left, and the means of what is said. */
function shares(name: string, slowFactor: number): { left: number; plain: number; high: number } {
  const rng = Rng.from(name);
  const sums = { left: 0, plain: 0, high: 0 };
  const searches = 4000;
  for (let i = 0; i < searches; i++) {
    const { isLeft, chance } = simulate(rng, 60, 8, 30, slowFactor);
    sums.left += Number(isLeft) / searches;
    sums.plain += chance.chance / searches;
    sums.high += chance.high / searches;
  }
  return sums;
}

Better('where the best configs are somewhat slower, the range holds what the plain number misses', () => {
  const { left, plain, high } = shares('somewhat slower', 0.3);
  assert.ok(left > plain + 0.01, `${left} is not above ${plain}`);
  assert.ok(left <= high, `${left} is above ${high}`);
});

Better('where the best configs are much slower, the chance is too small, as the page says', () => {
  const { left, high } = shares('much slower', 6);
  assert.ok(left > high, `${left} is not above ${high}`);
});

Better('places: the first that is not done, and the last that was begun', () => {
  const places = new Places();
  for (const [isDone, isBegun] of [
    [true, true],
    [false, true],
    [true, true],
    [false, false],
    [false, false],
  ])
    places.add(isDone, isBegun);
  assert.equal(chanceOfBetter(places), { chance: 3 / 5, low: 2 / 5, high: 4 / 5 });
  assert.is(chanceOfBetter(new Places()), undefined);
  const whole = new Places();
  whole.add(true, true);
  assert.equal(chanceOfBetter(whole), { chance: 0, low: 0, high: 0 });
  assert.equal(chanceOfAny([chanceOfBetter(places)!, chanceOfBetter(whole)!]), {
    chance: 0.3,
    low: 0,
    high: 4 / 5,
  });
  assert.is(chanceOfAny([]), undefined);
});

Better.run();
