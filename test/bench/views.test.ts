/** The benchmark of views runs, and its tables have a row for each config. Its figures mean nothing at this size. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const script = fileURLToPath(new URL('../../bench/views.js', import.meta.url));

test('the benchmark of views answers', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--tiny'], {
    encoding: 'utf8',
    env: { ...process.env, PYTHON: '/nonexistent' },
  });
  assert.is(status, 0, stderr);
  for (const row of [
    /results -o results\.parquet +100 +\d/,
    /results -o results\.csv +100 +\d/,
    /passed over: Optuna/,
  ])
    assert.match(stdout, row);
});

test.run();
