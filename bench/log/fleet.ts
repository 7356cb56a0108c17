/**
 * How much of their time do 700 workers train, whose configs take a second? Each is a real supervisor with a journal
 * and a heartbeat of its own, on the real file system; only the training is a pause. They share a few processes, so
 * that this machine's processors do all that 700 would do: every worker replays what all workers append.
 */
import { join } from 'node:path';
import type { Crew, CrewReport } from '../../test/support/crew.js';
import { judgeRawLog } from '../../test/support/raw-log.js';
import type { Setting, Table } from '../log.js';
import { makeLog } from './make-log.js';
import { race, reportsOf, run, script } from './race.js';

export async function fleet({ folder, tiny }: Setting): Promise<Table> {
  const size = tiny
    ? { workers: 8, processes: 2, configs: 4000, trainMs: 20, seconds: 1, warmUpSeconds: 0.3 }
    : {
        workers: 700,
        processes: 28,
        configs: 60_000,
        trainMs: 1000,
        seconds: 50,
        warmUpSeconds: 20,
      };
  const log = join(folder, 'fleet');
  makeLog(log, { configs: size.configs, finished: 0, perClaim: 1 }, true);
  const crew: Crew = {
    ...{ log, workers: size.workers / size.processes, trainMs: size.trainMs, leaseMs: 60_000 },
    ...{ stopAfterMs: 1000 * size.seconds, warmUpMs: 1000 * size.warmUpSeconds },
  };
  const commands = Array.from({ length: size.processes }, () =>
    script('test/support/crew.js', JSON.stringify(crew)),
  );
  await run(script('bench/log/opener.js', log, 'snapshots'));
  const { results } = await race<CrewReport>(commands);
  const reports = reportsOf(results);
  const { finished, twice, conflicts, broken } = judgeRawLog(log);
  const sum = (of: (report: CrewReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  if (finished.size !== sum(report => report.finished) || twice.length + conflicts.length + broken.length > 0)
    throw new Error(`the log does not hold what was reported: ${twice} ${conflicts} ${broken}`);
  const [trained, waited] = [sum(report => report.trainedSeconds), sum(report => report.waitedSeconds)];
  const p99 = Math.max(...reports.map(report => report.appendMs.p99));
  const middle = Math.max(...reports.map(report => report.appendMs.median));
  return {
    question: `${size.workers} workers, configs of ${size.trainMs / 1000} s, in ${size.processes} processes, after ${size.warmUpSeconds} s`,
    heads: ['what', 'value', 'goal'],
    rows: [
      ['time spent training, %', ((100 * trained) / (trained + waited)).toFixed(1), tiny ? '' : '95'],
      ['configs finished per second', Math.round(finished.size / size.seconds), ''],
      ['appends per second', Math.round(sum(({ appends }) => appends) / size.seconds), ''],
      ['an append takes, ms (median)', middle.toFixed(0), ''],
      ['an append takes, ms (99th percentile)', p99.toFixed(0), ''],
    ],
  };
}
