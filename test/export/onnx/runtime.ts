/** ONNX Runtime for `npm run test:export`, and the example for it that docs/using-models.md shows. */
import { readFileSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../src/base/errors.js';
import { onnx } from '../../../src/export/onnx/writer.js';
import { planOf } from '../../../src/export/planning.js';
import { trialOf } from '../../../src/export/trial.js';
import { EXPORT_CASES, classAnswers, exportModel, exportTables } from '../../../support/export-cases.js';
import { runProgram } from '../../../support/machines.js';
import { root } from '../../../support/root.js';

/** A newer one may compute something else: 1.26 gave wrong answers of forests. */
const RUNTIME = 'onnxruntime-node@1.30.0';

/**
 * Installs ONNX Runtime into the folder, where the runner finds it by NODE_PATH, and tries the example of the page. It
 * is no package of spt, because it has 290 MB. Its scripts are not run, because they ask for files that CUDA needs.
 * Where npm cannot get it, the runner is not at hand.
 */
export async function prepareOnnxRuntime(folder: string): Promise<void> {
  const options = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--prefix', folder];
  const { ok } = await runProgram('npm', ['install', ...options, RUNTIME], { cwd: folder });
  if (!ok) return;
  process.env.NODE_PATH = join(folder, 'node_modules');
  await tryPage(folder);
}

/** Runs the program of the page on the rows of a trial. Throws InputError where it says other labels. */
async function tryPage(folder: string): Promise<void> {
  const page = readFileSync(join(root, 'docs/using-models.md'), 'utf8');
  const program = /^```js\n([^]*?onnxruntime-node[^]*?)^```$/m.exec(page)![1];
  const [{ data }] = exportTables();
  const model = await exportModel(
    EXPORT_CASES.find(({ name }) => name === 'GaussianNB')!,
    data,
  );
  const plan = planOf(model);
  const { x, answers } = trialOf(model, plan, { train: data.train.x });
  const place = join(folder, 'page');
  mkdirSync(join(place, 'data'), { recursive: true });
  symlinkSync(join(folder, 'node_modules'), join(place, 'node_modules'));
  const about = { file: 'model.onnx', spt: '0', config: '0', digest: '0', pipeline: 'p', split: 's' };
  const [{ bytes }] = onnx.files(plan, { ...about, examples: { x, answers } });
  writeFileSync(join(place, 'model.onnx'), bytes);
  const lines = Array.from({ length: x.rows }, (_, i) =>
    [`s${i}`, ...plan.features.map((_name, j) => x.data[j * x.rows + i])].join(','),
  );
  writeFileSync(
    join(place, 'data/breast_cancer_features.csv'),
    [['id', ...plan.features].join(','), ...lines].join('\n'),
  );
  writeFileSync(join(place, 'page.mjs'), program);
  const { text } = await runProgram(process.execPath, ['page.mjs'], { cwd: place });
  const labels = text
    .trim()
    .split('\n')
    .map(line => line.split(' ')[0]);
  const expected = Array.from(classAnswers(answers).labels, code => plan.classes[code]);
  if (labels.length === x.rows && labels.every((name, i) => name === expected[i])) return;
  throw new InputError(
    'bad-page',
    `the example for Node of docs/using-models.md gives ${text.slice(0, 300)}`,
  );
}
