/** The benchmark of predictions runs on a small table. Its figures mean nothing at this size. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const script = fileURLToPath(new URL('../../bench/predict.js', import.meta.url));

test('the benchmark of predictions answers', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--rows', '200'], {
    encoding: 'utf8',
    env: { ...process.env, PYTHON: '/nonexistent' },
  });
  assert.is(status, 0, stderr);
  assert.match(stdout, /^passed over: pandas and scikit-learn$/m);
  for (const pipeline of ['lasso', 'svc', 'forest', 'boosting'])
    assert.match(stdout, new RegExp(`^${pipeline} +[\\d,]+ +\\d+`, 'm'));
});

test.run();
