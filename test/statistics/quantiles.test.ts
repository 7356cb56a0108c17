/** Quantiles and tails of the normal and the t distribution beside scipy and mpmath. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { normalQuantile } from '../../src/statistics/normal.js';
import { studentQuantile, twoSided } from '../../src/statistics/student.js';
import { fixture } from '../../support/fixture.js';

const Quantiles = suite('quantiles');
const peer = fixture<{ normal: number[][]; t: number[][]; twoSided: number[][] }>('quantiles');

/** The largest relative distance over all rows, and the row that has it. */
function furthest(rows: number[][], distance: (row: number[]) => number): { most: number; row: number[] } {
  return rows.reduce((found, row) => (distance(row) > found.most ? { most: distance(row), row } : found), {
    most: -1,
    row: [] as number[],
  });
}

const apart = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / Math.abs(b));

Quantiles('of the normal distribution are those of scipy', () => {
  assert.is(peer.normal.length, 42);
  const { most, row } = furthest(peer.normal, ([p, value]) => apart(normalQuantile(p), value));
  assert.ok(most < 1e-14, `${row}: ${most}`);
  assert.is(normalQuantile(0.5), 0);
});

Quantiles('of t are those of mpmath to 1e-12, and those of scipy as far as scipy is right', () => {
  assert.is(peer.t.length, 24 * 39);
  const ours = furthest(peer.t, ([df, p, , exact]) => apart(studentQuantile(p, df), exact));
  assert.ok(ours.most < 1e-12, `${ours.row}: ${ours.most}`);
  const sound = peer.t.filter(([, , scipy, exact]) => apart(scipy, exact) < 1e-10);
  const theirs = furthest(sound, ([df, p, scipy]) => apart(studentQuantile(p, df), scipy));
  assert.ok(sound.length > 700 && theirs.most < 1e-9, `${theirs.row}: ${theirs.most}`);
});

Quantiles('tails of t are those of scipy and mpmath', () => {
  assert.ok(peer.twoSided.length > 400);
  const { most, row } = furthest(peer.twoSided, ([df, t, scipy, exact]) =>
    Math.max(apart(twoSided(t, df), scipy), apart(twoSided(-t, df), exact)),
  );
  assert.ok(most < 2e-12, `${row}: ${most}`);
});

Quantiles('and tails undo each other, also between whole degrees of freedom', () => {
  for (const df of [0.5, 1.5, 2.25, 4, 17.3, 1234.5])
    for (const p of [1e-9, 0.003, 0.2, 0.249999, 0.250001, 0.4, 0.499999])
      assert.ok(apart(twoSided(studentQuantile(p, df), df), 2 * p) < 1e-11, `${df} ${p}`);
});

Quantiles('have limits, and no value for what is no probability', () => {
  assert.is(studentQuantile(0, 4), -Infinity);
  assert.is(studentQuantile(1, 4), Infinity);
  assert.is(studentQuantile(0.5, 4), 0);
  assert.is(normalQuantile(0), -Infinity);
  assert.is(normalQuantile(1), Infinity);
  assert.is(twoSided(Infinity, 4), 0);
  assert.is(twoSided(0, 4), 1);
  for (const value of [
    studentQuantile(1.1, 4),
    studentQuantile(0.3, 0),
    normalQuantile(-0.1),
    twoSided(1, 0),
  ])
    assert.ok(Number.isNaN(value));
});

Quantiles.run();
