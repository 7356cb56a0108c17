/** The benchmark of the estimators, in its tiny form. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rows, transformRows, valueRows } from '../../bench/rows.js';

const test = suite('the benchmark of the estimators');

/** Each line of the tiny form: every row on both tables, ours alone. */
function run(): any[] {
  const output = execFileSync(process.execPath, ['dist/bench/estimators.js', '--tiny', '--json'], {
    encoding: 'utf8',
  });
  return output
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
}

test('its tiny form runs every row, better than by chance', () => {
  const all = run();
  assert.is(all.length, 2 * (rows.length + transformRows.length + valueRows.length));
  const transforms = new Set(transformRows.map(({ estimator }) => estimator));
  for (const { estimator, ours } of all) {
    assert.ok(ours.fitMs > 0 && ours.predictMs > 0, estimator);
  }
  const ofValues = new Set(valueRows.map(({ estimator }) => estimator));
  for (const { estimator, ours } of all.filter(one => !ofValues.has(one.estimator)))
    assert.ok(ours.score > 0, estimator);
  const results = all.filter(({ estimator }) => !transforms.has(estimator) && !ofValues.has(estimator));
  for (const { estimator, label, ours, repeats } of results) {
    assert.is(repeats, 1);
    assert.match(ours.digest, /^[0-9a-f]{32}$/);
    assert.ok(ours.score > 0.2 && ours.score <= 1, `${estimator} ${label}: ${ours.score}`);
  }
  const mean = results.reduce((sum, { ours }) => sum + ours.score, 0) / results.length;
  assert.ok(mean > 0.6, `mean accuracy ${mean}`);
  const narrow = all.filter(({ estimator, table }) => ofValues.has(estimator) && table === 'tiny values');
  const r2 = narrow.reduce((sum, { ours }) => sum + ours.score, 0) / narrow.length;
  assert.ok(r2 > 0.3 && r2 < 1, `mean r2 ${r2}`);
});

test.run();
