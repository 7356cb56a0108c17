/** Holds the log of a simulated search against what was promised. */
import { checkedCrc } from '../../src/events/format/decode.js';
import { Replayer } from '../../src/events/replay.js';
import { State } from '../../src/events/state/state.js';
import { Journal, type Written } from '../../src/log/journal.js';
import { contentsOf } from '../../support/log-helpers.js';
import type { Machine, World } from '../../support/world/world.js';

/** An event whose transaction has resolved: a promise of the log. */
export interface Promised {
  process: string;
  written: Written;
}

/** What is not as it was promised, in words. */
export async function brokenPromises(
  world: World,
  log: string,
  machine: Machine,
  configs: number,
  promised: readonly Promised[],
): Promise<string[]> {
  const broken: string[] = [];
  const states: State[] = [];
  for (const snapshots of [false, true]) {
    const checker = world.start(machine, `checker${snapshots}`, async host => {
      states.push((await Journal.open(log, host, { snapshots })).state);
    });
    await world.run(world.nowMs + 600_000);
    if (!checker.ended || checker.error) broken.push(`the log cannot be read: ${checker.error}`);
  }
  if (states.length < 2) return broken;
  const [replayed, cached] = states.map(state => JSON.stringify(contentsOf(state)));
  if (world.lineLosses === 0) {
    const found = recordsOf(world);
    broken.push(...promised.flatMap(promise => missing(promise, found, world.lostHoles) ?? []));
  }
  if (world.lostHoles) return broken;
  if (replayed !== cached) broken.push('a snapshot differs from a full replay');
  if (states[0].troubles.forks > 0) broken.push(`${states[0].troubles.forks} forks although locks were kept`);
  if (states[0].count('finished') !== configs)
    broken.push(`${states[0].count('finished')} of ${configs} are finished`);
  if (world.lineLosses > 0) return broken;
  const finished = promised.filter(({ written }) => written.event.type === 'finished' && written.applied);
  const names = finished.map(({ written }) => (written.event as { config: string }).config);
  if (new Set(names).size < names.length) broken.push('a config was finished twice in effect');
  return broken;
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
 * How a promise was broken. Power can take what a failed fsync had dropped and others had built upon. Then the records
 * are there, but they need not apply as they did.
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
