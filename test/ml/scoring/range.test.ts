/** The ranges of metrics, where intervals are cut. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withinRange } from '../../../src/ml/scoring/range.js';
import { classMetrics } from '../../../support/tasks.js';

const Range = suite('ranges of metrics');

Range('intervals end where the metric ends', () => {
  const cut = (scoring: string): [number, number] => {
    const { low, high } = withinRange({ low: -3, high: 5 }, scoring);
    return [low, high];
  };
  assert.equal(cut('roc_auc'), [0, 1]);
  assert.equal(cut('mcc'), [-1, 1]);
  assert.equal(cut('cohen_kappa'), [-1, 1]);
  assert.equal(cut('log_loss'), [0, 5]);
  assert.equal(cut('no metric'), [-3, 5]);
});

Range('the extreme scores of every metric are inside', () => {
  const truth = Int32Array.of(0, 0, 1, 1);
  const [right, wrong] = [
    [0, 0, 1, 1],
    [1, 1, 0, 0],
  ];
  for (const { name, score } of classMetrics) {
    for (const ones of [right, wrong]) {
      const labels = Int32Array.from(ones);
      const decision = Float64Array.from(ones, one => one - 0.5);
      const proba = Float64Array.from(ones.flatMap(one => [1 - one, one]));
      const found = score(truth, { classes: 2, labels, decision, proba });
      if (found === null) continue;
      const { low, high } = withinRange({ low: found, high: found, name }, name);
      assert.equal([low, high], [found, found], name);
    }
  }
});

Range.run();
