/** Simulated searches keep the promises of the log. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runSearch } from './search.js';

/** How many runs; `npm run storm` asks for more. */
const RUNS = Number(process.env.SPT_STORM_RUNS ?? 500);

test(`${RUNS} simulated searches keep every promise, whatever happens to them`, async () => {
  const broken: string[] = [];
  for (let run = 0; run < RUNS; run++) {
    const search = await runSearch(`run ${run}`);
    if (search.broken.length > 0)
      broken.push(`${search.kinds} run ${run}: ${search.broken.slice(0, 3).join('; ')}`);
  }
  assert.equal(broken.slice(0, 5), [], `${broken.length} of ${RUNS} runs broke a promise`);
});

test('the same seed gives the same run', async () => {
  for (const lossy of [false, true]) {
    const options = { lossy, configs: 20 };
    const [a, b] = [await runSearch('again', options), await runSearch('again', options)];
    assert.is(a.world.calls, b.world.calls);
    assert.equal(a.promised, b.promised);
    assert.ok(a.promised.length > 20);
  }
});

test.run();
