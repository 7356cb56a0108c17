/** The tiny form of the benchmark of the statistics runs, and its estimates are in order. */
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the benchmark of the statistics');

test('its tiny form simulates both truths', () => {
  const output = execFileSync(process.execPath, ['dist/bench/statistics.js', '--tiny', '--json'], {
    encoding: 'utf8',
  });
  const all = output
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  const [rows, mixed] = [all.filter(row => !row.ensembles), all.filter(row => row.ensembles)];
  assert.equal(
    rows.map(({ n, area }) => [n, area]),
    [
      [60, 0.5],
      [60, 0.8],
    ],
  );
  // Where nothing can be learned, every model has this area.
  assert.ok(Math.abs(rows[0].truth - 0.5) < 1e-9);
  assert.ok(rows[1].truth > 0.6 && rows[1].truth < 0.8);
  for (const { bias, coverage } of rows) {
    assert.ok(bias.naive > 0.05, 'the best of many flatters itself');
    for (const name of ['Tibshirani', 'BBC-CV', 'nested'])
      assert.ok(Math.abs(bias[name]) < bias.naive, `${name} ${bias[name]}`);
    assert.ok(coverage['BBC-CV'] >= 0.9);
  }
  assert.equal(
    mixed.map(({ n, area }) => [n, area]),
    [
      [60, 0.5],
      [60, 0.8],
    ],
  );
  assert.ok(Math.abs(mixed[0].truth.ensemble - 0.5) < 0.01);
  for (const { truth, bias } of mixed) {
    assert.ok(Math.abs(truth.ensemble - truth.single - truth.better) < 1e-9);
    assert.ok(bias.ensemble < bias.naive, 'the estimate counts the choice');
  }
});

test.run();
