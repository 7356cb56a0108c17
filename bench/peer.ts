import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Parameters } from '../src/base/config.js';
import type { BenchTable } from './tables.js';

/**
 * scikit-learn and xgboost in a Python process of one thread that is kept alive: bench/peer.py says what it answers.
 */
export interface Peer {
  versions: { [name: string]: string };
  load(table: BenchTable): Promise<void>;
  fit(estimator: string, params: Parameters, table: string): Promise<{ fitMs: number; predictMs: number }>;
  score(estimator: string, params: Parameters, table: string): Promise<number>;
  close(): void;
}

const script = fileURLToPath(new URL('../../bench/peer.py', import.meta.url));
const oneThread = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

/** Starts the peer. Rejects where there is no Python with scikit-learn and xgboost. */
export async function startPeer(python: string): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'spt-bench-'));
  const child = spawn(python, [script], {
    env: { ...process.env, ...oneThread },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit').catch((error: Error) => error);
  const next = async (): Promise<any> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} ended: ${await ended}`);
    const reply = JSON.parse(value);
    if (reply.error) throw new Error(reply.error);
    return reply;
  };
  const ask = (request: object): Promise<any> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return next();
  };
  return {
    versions: await next(),
    async load({ name, problem: { x, y } }) {
      const [xFile, yFile] = [join(folder, 'x'), join(folder, 'y')];
      writeFileSync(xFile, x.data);
      writeFileSync(yFile, y);
      const type = y instanceof Float64Array ? '<f8' : '<i4';
      await ask({ load: name, x: xFile, y: yFile, type, rows: x.rows, columns: x.columns });
    },
    async fit(estimator, params, table) {
      const { fit_ms: fitMs, predict_ms: predictMs } = await ask({ fit: estimator, params, table });
      return { fitMs, predictMs };
    },
    score: async (estimator, params, table) => (await ask({ score: estimator, params, table })).score,
    close() {
      child.stdin.end();
      rmSync(folder, { recursive: true });
    },
  };
}
