/** Groups of columns in other formats: the answers of the model. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Step } from '../../src/base/config.js';
import type { SplitData } from '../../src/base/dataset.js';
import { fileText } from '../../src/export/c/file.js';
import { readParts } from '../../src/export/c/reader.js';
import { compare } from '../../src/export/compare.js';
import { evaluatePlan } from '../../src/export/evaluate/plan.js';
import { evaluator } from '../../src/export/onnx/runners.js';
import { onnx } from '../../src/export/onnx/writer.js';
import { planOf } from '../../src/export/planning.js';
import { plainPlan } from '../../src/export/refusal.js';
import { programOf } from '../../src/export/sklearn/program.js';
import { readNumbers } from '../../src/export/sklearn/reader.js';
import { trialOf } from '../../src/export/trial.js';
import { exportModel, exportTables, type ExportCase } from '../../support/export-cases.js';

const Groups = suite('groups of columns in other formats');

const ABOUT = { file: 'model', spt: '0', config: '0', digest: '0', pipeline: 'p', split: 's' };

const caseOf = (names: readonly string[], last: ExportCase['steps'][number]): ExportCase => ({
  name: 'ColumnTransformer',
  steps: [
    {
      ColumnTransformer: {
        transformers: [
          {
            name: 'scaled',
            columns: names.slice(2, 4),
            steps: [{ SimpleImputer: {} }, { StandardScaler: {} }],
          },
          {
            name: 'mixed',
            columns: [names[3], names[0], names[1]],
            steps: [{ SimpleImputer: { strategy: 'median' } }, { PCA: { n_components: 2 } }],
          },
          { name: 'kept', columns: [names[1]], steps: [{ SimpleImputer: {} }] },
        ],
      },
    },
    last,
  ],
});

const LAST: Step[] = [{ LogisticRegression: { C: 0.1 } }, { DecisionTreeClassifier: { max_depth: 4 } }];

async function planAndTrial(last: Step, data: SplitData) {
  const model = await exportModel(
    caseOf(
      data.columns.map(({ name }) => name),
      last,
    ),
    data,
  );
  const plan = planOf(model);
  const trial = trialOf(model, plan, { train: data.train.x, validate: data.validate?.x });
  return { plan, trial, about: { ...ABOUT, examples: trial.examples } };
}

for (const { name, data } of exportTables().slice(1)) {
  Groups(`the plan and the file of ONNX give the model's answers on ${name}`, async () => {
    for (const last of LAST) {
      const { plan, trial, about } = await planAndTrial(last, data);
      const found = compare(evaluatePlan(plan, trial.x), trial.answers);
      assert.equal([found.labelsThatDiffer, found.largestDifference], [0, 0]);
      const ran = compare(await evaluator.run('', onnx.files(plan, about), trial.x), trial.answers);
      assert.is(ran.labelsThatDiffer, 0);
      assert.ok(ran.largestDifference < 1e-12, `${ran.largestDifference}`);
    }
  });

  Groups(`files of C and scikit-learn hold the same numbers on ${name}`, async () => {
    for (const last of LAST) {
      const { plan, trial, about } = await planAndTrial(last, data);
      const expected = evaluatePlan(plan, trial.x);
      assert.equal(evaluatePlan(readParts(fileText(plan, about)), trial.x), expected);
      const { numbers } = programOf(plainPlan(plan, 'sklearn'), about, 'numbers');
      assert.equal(evaluatePlan(readNumbers(numbers), trial.x), expected);
    }
  });
}

Groups.run();
