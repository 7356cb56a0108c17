/** The benchmark of the log, in its tiny form. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const script = fileURLToPath(new URL('../../bench/log.js', import.meta.url));

/** The figures mean nothing at this size, but each question checks that the work was done. */
for (const [question, row] of [
  ['cycles', /2 +spt, workers +\d+/],
  ['replay', /replayed in full, million events\/s +\d/],
  ['memory', /snapshot +\d+/],
  ['refresh', /100 +\d+ +\d+/],
  ['fleet', /a fast server +0.2 +0.3 +\d+\.\d/],
  ['crowd', /time spent training, % +\d+\.\d/],
] as const) {
  test(`the benchmark of the log answers: ${question}`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--tiny', question], {
      encoding: 'utf8',
      env: { ...process.env, PYTHON: '/nonexistent' },
    });
    assert.is(status, 0, stderr);
    assert.match(stdout, row);
  });
}

test('the benchmark of the log refuses a question that it does not know', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, 'speed'], { encoding: 'utf8' });
  assert.is(status, 1);
  assert.match(stderr, 'speed is none of cycles, replay, memory, refresh, fleet, crowd');
});

test.run();
