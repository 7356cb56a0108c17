/** The ONNX file of every step, run by the evaluator, gives the model's answers. A damaged file is refused. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../../src/base/errors.js';
import type { Matrix, SplitData } from '../../../src/base/dataset.js';
import { compare } from '../../../src/export/compare.js';
import { decodeModel, encodeModel } from '../../../src/export/onnx/codec.js';
import { runGraph } from '../../../src/export/onnx/evaluator/run.js';
import { evaluator } from '../../../src/export/onnx/runners.js';
import { onnx } from '../../../src/export/onnx/writer.js';
import { anyPlanOf } from '../../../src/export/planning.js';
import { trialOf } from '../../../src/export/trial.js';
import type { About, Answers } from '../../../src/export/writer.js';
import { fromRows, takeRows } from '../../../src/ml/algebra/matrix.js';
import { answersOf } from '../../../src/ml/apply.js';
import { isEnsemble } from '../../../src/ml/any-model.js';
import { mixedPredictions } from '../../../src/ml/ensemble.js';
import {
  EXPORT_CASES,
  classAnswers,
  exportAny,
  exportTables,
  type ExportCase,
} from '../../../support/export-cases.js';
import { saidOfClasses } from '../../../support/tasks.js';

const Onnx = suite('ONNX files');

/** The activations of networks are approximations in f32, so probabilities are f32. */
const tolerance = (name: string): number => (/MLPClassifier|all kinds/.test(name) ? 1e-6 : 1e-13);
/** Trees, neighbors and naive Bayes keep the order of each sum. */
const EXACT = /^(DecisionTree|RandomForest|ExtraTrees|XGB|KNeighbors|GaussianNB|transforms before a tree)/;

/** Rows of the trial that a case is compared on. */
const ROWS = 120;

const about = (examples: About['examples']): About => ({
  ...{ file: 'model.onnx', spt: '0.5.0', config: 'an id', digest: 'a digest', pipeline: 'p', split: 's' },
  examples,
});

async function written(one: ExportCase, data: SplitData) {
  const model = await exportAny(one, data);
  const plan = anyPlanOf(model);
  const trial = trialOf(model, plan, { train: data.train.x, validate: data.validate?.x });
  const [file] = onnx.files(plan, about(trial.examples));
  const every = Math.floor(trial.x.rows / ROWS);
  const x = takeRows(
    trial.x,
    Int32Array.from({ length: ROWS }, (_, i) => i * every),
  );
  const { codes, proba, decision } = saidOfClasses(
    isEnsemble(model) ? mixedPredictions(model, x, plan.features) : answersOf(model, x, plan.features),
  );
  return {
    file,
    x,
    answers: { labels: codes, probabilities: proba, decisions: decision },
    run: (x: Matrix) => evaluator.run('', [file], x) as Promise<Answers>,
  };
}

// `npm run test:export` does the same on the larger table, and with ONNX Runtime.
for (const { name, data, cases } of exportTables().slice(1)) {
  Onnx(`of every step give the model's answers on ${name}`, async () => {
    for (const one of cases.filter(({ name }) => name !== 'XGBClassifier (ml-xgboost)')) {
      const { run, x, answers } = await written(one, data);
      const found = await run(x);
      const { labelsThatDiffer, largestDifference, rows } = compare(found, answers);
      assert.is(rows, Math.min(ROWS, x.rows));
      assert.is(labelsThatDiffer, 0, one.name);
      assert.ok(
        largestDifference <= (EXACT.test(one.name) ? 0 : tolerance(one.name)),
        `${one.name}: ${largestDifference}`,
      );
      const [own, expected] = [found, answers].map(one => {
        const { labels, decisions } = classAnswers(one);
        return { labels, decisions };
      });
      assert.is(own.decisions?.length, expected.decisions?.length, one.name);
      const { labelsThatDiffer: _, ...decided } = compare(own, expected);
      assert.ok(
        decided.largestDifference <= tolerance(one.name),
        `${one.name}: ${decided.largestDifference}`,
      );
    }
  });
}

Onnx('trees that are single leaves, one feature and a class without samples', async () => {
  const [, { data }] = exportTables();
  const x = takeRows(
    data.train.x,
    Int32Array.from({ length: 100 }, (_, i) => i),
  );
  const codes = Int32Array.from({ length: 100 }, (_, i) => (x.data[i] > x.data[(i + 50) % 100] ? 2 : 0));
  const absent = { ...data, train: { ...data.train, x, target: { kind: 'classes' as const, codes, k: 3 } } };
  const cases: [ExportCase, SplitData][] = [
    [{ name: 'leaves', steps: [{ XGBClassifier: { n_estimators: 2, gamma: 1e9 } }] }, data],
    [
      {
        name: 'one feature',
        steps: [{ SelectKBest: { k: 1 } }, { PCA: { whiten: true } }, { LinearSVC: {} }],
      },
      data,
    ],
    [{ name: 'one component', steps: [{ PCA: { n_components: 1 } }, { SVC: { kernel: 'poly' } }] }, data],
    [{ name: 'pairs', steps: [{ SVC: { probability: true } }] }, absent],
  ];
  for (const [one, table] of cases) {
    const { run, x: rows, answers } = await written(one, table);
    const { labelsThatDiffer, largestDifference } = compare(await run(rows), answers);
    assert.is(labelsThatDiffer, 0, one.name);
    assert.ok(largestDifference < 1e-13, `${one.name}: ${largestDifference}`);
  }
});

Onnx('a sample that the model refuses gets no label and no number', async () => {
  const [, { data }] = exportTables();
  const positive = [{ MinMaxScaler: { feature_range: [1, 2] as [number, number] } }];
  const cases: [ExportCase['steps'], number][] = [
    [[{ LogisticRegression: {} }], NaN],
    [[{ StandardScaler: {} }, { XGBClassifier: { n_estimators: 2 } }], Infinity],
    [[{ Normalizer: {} }, { XGBClassifier: { n_estimators: 2 } }], NaN],
    [[{ RandomForestClassifier: { n_estimators: 2 } }], 1e300],
    [[...positive, { PowerTransformer: { method: 'box-cox' } }, { GaussianNB: {} }], -1e6],
  ];
  for (const [steps, value] of cases) {
    const { file } = await written({ name: 'p', steps }, data);
    const good = Array.from({ length: 7 }, (_, j) => data.train.x.data[j * data.train.x.rows]);
    const rows = fromRows([good, good.with(3, value)]);
    const values = Float64Array.from({ length: 14 }, (_, at) => rows.data[(at % 7) * 2 + Math.floor(at / 7)]);
    const [label, probabilities] = runGraph(decodeModel(file.bytes).graph, [
      { type: 'f64', dims: [2, 7], data: values },
    ]);
    const texts = label.data as string[];
    assert.match(texts[0], /^class \d$/);
    assert.is(texts[1], '', JSON.stringify(steps));
    const numbers = Array.from(probabilities.data as Float64Array, Number.isNaN);
    assert.equal(numbers, [false, false, false, true, true, true], JSON.stringify(steps));
  }
});

Onnx('the bytes are the same each time, and say what the model is', async () => {
  const [, { data }] = exportTables();
  const one = EXPORT_CASES.find(({ name }) => name === 'KNeighborsClassifier (distance)')!;
  const [{ file }, again] = [await written(one, data), await written(one, data)];
  assert.is(Buffer.compare(file.bytes, again.file.bytes), 0);
  const model = decodeModel(file.bytes);
  assert.is(Buffer.compare(encodeModel(model), file.bytes), 0);
  assert.equal(model.operatorSets, { '': 17, 'ai.onnx.ml': 3 });
  assert.equal(model.graph.inputs, [{ name: 'x', type: 'f64', dims: ['samples', 7] }]);
  assert.equal(
    model.graph.outputs.map(({ name, type, dims }) => [name, type, dims]),
    [
      ['label', 'text', ['samples']],
      ['probabilities', 'f64', ['samples', 3]],
    ],
  );
  assert.equal(JSON.parse(model.metadata.classes), ['class 0', 'class 1', 'class 2']);
  assert.is(JSON.parse(model.metadata.feature_names).length, 7);
  assert.is(model.metadata.config_id, 'an id');
});

Onnx('a file that is cut or changed in one bit is refused', async () => {
  const [, { data }] = exportTables();
  const { file } = await written(
    EXPORT_CASES.find(({ name }) => name === 'LinearSVC')!,
    data,
  );
  const refused = (bytes: Uint8Array): boolean => {
    try {
      decodeModel(bytes);
      return false;
    } catch (error) {
      return error instanceof InputError && error.code === 'bad-onnx';
    }
  };
  assert.is(refused(file.bytes), false);
  const accepted: string[] = [];
  for (let at = 0; at < file.bytes.length; at += 5) {
    if (!refused(file.bytes.slice(0, at))) accepted.push(`the first ${at} bytes`);
    const flipped = file.bytes.slice();
    flipped[at] ^= 1 << (at % 8);
    if (!refused(flipped)) accepted.push(`a bit of byte ${at}`);
  }
  assert.equal(accepted, []);
});

Onnx.run();
