/** A search in a new folder, and `spt` run on it as a user would run it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../src/commands/main.js';
import { cli } from './root.js';

export interface Run {
  code: number | null;
  out: string;
  err: string;
}

export interface Search {
  root: string;
  /** Runs spt in the folder and waits for it. */
  spt(...args: string[]): Run;
  /** The same, with what it prints written into an open file. */
  sptInto(file: number, ...args: string[]): Run;
  /** The same in this process: quicker, and good for what only checks its input. */
  sptHere(...args: string[]): Promise<Run>;
  /** Runs spt in the folder in the background. */
  start(...args: string[]): ChildProcess;
  write(path: string, content: string | Buffer): void;
  read(path: string): string;
  /** All bytes of the log's segments; empty if there is none. */
  logBytes(): string;
  /** All events, parsed. */
  events(): any[];
  remove(): void;
}

export const smallConfig = `
data: { features: data/features.csv, metadata: data/metadata.csv }
index: Run
target: Condition
positive: sick
splits:
  train_A1: { where: { Batch: [1, 2, 3] } }
  validate_A1: { where: { Batch: 4 } }
  train_B2: { where: { Batch: { gte: 2 } } }
  validate_B2: { where: { Batch: 1 } }
cv: { folds: 3 }
scoring: roc_auc
metrics: [accuracy]
seed: 7
worker: { lease: 3s }
`;

export const smallPipes = `
lasso:
  - StandardScaler
  - LogisticRegression: { penalty: l1, C: [0.1, 1, 10] }
nn:
  - StandardScaler
  - MLPClassifier: { hidden_layer_sizes: [[4]], max_iter: [20] }
`;

/** 80 samples of two features that tell the classes apart, but not quite, in four batches. */
export function smallTables(): { features: string; metadata: string } {
  const features = ['Run,height,weight,noise'];
  const metadata = ['Run,Condition,Batch'];
  for (let i = 0; i < 80; i++) {
    const sick = i % 2;
    const wave = ((i * 37) % 19) / 19;
    features.push(`r${i},${sick + wave},${sick * 2 - wave * 1.7},${(i * 53) % 11}`);
    metadata.push(`r${i},${sick ? 'sick' : 'well'},${1 + (Math.floor(i / 2) % 4)}`);
  }
  return { features: `${features.join('\n')}\n`, metadata: `${metadata.join('\n')}\n` };
}

/** A new folder with a small search in it. */
export function makeSearch({ config = smallConfig, pipes = smallPipes } = {}): Search {
  const root = mkdtempSync(join(tmpdir(), 'spt-test-'));
  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const { features, metadata } = smallTables();
  write('data/features.csv', features);
  write('data/metadata.csv', metadata);
  write('configs/config.yaml', config);
  write('configs/pipe_configs.yaml', pipes);

  const logBytes = (): string => {
    const log = join(root, 'log');
    const segments = existsSync(log) ? readdirSync(log).filter(name => name.startsWith('events-')) : [];
    return segments
      .sort()
      .map(name => readFileSync(join(log, name), 'utf8'))
      .join('');
  };
  const run = (out: 'pipe' | number, args: string[]): Run => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', out, 'pipe'],
    });
    return { code: status, out: stdout, err: stderr };
  };
  return {
    root,
    spt: (...args) => run('pipe', args),
    sptInto: (file, ...args) => run(file, args),
    sptHere: (...args) => here(root, args),
    start: (...args) => spawn(process.execPath, [cli, ...args], { cwd: root, stdio: 'ignore' }),
    write,
    read: path => readFileSync(join(root, path), 'utf8'),
    logBytes,
    events: () =>
      logBytes()
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line)),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Runs spt in this process, with what it prints caught. */
export async function here(root: string, args: string[]): Promise<Run> {
  const before = { folder: process.cwd(), out: process.stdout.write, err: process.stderr.write };
  const caught = { out: '', err: '' };
  try {
    process.chdir(root);
    process.stdout.write = text => Boolean((caught.out += text));
    process.stderr.write = text => Boolean((caught.err += text));
    return { code: await main(args), ...caught };
  } finally {
    process.chdir(before.folder);
    process.stdout.write = before.out;
    process.stderr.write = before.err;
  }
}

/** Waits until the condition holds; throws after `ms`. */
export async function until(condition: () => boolean, ms: number, what: string): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** The exit code of a child, when it has ended. */
export function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise(resolve => child.on('exit', code => resolve(code)));
}
