/** The importance of parameters beside Optuna's PED-ANOVA, and beside the closed form on a full grid. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import {
  divergenceOf,
  gridImportances,
  importances,
  rankedOf,
  type Axis,
} from '../../src/statistics/importance.js';
import { densityOf, erfc } from '../../src/statistics/parzen.js';
import { root } from '../../support/root.js';

interface Study {
  direction: 'max' | 'min';
  values: { [name: string]: number[] };
  scores: number[];
  divergences: { [name: string]: number };
}

const fixture: { studies: Study[]; erfc: [number, number][] } = JSON.parse(
  readFileSync(join(root, 'test/fixtures/importance.json'), 'utf8'),
);

const axisOf = (name: string, values: number[]): Axis => ({
  name,
  kind: name === 'kernel' ? 'word' : 'number',
  values: Float64Array.from(values),
});

const isClose = (value: number, expected: number, relative: number): boolean =>
  Math.abs(value - expected) <= relative * Math.abs(expected);

const Suite = suite('importance');

Suite('divergences are those of Optuna, in both directions', () => {
  for (const { direction, values, scores, divergences } of fixture.studies) {
    const all = Float64Array.from(scores);
    const once = new Uint32Array(all.length).fill(1);
    const names = Object.keys(divergences);
    assert.is(names.length, 4);
    for (const name of names) {
      const axis = rankedOf(axisOf(name, values[name]), all, direction);
      const found = divergenceOf(axis, all, once);
      assert.ok(
        isClose(found, divergences[name], 1e-9),
        `${name}: ${found}, and Optuna says ${divergences[name]}`,
      );
    }
  }
});

Suite('weights count a config as often as copies of it', () => {
  const { values, scores, direction } = fixture.studies[0];
  const weights = Uint32Array.from(scores, (_, i) => i % 3);
  const copied = scores.flatMap((_, i) => Array<number>(i % 3).fill(i));
  const weighted = divergenceOf(
    rankedOf(axisOf('rate', values.rate), Float64Array.from(scores), direction),
    Float64Array.from(scores),
    weights,
  );
  // The ends of the range are those of all configs, so that both have the same grid.
  const rates = copied.map(i => values.rate[i]);
  const ends = [Math.min(...values.rate), Math.max(...values.rate)];
  const worst = direction === 'max' ? -1e9 : 1e9;
  const withEnds = Float64Array.from([...copied.map(i => scores[i]), worst, worst]);
  const unweighted = divergenceOf(
    rankedOf(axisOf('rate', [...rates, ...ends]), withEnds, direction),
    withEnds,
    Uint32Array.from(withEnds, (_, i) => Number(i < copied.length)),
  );
  assert.ok(isClose(weighted, unweighted, 1e-12), `${weighted} ${unweighted}`);
});

Suite('the shares of a full grid are the closed form', () => {
  // score = 3a + b + ab on a in {0, 1, 2}, b in {0, 1}; worked out by hand.
  const cells = [0, 1, 2].flatMap(a => [0, 1].map(b => [a, b]));
  const scores = Float64Array.from(cells, ([a, b]) => 3 * a + b + a * b);
  const axes = ['a', 'b'].map((name, k) =>
    axisOf(
      name,
      cells.map(cell => cell[k]),
    ),
  );
  const found = gridImportances(axes, scores);
  // The marginal means of a are 0.5, 4, 7.5 and those of b are 3, 5; the mean is 4, the variance 28/3.
  const variance = 28 / 3;
  const shares = { a: (2 * 3.5 * 3.5) / 3 / variance, b: 1 / variance };
  assert.is(found?.method, 'exact');
  for (const { parameter, share } of found!.parameters)
    assert.ok(isClose(share, shares[parameter as 'a' | 'b'], 1e-12), `${parameter} ${share}`);
  assert.ok(isClose(found!.interactions!, 1 - shares.a - shares.b, 1e-9));
});

Suite('a grid with a hole, a doubled cell, or equal scores is no full grid', () => {
  const axes = [axisOf('a', [0, 0, 1, 1]), axisOf('b', [0, 1, 0, 1])];
  assert.ok(gridImportances(axes, Float64Array.of(1, 2, 3, 5)));
  assert.is(gridImportances(axes, Float64Array.of(1, 1, 1, 1)), undefined);
  const doubled = [axisOf('a', [0, 0, 1, 1]), axisOf('b', [0, 0, 0, 1])];
  assert.is(gridImportances(doubled, Float64Array.of(1, 2, 3, 5)), undefined);
  const hole = axes.map(({ values, ...axis }) => ({ ...axis, values: values.subarray(0, 3) }));
  assert.is(gridImportances(hole, Float64Array.of(1, 2, 3)), undefined);
});

Suite('intervals hold the share, and a parameter without effect is last', () => {
  const { values, scores, direction } = fixture.studies[1];
  const axes = Object.entries(values).map(([name, column]) => axisOf(name, column));
  const rng = Rng.from('test', 5);
  const found = importances(axes, Float64Array.from(scores), direction, 200, () => rng.float());
  assert.is(found?.method, 'ped-anova');
  assert.is(found!.parameters[0].parameter, 'C');
  assert.is(found!.parameters.at(-1)!.parameter, 'depth');
  const sum = found!.parameters.reduce((total, { share }) => total + share, 0);
  assert.ok(isClose(sum, 1, 1e-12));
  for (const { low, high } of found!.parameters) assert.ok(low! < high! && low! >= 0 && high! <= 1);
});

Suite('few configs, or none that differ, give nothing', () => {
  const rng = Rng.from('test', 1);
  const few = [axisOf('a', [1, 2, 3, 4.5, 7])];
  const same = [axisOf('a', Array<number>(40).fill(1))];
  const random = (): number => rng.float();
  assert.is(importances(few, Float64Array.of(1, 2, 3, 4, 4), 'max', 10, random)?.method, 'exact');
  const doubled = [axisOf('a', [1, 2, 3, 4, 4])];
  assert.is(importances(doubled, Float64Array.of(1, 2, 3, 4, 5), 'max', 10, random), undefined);
  assert.is(importances(same, new Float64Array(40), 'max', 10, random), undefined);
});

Suite('a density sums to 1, and erfc is that of the C library', () => {
  for (const kind of ['word', 'number'] as const) {
    const density = densityOf(kind, Float64Array.of(3, 0, 0, 9, 1, 0, 2));
    assert.ok(
      isClose(
        density.reduce((sum, p) => sum + p, 0),
        1,
        1e-10,
      ),
    );
  }
  assert.is(fixture.erfc.length, 14);
  for (const [x, expected] of fixture.erfc)
    assert.ok(isClose(erfc(x), expected, 1e-11), `erfc(${x}) = ${erfc(x)}, not ${expected}`);
});

Suite.run();
