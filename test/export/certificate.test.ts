/** What a certificate refuses, which rows it is about, and how C is written. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Matrix } from '../../src/base/dataset.js';
import type { Failure } from '../../src/base/errors.js';
import { certificateOf, tried } from '../../src/export/certificate.js';
import { readNumber } from '../../src/export/c/reader.js';
import { fileText } from '../../src/export/c/file.js';
import { cString, hexFloat } from '../../src/export/c/text.js';
import { evaluatePlan } from '../../src/export/evaluate/plan.js';
import { foldedTrees } from '../../src/export/xgboost/fold.js';
import { modelJson } from '../../src/export/xgboost/json.js';
import { readModelJson } from '../../src/export/xgboost/reader.js';
import type { BoostedPart, ClassPlan, ForestPart } from '../../src/export/plan.js';
import { planOf } from '../../src/export/planning.js';
import { NEAR_TREES } from '../../src/export/near-rows.js';
import { trialOf } from '../../src/export/trial.js';
import { notesOn, type ClassAnswers, type Runner } from '../../src/export/writer.js';
import { FORMATS } from '../../src/export/formats.js';
import { EXPORT_CASES, classAnswers, exportModel, exportTables } from '../../support/export-cases.js';

const Certificates = suite('certificates of exports');

const [, { data }] = exportTables();
const samples = { train: data.train.x, validate: data.validate!.x };
const caseOf = (name: string) => EXPORT_CASES.find(one => one.name === name)!;
const about = { file: 'm', spt: '0', config: '0', digest: '0', pipeline: 'p', split: 's' };

Certificates('rows of trees stand at and beside thresholds, also behind scalers', async () => {
  const model = await exportModel(caseOf('transforms before a tree'), data);
  const plan = planOf(model);
  const { x, counts, near } = trialOf(model, plan, samples);
  assert.equal(counts, { train: 150, validate: 60, made: 0, near: 1000, refused: 0 });
  assert.is(near, NEAR_TREES);
  // The forest that moves each threshold by one step of f32 says another label of some of these rows, and of no other.
  const last = plan.last as ForestPart;
  const moved = last.trees.threshold.map(value => Math.fround(value * (1 + 2 ** -23)));
  const other = evaluatePlan(
    { ...(plan as ClassPlan), last: { ...last, trees: { ...last.trees, threshold: moved } } },
    x,
  );
  const [found, moves] = [evaluatePlan(plan, x), other].map(answers => classAnswers(answers).labels);
  const differ = [...found.keys()].filter(i => found[i] !== moves[i]);
  assert.ok(differ.length > 10, `${differ.length} differ`);
  assert.ok(differ.every(i => i >= 210));
});

Certificates('an export with one other label, or another probability, is refused', async () => {
  const model = await exportModel(caseOf('GaussianNB'), data);
  const trial = trialOf(model, planOf(model), samples);
  const { labels, probabilities } = classAnswers(trial.answers);
  const certify = async (change: (answers: ClassAnswers) => void) => {
    const answers = { labels: labels.slice(), probabilities: probabilities!.slice() };
    change(answers);
    const liar: Runner = { name: 'liar', version: () => '1', run: () => answers };
    const found = await tried([], trial, liar);
    const ranBy = { program: 'liar', version: '1' };
    return certificateOf(model, FORMATS[0], [], trial, found, { spt: '0', ranBy, notes: [] });
  };
  assert.is((await certify(() => {})).largestDifference, 0);
  assert.is((await certify(({ probabilities }) => (probabilities![7] += 1e-9))).compared, 'probabilities');
  for (const [change, words] of [
    [({ labels }) => (labels[500] = 2 - labels[500] || 1), /1 of 1,210 labels differ.*liar 1/],
    [({ probabilities }) => (probabilities![9] += 1e-3), /probabilities differ by up to/],
    [({ probabilities }) => (probabilities![9] = NaN), /probabilities differ by up to NaN/],
  ] as [(answers: ClassAnswers) => void, RegExp][]) {
    const error: Failure | undefined = await certify(change).then(
      () => undefined,
      thrown => thrown,
    );
    assert.is(error?.code, 'export-differs');
    assert.match(error!.message, words);
  }
});

Certificates(
  'the rows inside a file are no samples, and a file that has to hold samples says so',
  async () => {
    const [, , { data: gaps, cases }] = exportTables();
    for (const name of ['XGBClassifier', 'GaussianNB', 'KNeighborsClassifier']) {
      const model = await exportModel(
        cases.find(one => one.name === name)!,
        gaps,
      );
      const plan = planOf(model);
      const trial = trialOf(model, plan, { train: gaps.train.x, validate: gaps.validate!.x });
      const { x, answers } = trial.examples;
      assert.is(x.rows, 20);
      assert.is(classAnswers(answers).labels.length, 20);
      assert.ok(x.data.some(Number.isNaN), 'missing values are tried, too');
      for (let j = 0; j < x.columns; j++) {
        const values = (of: Matrix) => of.data.subarray(j * of.rows, (j + 1) * of.rows);
        const known = new Set([...values(gaps.train.x), ...values(gaps.validate!.x)]);
        for (const value of values(x))
          assert.ok(Number.isNaN(value) || !known.has(value), `${name}: ${value}`);
      }
      // Without the samples, the rows are the same.
      const without = trialOf(model, plan, undefined).examples;
      assert.equal([Array.from(without.x.data), without.answers], [Array.from(x.data), answers]);
      assert.is(
        notesOn(FORMATS[3], plan).some(note => /holds them/.test(note)),
        name === 'KNeighborsClassifier',
      );
    }
  },
);

Certificates('every number is read back from C as it was', () => {
  const edges = [
    0,
    1,
    -1,
    0.1,
    1e308,
    5e-324,
    2.2250738585072014e-308,
    -1e-310,
    1 / 3,
    Infinity,
    -Infinity,
    2 ** 60,
  ];
  for (const value of edges) assert.is(readNumber(hexFloat(value)), value, hexFloat(value));
  assert.ok(Number.isNaN(readNumber(hexFloat(NaN))));
});

Certificates('names cannot leave their strings in C', async () => {
  const hostile = '*/ "; ??/\n int main(){} // \\';
  assert.match(cString(hostile), /^"[\w .,:()=+\\-]*"$/);
  assert.is(cString('Ä?1'), '"\\303\\204\\0771"');
  const model = await exportModel(caseOf('GaussianNB'), data);
  const plan = { ...planOf(model), classes: [hostile, 'b', 'c'] };
  const { examples } = trialOf(model, plan, samples);
  const text = fileText(plan, { ...about, config: hostile, examples });
  assert.not.match(text, /int main\(\)\{\}/);
  assert.not.match(text, /\?\?/);
});

Certificates(
  'an imputer in front of trees becomes the way of their missing values, and infinity stays',
  async () => {
    const [, , { data: gaps, cases }] = exportTables();
    const model = await exportModel(
      cases.find(({ name }) => name === 'XGBClassifier (base_score)')!,
      gaps,
    );
    const plan = planOf(model);
    const last = foldedTrees(plan);
    const { trees } = plan.last as BoostedPart;
    assert.is(last.inputs, 7);
    assert.not.equal([...last.trees.missingLeft!], [...trees.missingLeft!]);
    last.trees.threshold[0] = Infinity;
    const trial = trialOf(model, plan, { train: gaps.train.x });
    const written = { ...about, examples: trial.examples };
    const read = readModelJson(modelJson(last, plan.features, plan.classes, written));
    assert.is(read.trees.threshold[0], Infinity);
    assert.equal([...read.value], [...last.value]);
  },
);

Certificates.run();
