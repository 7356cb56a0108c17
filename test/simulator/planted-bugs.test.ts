/** The bugs of the storm still have their places in the source. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../support/root.js';
import { logBugs } from './bugs/log.js';
import { plant } from './bugs/plant.js';
import { workerBugs } from './bugs/worker.js';

const bugs = [...logBugs, ...workerBugs];

test('every bug that the storm plants can still be planted', () => {
  for (const bug of bugs) assert.ok(plant(root, bug).size > 0);
  assert.is(new Set(bugs.map(({ name }) => name)).size, bugs.length);
});

test('a bug that has lost its place is told', () => {
  const file = 'test/simulator/bugs/plant.ts';
  const lost = { name: 'lost', changes: [{ file, inside: 'patternOf', from: 'nowhere', to: '' }] };
  assert.throws(() => plant(root, lost), /"lost" cannot be planted: patternOf of .* has 0 times: nowhere/);
  const gone = { name: 'gone', changes: [{ file, inside: 'noFunction', from: 'x', to: '' }] };
  assert.throws(() => plant(root, gone), /has 0 functions noFunction/);
});

test.run();
