/** A search in a simulated world, with workers that are real but for their training. Time costs nothing. */
import type { Config } from '../src/base/config.js';
import { Rng } from '../src/base/rng.js';
import { decode } from '../src/events/format/decode.js';
import type { Draft, Entry, Event } from '../src/events/format/event.js';
import type { Host } from '../src/log/host.js';
import { Journal } from '../src/log/journal.js';
import type { Clock } from '../src/worker/clock.js';
import type { Tally, WorkOptions } from '../src/worker/environment.js';
import type { Outcome } from '../src/worker/protocol.js';
import type { Supervisor } from '../src/worker/supervisor.js';
import { makeConfig, makeWorker } from './log-helpers.js';
import { PausingTrainer, finishedAfter, someData, type Training } from './pausing-trainer.js';
import { recruit } from './supervisor.js';
import { World, type Process } from './world/world.js';

export const LOG = '/site/log';
/** The first segment of the log. */
export const SEGMENT = `${LOG}/events-000001.jsonl`;

/** How a worker works, where it differs from the usual. */
interface Trade {
  options?: Partial<WorkOptions>;
  /** How long a config trains, in seconds; it is asked when the training starts. */
  seconds?(config: Config): number;
  /** What becomes of a config; it finishes, if nothing else is said. */
  outcome?(config: Config): Outcome | undefined;
  readData?(digest: string): never;
}

export interface Member {
  name: string;
  process: Process;
  supervisor: Supervisor;
  /** The lines of its status log. */
  told: string[];
  tally?: Tally;
}

function trainingOf(config: Config, trade: Trade): Training {
  const seconds = trade.seconds?.(config) ?? 1;
  return { pauseMs: 1000 * seconds, outcome: trade.outcome?.(config) ?? finishedAfter(seconds, config.id) };
}

async function superviseIn(host: Host, clock: Clock, member: Member, trade: Trade): Promise<void> {
  const journal = await Journal.open(LOG, host, { author: member.name });
  member.supervisor = await recruit(host, clock, journal, {
    worker: { ...makeWorker(member.name), host: host.identity.host, pid: host.identity.pid },
    newTrainer: () => new PausingTrainer(clock, config => trainingOf(config, trade)),
    readData: digest => trade.readData?.(digest) ?? someData,
    writeStatus: line => void member.told.push(line),
    options: trade.options,
  });
  member.tally = await member.supervisor.run();
}

/** A search on one machine, or on several that share its files. */
export class Stage {
  readonly world: World;

  constructor(
    seed: string,
    readonly configs: Config[],
    kind: 'local' | 'shared' = 'local',
  ) {
    this.world = new World(Rng.from('worker faults', seed), { kind });
  }

  readonly machine = { name: 'm', skewMs: 0, rate: 1, boot: 1, cache: new Map(), cutOffUntilMs: 0 };

  /** Does something with the log, and lets the world go on until it is done. */
  async append(...events: Draft[]): Promise<number> {
    let n = 0;
    this.world.start(this.machine, 'manager', async host => {
      const journal = await Journal.open(LOG, host);
      n = (await journal.transact(() => events))[0].n;
    });
    await this.world.run(this.world.nowMs + 100);
    return n;
  }

  enqueue(): Promise<number> {
    return this.append(...this.configs.map(config => ({ type: 'enqueued' as const, config })));
  }

  /** Starts a worker. */
  hire(name: string, trade: Trade = {}, machine = this.machine): Member {
    const member = { name, told: [] as string[] } as unknown as Member;
    member.process = this.world.start(machine, name, (host, clock) =>
      superviseIn(host, clock, member, trade),
    );
    return member;
  }

  /** Lets time pass, in seconds. */
  run(seconds: number): Promise<void> {
    return this.world.run(this.world.nowMs + 1000 * seconds);
  }

  /** The events of the first segment. */
  events(): (Event & { n: number })[] {
    const lines = this.world.bytesOf(SEGMENT)!.toString('latin1').split('\n');
    const entries = lines.filter(line => line !== '').map(line => decode(Buffer.from(line, 'latin1')));
    return entries
      .filter((entry): entry is Entry => typeof entry !== 'string')
      .map(({ n, event }) => ({ n, ...event }));
  }

  /** The ids of the configs that were reported as finished, in order. */
  finished(): string[] {
    return this.events().flatMap(event => (event.type === 'finished' ? [event.config] : []));
  }
}

/** The first configs, the i-th with the given differences. */
export function someConfigs(count: number, more: (i: number) => Partial<Config> = () => ({})): Config[] {
  return Array.from({ length: count }, (_, i) => makeConfig(i, more(i)));
}
