/** Slope and intercept of probabilities are those of R's glm, and the calibration error is that of its bins. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { calibrationErrorOf, recalibrationOf } from '../../src/statistics/calibration.js';
import { fixture } from '../../support/fixture.js';

const test = suite('calibration of probabilities');

test('slope, interval and intercept are those of glm', () => {
  const { scores, truth, recalibration } = fixture('calibration').cases[2];
  const found = recalibrationOf({ truth, values: scores }, 0.05)!;
  for (const name of ['slope', 'low', 'high', 'intercept'] as const)
    assert.ok(Math.abs(found[name] - recalibration[name]) < 1e-9, `${name}: ${found[name]}`);
});

test('there is no slope where the likelihood has no maximum', () => {
  const parted = { truth: [0, 0, 1, 1], values: [0.1, 0.2, 0.7, 0.9] };
  assert.is(recalibrationOf(parted, 0.05), undefined);
  assert.is(recalibrationOf({ truth: [0, 1, 0], values: [0.1, 0.2, 1] }, 0.05), undefined);
  assert.is(recalibrationOf({ truth: [1, 1], values: [0.1, 0.2] }, 0.05), undefined);
});

test('the calibration error weighs the distance of each bin', () => {
  const values = [0.02, 0.04, 0.55, 0.55, 0.55, 0.95];
  const truth = [0, 1, 1, 1, 0, 1];
  const expected = (2 * Math.abs(0.5 - 0.03) + 3 * Math.abs(2 / 3 - 0.55) + Math.abs(1 - 0.95)) / 6;
  assert.ok(Math.abs(calibrationErrorOf({ truth, values }) - expected) < 1e-15);
});

test.run();
