/** The tiny form of the benchmark of `spt explain` runs, and its estimates are near the truth. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the benchmark of explain');

test('its tiny form simulates features of every strength', () => {
  const output = execFileSync(process.execPath, ['dist/bench/explain.js', '--tiny', '--json'], {
    encoding: 'utf8',
  });
  const rows = output
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.equal(
    rows.map(({ n, difference }) => [n, difference]),
    [1, 0.4, 0].map(difference => [60, difference]),
  );
  for (const { truth, estimate, coverage, uncorrected } of rows) {
    assert.ok(Math.abs(truth - estimate) < 0.03);
    assert.ok(coverage > 0.8 && coverage >= uncorrected);
  }
  assert.ok(rows[0].truth > 0.1 && rows[1].truth > 0 && rows[2].truth === 0);
});

test.run();
