/**
 * `npm run test:export`: models of every step are exported to every format, and the files are run by the programs that
 * they are for: a C compiler, Python with scikit-learn and xgboost, ONNX Runtime. No label may differ from the model's,
 * on four tables: breast_cancer, three classes, one with missing values, and one with categories.
 *
 *   WORDS      only the cases with one of these words in their name: `npm run test:export -- SVC PCA`
 *   --to A B   only these formats
 *
 * A format whose program is not at hand is passed over in one line. A format that refuses what it has to hold fails.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InputError } from '../../src/base/errors.js';
import { certificateOf, aboutModel, tried } from '../../src/export/certificate.js';
import { FORMATS } from '../../src/export/formats.js';
import { anyPlanOf } from '../../src/export/planning.js';
import { trialOf } from '../../src/export/trial.js';
import type { Runner, Writer } from '../../src/export/writer.js';
import type { AnyModel } from '../../src/ml/any-model.js';
import { table } from '../../src/terminal/table.js';
import { categoryExports } from '../../support/export-categories.js';
import { exportAny, exportTables, type ExportTable } from '../../support/export-cases.js';
import { PREPARATIONS, REFUSED } from './formats.js';

/** A format, and the program that it is for. */
interface Real {
  writer: Writer;
  runner: Runner;
  version: string;
}

const SPT = 'spt';
const head = (text: string) => ({ head: text });
const failures: string[] = [];
const refusals = new Set<string>();

/** The formats whose programs are at hand. */
async function realFormats(wanted: readonly string[] | undefined, folder: string): Promise<Real[]> {
  const found: Real[] = [];
  for (const writer of FORMATS) {
    if (wanted && !wanted.includes(writer.to)) continue;
    await PREPARATIONS[writer.to]?.(folder);
    const runner = writer.runners.find(({ name }) => name !== SPT)!;
    const version = await runner.version();
    if (version !== undefined) found.push({ writer, runner, version });
    else console.log(`test:export: ${writer.to} is passed over, because ${runner.name} is not at hand`);
  }
  return found;
}

/** Exports a model, runs the file, and says in one cell of the table what came out. */
async function cellOf(
  model: AnyModel,
  { data }: ExportTable,
  name: string,
  { writer, runner, version }: Real,
): Promise<string> {
  const { to } = writer;
  try {
    const plan = anyPlanOf(model);
    const trial = trialOf(model, plan, { train: data.train.x, validate: data.validate?.x });
    const file = `model${writer.extension}`;
    const about = { file, spt: '0', ...aboutModel(model), examples: trial.examples };
    const files = writer.files(plan, about);
    const comparison = await tried(files, trial, runner);
    const ranBy = { program: runner.name, version };
    certificateOf(model, writer, files, trial, comparison, { spt: '0', ranBy, notes: [] });
    const { rows, labelsThatDiffer, largestDifference, compared } = comparison;
    const difference = compared === 'labels' ? 'labels only' : largestDifference.toPrecision(2);
    return `${labelsThatDiffer} of ${rows}, ${difference}`;
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof InputError && error.code === 'not-exportable') {
      refusals.add(`${to}: ${message}`);
      if (REFUSED[to]?.test(name)) return 'refused';
    }
    failures.push(`${to}: ${name}: ${message}`);
    return 'FAILED';
  }
}

async function tryTable(
  whole: ExportTable,
  words: readonly string[],
  formats: readonly Real[],
): Promise<void> {
  const rows: string[][] = [];
  for (const one of whole.cases) {
    if (words.length > 0 && !words.some(word => one.name.includes(word))) continue;
    // Some models refuse rows of the validation, which the trial leaves out.
    const model = await exportAny(one, { ...whole.data, validate: undefined });
    const cells: string[] = [];
    for (const format of formats) cells.push(await cellOf(model, whole, one.name, format));
    rows.push([one.name, ...cells]);
  }
  console.log(`\n${whole.name}: labels that differ of all rows, and the largest difference`);
  console.log(table([head(whole.name), ...formats.map(({ writer }) => head(writer.to))], rows));
}

const { values, positionals } = parseArgs({
  options: { to: { type: 'string', multiple: true } },
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), 'spt-export-runtimes-'));
try {
  const formats = await realFormats(values.to, folder);
  for (const { writer, runner, version } of formats)
    console.log(`${writer.to}: run by ${runner.name} ${version}`);
  for (const whole of [...exportTables(), categoryExports()]) await tryTable(whole, positionals, formats);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (refusals.size > 0) console.log(`\nRefused by name:\n  ${[...refusals].join('\n  ')}`);
if (failures.length > 0) {
  console.error(`\n${failures.length} failed:\n  ${failures.join('\n  ')}`);
  process.exitCode = 1;
} else console.log('\nNo label differs.');
