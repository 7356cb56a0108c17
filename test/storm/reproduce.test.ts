/** Predictions give the scores of the log, in a number that fits the suite. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { everyStepSearch } from '../../support/every-step.js';
import { reproduce } from './reproduce.js';

test('random configs of every kind of step give the scores of the log again, bit for bit', async () => {
  // `npm run storm:predictions` asks for two hundred.
  const asked = { splits: ['A1'], count: 20, seed: 'suite', validate: true };
  const search = everyStepSearch('classes');
  const { drawn, equal, scores, pipelines, differing } = await reproduce({ ...asked, root: search.root });
  assert.equal(differing, []);
  assert.equal([drawn, equal], [20, 20]);
  assert.ok(pipelines.length >= 6 && scores > 20 * 4 * 4);
  search.remove();
});

test.run();
