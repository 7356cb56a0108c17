/** Workers that are killed, in a number that fits the suite. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaints, killStorm, type KillStorm } from './kill.js';

/** `npm run storm:kill` asks for a thousand. */
const storm: KillStorm = { kills: 15, workers: 3, kind: 'light', longestMs: 500, stops: 0, seed: 'suite' };

test('workers that are killed at random moments lose nothing and finish nothing twice', async () => {
  const aftermath = await killStorm(storm);
  assert.equal(complaints(aftermath, storm), []);
  assert.is(aftermath.kills, 15);
  assert.is(aftermath.verdict.finished.size, aftermath.configs);
  assert.ok(aftermath.acknowledged > 0);
});

test.run();
