/** The deviation over folds and the corrected standard error, beside numpy's values. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { correctedError } from '../../src/statistics/folds.js';
import { sampleDeviation } from '../../src/statistics/sample.js';

const Sample = suite('a sample of scores');

/** Scores, the folds of a drawing, and what numpy 1.24 says: np.std(x, ddof=1), and that * np.sqrt(1/J + 1/(k-1)). */
const cases: [scores: number[], folds: number, sd: number, se: number][] = [
  [[0.30000000000000004, 0.9, 0.3333333333333333], 3, 0.33719979789985594, 0.30781989282655703],
  [[0.75, 0.5, 1], 3, 0.25, 0.2282177322938192],
  [[0.91, 0.95, 0.87, 0.9, 0.93, 0.88, 0.99, 0.85, 0.92, 0.9], 5, 0.04055175020198813, 0.023990738953928774],
];

const isNear = (a: number | null, b: number): boolean => a !== null && Math.abs(a - b) <= 1e-14 * Math.abs(b);

Sample("deviations and errors are numpy's, also for two drawings of five folds", () => {
  for (const [scores, folds, sd, se] of cases) {
    assert.ok(isNear(sampleDeviation(scores), sd), `${sampleDeviation(scores)} and ${sd}`);
    assert.ok(
      isNear(correctedError(scores, { folds }), se),
      `${correctedError(scores, { folds })} and ${se}`,
    );
  }
});

Sample('equal scores have no deviation at all, and a single score has none', () => {
  assert.is(sampleDeviation([0.1, 0.1, 0.1]), 0);
  assert.is(correctedError([0.1, 0.1, 0.1], { folds: 3 }), 0);
  for (const scores of [[], [0.5]]) {
    assert.is(sampleDeviation(scores), null);
    assert.is(correctedError(scores, { folds: 5 }), null);
  }
  assert.is(correctedError([0.5, 0.6], undefined), null, 'the folds are not known');
});

Sample.run();
