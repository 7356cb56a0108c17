/** The benchmark of reading runs on small tables. Its figures mean nothing at this size. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const script = fileURLToPath(new URL('../../bench/read-tables.js', import.meta.url));

test('the benchmark of reading answers', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--tiny', '--runs', '1'], {
    encoding: 'utf8',
    env: { ...process.env, PYTHON: '/nonexistent', RSCRIPT: '/nonexistent' },
  });
  assert.is(status, 0, stderr);
  assert.match(stdout, /^passed over: pandas\.read_csv\npassed over: data\.table::fread$/m);
  for (const name of ['tall', 'wide'])
    assert.match(stdout, new RegExp(`^${name}: .* spt enqueue +[\\d.]+`, 'm'));
});

test.run();
