/**
 * Workers die: `npm run storm:kill [-- --kills 1000 --workers 4 --kind light|spt --keep]`. Real processes on one real
 * log are ended by kill -9 at random moments and replaced, until the kills are used up. Then the last workers finish
 * the search. Afterwards a reader that shares no code with the writers reads the raw lines: every config has exactly
 * one effective outcome, no config has two live claims, no record is out of order, and the log holds everything that
 * it has acknowledged to any worker.
 *
 * In `light` workers everything is real but the training, which is a pause; `spt` are processes of `spt work`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Rng } from '../../src/base/rng.js';
import { enqueue } from '../../support/log-helpers.js';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';
import type { Crew } from '../../support/crew.js';
import { judgeRawLog, type RawVerdict } from '../../support/raw-log.js';
import { makeSearch } from '../../support/search.js';
import { cli } from '../../support/root.js';

export interface KillStorm {
  kills: number;
  workers: number;
  kind: 'light' | 'spt';
  /** The longest life of a worker after its first words, in ms. */
  longestMs: number;
  /** This part of the workers is stopped for longer than the lease first, so that it reports under an ended claim. */
  stops: number;
  seed: string;
  keep?: boolean;
}

export interface Aftermath {
  verdict: RawVerdict;
  kills: number;
  starts: number;
  seconds: number;
  /** Event ids that a worker was told to be in the log, and that are not. */
  lost: string[];
  acknowledged: number;
  configs: number;
  folder: string;
}

const crewScript = fileURLToPath(new URL('../../support/crew.js', import.meta.url));
const LEASE_MS = 3000;

/** Where a search lies, and how a worker of it is started. */
interface Field {
  folder: string;
  log: string;
  configs: number;
  /** A worker that is going to be killed, and one that is to finish the search. */
  doomed: string[];
  last: string[];
}

async function lightField(kills: number): Promise<Field> {
  const folder = mkdtempSync(join(tmpdir(), 'spt-kill-'));
  const log = join(folder, 'log');
  // More than the doomed can finish: none may end before it is killed.
  const configs = 100 + 250 * kills;
  const journal = await Journal.open(log, await nodeHost());
  const numbers = Array.from({ length: configs }, (_, i) => i);
  while (numbers.length > 0) await journal.transact(() => enqueue(...numbers.splice(0, 5000)));
  const last: Crew = { log, workers: 1, trainMs: 0, leaseMs: LEASE_MS, segmentBytes: 300_000, tells: true };
  // Those who think that a config takes long claim one at a time: they are nearly always about to append.
  const doomed: Crew = { ...last, trainMs: 4, saidSeconds: 60 };
  const commandOf = (crew: Crew): string[] => [crewScript, JSON.stringify(crew)];
  return { folder, log, configs, doomed: commandOf(doomed), last: commandOf(last) };
}

function sptField(kills: number): Field {
  const points = Math.max(20, 2 * kills);
  const model = `LogisticRegression: { penalty: l1, C: { logspace: [-2, 2, ${points}] } }`;
  const pipes = `lasso:\n  - StandardScaler\n  - ${model}\n`;
  const search = makeSearch({ pipes });
  search.spt('enqueue', '--splits', 'A1', 'B2', '--cv');
  const command = [cli, 'work', '-j', '1', '--root', search.root];
  const log = join(search.root, 'log');
  return { folder: search.root, log, configs: 2 * points, doomed: command, last: command };
}

interface Soldier {
  child: ChildProcess;
  /** Its first words, or its end. */
  spoke: Promise<void>;
  ended: Promise<number | null>;
}

/** Starts a worker and collects what it was told. */
function start(command: string[], acknowledged: string[]): Soldier {
  const child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined).write('go\n');
  const ended = new Promise<number | null>(resolve => child.on('close', code => resolve(code)));
  const spoke = new Promise<void>(resolve => {
    void ended.then(() => resolve());
    createInterface({ input: child.stdout }).on('line', line => {
      resolve();
      if (line.startsWith('[') && line.endsWith(']')) acknowledged.push(...(JSON.parse(line) as string[]));
    });
  });
  return { child, spoke, ended };
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms).unref());

/** One place in the field: its worker is killed and replaced while there are kills left; how many there were. */
async function hold(field: Field, storm: KillStorm, left: { kills: number }, rng: Rng, told: string[]) {
  let starts = 0;
  for (; left.kills > 0; starts++) {
    left.kills--;
    const { child, spoke, ended } = start(field.doomed, told);
    // Some die before they have said anything.
    await Promise.race([spoke, pause(rng.below(10) === 0 ? 100 : 60_000)]);
    // A few live long enough to take others, who are stopped, for lost.
    const longestMs = rng.below(20) === 0 ? 5 * LEASE_MS : storm.longestMs;
    await Promise.race([ended, pause(rng.float() * longestMs)]);
    if (rng.float() < storm.stops) {
      child.kill('SIGSTOP');
      await pause(1.7 * LEASE_MS);
      child.kill('SIGCONT');
      await Promise.race([ended, pause(storm.longestMs)]);
    }
    child.kill('SIGKILL');
    const code = await ended;
    if (child.signalCode !== 'SIGKILL')
      throw new Error(`a worker ended with code ${code} before it was killed`);
  }
  return starts;
}

/** The last workers, which nobody kills: they end when nothing is left. */
async function finish(field: Field, workers: number, told: string[]): Promise<number> {
  const last = Array.from({ length: workers }, () => start(field.last, told));
  for (const { ended } of last) {
    const code = await ended;
    if (code !== 0) throw new Error(`a worker ended with code ${code}`);
  }
  return workers;
}

/** Lets a storm of kills loose on a search; what is left of it. */
export async function killStorm(storm: KillStorm): Promise<Aftermath> {
  const field = storm.kind === 'light' ? await lightField(storm.kills) : sptField(storm.kills);
  const begin = performance.now();
  const left = { kills: storm.kills };
  const acknowledged: string[] = [];
  const places = Array.from({ length: storm.workers }, (_, i) =>
    hold(field, storm, left, Rng.from('kill', storm.seed, i), acknowledged),
  );
  const doomed = (await Promise.all(places)).reduce((sum, one) => sum + one, 0);
  const starts = doomed + (await finish(field, storm.workers, acknowledged));
  const verdict = judgeRawLog(field.log);
  const lost = acknowledged.filter(id => !verdict.ids.has(id));
  if (!storm.keep) rmSync(field.folder, { recursive: true, force: true });
  return {
    ...{ verdict, lost, starts, folder: field.folder, configs: field.configs },
    ...{ kills: doomed, acknowledged: acknowledged.length },
    seconds: (performance.now() - begin) / 1000,
  };
}

/** What a storm may not do, in words; nothing if all is well. */
export function complaints({ verdict, lost, configs, kills }: Aftermath, storm: KillStorm): string[] {
  const { finished, failed, open, twice, conflicts, broken } = verdict;
  const found = [
    [lost.length, 'acknowledged events are not in the log'],
    [twice.length, 'configs are finished twice in effect'],
    [conflicts.length, `claims conflict: ${conflicts[0]}`],
    [broken.length, `records are out of order: ${broken[0]}`],
    [open.length, 'configs have no outcome'],
    [configs - finished.size - failed, 'configs are missing'],
    [failed, 'configs failed'],
    [storm.kills - kills, 'kills were not made'],
  ] as const;
  return found.filter(([count]) => count !== 0).map(([count, what]) => `${count} ${what}`);
}
