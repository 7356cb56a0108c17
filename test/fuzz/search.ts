/**
 * A search in the middle of its work, held in memory and laid out anew for each input: two segments and a snapshot,
 * configs in every state, signs of life of workers that are gone, prepared data, both YAML files, both tables.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config } from '../../src/base/config.js';
import type { Draft } from '../../src/events/format/event.js';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import { finish, makeWorker } from '../../support/log-helpers.js';
import { makeSearch, smallConfig } from '../../support/search.js';

const pipes = `
nb:
  - StandardScaler
  - GaussianNB: { var_smoothing: [1.0e-9, 0.01] }
tree:
  - DecisionTreeClassifier: { max_depth: [1, 2, 3], min_samples_leaf: [1, 2] }
`;

/** Files by their path in the folder of the search. */
export type Files = ReadonlyMap<string, Buffer>;

/** Makes the search, with the program itself, and takes its files into memory. */
export async function makeFiles(): Promise<Files> {
  const search = makeSearch({ config: smallConfig, pipes });
  try {
    const { code, err } = await search.sptHere('enqueue', '--splits', 'A1', '--cv', '--validate');
    if (code !== 0) throw new Error(err);
    const configs = search.events().map(event => event.config as Config);
    rmSync(join(search.root, 'log'), { recursive: true });
    await writeLog(join(search.root, 'log'), configs);
    search.write('log/status.log', '2026-01-01T00:00:00.000Z enqueued 8 configs\n');
    const sign = { worker: 'w3', host: 'elsewhere', pid: 7, boot: 'b', namespace: 'n', start: '1', count: 3 };
    search.write('log/workers/w3.json', `${JSON.stringify(sign).padEnd(1023)}\n`);
    return filesUnder(search.root);
  } finally {
    search.remove();
  }
}

/** One config finished, two failed, one given back, one held by a worker that is gone; the others are queued. */
async function writeLog(log: string, configs: Config[]): Promise<void> {
  const journal = await Journal.open(log, await nodeHost(), { segmentBytes: 2500 });
  const append = async (...drafts: Draft[]): Promise<number> => {
    const written = await journal.transact(() => drafts);
    return written[0].n;
  };
  for (const config of configs) await append({ type: 'enqueued', config });
  const ids = configs.map(({ id }) => id);
  const first = await append({ type: 'claimed', configs: ids.slice(0, 4), worker: makeWorker('w1') });
  await append({ ...finish(0, first), config: ids[0], digest: '0'.repeat(32) });
  const message = 'the data has a column without a value';
  await append({
    ...{ type: 'failed', config: ids[1], claim: first, kind: 'error', message, retry: false, seconds: 1 },
  });
  await append({
    ...{ type: 'failed', config: ids[2], claim: first, kind: 'timeout', message: '1 h', retry: false },
  });
  await append({ type: 'released', claim: first, why: 'signal' });
  await append({ type: 'claimed', configs: [ids[4]], worker: makeWorker('w3') });
}

function filesUnder(root: string): Files {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const files = paths.filter(path => statSync(join(root, path)).isFile()).sort();
  return new Map(files.map(path => [path, readFileSync(join(root, path))]));
}

/** A folder in which the files are laid out again and again. */
export class Table {
  readonly root = mkdtempSync(join(tmpdir(), 'spt-fuzz-'));

  /** Lays the files out, and nothing else. */
  lay(files: Files): void {
    for (const name of readdirSync(this.root))
      rmSync(join(this.root, name), { recursive: true, force: true });
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), bytes);
    }
  }

  /** The bytes of all segments; a segment that is no file counts as empty. */
  logBytes(): string {
    const log = join(this.root, 'log');
    const names = readdirSync(log).filter(name => name.startsWith('events-'));
    return names
      .sort()
      .map(name => (statSync(join(log, name), { throwIfNoEntry: false })?.isFile() ? join(log, name) : ''))
      .map(path => (path === '' ? '' : readFileSync(path, 'latin1')))
      .join('|');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
