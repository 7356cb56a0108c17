/** What the tests of the log share: small configs, events, and folders that are removed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../src/base/config.js';
import type { Claimed, Draft, Failed, Finished, Worker } from '../src/events/format/event.js';
import { COLUMNS, type State } from '../src/events/state/state.js';

/** A new folder for a test. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'spt-log-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Uses a new folder, and removes it. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = makeFolder();
  try {
    await use(folder);
  } finally {
    removeFolder(folder);
  }
}

/** The id of the i-th config. */
export function idOf(i: number): string {
  return (0x1234567800000000n + BigInt(i) * 0x9e3779b97f4a7c15n).toString(16).slice(-16).padStart(16, '0');
}

/** The i-th config; splits and pipelines alternate. */
export function makeConfig(i: number, more: Partial<Config> = {}): Config {
  return {
    id: idOf(i),
    pipeline: i % 3 === 0 ? 'lasso' : 'svc',
    steps: [{ StandardScaler: {} }, { SVC: { C: i } }],
    split: i % 2 === 0 ? 'A1' : 'B2',
    train: 'train_A1',
    scoring: 'roc_auc',
    metrics: ['roc_auc'],
    seed: 0,
    data: 'd1',
    ...more,
  };
}

export function makeWorker(id = 'w1'): Worker {
  return { id, host: 'here', pid: 1 };
}

export function enqueue(...numbers: number[]): Draft[] {
  return numbers.map(i => ({ type: 'enqueued', config: makeConfig(i) }));
}

export function claim(worker: string, ...numbers: number[]): Claimed {
  return { type: 'claimed', configs: numbers.map(idOf), worker: makeWorker(worker) };
}

export function finish(i: number, epoch: number, score = 0.5): Finished {
  return {
    type: 'finished',
    config: idOf(i),
    claim: epoch,
    seconds: 1,
    digest: `digest${i}`,
    scores: { cv: { roc_auc: { mean: score, std: 0, folds: [score] } }, validate: { roc_auc: score / 2 } },
    versions: { spt: '0' },
  };
}

export function fail(i: number, epoch: number, more: Partial<Failed> = {}): Failed {
  return {
    type: 'failed',
    config: idOf(i),
    claim: epoch,
    kind: 'error',
    message: 'no',
    retry: false,
    ...more,
  };
}

/** Everything that a state holds, as plain values. */
export function contentsOf(state: State): object {
  const columns = COLUMNS.map(name => [name, [...state[name].subarray(0, state.size)]]);
  const claims = state.claims.values().map(claim => ({ ...claim, rows: state.held(claim) }));
  const { size, n, chain, troubles, groups, groupSplit } = state;
  const counts = [...state.counts.subarray(0, 4 * groups.length)];
  return { size, n, chain, troubles, groups, groupSplit, counts, claims, ...Object.fromEntries(columns) };
}
