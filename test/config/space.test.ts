/** Spaces: what axes, unions and searches expand to, exactly, and that it agrees with numpy, Python and scipy. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json, Parameters, Step } from '../../src/base/config.js';
import { Rng } from '../../src/base/rng.js';
import { listed, type Axis } from '../../src/config/axis.js';
import { AxisReader } from '../../src/config/axis-reader.js';
import { lazyPermutation } from '../../src/config/permutation.js';
import { PipelineReader } from '../../src/config/pipeline.js';
import { powerOfTen } from '../../src/config/power.js';
import { pipelinesSchema } from '../../src/config/schema.js';
import { MAX_DIMENSIONS, sobolSequence } from '../../src/config/sobol.js';
import { disjoint, gridSpace, type Space } from '../../src/config/space.js';
import { parseYaml } from '../../src/config/yaml.js';
import { vocabulary } from '../../support/vocabulary.js';
import { fixture } from '../../support/fixture.js';

interface Fixture {
  logspace: [number[], number[]][];
  linspace: [number[], number[]][];
  range: [number[], number[]][];
  sobol: number[][];
}
const peer: Fixture = fixture('spaces');

const Spaces = suite('space');

/** The axis that a YAML value makes. */
function axisOf(text: string): Axis {
  const file = parseYaml('x', `C: ${text}`);
  const reader = new AxisReader(file, ['C'], 'C');
  const axis = reader.read((file.value as { C: Json }).C);
  if (!axis) throw reader.errors[0];
  return axis;
}

const valuesOf = (text: string): Json[] => {
  const axis = axisOf(text);
  return Array.from({ length: axis.size }, (_, i) => axis.value(i));
};

/** The space of a pipeline, written as YAML. */
function spaceOf(text: string): Space {
  const file = parseYaml('x', `p:\n${text.replace(/^/gm, '  ')}\n`);
  const reading = { file, registry: vocabulary.steps, seed: 5, needsProbabilities: false };
  const reader = new PipelineReader(reading, 'p');
  const pipeline = reader.read(pipelinesSchema.parse(file.value).p);
  if (!pipeline) throw reader.errors[0];
  return pipeline.space;
}

const all = (space: Pick<Space, 'size' | 'at'>): Step[][] =>
  Array.from({ length: space.size }, (_, i) => space.at(i));
/** The last step's parameters of every element. */
const lastOf = (space: Space): Parameters[] => all(space).map(steps => Object.values(steps.at(-1)!)[0]);
const distinct = (space: Space): number => new Set(all(space).map(steps => JSON.stringify(steps))).size;

Spaces('powers of ten are exact where they are decimal, and correctly rounded elsewhere', () => {
  for (let k = -323; k <= 308; k++) assert.is(powerOfTen(k), Number(`1e${k}`));
  assert.is(powerOfTen(0.5), Math.sqrt(10));
  assert.is(powerOfTen(-0.5), Number('0.316227766016837933199889354443'));
  assert.is(powerOfTen(0.25), Number('1.77827941003892280122542119519'));
  assert.is(powerOfTen(2.75), Number('562.341325190349080394951039776'));
  assert.is(powerOfTen(1e-300), 1);
  assert.is(powerOfTen(309), Infinity);
  assert.is(powerOfTen(-400), 0);
});

Spaces('logspace is numpy.logspace to a unit in the last place', () => {
  for (const [args, expected] of peer.logspace) {
    const found = valuesOf(`{logspace: [${args}]}`) as number[];
    assert.is(found.length, expected.length);
    found.forEach((value, i) => {
      const ulp = Math.abs(value - expected[i]) / expected[i] / Number.EPSILON;
      assert.ok(ulp <= 1, `${args}: ${value} is not ${expected[i]}`);
    });
  }
  assert.equal(valuesOf('{logspace: [-4, 0, 5]}'), [0.0001, 0.001, 0.01, 0.1, 1]);
});

Spaces("linspace is numpy.linspace, range is Python's, to the bit", () => {
  for (const [args, expected] of peer.linspace) assert.equal(valuesOf(`{linspace: [${args}]}`), expected);
  for (const [args, expected] of peer.range) assert.equal(valuesOf(`{range: [${args}]}`), expected);
  assert.ok(valuesOf('{linspace: [-1, 1, 3]}').every(value => !Object.is(value, -0)));
});

Spaces('a list is an axis, a list in it a value, a map without a known word a value', () => {
  assert.equal(valuesOf('[1, two, null, true]'), [1, 'two', null, true]);
  assert.equal(valuesOf('[[100], [50, 50]]'), [[100], [50, 50]]);
  assert.equal(valuesOf('3'), [3]);
  assert.equal(valuesOf('{sick: 2, well: 1}'), [{ sick: 2, well: 1 }]);
  assert.equal(valuesOf('[balanced, {sick: 2, well: 1}]'), ['balanced', { sick: 2, well: 1 }]);
});

Spaces('distributions stay in [a, b)', () => {
  const uniform = axisOf('{uniform: [2, 4]}');
  assert.equal(
    [0, 0.25, 0.5].map(u => uniform.value(u)),
    [2, 2.5, 3],
  );
  const log = axisOf('{loguniform: [0.01, 100]}');
  const [low, middle, high] = [0, 0.5, 1 - 2 ** -53].map(u => log.value(u) as number);
  assert.ok(low >= 0.01 && low < 0.0100001);
  assert.ok(Math.abs(middle - 1) < 1e-12, `${middle}`);
  assert.ok(high > 99.999 && high <= 100);
  const integers = axisOf('{randint: [2, 9]}');
  assert.is(integers.size, 7);
  assert.equal(
    [0, 6].map(i => integers.value(i)),
    [2, 8],
  );
});

Spaces('a grid runs through its last parameter fastest', () => {
  const space = spaceOf('- SelectKBest: {k: [1, all]}\n- SVC: {C: [1, 2], kernel: [linear, rbf, poly]}');
  assert.is(space.size, 12);
  assert.equal(space.at(0), [{ SelectKBest: { k: 1 } }, { SVC: { C: 1, kernel: 'linear' } }]);
  assert.equal(space.at(1), [{ SelectKBest: { k: 1 } }, { SVC: { C: 1, kernel: 'rbf' } }]);
  assert.equal(space.at(3), [{ SelectKBest: { k: 1 } }, { SVC: { C: 2, kernel: 'linear' } }]);
  assert.equal(space.at(11), [{ SelectKBest: { k: 'all' } }, { SVC: { C: 2, kernel: 'poly' } }]);
  assert.throws(() => space.at(12), RangeError);
  assert.throws(() => space.at(-1), RangeError);
});

Spaces('steps may be written as a name, with nothing, or with parameters', () => {
  for (const step of ['StandardScaler', 'StandardScaler:', 'StandardScaler: {}']) {
    assert.equal(all(spaceOf(`- ${step}\n- SVC: {C: 2}`)), [[{ StandardScaler: {} }, { SVC: { C: 2 } }]]);
  }
});

Spaces('a list of maps is a union of grids', () => {
  const space = spaceOf(
    '- SVC:\n  - {kernel: linear, C: [1, 2]}\n  - {kernel: rbf, C: 3, gamma: [scale, 0.1]}',
  );
  assert.equal(lastOf(space), [
    { kernel: 'linear', C: 1 },
    { kernel: 'linear', C: 2 },
    { kernel: 'rbf', C: 3, gamma: 'scale' },
    { kernel: 'rbf', C: 3, gamma: 0.1 },
  ]);
  const both = spaceOf('- SelectKBest: [{k: 1}, {k: [2, 3]}]\n- SVC: [{C: 1}, {gamma: [auto, 1]}]');
  assert.is(both.size, 9);
  assert.equal(both.at(8), [{ SelectKBest: { k: 3 } }, { SVC: { gamma: 1 } }]);
});

Spaces('what two parts of a union share is there once', () => {
  const space = spaceOf(
    '- SVC:\n  - {C: [1, 2, 3], gamma: [1, 2]}\n  - {gamma: [2, 3], C: [3, 4]}\n  - {C: 3, gamma: 3}',
  );
  assert.is(space.size, 6 + 3);
  assert.is(distinct(space), 9);
  assert.ok(lastOf(space).some(({ C, gamma }) => C === 4 && gamma === 2));
});

Spaces('unions of random boxes are what a set of their combinations is', () => {
  const rng = Rng.from('boxes');
  for (let round = 0; round < 200; round++) {
    const parts = Array.from({ length: 1 + rng.below(5) }, () =>
      ['a', 'b', 'c'].slice(0, 2 + rng.below(2)).map((parameter): Axis => {
        const values = Array.from(rng.permutation(5)).slice(0, 1 + rng.below(4));
        return { parameter, ...listed(values) };
      }),
    );
    const text = (steps: Step[]): string => JSON.stringify(Object.entries(steps[0].S).sort());
    const expected = new Set(
      parts.flatMap(part => all(gridSpace([[{ name: 'S', parts: [part] }]])).map(text)),
    );
    const found = all(
      gridSpace([[{ name: 'S', parts: disjoint(parts, (axis, i) => String(axis.value(i))) }]]),
    ).map(text);
    assert.is(found.length, expected.size, 'none twice');
    assert.equal(new Set(found), expected, 'none lost');
  }
});

Spaces('a grid of millions is never expanded', () => {
  const before = process.memoryUsage().heapUsed;
  const space = spaceOf('- SVC: {C: {linspace: [1, 2, 5000]}, gamma: {linspace: [1, 2, 10000]}}');
  assert.is(space.size, 50_000_000);
  assert.equal(space.at(49_999_999), [{ SVC: { C: 2, gamma: 2 } }]);
  assert.ok(process.memoryUsage().heapUsed - before < 100e6);
});

const random = (n: number, seed: number, steps: string): Space =>
  spaceOf(`search: {method: random, n: ${n}, seed: ${seed}}\nsteps: [${steps}]`);

Spaces('random draws from a finite grid never repeat, and at most all of it is drawn', () => {
  const steps = 'SVC: {C: {range: [1, 41]}, degree: {randint: [0, 25]}}';
  const some = random(300, 1, steps);
  assert.is(some.size, 300);
  assert.is(distinct(some), 300);
  assert.is(random(5000, 1, steps).size, 1000);
  assert.is(distinct(random(999, 1, steps)), 999);
});

Spaces('a larger n adds to what a smaller n drew; another seed draws others', () => {
  for (const steps of ['SVC: {C: {range: [1, 1001]}}', 'SVC: {C: {loguniform: [0.1, 10]}}']) {
    const few = all(random(20, 3, steps));
    assert.equal(all(random(60, 3, steps)).slice(0, 20), few);
    assert.not.equal(all(random(20, 4, steps)), few);
    assert.equal(all(random(20, 3, steps)), few, 'and the same seed the same');
  }
});

Spaces('random draws are spread as their distributions say', () => {
  const drawn = lastOf(
    random(4000, 9, 'SVC: {C: {loguniform: [0.01, 100]}, gamma: {uniform: [1, 3]}, kernel: [linear, rbf]}'),
  );
  const share = (of: (parameters: any) => boolean) => drawn.filter(of).length / drawn.length;
  assert.ok(drawn.every(({ C, gamma }: any) => C >= 0.01 && C < 100 && gamma >= 1 && gamma < 3));
  assert.ok(Math.abs(share(({ C }) => C < 1) - 0.5) < 0.03);
  assert.ok(Math.abs(share(({ C }) => C < 0.1) - 0.25) < 0.03);
  assert.ok(Math.abs(share(({ gamma }) => gamma < 2) - 0.5) < 0.03);
  assert.ok(Math.abs(share(({ kernel }) => kernel === 'rbf') - 0.5) < 0.03);
  assert.ok(Math.abs(share(({ C, gamma }) => C < 1 && gamma < 2) - 0.25) < 0.03, 'unrelated');
});

Spaces('random draws over a union with a continuous part do not repeat its finite part', () => {
  const space = random(200, 1, 'SVC: [{kernel: linear, C: [1, 2]}, {kernel: rbf, C: {uniform: [1, 2]}}]');
  assert.is(space.size, 200);
  assert.is(distinct(space), 200);
  assert.is(lastOf(space).filter(({ kernel }) => kernel === 'linear').length, 2);
});

Spaces('every map of a union has its share of the draws, whatever it has in common with another', () => {
  const union =
    'SVC: [{kernel: linear, C: {loguniform: [0.01, 100]}}, {kernel: rbf, C: [1, 10], gamma: [0.1, 0.2]}, ' +
    '{kernel: rbf, C: [10, 100], gamma: [0.2, 0.3]}]';
  for (const method of ['random', 'sobol']) {
    const seeds = 600;
    const first = Array.from({ length: seeds }, (_, seed) => {
      const [parameters] = lastOf(
        spaceOf(`search: {method: ${method}, n: 1, seed: ${seed}}\nsteps: [${union}]`),
      );
      return `${parameters.kernel} ${parameters.kernel === 'rbf' ? `${parameters.C} ${parameters.gamma}` : ''}`;
    });
    const share = (drawn: string) => first.filter(one => one === drawn).length / seeds;
    assert.ok(Math.abs(share('linear ') - 1 / 3) < 0.06, `${method} ${share('linear ')}`);
    assert.ok(Math.abs(share('rbf 100 0.3') - 1 / 12) < 0.04, `${method} ${share('rbf 100 0.3')}`);
    assert.ok(Math.abs(share('rbf 10 0.3') - 1 / 12) < 0.04, `${method} ${share('rbf 10 0.3')}`);
    assert.ok(Math.abs(share('rbf 10 0.2') - 1 / 6) < 0.05, `${method} ${share('rbf 10 0.2')}`);
  }
});

Spaces('draws over maps that have combinations in common have each of them once', () => {
  const space = random(
    40,
    3,
    'SVC: [{kernel: linear, C: {uniform: [1, 2]}}, {kernel: rbf, C: [1, 2, 3]}, {kernel: rbf, C: [2, 3, 4]}]',
  );
  assert.is(distinct(space), 40);
  assert.is(lastOf(space).filter(({ kernel }) => kernel === 'rbf').length, 4);
});

Spaces("Sobol's sequence is scipy's, in every dimension there is", () => {
  const sequence = sobolSequence(MAX_DIMENSIONS);
  peer.sobol.forEach((point, i) => {
    assert.equal(
      point.map((_, d) => sequence(i, d)),
      point,
    );
  });
});

Spaces('every block of Sobol points is spread evenly in each dimension', () => {
  const space = spaceOf(
    'search: {method: sobol, n: 64, seed: 2}\nsteps: [SVC: {C: {uniform: [1, 65]}, gamma: {uniform: [1, 65]}}]',
  );
  for (const name of ['C', 'gamma']) {
    const cells = lastOf(space).map(parameters => Math.floor(parameters[name] as number));
    assert.is(new Set(cells).size, 64, 'one in each 64th');
  }
});

Spaces('Sobol draws without repetition, by seed, and in an order that does not depend on n', () => {
  const sobol = (n: number, seed: number) =>
    spaceOf(
      `search: {method: sobol, n: ${n}, seed: ${seed}}\nsteps: [SVC: {C: {range: [1, 31]}, kernel: [linear, rbf]}]`,
    );
  assert.is(sobol(40, 1).size, 40);
  assert.is(distinct(sobol(40, 1)), 40);
  assert.equal(all(sobol(40, 1)).slice(0, 10), all(sobol(10, 1)));
  assert.not.equal(all(sobol(40, 2)), all(sobol(40, 1)));
  assert.is(sobol(1000, 1).size, 60, 'at most the grid');
});

Spaces('a search without a seed has that of the experiment', () => {
  const steps = 'steps: [SVC: {C: {uniform: [1, 2]}}]';
  const own = spaceOf(`search: {method: random, n: 5}\n${steps}`);
  assert.equal(all(own), all(spaceOf(`search: {method: random, n: 5, seed: 5}\n${steps}`)));
});

Spaces('a search may be a grid by its word', () => {
  assert.is(spaceOf('search: {method: grid}\nsteps: [SVC: {C: [1, 2]}]').size, 2);
});

Spaces('drawn values are the same on every machine', () => {
  const drawn = lastOf(random(3, 1, 'SVC: {C: {loguniform: [0.001, 1000]}, degree: {randint: [1, 100]}}'));
  assert.is(JSON.stringify(drawn), GOLDEN_DRAWS);
});

const GOLDEN_DRAWS =
  '[{"C":195.18378690988771,"degree":56},{"C":0.44516684498695647,"degree":32},{"C":0.002779996602863808,"degree":36}]';

Spaces('a lazy permutation is one, of any length, and depends on its seed', () => {
  for (const n of [1, 2, 3, 4, 5, 16, 17, 63, 64, 65, 1000, 4097]) {
    const at = lazyPermutation(n, Rng.from('permutation', n));
    const found = Array.from({ length: n }, (_, i) => at(i));
    assert.equal(
      [...found].sort((a, b) => a - b),
      Array.from({ length: n }, (_, i) => i),
    );
  }
  const orders = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const at = lazyPermutation(5, Rng.from('five', seed));
    orders.add([0, 1, 2, 3, 4].map(at).join());
  }
  assert.ok(orders.size > 90, `${orders.size} of 120 orders of five`);
});

Spaces('a lazy permutation of many leaves no pattern of neighbors', () => {
  const n = 100_000;
  const at = lazyPermutation(n, Rng.from('many'));
  let rising = 0;
  let near = 0;
  for (let i = 1; i < n; i++) {
    if (at(i) > at(i - 1)) rising++;
    if (Math.abs(at(i) - at(i - 1)) < n / 100) near++;
  }
  assert.ok(Math.abs(rising / n - 0.5) < 0.01);
  assert.ok(Math.abs(near / n - 0.02) < 0.004);
});

Spaces.run();
