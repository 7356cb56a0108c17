/** Trees of values in a plan, in C and in ONNX give the bits of the model. Other formats refuse them by name. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { fileText } from '../../src/export/c/file.js';
import { readParts } from '../../src/export/c/reader.js';
import { evaluatePlan } from '../../src/export/evaluate/plan.js';
import { FORMATS } from '../../src/export/formats.js';
import { lastPart } from '../../src/export/model-parts.js';
import { nearRows, NEAR_TREES } from '../../src/export/near-rows.js';
import type { ValuePlan } from '../../src/export/plan.js';
import type { Answers } from '../../src/export/writer.js';
import type { Step } from '../../src/base/config.js';
import { fitEstimator, planSteps, type FittedPipeline } from '../../src/ml/pipeline.js';
import { sameBits } from '../../support/bits.js';
import { slopes, splitOfValues } from '../../support/datasets.js';
import { TREES_OF_VALUES } from '../../support/export-cases.js';

const test = suite('exports of trees of values');

const ABOUT = { file: 'model', spt: '0', config: '0', digest: '0', pipeline: 'p', split: 's' };

function valuesOf(answers: Answers): Float64Array {
  assert.ok(answers.values, 'these answers are classes');
  return answers.values;
}

const { train } = splitOfValues(slopes(90, 5));

/** The plan of a step that was fitted on the table, and what its model says of rows near its thresholds. */
function fitted(wanted: Step) {
  const step = planSteps([wanted]).estimator;
  const model = fitEstimator(step, train, { seed: 0, where: 'refit', warn: () => undefined });
  const last = lastPart({ step, model } as FittedPipeline['last']) as ValuePlan['last'];
  const plan: ValuePlan = { features: ['a', 'b', 'c', 'd', 'e'], classes: [], transforms: [], last };
  const { x, what } = nearRows(plan, train.x, 200);
  assert.is(what, NEAR_TREES);
  return { plan, x, values: model.predict(x) as Float64Array };
}

test('the plan, and what is read back from files, give the values of the model', async () => {
  for (const step of TREES_OF_VALUES) {
    const name = JSON.stringify(step);
    const { plan, x, values } = fitted(step);
    sameBits(valuesOf(evaluatePlan(plan, x)), values, name);
    const about = { ...ABOUT, examples: { x, answers: { values } } };
    sameBits(valuesOf(evaluatePlan(readParts(fileText(plan, about)), x)), values, `${name} in C`);
    const { files, runners } = FORMATS.find(({ to }) => to === 'onnx')!;
    const found = await runners[runners.length - 1].run('', files(plan, about), x);
    sameBits(valuesOf(found), values, `${name} in ONNX`);
    for (const { to, files } of FORMATS.filter(({ to }) => to === 'sklearn' || to === 'xgboost')) {
      assert.throws(
        () => files(plan, about),
        (error: InputError) => error.code === 'not-exportable' && /^\w+Regressor /.test(error.message),
        to,
      );
    }
  }
});

test.run();
