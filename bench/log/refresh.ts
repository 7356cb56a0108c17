/**
 * What does it cost a worker to catch up with what others have appended? With hundreds of workers on one log, each
 * worker reads what all of them write, a few lines at a time. The figures are processor time of the whole process,
 * including the threads that read. Half of the lines are claims, half are outcomes.
 */
import { join } from 'node:path';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import type { Setting, Table } from './question.js';
import { finishedOf, idOf, makeLog } from './make-log.js';

const MICROSECONDS_PER_MS = 1000;

/** Appends `pairs` claims with their outcomes, from config `first` on. */
async function append(writer: Journal, first: number, pairs: number): Promise<void> {
  const worker = { id: 'worker1', host: 'node1', pid: 1000 };
  const configs = Array.from({ length: pairs }, (_, i) => first + i);
  const claims = await writer.transact(() =>
    configs.map(i => ({ type: 'claimed', configs: [idOf(i)], worker })),
  );
  await writer.transact(() => configs.map((i, place) => finishedOf(i, claims[place].n)));
}

export async function refresh({ folder, tiny }: Setting): Promise<Table> {
  const rounds = tiny ? 3 : 300;
  const linesPerRound = [0, 10, 100];
  const log = join(folder, 'refreshed');
  makeLog(log, { configs: (rounds * 110) / 2 + 100, finished: 0, perClaim: 1 });
  const host = await nodeHost();
  const [writer, reader] = [await Journal.open(log, host), await Journal.open(log, host)];
  let finished = 0;
  const rows: (string | number)[][] = [];
  for (const lines of linesPerRound) {
    let [processor, elapsed] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      if (lines > 0) await append(writer, finished, lines / 2);
      finished += lines / 2;
      const [before, start] = [process.cpuUsage(), performance.now()];
      await reader.refresh();
      elapsed += performance.now() - start;
      const { user, system } = process.cpuUsage(before);
      processor += user + system;
    }
    if (reader.state.count('finished') !== finished) throw new Error('the reader has not caught up');
    const each = (sum: number): string => (sum / rounds).toFixed(0);
    rows.push([lines, each(processor), each(MICROSECONDS_PER_MS * elapsed)]);
  }
  return {
    question: `to catch up with a few new lines, microseconds (mean of ${rounds})`,
    heads: ['lines', 'processor', 'elapsed'],
    rows,
  };
}
