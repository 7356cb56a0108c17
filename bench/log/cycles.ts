/**
 * How many configs can be claimed and finished in a second, durably, by 1, 4 and 16 processes?
 *
 * - `one by one`: the claim of one config is one locked and synced append, and its end is another: the cost of the log.
 * - `workers`: real supervisors whose configs take no time. They claim many configs at once and commit in groups, as
 *   any worker does: what a search of tiny configs gets.
 * - Optuna's journal file: ask is one synced append, tell is another. persist-queue: get and ack are one transaction
 * each.
 *
 * The candidates take turns. A ratio compares the median over the rounds with Optuna's for the same number of
 * processes. Afterwards, every config is looked for in the log's raw lines.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Crew } from '../../support/crew.js';
import { judgeRawLog } from '../../support/raw-log.js';
import type { Setting, Table } from './question.js';
import { makeLog } from './make-log.js';
import { race, reportsOf, script } from './race.js';

interface Score {
  cycles: number;
  seconds: number;
  /** Processes that ended in an error, and items that were given to two. */
  crashes: number;
  twice: number;
  note?: string;
}

type Candidate = (place: string, processes: number) => Promise<Score | undefined>;

const LEASE_MS = 60_000;

/** Our side of a race: processes of one command on a copy of a log that is full of configs. */
function ours(template: string, commandFor: (log: string) => string[]): Candidate {
  return async (place, processes) => {
    const log = join(place, 'log');
    cpSync(template, log, { recursive: true });
    const commands = Array.from({ length: processes }, () => commandFor(log));
    const { results, seconds } = await race<{ finished: number }>(commands);
    const cycles = reportsOf(results).reduce((sum, { finished }) => sum + finished, 0);
    const { finished, twice, conflicts, broken } = judgeRawLog(log);
    if (finished.size !== cycles || conflicts.length + broken.length > 0)
      throw new Error(`${cycles} cycles, ${finished.size} in the log; ${conflicts}; ${broken}`);
    return { cycles, seconds, crashes: 0, twice: twice.length };
  };
}

/** A peer in Python; undefined if it is not installed. */
function peer(name: string, seconds: number): Candidate {
  const source = fileURLToPath(new URL(`../../../bench/${name}.py`, import.meta.url));
  return async (place, processes) => {
    const args = [source, join(place, 'peer'), String(processes), String(seconds)];
    const { stdout } = spawnSync(process.env.PYTHON ?? '/usr/bin/python3', args, { encoding: 'utf8' });
    const line = stdout?.trim().split('\n').at(-1);
    const answer = line ? JSON.parse(line) : { missing: true };
    if (answer.missing) return undefined;
    const { cycles, recorded = cycles, seconds: took, errors, twice = 0 } = answer;
    if (recorded >= 0 && recorded !== cycles)
      throw new Error(`${name}: ${cycles} told, ${recorded} recorded`);
    return { cycles, seconds: took, crashes: errors.length, twice, note: errors[0] };
  };
}

function candidates({ seconds }: { seconds: number }, template: string): Map<string, Candidate> {
  const crewOn = (log: string): Crew => ({
    ...{ log, workers: 1, trainMs: 0, leaseMs: LEASE_MS, stopAfterMs: 1000 * seconds },
  });
  return new Map([
    ['spt, one by one', ours(template, log => script('bench/log/cycler.js', log, String(seconds)))],
    ['spt, workers', ours(template, log => script('support/crew.js', JSON.stringify(crewOn(log))))],
    ['Optuna journal', peer('peer_optuna', seconds)],
    ['persist-queue', peer('peer_persist_queue', seconds)],
  ]);
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

export async function cycles({ folder, tiny }: Setting): Promise<Table> {
  const size = tiny
    ? { configs: 2000, seconds: 0.5, processes: [2], rounds: 1 }
    : { configs: 400_000, seconds: 4, processes: [1, 4, 16], rounds: 3 };
  const template = join(folder, 'template');
  makeLog(template, { configs: size.configs, finished: 0, perClaim: 1 });
  const rows: Table['rows'] = [];
  for (const processes of size.processes) {
    const scores = new Map<string, (Score | undefined)[]>();
    for (let round = 0; round < size.rounds; round++) {
      for (const [name, candidate] of candidates(size, template)) {
        const place = join(folder, 'cycles');
        mkdirSync(place);
        const score = await candidate(place, processes);
        rmSync(place, { recursive: true, force: true });
        scores.set(name, [...(scores.get(name) ?? []), score]);
      }
    }
    rows.push(...rowsOf(processes, scores));
  }
  const heads = ['processes', 'system', 'cycles/s', 'x Optuna', 'crashes', 'twice', 'first error'];
  return { question: 'durable claim + finish cycles per second', heads, rows };
}

function rowsOf(processes: number, scores: Map<string, (Score | undefined)[]>): Table['rows'] {
  const rateOf = (name: string): number | undefined => {
    const run = (scores.get(name) ?? []).filter(score => score !== undefined);
    return run.length === 0 ? undefined : median(run.map(({ cycles, seconds }) => cycles / seconds));
  };
  const optuna = rateOf('Optuna journal');
  return [...scores].map(([name, all]) => {
    const run = all.filter(score => score !== undefined);
    const rate = rateOf(name);
    if (rate === undefined) return [processes, name, 'not installed'];
    const ratio = optuna ? (rate / optuna).toFixed(1) : '';
    const crashes = run.reduce((sum, score) => sum + score.crashes, 0);
    const twice = run.reduce((sum, score) => sum + score.twice, 0);
    return [
      processes,
      name,
      Math.round(rate),
      ratio,
      crashes,
      twice,
      run.find(({ note }) => note)?.note ?? '',
    ];
  });
}
