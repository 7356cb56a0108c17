/**
 * A fixed scenario of a dozen operations on a log, in a simulated world, with one mishap at one call. Afterwards two
 * more appends and a full read must work, and everything that was acknowledged must be there.
 */
import { Rng } from '../../src/base/rng.js';
import type { Draft } from '../../src/events/format/event.js';
import type { State } from '../../src/events/state/state.js';
import { Journal, type Written } from '../../src/log/journal.js';
import { claim, enqueue, fail, finish, idOf } from '../../support/log-helpers.js';
import { missing, recordsOf } from './judge.js';
import { World, type CallName, type Interference } from '../../support/world/world.js';

const LOG = '/site/log';
/** The size of a segment: the scenario must seal one. */
const SEGMENT_BYTES = 1500;

/** A call of the undisturbed scenario. */
export interface ScenarioCall {
  name: CallName;
  path: string;
  length: number;
}

export interface Ending {
  calls: ScenarioCall[];
  /** How many operations were acknowledged, and whether the process lived to the end. */
  acknowledged: number;
  survived: boolean;
  /** Errors that the operations threw. */
  errors: unknown[];
  /** What is not as it was promised. */
  broken: string[];
}

function operations(): ((epochs: number[]) => Draft[])[] {
  return [
    () => enqueue(0, 1, 2),
    () => [claim('w1', 0, 1)],
    ([first]) => [finish(0, first)],
    ([first]) => [fail(1, first, { retry: true })],
    () => [claim('w1', 1, 2)],
    ([, second]) => [{ type: 'released', claim: second, configs: [idOf(2)], why: 'signal' }],
    ([, second]) => [fail(1, second)],
    () => [{ type: 'released', configs: [idOf(1)], why: 'retry' }],
    () => enqueue(0, 3),
    () => [claim('w1', 1)],
    ([, , third]) => [finish(1, third), finish(1, third)],
    () => [],
  ];
}

/** Runs the scenario; `mishap` happens at call number `at` of the process. */
export async function runScenario(at = -1, mishap?: Interference, repeat = 1): Promise<Ending> {
  const world = new World(Rng.from('scenario', at), { kind: 'local' });
  const machine = world.addMachine('m');
  const ending: Ending = { calls: [], acknowledged: 0, survived: false, errors: [], broken: [] };
  const promised: { process: string; written: Written }[] = [];
  const actor = world.start(machine, 'actor', async host => {
    const epochs: number[] = [];
    const journal = await Journal.open(LOG, host, { segmentBytes: SEGMENT_BYTES });
    for (const operation of operations()) {
      try {
        const written = await journal.transact(() => operation(epochs));
        for (const one of written) promised.push({ process: 'actor', written: { ...one } });
        if (written[0]?.event.type === 'claimed') epochs.push(written[0].n);
        ending.acknowledged++;
      } catch (error) {
        ending.errors.push(error);
      }
    }
    ending.survived = true;
  });
  world.interfere = ({ process, name, path, length }) => {
    if (process !== actor) return undefined;
    ending.calls.push({ name, path, length });
    const number = ending.calls.length - 1;
    return number >= at && number < at + repeat ? mishap : undefined;
  };
  await world.run();
  if (actor.error) ending.errors.push(actor.error);
  ending.broken = await judge(world, promised);
  return ending;
}

async function judge(world: World, promised: { process: string; written: Written }[]): Promise<string[]> {
  const broken: string[] = [];
  const states: State[] = [];
  for (const number of [7, 8]) {
    const successor = world.start(world.addMachine('m'), `successor${number}`, async host => {
      const journal = await Journal.open(LOG, host, { segmentBytes: SEGMENT_BYTES });
      const [written] = await journal.transact(() => enqueue(number));
      promised.push({ process: `successor${number}`, written });
    });
    await world.run();
    if (successor.error) broken.push(`append ${number} failed: ${successor.error}`);
  }
  // Whatever was acknowledged until now rests on nothing that a loss of power could take.
  world.losePower(world.addMachine('m'));
  const reader = world.start(world.addMachine('m'), 'reader', async host => {
    states.push((await Journal.open(LOG, host, { snapshots: false })).state);
  });
  await world.run();
  if (reader.error) return [...broken, `the log cannot be read: ${reader.error}`];
  const found = recordsOf(world);
  broken.push(...promised.flatMap(promise => missing(promise, found, world.lostHoles) ?? []));
  const { forks, gaps, brokenLinks } = states[0].troubles;
  if (!world.lostHoles && forks + gaps + brokenLinks > 0)
    broken.push(`${forks} forks, ${gaps} gaps, ${brokenLinks} broken links`);
  const torn = readable(world);
  if (torn) broken.push(torn);
  return broken;
}

/** Checks that every line is one record or one torn piece, and never a piece followed by a record. */
function readable(world: World): string | undefined {
  for (const path of world.paths().filter(path => path.endsWith('.jsonl'))) {
    for (const line of world.bytesOf(path)!.toString('latin1').split('\n')) {
      if (line.lastIndexOf('{"crc":"') > 0 && !line.includes('\0'))
        return `two records share a line of ${path}`;
    }
  }
  return undefined;
}
