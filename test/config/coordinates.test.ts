/** Elements of a space as numbers, and back: exactly, for every kind of axis. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json, Parameters, Step } from '../../src/base/config.js';
import { canonicalJson } from '../../src/base/json.js';
import { Rng } from '../../src/base/rng.js';
import { listed, MAKERS, type Axis, type StepSpace } from '../../src/config/axis.js';
import type { SpaceAxis } from '../../src/config/coordinates.js';
import { disjoint, spaceOf, type Space } from '../../src/config/space.js';
import { experimentOf } from '../../support/configs.js';

const Coordinates = suite('coordinates');

const spaceFrom = (pipes: string): Space => experimentOf(pipes).pipelines.get('p')!.space;

Coordinates('each kind of axis is told with its place, its scale and what it ranges over', () => {
  const { axes } = spaceFrom(`p:
  search: { method: random, n: 5 }
  steps:
    - StandardScaler
    - SelectKBest: { k: { range: [2, 8, 2] } }
    - SVC:
      - { kernel: linear, C: { loguniform: [0.01, 100] }, class_weight: [null, balanced, { sick: 2, well: 1 }] }
      - { kernel: rbf, gamma: { logspace: [-1, 1, 3] }, degree: { randint: [1, 5] }, coef0: { uniform: [-1, 1] } }
`);
  const svc = { step: 2 };
  const from = (low: number, high: number) => ({ bounds: [low, high] as const, isShare: false });
  const expected: SpaceAxis[] = [
    { name: 'SelectKBest.k', step: 1, parameter: 'k', kind: 'int', scale: 'linear', values: [2, 4, 6] },
    { name: 'SVC', ...svc, kind: 'choice', values: [0, 1] },
    {
      ...{ name: 'SVC.C', ...svc, parameter: 'C', part: 0, kind: 'real', scale: 'log' },
      ...from(0.01, 100),
    },
    {
      ...{ name: 'SVC.class_weight', ...svc, parameter: 'class_weight', part: 0, kind: 'choice' },
      values: [null, 'balanced', { sick: 2, well: 1 }],
    },
    {
      ...{ name: 'SVC.gamma', ...svc, parameter: 'gamma', part: 1, kind: 'real', scale: 'log' },
      values: [0.1, 1, 10],
    },
    {
      ...{ name: 'SVC.degree', ...svc, parameter: 'degree', part: 1, kind: 'int', scale: 'linear' },
      ...from(1, 5),
    },
    {
      ...{ name: 'SVC.coef0', ...svc, parameter: 'coef0', part: 1, kind: 'real', scale: 'linear' },
      ...from(-1, 1),
    },
  ];
  assert.equal(axes, expected);
});

Coordinates('an element is its numbers, and what it does not use is NaN', () => {
  const space = spaceFrom(`p:
  search: { method: random, n: 5 }
  steps:
    - StandardScaler: { with_mean: [true, false] }
    - RandomForestClassifier: [{ max_features: [2, 1.0, 0.75], n_estimators: 5 }, { max_depth: { randint: [1, 9] } }]
`);
  const forest = (parameters: Parameters): Step[] => [
    { StandardScaler: { with_mean: false } },
    { RandomForestClassifier: parameters },
  ];
  const all = forest({ max_features: { share: 1 }, n_estimators: 5 });
  assert.equal(space.encode(all), [1, 0, 1, NaN]);
  assert.equal(space.decode([1, 0, 1, NaN]), all);
  assert.equal(space.decode([1, 0, 1, 7]), all, 'the number of an unused axis may be anything');
  assert.equal(space.encode(forest({ max_depth: 3 })), [1, 1, NaN, 3]);
  assert.equal(space.decode([1, 1, NaN, 3]), forest({ max_depth: 3 }));
});

Coordinates('what is no element, and what lies outside of an axis, is refused', () => {
  const space = spaceFrom(`p:
  search: { method: random, n: 5 }
  steps: [SVC: [{ kernel: linear, C: [1, 10] }, { kernel: rbf, degree: { randint: [1, 5] } }]]
`);
  const elements: Step[][] = [
    [],
    [{ SVC: {} }],
    [{ SVR: { kernel: 'linear', C: 1 } }],
    [{ SVC: { kernel: 'linear', C: 2 } }],
    [{ SVC: { kernel: 'rbf', C: 1 } }],
    [{ SVC: { kernel: 'rbf', degree: 5 } }],
    [{ SVC: { kernel: 'rbf', degree: 1.5 } }],
    [{ SVC: { kernel: 'rbf', degree: 1, C: 1 } }],
    [{ SVC: { kernel: 'rbf', degree: 1 } }, { SVC: { kernel: 'rbf', degree: 1 } }],
  ];
  for (const steps of elements) assert.throws(() => space.encode(steps), RangeError, JSON.stringify(steps));
  const lists = [[], [0, 0], [0, 0, 1, 1], [2, 0, 1], [-1, 0, 1], [0.5, 0, 1], [NaN, 0, 1]];
  for (const numbers of [...lists, [0, 2, 1], [0, NaN, 1], [1, 0, 5], [1, 0, 0], [1, 0, 1.5], [1, 0, NaN]])
    assert.throws(() => space.decode(numbers), RangeError, JSON.stringify(numbers));
});

// ---- random spaces ------------------------------------------------------------------------------------------------

const VALUES: Json[] = [
  ...[null, true, false, 0, 1, -1, 0.1, 1e-300, 1e300, '', 'scale', '1', { share: 1 }],
  ...[[100], [50, 50], { sick: 2, well: 1 }, { a: { b: [1, { c: null }] } }, {}, []],
];

function randomAxis(rng: Rng, parameter: string): Axis {
  const made = (word: string, numbers: number[], isShare = false): Axis => ({
    parameter,
    ...MAKERS.get(word)!.make(numbers, isShare),
  });
  const low = rng.below(20) - 10;
  const isShare = rng.below(2) === 0;
  switch (rng.below(7)) {
    case 0:
      return made('logspace', [-rng.below(3), rng.below(3) + 1, 1 + rng.below(6)], isShare);
    case 1:
      return made('linspace', [low, low + 1 + rng.below(5), 1 + rng.below(6)], isShare);
    case 2:
      return made('range', [low, low + 1 + rng.below(9), 1 + rng.below(3)]);
    case 3:
      return made('uniform', [low, low + 1 + rng.float()], isShare);
    case 4:
      return made('loguniform', [1 + rng.float(), 3 + rng.below(100)], isShare);
    case 5:
      return made('randint', [low, low + 1 + rng.below(50)]);
    default: {
      const places = Array.from(rng.permutation(VALUES.length)).slice(0, 1 + rng.below(5));
      return { parameter, ...listed(places.map(place => VALUES[place])) };
    }
  }
}

/** Up to three steps; each is a union of up to four maps of up to three parameters. */
function randomSteps(rng: Rng): StepSpace[] {
  return Array.from({ length: 1 + rng.below(3) }, (_, step) => {
    const parts = Array.from({ length: 1 + rng.below(4) }, () =>
      ['a', 'b', 'c'].slice(0, rng.below(4)).map(parameter => randomAxis(rng, parameter)),
    );
    const isEndless = parts.some(part => part.some(({ size }) => size === Infinity));
    const own = isEndless ? parts : disjoint(parts, (axis, choice) => canonicalJson(axis.value(choice)));
    return { name: `S${step}`, parts: own };
  });
}

/** A number of the axis, with its ends among the likely ones. */
function randomNumber(rng: Rng, axis: SpaceAxis): number {
  if ('values' in axis) return rng.below(axis.values.length);
  const [low, high] = axis.bounds;
  if (axis.kind === 'int') return rng.below(4) === 0 ? high - 1 : low + rng.below(high - low);
  if (rng.below(4) === 0) return Math.ceil(low);
  return low + rng.float() * (high - low) * (1 - Number.EPSILON);
}

Coordinates(
  'of random spaces, decoding what was encoded gives the same element, and the same numbers',
  () => {
    const rng = Rng.from('coordinates');
    const met = new Set<string>();
    for (let round = 0; round < 300; round++) {
      const steps = randomSteps(rng);
      const space = spaceOf(
        steps.map(step => [step]),
        { method: 'random', n: 10, seed: round },
      );
      for (let i = 0; i < space.size; i++) {
        const element = space.at(i);
        const numbers = space.encode(element);
        assert.is(numbers.length, space.axes.length);
        assert.equal(space.decode(numbers), element);
      }
      for (let draw = 0; draw < 10; draw++) {
        const numbers = space.axes.map(axis => randomNumber(rng, axis));
        const element = space.decode(numbers);
        const again = space.encode(element);
        assert.equal(space.decode(again), element);
        for (const [k, axis] of space.axes.entries()) {
          met.add(`${axis.kind} ${axis.scale} ${'values' in axis ? 'values' : 'bounds'}`);
          if (!Number.isNaN(again[k]) && isDisjoint(steps[axis.step])) assert.is(again[k], numbers[k] + 0);
        }
      }
    }
    assert.equal([...met].sort(), [
      'choice undefined values',
      'int linear bounds',
      'int linear values',
      'real linear bounds',
      'real linear values',
      'real log bounds',
      'real log values',
    ]);
  },
);

/** Whether no two maps of a step share an element: then an element has one list of numbers. */
function isDisjoint({ parts }: StepSpace): boolean {
  return parts.every(part => part.every(({ size }) => size < Infinity)) || parts.length === 1;
}

Coordinates.run();
