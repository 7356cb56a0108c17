import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Matrix } from '../src/base/dataset.js';
import { Rng } from '../src/base/rng.js';
import { loadTables } from '../src/data/source.js';
import { prepareSplit } from '../src/data/split.js';
import { classProblem } from '../src/ml/targets/classes.js';
import { standardScaler } from '../src/ml/transforms/scalers.js';
import type { ClassProblem, ValueProblem } from '../src/ml/types.js';
import { problemOf } from '../support/datasets.js';

/** A table of the benchmark: standardized features, and two classes or values. */
export interface BenchTable {
  name: string;
  origin: 'shipped' | 'read' | 'generated';
  problem: ClassProblem | ValueProblem;
}

/** Whether a table's target is values. */
export const isOfValues = (problem: BenchTable['problem']): problem is ValueProblem =>
  !('classes' in problem);

const shipped = fileURLToPath(new URL('../../data', import.meta.url));

/** Tall, square and wide: what is fast on one can be slow on another. */
const SHAPES = [
  { name: 'breast_cancer', rows: 569, columns: 30 },
  { name: 'spam', rows: 4601, columns: 57 },
  { name: 'all', rows: 79, columns: 12625 },
];

/** Tables of values: one as small as the diabetes table of scikit-learn, a tall and a wide one. */
const VALUE_SHAPES = [
  { name: 'values', rows: 442, columns: 10 },
  { name: 'tall values', rows: 2000, columns: 50 },
  { name: 'wide values', rows: 200, columns: 5000 },
];
const TINY_VALUE_SHAPES = [
  { name: 'tiny values', rows: 60, columns: 8 },
  { name: 'tiny wide values', rows: 45, columns: 60 },
];

/** The tables of values, which are generated. */
export function valueTables(tiny: boolean): BenchTable[] {
  return (tiny ? TINY_VALUE_SHAPES : VALUE_SHAPES).map(({ name, rows, columns }) =>
    generatedValues(name, rows, columns),
  );
}

/**
 * The three tables of classes: shipped ones, those that the folder has (NAME_features.csv[.gz], NAME_metadata.csv), or
 * generated.
 */
export async function benchTables(folder: string | undefined, tiny: boolean): Promise<BenchTable[]> {
  if (tiny) return [generated('tiny', 40, 12), generated('tiny wide', 21, 45)];
  const tables: BenchTable[] = [];
  for (const { name, rows, columns } of SHAPES) {
    const given = folder === undefined ? undefined : await readTable(folder, name, 'read');
    tables.push(given ?? (await readTable(shipped, name, 'shipped')) ?? generated(name, rows, columns));
  }
  return tables;
}

async function readTable(
  folder: string,
  name: string,
  origin: BenchTable['origin'],
): Promise<BenchTable | undefined> {
  const plain = join(folder, `${name}_features.csv`);
  const features = existsSync(plain) ? plain : `${plain}.gz`;
  if (!existsSync(features)) return undefined;
  const tables = await loadTables({
    features,
    orientation: 'samples',
    metadata: join(folder, `${name}_metadata.csv`),
    index: 'Run',
    target: 'Condition',
    missing: ['', 'NA', 'NaN'],
  });
  const { train } = prepareSplit(tables, { split: name, train: name, trainFilter: {} }).data;
  const problem = classProblem(train);
  return { name, origin, problem: { ...problem, x: standardized(problem) } };
}

/** Numbers of mean 0 whose distribution is nearly normal. */
const normals = (rng: Rng) => (): number => rng.float() + rng.float() + rng.float() + rng.float() - 2;

/** Features that are correlated in groups of five, as measured ones are, each shifted by `shift`. */
function correlated(
  rows: number,
  columns: number,
  normal: () => number,
  shift: (row: number, column: number) => number,
): Matrix {
  const data = new Float64Array(rows * columns);
  let common = new Float64Array(rows);
  for (let j = 0; j < columns; j++) {
    if (j % 5 === 0) common = new Float64Array(rows).map(normal);
    for (let i = 0; i < rows; i++) data[j * rows + i] = common[i] + 0.7 * normal() + shift(i, j);
  }
  return { rows, columns, data };
}

/** Two classes whose means differ in some features. */
function generated(name: string, rows: number, columns: number): BenchTable {
  const normal = normals(Rng.from('bench', name, rows, columns));
  const y = Int32Array.from({ length: rows }, (_, i) => (i % 5 < 2 ? 1 : 0));
  const x = correlated(rows, columns, normal, (i, j) => (j % 7 === 0 ? 0.4 : 0) * y[i]);
  return { name, origin: 'generated', problem: { x: standardized({ x, y, classes: 2 }), y, classes: 2 } };
}

/** Values of variance 1 or so: a sum of three features, of which one bends, and noise. */
function generatedValues(name: string, rows: number, columns: number): BenchTable {
  const normal = normals(Rng.from('bench', name, rows, columns));
  const raw = correlated(rows, columns, normal, () => 0);
  const x = standardized({ x: raw, y: new Int32Array(rows), classes: 2 });
  const at = (i: number, j: number): number => x.data[j * rows + i];
  const y = Float64Array.from(
    { length: rows },
    (_, i) => 0.6 * at(i, 0) - 0.5 * at(i, 5) + 0.3 * Math.abs(at(i, 7)) + 0.5 * normal(),
  );
  return { name, origin: 'generated', problem: { x, y } };
}

function standardized(problem: ClassProblem): Matrix {
  const context = { rng: Rng.from('bench'), warn: () => undefined };
  return standardScaler
    .fit(problemOf(problem), standardScaler.params.parse({}), context)
    .transform(problem.x);
}
