/** Predictions for new samples: a batch changes no bit, and a sample that cannot be predicted is named. */
import { namesAfter } from '../../src/ml/pipeline.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../src/base/config.js';
import { numberColumns, type Matrix } from '../../src/base/dataset.js';
import { loadExperiment } from '../../src/config/load.js';
import { predictionsOf, SampleError } from '../../src/ml/apply.js';
import { emptyMatrix, fromRows, takeRows } from '../../src/ml/algebra/matrix.js';
import { ready, refit } from '../../src/ml/evaluate.js';
import { makeConfig } from '../../support/log-helpers.js';
import { blobs, splitOf } from '../../support/datasets.js';
import { everyStepFolder } from '../../support/every-step.js';
import { ofClasses } from '../../support/tasks.js';

const Apply = suite('predictions');

const { pipelines } = loadExperiment(everyStepFolder('classes'));
// A pipeline of them takes the columns whose names begin with "mean".
const names = Array.from({ length: 12 }, (_, j) => (j < 4 ? `mean ${j}` : `f${j}`));

/** The first and the last config of each pipeline of every step. */
function configs(): Config[] {
  return [...pipelines].flatMap(([pipeline, { space }]) =>
    [0, space.size - 1].map((at, i) => makeConfig(i, { pipeline, steps: space.at(at) })),
  );
}

/** Rows of equal length, one after another. */
function stacked<T extends Float64Array | Int32Array>(
  parts: readonly (T | undefined)[],
): number[] | undefined {
  return parts[0] && parts.flatMap(part => [...part!]);
}

for (const classes of [2, 3]) {
  Apply(`of every step are the same in batches of any size, with ${classes} classes`, async () => {
    const data = { ...splitOf(blobs(90, 12, classes)), columns: numberColumns(names) };
    const fresh = blobs(70, 12, classes, 0.5, 9).x;
    let count = 0;
    for (const config of configs()) {
      await ready(config.steps);
      const model = ofClasses(refit(config, data).model);
      const whole = predictionsOf(model, fresh, names);
      assert.equal([...whole.codes], [...model.predict(fresh)], config.pipeline);
      for (const size of [1, 3, 32]) {
        const parts = [];
        for (let start = 0; start < fresh.rows; start += size) {
          const rows = Int32Array.from({ length: Math.min(size, fresh.rows - start) }, (_, i) => start + i);
          parts.push(predictionsOf(model, takeRows(fresh, rows), names));
        }
        for (const kind of ['codes', 'proba', 'decision'] as const) {
          const found = stacked<Float64Array | Int32Array>(parts.map(part => part[kind]));
          const same = found?.every((value, i) => Object.is(value, whole[kind]![i]));
          assert.ok(same ?? whole[kind] === undefined, `${config.pipeline} ${kind} in batches of ${size}`);
        }
        count++;
      }
    }
    assert.ok(count >= 60, `${count} comparisons`);
  });
}

Apply('name the first sample that a step cannot use, and its feature', async () => {
  const data = splitOf(blobs(40, 12));
  const config = makeConfig(1, { steps: [{ SelectKBest: { k: 3 } }, { StandardScaler: {} }, { SVC: {} }] });
  const { model } = refit(config, data);
  const kept = namesAfter(model.transforms[0].fitted, names);
  const x = emptyMatrix(20, 12);
  const set = (matrix: Matrix, row: number, name: string, value: number): void => {
    matrix.data[names.indexOf(name) * matrix.rows + row] = value;
  };
  set(x, 11, kept[0], NaN);
  set(x, 7, kept[2], NaN);
  const error = failure(() => predictionsOf(model, x, names));
  assert.is(error.row, 7);
  assert.is(error.feature, kept[2]);
  assert.match(error.message, /takes no missing value/);
  assert.throws(
    () => predictionsOf(model, fromRows([[1, 2]]), names),
    (thrown: { code?: string }) => thrown.code === 'feature-count',
  );
});

function failure(run: () => unknown): SampleError {
  try {
    run();
  } catch (error) {
    assert.instance(error, SampleError);
    return error as SampleError;
  }
  throw new Error('nothing was refused');
}

Apply.run();
