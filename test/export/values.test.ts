/** Exports of regressors: the plan gives the bits of the model, and files of every format give its values. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { compare } from '../../src/export/compare.js';
import { evaluatePlan } from '../../src/export/evaluate/plan.js';
import { FORMATS } from '../../src/export/formats.js';
import { lastPart } from '../../src/export/model-parts.js';
import type { ValuePlan } from '../../src/export/plan.js';
import type { Answers } from '../../src/export/writer.js';
import { findStep } from '../../src/ml/registry.js';
import type { Regressor, RegressorKind } from '../../src/ml/types.js';
import { slopes } from '../../support/datasets.js';
import { VALUE_CASES } from '../../support/export-cases.js';

const Values = suite('exports of regressors');

/** The plan of a case's regressor, and the model. */
function planned(name: string, given: object): { plan: ValuePlan; model: Regressor } {
  const kind = findStep(name) as RegressorKind;
  const params = kind.params.parse(given) as { [name: string]: unknown };
  const model = kind.fit(slopes(50, 6), params, { rng: Rng.from('export'), warn: () => {} });
  const last = lastPart({ step: { place: 0, kind, params }, model }) as ValuePlan['last'];
  const features = Array.from({ length: 6 }, (_, j) => `f${j}`);
  return { plan: { features, classes: [], transforms: [], last }, model };
}

for (const { name, steps } of VALUE_CASES) {
  const [step, params] = Object.entries(steps.at(-1)!)[0];
  Values(`${name} gives its values in every format that holds it`, async () => {
    const { plan, model } = planned(step, params as object);
    const { x } = slopes(40, 6, 2);
    const expected: Answers = { values: model.predict(x) };
    assert.equal(evaluatePlan(plan, x), expected);
    const examples = { x, answers: expected };
    const about = { spt: '0', config: '0', digest: '0', pipeline: 'p', split: 's', examples };
    for (const { to, extension, files, runners } of FORMATS.filter(({ to }) => to !== 'xgboost')) {
      const folder = mkdtempSync(join(tmpdir(), 'spt-values-'));
      const written = files(plan, { ...about, file: `model${extension}` });
      for (const { name, bytes } of written) writeFileSync(join(folder, name), bytes);
      for (const runner of runners) {
        if ((await runner.version()) === undefined) continue;
        const found = await runner.run(folder, written, x);
        const { compared, largestDifference, rows } = compare(found, expected);
        assert.equal([compared, rows], ['values', 40], `${to} by ${runner.name}`);
        assert.ok(
          largestDifference < (step === 'MLPRegressor' ? 1e-6 : 1e-14),
          `${to} by ${runner.name}: ${largestDifference}`,
        );
      }
      rmSync(folder, { recursive: true });
    }
  });
}

Values.run();
