/** The benchmark of the time left runs, and says something of every recorded search. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../support/root.js';

test('the benchmark of the time left answers for recorded and simulated searches', () => {
  const script = fileURLToPath(new URL('../../bench/time-left.js', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--tiny'], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
  const recorded = readdirSync(join(root, 'test/fixtures/times')).filter(name => name.endsWith('.json'));
  assert.ok(recorded.length >= 5);
  for (const file of recorded)
    assert.match(stdout, new RegExp(`^${file.slice(0, -5)} +\\d+ +(\\d\\.\\d{3} +){6}(yes|no)`, 'm'));
  const [, forecast, mean] = /forecast (\d\.\d+), mean rate (\d\.\d+)/.exec(stdout)!;
  assert.ok(Number(forecast) < Number(mean), 'over all recorded searches, the forecast is nearer');
  for (const kind of ['even', 'noisy', 'long tail'])
    assert.match(stdout, new RegExp(`^${kind} +(\\d\\.\\d{3} +){6}\\d\\.\\d\\d \\(`, 'm'));
});

test.run();
