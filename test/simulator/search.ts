/**
 * A search in a simulated world: workers on several machines claim, train, report and release what the lost held,
 * among faults of the world. Afterwards the log must hold what it promised. Every worker is a real supervisor, and
 * only its training is a pause. In a quarter of the searches, the log loses lines that it had acknowledged. Then only
 * two promises can be kept: all workers come to an end, and all configs are finished.
 */
import { Rng } from '../../src/base/rng.js';
import type { JournalOptions } from '../../src/log/journal.js';
import { brokenPromises, type Promised } from './judge.js';
import { LEASE_MS, live } from './worker.js';
import {
  World,
  type Call,
  type Interference,
  type Machine,
  type Process,
} from '../../support/world/world.js';

const LOG = '/site/log';
/** After this time, no more faults happen, and the search must end. */
const STORM_MS = 60_000;
const END_MS = STORM_MS + 600_000;

export interface Search {
  seed: string;
  world: World;
  promised: Promised[];
  /** What went wrong, in words; nothing if all promises were kept. */
  broken: string[];
  kinds: string;
}

/** What varies between runs. */
export interface SearchOptions {
  kind?: 'local' | 'shared';
  locksAreBroken?: boolean;
  workers?: number;
  configs?: number;
  /** Whether the log loses lines that it had acknowledged. */
  lossy?: boolean;
}

/** Runs one search; the seed decides everything. */
export async function runSearch(seed: string, options: SearchOptions = {}): Promise<Search> {
  const rng = Rng.from('search', seed);
  const kind = options.kind ?? (rng.below(2) === 0 ? 'local' : 'shared');
  const world = new World(rng.child('world'), { kind, locksAreBroken: options.locksAreBroken });
  const search: Search = { seed, world, promised: [], broken: [], kinds: kind };
  const configs = options.configs ?? 6 + rng.below(10);
  const machines = makeMachines(world, kind, rng);
  const journal: JournalOptions = { segmentBytes: rng.below(2) ? 3000 : 1e6, patienceMs: 120_000 };
  world.interfere = storm(world, rng.child('storm'));

  const chance = rng.child('workers');
  const mayLoseLines = options.lossy ?? chance.below(4) === 0;
  const { promised, broken } = search;
  const startWorker = (machine: Machine, name: string, mayBeHindered = world.nowMs < STORM_MS): Process => {
    const life = { log: LOG, name, configs, journal, mayBeHindered, mayLoseLines, promised, broken };
    return world.start(machine, name, (host, clock) => live(life, host, clock));
  };
  const workers: Process[] = [];
  for (let i = 0; i < (options.workers ?? 2 + rng.below(3)); i++) {
    workers.push(startWorker(machines[i % machines.length], `w${i}`));
  }
  // Whoever dies comes back, under a new name, until the storm is over and a while beyond.
  for (let life = 1; world.nowMs < END_MS; life++) {
    await world.run(world.nowMs + 2000);
    if (mayLoseLines && world.nowMs < STORM_MS && chance.below(8) === 0) world.loseLines(LOG);
    if (workers.every(process => process.ended && process.alive && !process.error)) break;
    workers.forEach((process, i) => {
      if (process.ended && (!process.alive || process.error))
        workers[i] = startWorker(process.machine, `w${i}_${life}`);
    });
  }
  for (const { name, ended } of workers) if (!ended) broken.push(`${name} waits for ever`);
  for (const { name, error } of world.processes) {
    if (error && !isExpected(error)) broken.push(`${name} ended with ${(error as Error).stack}`);
  }
  world.interfere = () => undefined;
  if (rng.below(2) === 0) for (const machine of machines) world.losePower(machine);
  // Others may have seen what a killed worker had not synced, and it may be gone now. Then one more worker must run.
  startWorker(machines[0], 'last', false);
  await world.run(world.nowMs + 600_000);
  broken.push(...(await brokenPromises(world, LOG, machines[0], configs, promised)));
  return search;
}

function makeMachines(world: World, kind: 'local' | 'shared', rng: Rng): Machine[] {
  const count = kind === 'local' ? 1 : 2 + rng.below(2);
  const hourMs = 3_600_000;
  return Array.from({ length: count }, (_, i) =>
    world.addMachine(`m${i}`, (rng.float() * 2 - 1) * hourMs, 0.9 + 0.2 * rng.float()),
  );
}

/** Failures that a storm may cause: a start may fail like any other use of the log. */
function isExpected(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'Failure' || /^E[A-Z]+$/.test(code ?? '');
}

const ERRORS = ['ENOSPC', 'EIO', 'ESTALE', 'EINTR', 'ENOLCK', 'EAGAIN'];

/** What happens to calls, until the storm is over. How bad it is differs from run to run. */
function storm(world: World, rng: Rng): (call: Call) => Interference | undefined {
  const rarity = [40, 120, 400][rng.below(3)];
  return ({ process, name, length }) => {
    if (world.nowMs > STORM_MS || rng.below(rarity) > 0) return undefined;
    const bytes = length > 0 ? rng.below(length + 1) : 0;
    switch (rng.below(10)) {
      case 0:
        return { kind: 'kill', when: 'before', bytes };
      case 1:
        return { kind: 'kill', when: 'after' };
      case 2:
        return rng.below(3) === 0 ? { kind: 'power', bytes } : undefined;
      case 3:
        return { kind: 'pause', ms: rng.below(3 * LEASE_MS) };
      case 4:
        return { kind: 'cut-off', ms: rng.below(20_000) };
      case 5:
        return name === 'write' ? { kind: 'short', bytes } : undefined;
      default:
        return name === 'sleep' || process.ended
          ? undefined
          : { kind: 'error', code: ERRORS[rng.below(ERRORS.length)], bytes: name === 'write' ? bytes : 0 };
    }
  };
}
