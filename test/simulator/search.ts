/**
 * A search in a simulated world: workers on several machines claim, train, report and release what the lost held,
 * while the world befalls them. Afterwards the log must hold what it promised. In a quarter of the searches the workers are
 * real supervisors, whose training alone is a pause. In some of these, the log loses lines that it had acknowledged:
 * then no promise can be kept but one, that everybody comes to an end and all configs are finished.
 */
import { Rng } from '../../src/base/rng.js';
import { checkedCrc } from '../../src/events/format/decode.js';
import type { Draft } from '../../src/events/format/event.js';
import { Replayer } from '../../src/events/replay.js';
import { State } from '../../src/events/state/state.js';
import type { Host } from '../../src/log/host.js';
import { Journal, type JournalOptions, type Written } from '../../src/log/journal.js';
import { makeObserver, startHeartbeat } from '../../src/log/liveness.js';
import { contentsOf, enqueue, makeWorker } from '../../support/log-helpers.js';
import { supervise } from './supervised.js';
import { World, type Call, type Interference, type Machine, type Process } from './world.js';

export const LOG = '/site/log';
export const LEASE_MS = 4000;
/** After this time, nothing befalls the world any more, and the search must come to its end. */
const STORM_MS = 60_000;
const END_MS = STORM_MS + 600_000;

/** An event whose transaction has resolved: a promise of the log. */
export interface Promised {
  process: string;
  written: Written;
}

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
  /** Whether the workers are real supervisors, and whether the log loses lines that it had acknowledged. */
  supervised?: boolean;
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
  const journalOptions: JournalOptions = { segmentBytes: rng.below(2) ? 3000 : 1e6, patienceMs: 120_000 };
  world.interfere = storm(world, rng.child('storm'));

  const chance = rng.child('workers');
  const supervised = options.supervised ?? chance.below(4) === 0;
  const lossy = options.lossy ?? (supervised && chance.below(2) === 0);
  const startWorker = (machine: Machine, name: string): Process =>
    world.start(machine, name, (host, clock) =>
      supervised
        ? supervise(search, host, clock, name, configs, journalOptions)
        : work(search, host, name, configs, journalOptions),
    );
  const workers: Process[] = [];
  for (let i = 0; i < (options.workers ?? 2 + rng.below(3)); i++) {
    workers.push(startWorker(machines[i % machines.length], `w${i}`));
  }
  // Whoever dies comes back, under a new name, until the storm is over and a while beyond.
  for (let life = 1; world.nowMs < END_MS; life++) {
    await world.run(world.nowMs + 2000);
    if (lossy && world.nowMs < STORM_MS && chance.below(8) === 0) world.loseLines(LOG);
    if (workers.every(process => process.ended && process.alive && !process.error)) break;
    workers.forEach((process, i) => {
      if (process.ended && (!process.alive || process.error))
        workers[i] = startWorker(process.machine, `w${i}_${life}`);
    });
  }
  for (const { name, ended } of workers) if (!ended) search.broken.push(`${name} waits for ever`);
  for (const { name, error } of world.processes) {
    if (error && !isExpected(error)) search.broken.push(`${name} ended with ${(error as Error).stack}`);
  }
  world.interfere = () => undefined;
  if (rng.below(2) === 0) for (const machine of machines) world.losePower(machine);
  // What a killed worker had not synced may have been seen, and be gone now: somebody has to come once more.
  startWorker(machines[0], 'last');
  await world.run(world.nowMs + 600_000);
  await judge(search, machines[0], configs);
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

/** What befalls calls, until the storm is over. How bad it is differs from run to run. */
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

/** The life of one worker. */
async function work(
  search: Search,
  host: Host,
  name: string,
  configs: number,
  options: JournalOptions,
): Promise<void> {
  const journal = await Journal.open(LOG, host, { ...options, author: name });
  const worker = { ...makeWorker(name), host: host.identity.host, pid: host.identity.pid };
  const heartbeat = await startHeartbeat(LOG, host, worker, LEASE_MS);
  const observer = makeObserver(LOG, host, LEASE_MS);
  const say = async (decide: (state: State) => Draft[]): Promise<Written[]> => {
    await heartbeat.bump().catch(() => undefined);
    const written = await journal.transact(decide);
    for (const one of written) search.promised.push({ process: name, written: { ...one } });
    return written;
  };
  for (;;) {
    try {
      if (journal.state.size < configs) await say(() => enqueue(...Array(configs).keys()));
      if (journal.state.count('finished') === configs) return;
      const others = journal.state.holders().filter(({ id }) => id !== name);
      const lost = new Set((await observer.look(others.map(({ id }) => id))).map(loss => loss.worker));
      await say(state => releasesOf(state, lost));
      const [claimed] = await say(state => claimSome(state, worker, host));
      if (!claimed) await host.sleep(LEASE_MS / 8);
      else await train(claimed, host, say);
    } catch (error) {
      if (!isExpected(error)) throw error;
      await host.sleep(500);
    }
  }
}

function releasesOf(state: State, lost: ReadonlySet<string>): Draft[] {
  const claims = state.claims.values().filter(({ worker }) => lost.has(worker.id));
  return claims.map(({ epoch, worker }) => ({
    type: 'released',
    claim: epoch,
    why: 'lost',
    worker: worker.id,
  }));
}

function claimSome(state: State, worker: ReturnType<typeof makeWorker>, host: Host): Draft[] {
  const first = state.nextQueued();
  if (first < 0) return [];
  const second = host.random() < 0.5 ? state.nextQueued(first + 1) : -1;
  const rows = second < 0 ? [first] : [first, second];
  return [{ type: 'claimed', configs: rows.map(row => state.id(row)), attempts: rows.map(() => 1), worker }];
}

async function train(
  claimed: Written,
  host: Host,
  say: (decide: () => Draft[]) => Promise<Written[]>,
): Promise<void> {
  if (claimed.event.type !== 'claimed') throw new Error('a claim was expected');
  for (const config of claimed.event.configs) {
    await host.sleep(50 + 1000 * host.random());
    const scores = { cv: { roc_auc: { mean: 0.5, std: 0, folds: [0.5] } } };
    const result = { config, claim: claimed.n, seconds: 1, digest: config, scores, versions: {} };
    const failure = { config, claim: claimed.n, kind: 'error' as const, message: 'bad luck', retry: true };
    const draft: Draft =
      host.random() < 0.1 ? { type: 'failed', ...failure } : { type: 'finished', ...result };
    await say(() => [draft]);
  }
}

/** Holds the log against what was promised. */
async function judge(search: Search, machine: Machine, configs: number): Promise<void> {
  const { world, broken } = search;
  const states: State[] = [];
  for (const snapshots of [false, true]) {
    const checker = world.start(machine, `checker${snapshots}`, async host => {
      states.push((await Journal.open(LOG, host, { snapshots })).state);
    });
    await world.run(world.nowMs + 600_000);
    if (!checker.ended || checker.error) broken.push(`the log cannot be read: ${checker.error}`);
  }
  if (states.length < 2) return;
  const [replayed, cached] = states.map(state => JSON.stringify(contentsOf(state)));
  if (world.lineLosses === 0) {
    const found = recordsOf(world);
    broken.push(...search.promised.flatMap(promise => missing(promise, found, world.lostHoles) ?? []));
  }
  if (world.lostHoles) return;
  if (replayed !== cached) broken.push('a snapshot differs from a full replay');
  if (states[0].troubles.forks > 0) broken.push(`${states[0].troubles.forks} forks although locks were kept`);
  if (states[0].count('finished') !== configs)
    broken.push(`${states[0].count('finished')} of ${configs} are finished`);
  if (world.lineLosses > 0) return;
  const finished = search.promised.filter(
    ({ written }) => written.event.type === 'finished' && written.applied,
  );
  const names = finished.map(({ written }) => (written.event as { config: string }).config);
  if (new Set(names).size < names.length) broken.push('a config was finished twice in effect');
}

interface Found {
  n: number;
  applied: boolean;
}

/** The first record of each event in the log, and whether it applied. */
export function recordsOf(world: World): Map<string, Found> {
  const found = new Map<string, Found>();
  const replayer = new Replayer(new State());
  for (const path of world.paths().filter(path => path.endsWith('.jsonl'))) {
    const bytes = world.bytesOf(path)!;
    for (let start = 0, end; (end = bytes.indexOf(10, start)) >= 0; start = end + 1) {
      start = Math.max(start, bytes.lastIndexOf(0, end) + 1);
      const crc = checkedCrc(bytes, start, end);
      if (crc < 0) continue;
      const place = { segment: 1, offset: start, length: end - start };
      if (replayer.take(bytes, start, end, crc, place) !== 'taken') continue;
      const { eventId, n, outcome } = replayer;
      if (!found.has(eventId)) found.set(eventId, { n, applied: outcome.applied });
      if (replayer.isSeal) break;
    }
  }
  return found;
}

/**
 * How a promise was broken. Where power took what a failed fsync had dropped and others had built upon, records are
 * there, but need not apply as they did.
 */
export function missing(
  { process, written }: Promised,
  found: Map<string, Found>,
  lostHoles: boolean,
): string | undefined {
  const { id, n, applied, event } = written;
  const record = found.get(id);
  const name = `${event.type} ${id} of ${process}`;
  if (!record) return `${name}, promised as record ${n}, is lost`;
  if (lostHoles) return undefined;
  if (record.applied !== applied)
    return `${name} was told ${applied ? 'to apply' : 'not to'}, and the log says otherwise`;
  return record.n === n ? undefined : `${name} was told the number ${n} and has ${record.n}`;
}
