/**
 * The life of a worker in a simulated world. The supervisor, its journal, its heartbeat and its observer are real; its
 * training is a pause. A life may be ended by a signal or a deadline, may lack data, and may be short of memory.
 */
import { Failure } from '../../src/base/errors.js';
import type { Config } from '../../src/base/config.js';
import type { Host } from '../../src/log/host.js';
import { Journal, type JournalOptions } from '../../src/log/journal.js';
import type { Clock } from '../../src/worker/clock.js';
import type { Outcome } from '../../src/worker/protocol.js';
import type { Tally, WorkOptions } from '../../src/worker/environment.js';
import type { Supervisor } from '../../src/worker/supervisor.js';
import { makeConfig, makeWorker } from '../../support/log-helpers.js';
import { PausingTrainer, finishedAfter, someData, type Training } from '../../support/pausing-trainer.js';
import { onAppend, recruit } from '../../support/supervisor.js';
import type { Promised } from './judge.js';

export const LEASE_MS = 4000;

/** What the process may take, in bytes, where memory is limited. */
const MEMORY_BYTES = 1000;
/** On average, the trainers are short of memory at one of this number of looks. */
const LOOKS_PER_SHORTAGE = 40;

/** What a worker is to do, and where it notes what it has done. */
export interface Life {
  log: string;
  name: string;
  configs: number;
  journal: JournalOptions;
  /** Whether something may be in its way that others do not know: signals, a deadline, no data, little memory. */
  mayBeHindered: boolean;
  /** Whether lines that were acknowledged may be lost: then most promises cannot be kept. */
  mayLoseLines: boolean;
  promised: Promised[];
  broken: string[];
}

/** The i-th config of a search: the data of each split is its own. */
function configOf(i: number): Config {
  const config = makeConfig(i);
  return { ...config, data: `data of ${config.split}` };
}

/** What ends a worker, or keeps it from some of its work. */
type Hindrance = 'stop' | 'warn' | 'leave' | 'deadline' | 'no data' | 'memory' | undefined;

function hindranceOf({ mayBeHindered }: Life, host: Host): Hindrance {
  if (!mayBeHindered) return undefined;
  const all: Hindrance[] = ['stop', 'warn', 'leave', 'deadline', 'no data', 'memory'];
  return all[Math.floor(18 * host.random())];
}

/** A config takes about half a second; a tenth of the attempts fail, and a few find no memory. */
function trainingOf({ id }: Config, host: Host): Training {
  const seconds = 0.05 + host.random();
  const chance = host.random();
  const failure = (kind: 'error' | 'memory'): Outcome => {
    return { kind: 'failed', failure: kind, message: 'bad luck', retry: true, seconds };
  };
  const outcome =
    chance < 0.1 ? failure('error') : chance < 0.13 ? failure('memory') : finishedAfter(seconds, id);
  return { pauseMs: 1000 * seconds, outcome };
}

/** Enqueues what is missing, works until nothing is left, and fails as `spt work` does; also if it had to end early. */
export async function live(life: Life, host: Host, clock: Clock): Promise<void> {
  const { log, name, configs, promised } = life;
  const journal = await Journal.open(log, host, { ...life.journal, author: name });
  const own: Promised[] = [];
  onAppend(journal, clock, written => {
    const made = written.map(one => ({ process: name, written: { ...one } }));
    own.push(...made);
    promised.push(...made);
  });
  await journal.transact(({ size }) => {
    const all = Array.from({ length: size < configs ? configs : 0 }, (_, i) => configOf(i));
    return all.map(config => ({ type: 'enqueued', config }));
  });
  const worker = { ...makeWorker(name), host: host.identity.host, pid: host.identity.pid };
  const hindrance = hindranceOf(life, host);
  const missing = `data of ${host.random() < 0.5 ? 'A1' : 'B2'}`;
  const options: Partial<WorkOptions> = {
    ...{ jobs: 1 + Math.floor(2 * host.random()), attempts: 1000, losses: 1000, leaseMs: LEASE_MS },
    graceMs: 3000 * host.random(),
    ...(hindrance === 'deadline' && { deadlineMs: 2000 + 20_000 * host.random() }),
    ...(hindrance === 'memory' && { memoryBytes: MEMORY_BYTES }),
  };
  const supervisor = await recruit(host, clock, journal, {
    ...{ worker, options, newTrainer: () => new PausingTrainer(clock, config => trainingOf(config, host)) },
    readData: digest => {
      if (hindrance === 'no data' && digest === missing) throw new Failure('data-missing', `no ${digest}`);
      return someData;
    },
    residentBytes: () => (host.random() * LOOKS_PER_SHORTAGE < 1 ? MEMORY_BYTES : 0),
  });
  disturb(supervisor, hindrance, host, clock);
  const tally = await supervisor.run();
  if (!life.mayLoseLines) life.broken.push(...brokenByWorker(journal, name, tally, own));
  if (tally.trouble) throw tally.trouble;
  if (hindrance !== undefined) throw new Failure('ended-early', 'somebody else may have to go on');
}

function disturb(supervisor: Supervisor, hindrance: Hindrance, host: Host, clock: Clock): void {
  const atMs = 20_000 * host.random() ** 2;
  if (hindrance === 'stop') {
    clock.after(atMs, () => supervisor.stop());
    if (host.random() < 0.3) clock.after(atMs + 500, () => supervisor.stop());
  } else if (hindrance === 'warn') {
    clock.after(atMs, () => supervisor.warn());
    if (host.random() < 0.3) clock.after(atMs + 500, () => supervisor.stop());
  } else if (hindrance === 'leave') clock.after(atMs, () => supervisor.leaveAtOnce());
}

/** What a worker that has left in order must have done: it holds nothing, and it counts what the log has taken. */
function brokenByWorker({ state }: Journal, name: string, tally: Tally, own: readonly Promised[]): string[] {
  const broken: string[] = [];
  const held = state.claimsOf(name).reduce((sum, claim) => sum + state.held(claim).length, 0);
  if (held > 0) broken.push(`${name} has left, and holds ${held} configs`);
  const finished = own.filter(({ written }) => written.event.type === 'finished' && written.applied).length;
  if (finished !== tally.finished)
    broken.push(`${name} counts ${tally.finished} finished configs, and the log has taken ${finished}`);
  return broken;
}
