/** Choices between steps: what they expand to, that they are coded exactly, and what is refused. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Step } from '../../src/base/config.js';
import { InputErrors } from '../../src/base/errors.js';
import { experimentOf } from '../../support/configs.js';

const Choices = suite('choices between steps');

const spaceFrom = (pipes: string) => experimentOf(pipes).pipelines.get('p')!.space;
const namesOf = (steps: readonly Step[]): string => steps.map(step => Object.keys(step)[0]).join(' ');

const PIPES = `p:
  - choice: [StandardScaler, { MinMaxScaler: { clip: [true, false] } }, passthrough]
  - choice: [{ PCA: { n_components: [5, 10] } }, { SelectKBest: { k: 3 } }]
  - SVC: { C: [1, 10] }
`;

Choices('a config holds the chosen step only, in the form that it has alone', () => {
  const space = spaceFrom(PIPES);
  assert.is(space.size, (1 + 2 + 1) * (2 + 1) * 2);
  const all = Array.from({ length: space.size }, (_, i) => space.at(i));
  assert.is(new Set(all.map(steps => JSON.stringify(steps))).size, space.size);
  assert.equal(all[0], [{ StandardScaler: {} }, { PCA: { n_components: 5 } }, { SVC: { C: 1 } }]);
  assert.equal(all.at(-1), [{ SelectKBest: { k: 3 } }, { SVC: { C: 10 } }]);
  const alone = spaceFrom('p: [{ PCA: { n_components: 10 } }, { SVC: { C: 1 } }]\n');
  assert.ok(all.some(steps => JSON.stringify(steps) === JSON.stringify(alone.at(0))));
});

Choices('a choice is an axis, and every element is its numbers', () => {
  const space = spaceFrom(PIPES);
  assert.equal(
    space.axes.map(({ name, step }) => [name, step]),
    [
      ['StandardScaler|MinMaxScaler|passthrough', 0],
      ['MinMaxScaler.clip', 0],
      ['PCA|SelectKBest', 1],
      ['PCA.n_components', 1],
      ['SVC.C', 2],
    ],
  );
  for (let i = 0; i < space.size; i++) {
    const element = space.at(i);
    assert.equal(space.decode(space.encode(element)), element);
  }
  assert.equal(space.encode([{ SelectKBest: { k: 3 } }, { SVC: { C: 10 } }]), [2, NaN, 1, NaN, 1]);
  assert.throws(() => space.encode([{ SVC: { C: 1 } }]), RangeError);
});

Choices('a search that draws takes each combination of finite choices with the same chance', () => {
  const steps = PIPES.slice(PIPES.indexOf('\n') + 1).replace(/^/gm, '  ');
  for (const method of ['random', 'sobol']) {
    const space = spaceFrom(`p:\n  search: { method: ${method}, n: 24 }\n  steps:\n${steps}`);
    const all = Array.from({ length: space.size }, (_, i) => space.at(i));
    assert.is(new Set(all.map(one => JSON.stringify(one))).size, 24, method);
    for (const element of all) assert.equal(space.decode(space.encode(element)), element);
  }
  const endless = spaceFrom(
    'p:\n  search: { method: random, n: 200, seed: 3 }\n  steps:\n' +
      '    - choice: [{ PCA: { n_components: { uniform: [0.5, 0.9] } } }, passthrough]\n    - SVC\n',
  );
  const drawn = Array.from({ length: endless.size }, (_, i) => namesOf(endless.at(i)));
  assert.is(drawn.filter(name => name === 'SVC').length, 1, 'a finite choice is drawn once');
  assert.is(new Set(drawn).size, 2);
});

Choices('equal names of a choice are one step, and passthrough is a step that is left out', () => {
  const space = spaceFrom(`p:
    - choice: [{ PCA: { n_components: 5 } }, { PCA: { n_components: [5, 10] } }, PCA]
    - passthrough
    - SVC
`);
  assert.equal(
    Array.from({ length: space.size }, (_, i) => space.at(i)[0]),
    [{ PCA: { n_components: 5 } }, { PCA: { n_components: 10 } }, { PCA: {} }],
  );
});

const refused = (steps: string): [string, number][] => {
  try {
    experimentOf(`p:\n${steps.replace(/^/gm, '  ')}\n`);
  } catch (error) {
    assert.instance(error, InputErrors);
    return (error as InputErrors).errors.map(({ code, complaint }) => [code, complaint.place!.line!]);
  }
  throw new Error(`nothing was refused in ${steps}`);
};

Choices('what no choice can be is refused where it stands', () => {
  const cases: [string, string, number][] = [
    ['- choice: []\n- SVC', 'too-small', 2],
    ['- choice: [StandardScaler, StandardScaler]\n- SVC', 'duplicate-value', 2],
    ['- choice: [passthrough, passthrough]\n- SVC', 'duplicate-value', 2],
    ['- choice: [StandardScaler, SVC]\n- SVC', 'classifier-inside', 2],
    ['- StandardScaler\n- choice: [SVC, passthrough]', 'no-classifier', 3],
    ['- StandardScaler\n- choice: [SVC, PCA]', 'no-classifier', 3],
    ['- choice: [StandardScalar]\n- SVC', 'unknown-step', 2],
    ['- choice: [PCA, passthrough]\n- choice: [PCA, passthrough]\n- SVC', 'same-steps', 2],
    [
      '- choice: [PCA, passthrough]\n- choice: [VarianceThreshold, PCA]\n- choice: [VarianceThreshold, passthrough]\n- SVC',
      'same-steps',
      2,
    ],
    ['- choice: [{ PCA: { n_components: many } }]\n- SVC', 'bad-value', 2],
  ];
  for (const [steps, code, line] of cases) {
    assert.equal(refused(steps)[0], [code, line], steps);
  }
});

Choices.run();
