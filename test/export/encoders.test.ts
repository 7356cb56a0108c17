/** Exports of encoders and of the groups of columns that they stand in: every format gives the model's answers. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { InputError } from '../../src/base/errors.js';
import { tried } from '../../src/export/certificate.js';
import { compare } from '../../src/export/compare.js';
import { evaluatePlan } from '../../src/export/evaluate/plan.js';
import { FORMATS } from '../../src/export/formats.js';
import { planOf } from '../../src/export/planning.js';
import { trialOf } from '../../src/export/trial.js';
import { CATEGORY_CASES, categoryTable, RARE_CASE } from '../../support/export-categories.js';
import { exportModel, type ExportCase } from '../../support/export-cases.js';

const Encoders = suite('exports of encoders');

const ABOUT = { spt: '0', config: '0', digest: '0', pipeline: 'p', split: 's' };

async function planned(one: ExportCase) {
  const data = categoryTable();
  const model = await exportModel(one, { ...data, validate: undefined });
  const plan = planOf(model);
  const trial = trialOf(model, plan, { train: data.train.x, validate: data.validate!.x });
  return { plan, trial, about: { ...ABOUT, examples: trial.examples } };
}

for (const one of [...CATEGORY_CASES, RARE_CASE]) {
  Encoders(`${one.name}`, async () => {
    const { plan, trial, about } = await planned(one);
    assert.equal(compare(evaluatePlan(plan, trial.x), trial.answers).largestDifference, 0);
    const unseen = [1, 3].map(j => {
      const values = trial.x.data.subarray(j * trial.x.rows, (j + 1) * trial.x.rows);
      return values.filter(value => value === plan.levels![j]!.length).length;
    });
    assert.is(unseen.every(Boolean), !/refused|missing values/.test(one.name) && !/behind/.test(one.name));
    const holds = FORMATS.filter(({ to }) => to !== 'xgboost' && (to !== 'sklearn' || one !== RARE_CASE));
    for (const { to, extension, files, runners } of holds) {
      const written = files(plan, { ...about, file: `model${extension}` });
      for (const runner of runners) {
        if ((await runner.version()) === undefined) continue;
        const { labelsThatDiffer, largestDifference } = await tried(written, trial, runner);
        assert.is(labelsThatDiffer, 0, `${to} by ${runner.name}`);
        assert.ok(largestDifference < 1e-12, `${to} by ${runner.name}: ${largestDifference}`);
      }
    }
  });
}

Encoders('a format that cannot hold a table of categories refuses the step by its name', async () => {
  const { plan, about } = await planned(RARE_CASE);
  for (const [to, step] of [
    ['sklearn', 'OneHotEncoder'],
    ['xgboost', 'LogisticRegression'],
  ]) {
    const { files } = FORMATS.find(format => format.to === to)!;
    assert.throws(
      () => files(plan, { ...about, file: 'model' }),
      ({ code, message }: InputError) =>
        code === 'not-exportable' && message.startsWith(`${step} cannot be exported`),
    );
  }
});

Encoders.run();
