/** The program that builds a fitted pipeline of scikit-learn, as text. `npm run test:export` runs such programs. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import type { Step } from '../../src/base/config.js';
import type { SplitData } from '../../src/base/dataset.js';
import type { ExportPlan } from '../../src/export/plan.js';
import type { PowerPart } from '../../src/export/plan-transforms.js';
import { compare } from '../../src/export/compare.js';
import { evaluatePlan } from '../../src/export/evaluate/plan.js';
import { planOf } from '../../src/export/planning.js';
import { pythonLiteral, pythonText } from '../../src/export/sklearn/literals.js';
import { readNumbers } from '../../src/export/sklearn/reader.js';
import { sklearn } from '../../src/export/sklearn/writer.js';
import { predictionsOf } from '../../src/ml/apply.js';
import { fromRows, takeRows } from '../../src/ml/algebra/matrix.js';
import { fromText } from '../../src/ml/serialize.js';
import { blobs, splitOf } from '../../support/datasets.js';
import { exportModel, exportTables } from '../../support/export-cases.js';
import { saidOfClasses } from '../../support/tasks.js';

const Sklearn = suite('export to scikit-learn');

/** Names that would end a string of Python, or turn the text of the file around. */
const HOSTILE = [
  'a"b',
  "it's",
  '"""',
  'back\\slash\\',
  'two\nlines\r\n# comment',
  '\u202egnp.exe',
  'nul\0tab\t\u2028',
  'größe 😀',
  '{of["x"]}',
  '\\N{DIGIT ONE}',
];

const data = splitOf(blobs(60, 10, 3));

/** The two texts of a plan. */
function textsOf(plan: ExportPlan): { program: string; numbers: string } {
  const x = fromRows([plan.features.map((_, j) => j / 3)]);
  const about = { spt: '0.5.0', config: 'c0ffee', digest: 'd1', pipeline: 'p', split: 's' };
  const examples = { x, answers: { labels: Int32Array.of(0) } };
  const [program, numbers] = sklearn.files(plan, { file: 'model.py', ...about, examples });
  assert.equal([program.name, numbers.name], ['model.py', 'model.numbers.json']);
  return { program: Buffer.from(program.bytes).toString(), numbers: Buffer.from(numbers.bytes).toString() };
}

async function planOfSteps(steps: Step[], of: SplitData = data): Promise<ExportPlan> {
  return planOf(await exportModel({ name: 'case', steps }, of));
}

/** The step of a plan as one line of code: its constructor. */
async function constructorOf(steps: Step[], of: SplitData = data): Promise<string> {
  const { program } = textsOf(await planOfSteps(steps, of));
  return /^ {4}step = (.*)$/m.exec(program)![1];
}

Sklearn('a text is one literal of plain ASCII', () => {
  const expected = [
    String.raw`"a\"b"`,
    `"it's"`,
    String.raw`"\"\"\""`,
    String.raw`"back\\slash\\"`,
    String.raw`"two\x0alines\x0d\x0a# comment"`,
    String.raw`"\u202egnp.exe"`,
    String.raw`"nul\x00tab\x09\u2028"`,
    String.raw`"gr\xf6\xdfe \U0001f600"`,
    String.raw`"{of[\"x\"]}"`,
    String.raw`"\\N{DIGIT ONE}"`,
  ];
  assert.equal(HOSTILE.map(pythonText), expected);
});

Sklearn('numbers and lists are read back by Python as they are', () => {
  const values = [1, -0, 0.1, 1e21, 5e-324, Infinity];
  assert.is(pythonLiteral(values), '(1, -0.0, 0.1, 1e+21, 5e-324, float("Infinity"))');
  assert.is(pythonLiteral([3]), '(3,)');
  assert.is(pythonLiteral(new Map([['"', null]])), '{"\\"": None}');
});

Sklearn('names stand in two lists and nowhere else', async () => {
  const steps: Step[] = [{ StandardScaler: {} }, { LogisticRegression: {} }];
  const plain = await planOfSteps(steps);
  const hostile = { ...plain, features: HOSTILE, classes: HOSTILE.slice(0, 3) };
  const [expected, found] = [plain, hostile].map(plan => textsOf(plan));
  assert.is(found.numbers, expected.numbers);
  assert.match(found.program, /^[\n\x20-\x7e]*$/);
  const lines = (texts: readonly string[]): string =>
    texts.map(text => `    ${pythonText(text)},\n`).join('');
  const swapped = expected.program
    .replace(lines(plain.features), () => lines(hostile.features))
    .replace(lines(plain.classes), () => lines(hostile.classes));
  assert.is(found.program, swapped);
});

Sklearn('a file whose name is no module is loaded by its path', async () => {
  const plan = await planOfSteps([{ GaussianNB: {} }]);
  const x = fromRows([plan.features.map(() => 0)]);
  const about = { spt: '0.5.0', config: 'c', digest: 'd', pipeline: 'p', split: 's' };
  const examples = { x, answers: { labels: Int32Array.of(0) } };
  const [{ bytes }] = sklearn.files(plan, { file: 'my"""model.py', ...about, examples });
  const program = Buffer.from(bytes).toString();
  assert.match(program, 'runpy.run_path("the name of this file")["load"]');
  assert.match(program, String.raw`NUMBERS = "my\"\"\"model.numbers.json"`);
});

Sklearn(
  'parameters that differ from the defaults stand in the constructor, as scikit-learn writes them',
  async () => {
    const named = { ...data, target: { kind: 'classes', names: ['1', 'b"', 'c'] } } as SplitData;
    const forest = { n_estimators: 2, max_features: { share: 1 }, max_depth: 2, min_samples_split: 0.1 };
    const weights = { '1.0': 2, 'b"': 0.5 };
    assert.equal(
      [
        await constructorOf([{ RandomForestClassifier: { ...forest, class_weight: weights } }], named),
        await constructorOf([{ MLPClassifier: { hidden_layer_sizes: [4], max_iter: 2 } }]),
        await constructorOf([{ LogisticRegression: { penalty: 'none', multi_class: 'multinomial' } }]),
        await constructorOf([{ LogisticRegression: { penalty: 'l1', C: 1e-2 } }]),
        await constructorOf([{ SVC: { engine: 'spt', decision_function_shape: 'ovo', break_ties: true } }]),
        await constructorOf([{ KNeighborsClassifier: { weights: null, algorithm: 'brute', p: 1 } }]),
        await constructorOf([{ SelectKBest: { k: 'all', random_state: 3 } }, { GaussianNB: {} }]),
      ],
      [
        'RandomForestClassifier(n_estimators=2, class_weight={"1": 2, "b\\"": 0.5}, max_features=1.0, ' +
          'max_depth=2, min_samples_split=0.1)',
        'MLPClassifier(hidden_layer_sizes=(4,), max_iter=2)',
        'LogisticRegression(penalty=None)',
        'LogisticRegression(penalty="l1", C=0.01, solver="saga")',
        'SVC(break_ties=True)',
        'KNeighborsClassifier(p=1, algorithm="kd_tree")',
        'SelectKBest(k="all")',
      ],
    );
  },
);

Sklearn('the numbers are the bits of the plan, also -0, NaN and the smallest ones', async () => {
  const plan = await planOfSteps([{ SimpleImputer: {} }, { LogisticRegression: {} }]);
  const last = {
    ...plan.last,
    coef: Float64Array.from({ length: 30 }, (_, at) => [-0, 5e-324, 1 / 3][at % 3]),
  };
  const impute = { ...plan.transforms[0], kept: Int32Array.of(1) };
  const { numbers } = textsOf({ ...plan, transforms: [impute], last } as ExportPlan);
  const { steps } = fromText(numbers) as unknown as {
    steps: { learned: { [name: string]: Float64Array } }[];
  };
  assert.equal(steps[1].learned.coef_, last.coef);
  assert.equal([...steps[0].learned.statistics_.slice(0, 3)].map(Number.isNaN), [true, false, true]);
});

for (const { name, data, cases } of exportTables()) {
  Sklearn(`the numbers, read back, give the answers of every step on ${name}`, async () => {
    const x = takeRows(
      data.train.x,
      Int32Array.from({ length: 40 }, (_, i) => i),
    );
    const held = cases.filter(({ name }) => !/ml-random-forest|ml-xgboost/.test(name));
    for (const one of held) {
      const model = await exportModel(one, data);
      const plan = planOf(model);
      const { codes, proba, decision } = saidOfClasses(predictionsOf(model.pipeline, x, plan.features));
      const { numbers } = textsOf(plan);
      const answers = { labels: codes, probabilities: proba, decisions: decision };
      const found = compare(evaluatePlan(readNumbers(numbers), x), answers);
      assert.is(found.labelsThatDiffer, 0, one.name);
      assert.is.not(found.compared, 'labels', one.name);
      assert.ok(found.largestDifference < 1e-11, `${one.name}: ${found.largestDifference}`);
    }
  });
}

Sklearn('what scikit-learn cannot hold is refused by the name of the step', async () => {
  const refused = (plan: ExportPlan, pattern: RegExp): void =>
    assert.throws(
      () => textsOf(plan),
      (error: InputError) => error.code === 'not-exportable' && pattern.test(error.message),
    );
  const engine = await planOfSteps([
    { RandomForestClassifier: { engine: 'ml-random-forest', n_estimators: 1 } },
  ]);
  refused(engine, /^RandomForestClassifier .* f32/);
  const power = await planOfSteps([{ PowerTransformer: {} }, { GaussianNB: {} }]);
  const part = power.transforms[0] as PowerPart;
  const steep = { ...part, scale: part.scale.map(() => 1e-12) };
  refused({ ...power, transforms: [steep] }, /^PowerTransformer .* feature 1 is .* digits/);
  const small = [part.lambda, part.reference, part.shift].map(values => values.map(() => 0));
  const [lambda, reference, shift] = [small[0].fill(1), ...small.slice(1)];
  const narrow = { ...steep, lambda, reference, shift };
  refused({ ...power, transforms: [narrow] }, /^PowerTransformer .* feature 1 is 1, .* digits/);
  const discriminant = await planOfSteps([{ LinearDiscriminantAnalysis: {} }]);
  const absent = { ...discriminant.last, intercept: Float64Array.of(1, -Infinity, 0) } as ExportPlan['last'];
  refused({ ...discriminant, last: absent } as ExportPlan, /^LinearDiscriminantAnalysis .* no sample/);
});

Sklearn.run();
