/**
 * `npm run bench:real-tables`: does a search on a real table give scikit-learn's scores, config by config?
 *
 * Two tables are used as other programs write them. `birthwt` comes from R's package MASS by `write.csv`. Its column
 * race is a category, and a ColumnTransformer encodes it. `diabetes` comes from scikit-learn by `to_csv`, and its
 * target holds values. Each goes through `spt enqueue --cv` and `spt work` in a folder of its own, and then through
 * scikit-learn with the same folds.
 *
 * It prints both scores of each config. Configs without chance must agree within 1e-6. A forest draws: both forests are
 * fitted with several seeds, and the means must agree within 4 standard errors.
 *
 *   --python FILE (python3)  --seeds N (20), of a forest  --tables NAME.. (all)
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Config } from '../src/base/config.js';

const here = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    seeds: { type: 'string', default: '20' },
    tables: { type: 'string', multiple: true },
  },
});
const peerScript = join(here, 'bench/real_tables_peer.py');
const TOLERANCE = 1e-6;
/** A difference of two means of more standard errors than this is no chance. */
const MOST_ERRORS = 4;

/** A table, the search on it, and what the peer has to know of it. */
interface Table {
  /** Writes NAME.csv into the folder that stands as the last argument. */
  writer: [command: string, ...args: string[]];
  /** The lines of config.yaml beside the table, `splits:` and `seed:`. */
  lines: string[];
  pipelines: string[];
  peer: { target: string; categories: string[]; drop: string[]; scoring: string };
}

const TABLES: { [name: string]: Table } = {
  birthwt: {
    writer: [
      'Rscript',
      '-e',
      'write.csv(MASS::birthwt, file.path(commandArgs(trailingOnly = TRUE)[1], "birthwt.csv"))',
    ],
    lines: [
      'data: { table: data/birthwt.csv, features: { except: [bwt] } }',
      'target: low',
      'columns: { race: category }',
    ],
    pipelines: [
      'lr:',
      '  - ColumnTransformer:',
      '      transformers:',
      '        numbers: { columns: numbers, steps: [StandardScaler] }',
      '        race: { columns: categories, steps: [{ OneHotEncoder: { handle_unknown: ignore } }] }',
      '  - LogisticRegression: { C: [0.01, 0.1, 1, 10, 100] }',
    ],
    peer: { target: 'low', categories: ['race'], drop: ['bwt'], scoring: 'roc_auc' },
  },
  diabetes: {
    writer: [options.python, peerScript, '--write'],
    lines: ['data: { table: data/diabetes.csv }', 'target: target', 'task: regression'],
    pipelines: [
      'ridge: [StandardScaler, Ridge: { alpha: [0.01, 0.1, 1, 10, 100] }]',
      'lasso: [StandardScaler, Lasso: { alpha: [0.01, 0.1, 1, 3, 10] }]',
      'rf: [RandomForestRegressor: { n_estimators: 100, max_depth: [3, 6], min_samples_leaf: 5 }]',
      'xgb: [XGBRegressor: { n_estimators: 50, learning_rate: 0.1, max_depth: [2, 4] }]',
    ],
    peer: { target: 'target', categories: [], drop: [], scoring: 'r2' },
  },
};

function run(command: string, args: string[], input?: string): string {
  const done = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${command} failed: ${done.error?.message ?? done.stderr}`);
  return done.stdout;
}

/** The mean fold scores of each config, one for each seed, and the configs of the first seed. */
interface Ours {
  configs: Config[];
  scores: Map<string, number[]>;
}

const nameOf = ({ pipeline, steps }: Config): string => `${pipeline} ${JSON.stringify(steps.at(-1))}`;
const draws = ({ steps }: Config): boolean => 'RandomForestRegressor' in steps.at(-1)!;

/** Trains the search with one seed in a log of its own. */
function trained(root: string, { lines, pipelines }: Table, seed: number, names: string[]): Ours {
  const seeded = [...lines, 'splits: { all: { where: {} } }', `seed: ${seed}`, ''];
  writeFileSync(join(root, 'configs/config.yaml'), seeded.join('\n'));
  writeFileSync(join(root, 'configs/pipe_configs.yaml'), [...pipelines, ''].join('\n'));
  const cli = join(here, 'dist/src/cli.js');
  const log = join(root, `log-${seed}`);
  const place = ['--root', root, '--log', log];
  const asked = names.length > 0 ? ['--pipelines', ...names] : [];
  run(process.execPath, [cli, 'enqueue', '--splits', 'all', '--cv', ...asked, ...place]);
  run(process.execPath, [cli, 'work', '--quiet', ...place]);
  const events = readdirSync(log)
    .filter(name => name.startsWith('events-'))
    .flatMap(name => readFileSync(join(log, name), 'utf8').trimEnd().split('\n'))
    .map(line => JSON.parse(line));
  const configs: Config[] = events.filter(({ type }) => type === 'enqueued').map(({ config }) => config);
  const finished = new Map(events.filter(({ type }) => type === 'finished').map(one => [one.config, one]));
  const meanOf = ({ id, scoring }: Config) => finished.get(id)?.scores.cv[scoring].mean ?? NaN;
  return { configs, scores: new Map(configs.map(config => [nameOf(config), [meanOf(config)]])) };
}

/** All seeds of the search; only forests are trained more than once. */
function ours(root: string, table: Table): Ours {
  const first = trained(root, table, 0, []);
  const forests = [...new Set(first.configs.filter(draws).map(({ pipeline }) => pipeline))];
  for (let seed = 1; forests.length > 0 && seed < Number(options.seeds); seed++)
    for (const [name, more] of trained(root, table, seed, forests).scores)
      first.scores.get(name)!.push(...more);
  return first;
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The variance of the mean of these values. */
function varianceOfMean(values: number[]): number {
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) * (value - center), 0);
  return squares / (values.length - 1) / values.length;
}

/** Whether two lists of scores agree. */
function agrees(config: Config, mine: number[], theirs: number[]): boolean {
  const difference = Math.abs(mean(mine) - mean(theirs));
  if (!draws(config)) return difference <= TOLERANCE;
  return difference <= MOST_ERRORS * Math.sqrt(varianceOfMean(mine) + varianceOfMean(theirs));
}

/** Prints a line for each config of a table; how many do not agree. */
function compare(root: string, name: string, table: Table): number {
  const [command, ...args] = table.writer;
  for (const folder of ['configs', 'data']) mkdirSync(join(root, folder), { recursive: true });
  run(command, [...args, join(root, 'data')]);
  const { configs, scores } = ours(root, table);
  const task = {
    ...table.peer,
    table: join(root, `data/${name}.csv`),
    folds: 5,
    seeds: Number(options.seeds),
  };
  const peer = JSON.parse(run(options.python, [peerScript], JSON.stringify({ ...task, configs })));
  const rows = configs
    .map(config => {
      const [mine, theirs]: number[][] = [scores.get(nameOf(config))!, peer.scores[config.id]];
      return { config, mine, theirs, difference: Math.abs(mean(mine) - mean(theirs)) };
    })
    .sort((a, b) => (nameOf(a.config) < nameOf(b.config) ? -1 : 1));
  console.log(`\n${name}, ${table.peer.scoring} of 5 folds, ${peer.versions}`);
  console.log('spt        peer       difference  config');
  let apart = 0;
  for (const { config, mine, theirs, difference } of rows) {
    const agree = agrees(config, mine, theirs);
    if (!agree) apart++;
    const seeds = draws(config) ? `  (means of ${mine.length} seeds)` : '';
    const columns = [
      mean(mine).toFixed(6),
      mean(theirs).toFixed(6),
      difference.toExponential(1).padStart(10),
    ];
    console.log(`${columns.join('   ')}  ${nameOf(config)}${seeds}${!agree ? '  APART' : ''}`);
  }
  const exact = rows.filter(({ config }) => !draws(config));
  const largest = Math.max(...exact.map(({ difference }) => difference));
  console.log(
    `largest difference of the ${exact.length} configs without chance: ${largest.toExponential(1)}`,
  );
  return apart;
}

const scratch = mkdtempSync(join(tmpdir(), 'spt-real-'));
let apart = 0;
for (const name of options.tables ?? Object.keys(TABLES))
  apart += compare(join(scratch, name), name, TABLES[name]);
rmSync(scratch, { recursive: true, force: true });
console.log(apart === 0 ? '\nevery config agrees' : `\n${apart} configs do not agree`);
process.exitCode = apart === 0 ? 0 : 1;
