/**
 * Predicting a long table: `npm run bench:predict [-- [--rows N] [--dir DIR]]`. A table of N samples (by default 10^6)
 * of 30 features, as CSV, goes through `spt predict --model` and through pandas and scikit-learn with a pipeline of the
 * same parameters. Printed are rows a second, peak memory, and the share of equal labels. The seconds of spt are those
 * of the whole process; those of the peer begin after its imports and its fit. Both use one thread.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Rng } from '../src/base/rng.js';
import { table } from '../src/terminal/table.js';
import { root } from '../support/root.js';
import { makeSearch, type Search } from '../support/search.js';
import type { Measured } from './views/command.js';

const script = fileURLToPath(new URL('views/command.js', import.meta.url));
const peer = fileURLToPath(new URL('../../bench/peer_predict.py', import.meta.url));

const CONFIG = `
data: { features: data/breast_cancer_features.csv, metadata: data/breast_cancer_metadata.csv }
index: Run
target: Condition
positive: malignant
splits: { train_all: { where: {} } }
`;
const PIPES = `
lasso: [StandardScaler, { LogisticRegression: { penalty: l1, solver: liblinear } }]
svc: [StandardScaler, { SVC: { C: 10 } }]
forest: [{ RandomForestClassifier: { n_estimators: 100 } }]
boosting: [{ XGBClassifier: { n_estimators: 100 } }]
`;

const { PYTHON = '/usr/bin/python3' } = process.env;

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, dir: { type: 'string', default: tmpdir() } },
});
const rows = Number(values.rows);
const hasPeer = spawnSync(PYTHON, ['-c', 'import pandas, sklearn, xgboost']).status === 0;

/** Writes a table of samples near those of the training. */
function writeTable(search: Search, path: string): void {
  const [head, ...lines] = search.read('data/breast_cancer_features.csv').trimEnd().split('\n');
  const known = lines.map(line => line.split(',').slice(1).map(Number));
  const rng = Rng.from('bench', 'predict');
  const file = openSync(path, 'w');
  let text = `${head}\n`;
  for (let i = 0; i < rows; i++) {
    const near = known[i % known.length].map(value => (value * (0.9 + 0.2 * rng.float())).toPrecision(7));
    text += `s${i},${near.join(',')}\n`;
    if (text.length < 1 << 20 && i + 1 < rows) continue;
    writeSync(file, text);
    text = '';
  }
  closeSync(file);
}

/** Runs a program that prints one JSON object as its last line. */
function measured(search: Search, program: string, args: readonly string[]): Measured {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: search.root,
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured;
}

/** The share of samples that two files of predictions give the same label. */
function agreement(search: Search, ours: string, theirs: string): number {
  const [a, b] = [ours, theirs].map(name =>
    readFileSync(join(search.root, name), 'latin1').trimEnd().split('\n'),
  );
  const same = a.filter((line, i) => i > 0 && line.split(',', 2).join() === b[i]?.split(',', 2).join());
  return same.length / (a.length - 1);
}

const search = makeSearch({ config: CONFIG, pipes: PIPES });
const folder = mkdtempSync(join(values.dir, 'spt-predict-'));
try {
  for (const name of ['features', 'metadata'])
    cpSync(
      join(root, 'data', `breast_cancer_${name}.csv`),
      join(search.root, `data/breast_cancer_${name}.csv`),
    );
  const big = join(folder, 'new.csv');
  writeTable(search, big);
  const names = [...PIPES.matchAll(/^(\w+):/gm)].map(match => match[1]);
  search.spt('enqueue', '--pipelines', ...names, '--splits', 'train_all');
  const lines: (string | number)[][] = [];
  for (const { type, config } of search.events()) {
    if (type !== 'enqueued') continue;
    const made = search.spt('rebuild', config.id, '-o', 'model.json');
    if (made.code !== 0) throw new Error(made.err);
    const ours = measured(search, process.execPath, [
      script,
      ...['predict', '--model', 'model.json', '--data', big, '-o', 'ours.csv'],
    ]);
    if (ours.code !== 0) throw new Error(`spt predict ended with ${ours.code}`);
    const about = ({ seconds, megabytes }: Measured): string[] => [
      Math.round(rows / seconds).toLocaleString('en-US'),
      megabytes.toFixed(0),
    ];
    if (!hasPeer) {
      lines.push([config.pipeline, ...about(ours)]);
      continue;
    }
    const theirs = measured(search, PYTHON, [peer, JSON.stringify(config.steps), big, 'theirs.csv']);
    const same = (100 * agreement(search, 'ours.csv', 'theirs.csv')).toFixed(3);
    const ratio = (theirs.seconds / ours.seconds).toFixed(2);
    lines.push([config.pipeline, ...about(ours), ...about(theirs), ratio, `${same}%`]);
  }
  const own = ['pipeline', 'spt rows/s', 'MB'];
  const heads = hasPeer ? [...own, 'peer rows/s', 'MB', 'spt is times faster', 'equal labels'] : own;
  if (!hasPeer) console.log('passed over: pandas and scikit-learn');
  console.log(`${rows.toLocaleString('en-US')} samples of 30 features, read, predicted and written`);
  console.log(
    table(
      heads.map((head, i) => ({ head, right: i > 0 })),
      lines,
    ),
  );
} finally {
  search.remove();
  rmSync(folder, { recursive: true, force: true });
}
