import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Rng } from '../src/base/rng.js';
import { loadTables } from '../src/data/source.js';
import { prepareSplit } from '../src/data/split.js';
import { classProblem } from '../src/ml/targets/classes.js';
import { standardScaler } from '../src/ml/transforms/scalers.js';
import type { ClassProblem } from '../src/ml/types.js';
import { problemOf } from '../support/datasets.js';

/** A table of the benchmark: standardized features and two classes. */
export interface BenchTable {
  name: string;
  origin: 'shipped' | 'read' | 'generated';
  problem: ClassProblem;
}

const shipped = fileURLToPath(new URL('../../data', import.meta.url));

/** Tall, square and wide: what is fast on one can be slow on another. */
const SHAPES = [
  { name: 'breast_cancer', rows: 569, columns: 30 },
  { name: 'spam', rows: 4601, columns: 57 },
  { name: 'all', rows: 79, columns: 12625 },
];

/**
 * The three tables: shipped ones, those that the folder has (NAME_features.csv[.gz], NAME_metadata.csv), or generated.
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
  return { name, origin, problem: standardized(classProblem(train)) };
}

/** Two classes whose means differ in some features; features are correlated in groups of five, as measured ones are. */
function generated(name: string, rows: number, columns: number): BenchTable {
  const rng = Rng.from('bench', name, rows, columns);
  const normal = (): number => rng.float() + rng.float() + rng.float() + rng.float() - 2;
  const y = Int32Array.from({ length: rows }, (_, i) => (i % 5 < 2 ? 1 : 0));
  const data = new Float64Array(rows * columns);
  let common = new Float64Array(rows);
  for (let j = 0; j < columns; j++) {
    if (j % 5 === 0) common = new Float64Array(rows).map(normal);
    const shift = j % 7 === 0 ? 0.4 : 0;
    for (let i = 0; i < rows; i++) data[j * rows + i] = common[i] + 0.7 * normal() + shift * y[i];
  }
  const problem = { x: { rows, columns, data }, y, classes: 2 };
  return { name, origin: 'generated', problem: standardized(problem) };
}

function standardized(problem: ClassProblem): ClassProblem {
  const context = { rng: Rng.from('bench'), warn: () => undefined };
  const scaler = standardScaler.fit(problemOf(problem), standardScaler.params.parse({}), context);
  return { ...problem, x: scaler.transform(problem.x) };
}
