/**
 * Reading a table: `npm run bench:tables [-- [--tiny] [--runs N] [--dir DIR]]`. A tall table of 125,000 samples x 100
 * features and a wide one of 200 x 62,500, of about 107 MB of CSV each, go through `spt enqueue`, through pandas'
 * read_csv and through data.table's fread, in turn. Printed are, as medians over the runs, the seconds of the whole
 * process, those of the reading alone where the peer says them, and the peak memory. The sums of all values must agree.
 *
 * `spt enqueue` does more than the peers: it checks the table, and stores the numbers with a digest on the disk.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Rng } from '../src/base/rng.js';
import { readPrepared } from '../src/data/store.js';
import { table } from '../src/terminal/table.js';
import type { Measured } from './views/command.js';

const script = fileURLToPath(new URL('views/command.js', import.meta.url));
const peerFile = (name: string): string => fileURLToPath(new URL(`../../bench/${name}`, import.meta.url));
const { PYTHON = '/usr/bin/python3', RSCRIPT = 'Rscript' } = process.env;

const { values } = parseArgs({
  options: {
    tiny: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    dir: { type: 'string', default: tmpdir() },
  },
});

const SHAPES = values.tiny
  ? [
      { name: 'tall', rows: 300, columns: 4 },
      { name: 'wide', rows: 20, columns: 60 },
    ]
  : [
      { name: 'tall', rows: 125_000, columns: 100 },
      { name: 'wide', rows: 200, columns: 62_500 },
    ];

const CONFIG = `data: { features: data/features.csv, metadata: data/metadata.csv }
index: Run
target: Condition
positive: case
splits: { all: { where: {} } }
cv: { folds: 5 }
`;
const PIPES = 'lasso: [StandardScaler, { LogisticRegression: { penalty: l1, solver: liblinear } }]\n';

/** One program on one table. */
interface Run {
  /** Of the whole process. */
  seconds: number;
  /** Of the reading alone; undefined where the program does not say. */
  reading?: number;
  megabytes: number;
  sum: number;
}

/** Writes a search whose features are numbers with six digits, as instruments give them. */
function makeSearch(folder: string, rows: number, columns: number): void {
  for (const name of ['data', 'configs']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'configs/config.yaml'), CONFIG);
  writeFileSync(join(folder, 'configs/pipe_configs.yaml'), PIPES);
  const rng = Rng.from('bench', 'read', rows, columns);
  const ids = Array.from({ length: rows }, (_, i) => `s${i}`);
  const classes = ids.map(id => `${id},${rng.below(5) < 2 ? 'case' : 'control'}\n`);
  writeFileSync(join(folder, 'data/metadata.csv'), `Run,Condition\n${classes.join('')}`);
  const file = openSync(join(folder, 'data/features.csv'), 'w');
  writeSync(file, `Run,${Array.from({ length: columns }, (_, j) => `g${j}`).join(',')}\n`);
  for (const id of ids) {
    const cells = Array.from({ length: columns }, () => (8 * (rng.float() - rng.float())).toPrecision(6));
    writeSync(file, `${id},${cells.join(',')}\n`);
  }
  closeSync(file);
}

/** Runs a program whose last line is a JSON object; undefined where the program or a part of it is not here. */
function run<T>(program: string, args: readonly string[]): { told: T; seconds: number } | undefined {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === null || /No module named|there is no package/.test(stderr)) return undefined;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
  const told = JSON.parse(stdout.trim().split('\n').at(-1)!) as T;
  return { told, seconds: (performance.now() - started) / 1000 };
}

function enqueue(folder: string): Run {
  for (const made of ['log', 'data/.prepared']) rmSync(join(folder, made), { recursive: true, force: true });
  const { told, seconds } = run<Measured>(process.execPath, [
    script,
    'enqueue',
    '--splits',
    'all',
    '--root',
    folder,
  ])!;
  if (told.code !== 0) throw new Error(`spt enqueue ended with ${told.code}`);
  const prepared = join(folder, 'data/.prepared');
  const [digest] = readdirSync(prepared).filter(name => /^[0-9a-f]+$/.test(name));
  const { data } = readPrepared(prepared, digest).train.x;
  return { seconds, megabytes: told.megabytes, sum: data.reduce((sum, value) => sum + value, 0) };
}

function peer(folder: string, program: string, name: string): Run | undefined {
  const made = run<{ seconds: number; megabytes: number; sum: number }>(program, [
    peerFile(name),
    join(folder, 'data/features.csv'),
  ]);
  return made && { ...made.told, seconds: made.seconds, reading: made.told.seconds };
}

const PROGRAMS: { name: string; measure: (folder: string) => Run | undefined }[] = [
  { name: 'spt enqueue', measure: enqueue },
  { name: 'pandas.read_csv', measure: folder => peer(folder, PYTHON, 'peer_read.py') },
  { name: 'data.table::fread', measure: folder => peer(folder, RSCRIPT, 'peer_read.R') },
];

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1];

/** The rows of one table: each program some times, in turn. */
function measured(folder: string, size: string, times: number): string[][] {
  const runs = new Map<string, Run[]>();
  for (let i = 0; i < times; i++) {
    for (const { name, measure } of PROGRAMS) {
      const one = measure(folder);
      if (one === undefined) continue;
      runs.set(name, [...(runs.get(name) ?? []), one]);
    }
  }
  const ours = runs.get('spt enqueue')!;
  const own = median(ours.map(one => one.seconds));
  return [...runs].map(([name, all]) => {
    // Sums in different orders differ in their last digits.
    const far = all.find(({ sum }) => Math.abs(sum - ours[0].sum) > 1e-6 * Math.max(1, Math.abs(sum)));
    if (far) throw new Error(`${name} read a table whose sum is ${far.sum}, and spt ${ours[0].sum}`);
    const seconds = median(all.map(one => one.seconds));
    const reading = all[0].reading === undefined ? '' : median(all.map(one => one.reading!)).toFixed(2);
    const megabytes = median(all.map(one => one.megabytes)).toFixed(0);
    return [size, name, seconds.toFixed(2), reading, megabytes, (own / seconds).toFixed(2)];
  });
}

const folder = mkdtempSync(join(values.dir, 'spt-read-'));
try {
  const lines: string[][] = [];
  for (const { name, rows, columns } of SHAPES) {
    const search = join(folder, name);
    makeSearch(search, rows, columns);
    const megabytes = (statSync(join(search, 'data/features.csv')).size / 1e6).toFixed(0);
    const size = `${name}: ${rows.toLocaleString('en-US')} x ${columns.toLocaleString('en-US')}, ${megabytes} MB`;
    lines.push(...measured(search, size, Number(values.runs)));
    rmSync(search, { recursive: true });
  }
  const [{ model }] = cpus();
  console.log(`${cpus().length} x ${model}, Node ${process.versions.node}, ${values.dir}`);
  for (const { name } of PROGRAMS)
    if (!lines.some(line => line[1] === name)) console.log(`passed over: ${name}`);
  const heads = ['seconds', 'of reading', 'peak MB', 'spt takes times'].map(head => ({ head, right: true }));
  console.log(table([{ head: 'table' }, { head: 'program' }, ...heads], lines));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
