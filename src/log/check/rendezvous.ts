/**
 * Tries whether the lock of a shared file system excludes between two machines. `spt doctor --probe PATH` runs on both
 * at once. The two processes know only the folder, and meet in it.
 *
 * Each process has a card in the folder, `spt-probe-<id>.json`. It writes its card again and again, with a counter, and
 * no other process does. Two processes are partners when each sees the other's counter move and each card names the
 * other. The process with the smaller id leads. Then they take steps, and both wait for each step:
 * 1. The leader holds a lock and the other tries to take it (LEADER_HOLDS, OTHER_TRIED).
 * 2. The other holds it and the leader tries (OTHER_HOLDS, LEADER_TRIED).
 * 3. Both append numbered lines to one file (probe.ts, APPENDED).
 * 4. Both read what is there (READ).
 *
 * A machine may cache the folder's listing for a minute. Making or removing a name in the folder refreshes it.
 */
import { join } from 'node:path';
import { Failure } from '../../base/errors.js';
import { isObject } from '../../events/format/event.js';
import { readSmall, using, writing } from '../files.js';
import type { Host, OpenMode } from '../host.js';
import { appendLines, judgeLines, probeLock, readLocked, tryLockOnce, type ProbeResult } from './probe.js';

export interface Meeting {
  /** Names of the two machines: this one and the other. */
  here: string;
  there: string;
  /** Whether both ran on one machine. Then nothing is known about two machines. */
  isOneMachine: boolean;
  /** Whether a lock that one machine holds is refused to the other, in both directions. */
  excludes: boolean;
  appends: ProbeResult;
}

interface Card {
  id: string;
  host: string;
  boot?: string;
  partner?: string;
  step: number;
  /** Whether its owner got the lock that the other held. It is told with the step OTHER_TRIED or LEADER_TRIED. */
  answers: boolean[];
  count: number;
}

const NAME = /^spt-probe-([A-Za-z0-9_-]{1,64})\.json$/;
const PAUSE_MS = 100;
const CARD_BYTES = 1024;
/** How long the two wait for each other in one step, in ms. */
const STEP_MS = 60_000;

/** The steps that the owner of a card can have done, in their order. */
const MET = 1;
const LEADER_HOLDS = 2;
const OTHER_TRIED = 3;
const OTHER_HOLDS = 4;
const LEADER_TRIED = 5;
const APPENDED = 6;
const READ = 7;

/**
 * Meets another process that probes the folder, and tries the lock together with it.
 * @throws Failure `no-partner` when no other machine comes in time, `partner-lost` when the other one stops
 */
export async function meet(
  folder: string,
  host: Host,
  { waitMs = 30_000, count = 200 } = {},
): Promise<Meeting> {
  await host.makeDirectory(folder);
  const party = new Party(folder, host);
  try {
    await party.findPartner(waitMs);
    return await party.tryTogether(count);
  } finally {
    await party.leave();
  }
}

class Party {
  private readonly card: Card;
  private theirs: Card | undefined;
  /** The counters that were seen last, by id. The process of a card that does not change may have ended. */
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly folder: string,
    private readonly host: Host,
  ) {
    const id = host.newId();
    this.card = { id, host: host.identity.host, boot: host.identity.boot, step: 0, answers: [], count: 0 };
  }

  async findPartner(waitMs: number): Promise<void> {
    const start = this.host.monotonicMs();
    for (;;) {
      const moving = await this.look();
      const mine = moving.filter(({ partner }) => partner === this.card.id);
      const free = moving.filter(({ partner }) => partner === undefined);
      const isStillThere = moving.some(
        ({ id, partner }) => id === this.card.partner && (partner === undefined || partner === this.card.id),
      );
      if (!isStillThere) this.card.partner = [...mine, ...free][0]?.id;
      this.theirs = mine.find(({ id }) => id === this.card.partner);
      await this.say(this.theirs ? MET : 0);
      if (this.theirs) return this.reach(MET);
      if (this.host.monotonicMs() - start > waitMs) throw this.nobody(waitMs);
      await this.host.sleep(PAUSE_MS);
    }
  }

  async tryTogether(count: number): Promise<Meeting> {
    const { card, host } = this;
    const ids = [card.id, card.partner!].sort();
    const leads = ids[0] === card.id;
    const lockPath = join(this.folder, `spt-probe-${ids.join('-')}.lock`);
    const linesPath = join(this.folder, `spt-probe-${ids.join('-')}.lines`);
    const taken: boolean[] = [];
    if (leads) {
      taken.push(await this.hold(lockPath, LEADER_HOLDS, OTHER_TRIED));
      taken.push(await this.attempt(lockPath, OTHER_HOLDS, LEADER_TRIED));
    } else {
      taken.push(await this.attempt(lockPath, LEADER_HOLDS, OTHER_TRIED));
      taken.push(await this.hold(lockPath, OTHER_HOLDS, LEADER_TRIED));
    }
    const start = host.monotonicMs();
    await appendLines(linesPath, host, card.id, count);
    await this.say(APPENDED);
    await this.reach(APPENDED);
    const seconds = (host.monotonicMs() - start) / 1000;
    const appends = { ...judgeLines(await readLocked(linesPath, host), ids, count), seconds };
    await this.say(READ);
    await this.reach(READ);
    for (const path of [lockPath, linesPath]) await host.remove(path).catch(() => undefined);
    const theirs = this.theirs!;
    return {
      here: card.host,
      there: theirs.host,
      isOneMachine: card.boot !== undefined && card.boot === theirs.boot,
      excludes: !taken.includes(true),
      appends,
    };
  }

  async leave(): Promise<void> {
    await this.host.remove(this.pathOf(this.card.id)).catch(() => undefined);
  }

  /** Holds the lock until the other has tried to take it. Gives whether the other could. */
  private hold(path: string, step: number, answered: number): Promise<boolean> {
    return using(this.host, path, 'append', async handle => {
      await probeLock(path, this.host).take(handle, 'exclusive');
      await this.say(step);
      await this.reach(answered);
      return this.theirs!.answers.at(-1)!;
    });
  }

  /** Tries to take the lock while the other holds it, and tells the other. Gives whether it could. */
  private async attempt(path: string, held: number, answered: number): Promise<boolean> {
    await this.reach(held);
    const isTaken = await tryLockOnce(path, this.host);
    this.card.answers.push(isTaken);
    await this.say(answered);
    return isTaken;
  }

  /** Waits until the other has reached a step. */
  private async reach(step: number): Promise<void> {
    const start = this.host.monotonicMs();
    for (;;) {
      const seen = await this.read(this.card.partner!);
      this.theirs = seen ?? this.theirs;
      if (this.theirs && this.theirs.step >= step) return;
      // A process that has read everything may leave, and it removes its card.
      if (!seen && step === READ) return;
      if (this.host.monotonicMs() - start > STEP_MS) {
        const message = `the probe on ${this.theirs?.host ?? 'the other machine'} has stopped answering`;
        throw new Failure('partner-lost', message, 'Start it again on both machines.');
      }
      await this.host.sleep(PAUSE_MS);
      await this.say(this.card.step);
    }
  }

  /** The cards of others that have changed since they were seen last. */
  private async look(): Promise<Card[]> {
    await this.freshen();
    const moving: Card[] = [];
    for (const name of await this.host.list(this.folder)) {
      const id = NAME.exec(name)?.[1];
      if (id === undefined || id === this.card.id) continue;
      const card = await this.read(id);
      if (!card) continue;
      const before = this.seen.get(id);
      if (before !== undefined && before !== card.count) moving.push(card);
      this.seen.set(id, card.count);
    }
    return moving;
  }

  /** Makes and removes a name, so that this machine reads the folder again. */
  private async freshen(): Promise<void> {
    const path = join(this.folder, `spt-probe-${this.card.id}.tmp`);
    await this.write(path, 'append', '');
    await this.host.remove(path);
  }

  private async say(step: number): Promise<void> {
    this.card.step = step;
    this.card.count++;
    const text = `${JSON.stringify(this.card).padEnd(CARD_BYTES - 1)}\n`;
    await this.write(this.pathOf(this.card.id), 'overwrite', text);
  }

  private async write(path: string, mode: OpenMode, text: string): Promise<void> {
    await writing(this.host, path, mode, async handle => {
      if (text !== '') await handle.write(Buffer.from(text));
    });
  }

  /** The card of another process; undefined while it cannot be read. Any program may have written the file. */
  private async read(id: string): Promise<Card | undefined> {
    try {
      return asCard(JSON.parse(await readSmall(this.host, this.pathOf(id), 4 * CARD_BYTES)), id);
    } catch {
      return undefined;
    }
  }

  private pathOf(id: string): string {
    return join(this.folder, `spt-probe-${id}.json`);
  }

  private nobody(waitMs: number): Failure {
    const message = `no other machine probes ${this.folder} (waited ${Math.round(waitMs / 1000)} s)`;
    return new Failure(
      'no-partner',
      message,
      'Run the same command on another machine at the same time, with the path that the folder has there.',
    );
  }
}

function asCard(value: unknown, id: string): Card | undefined {
  if (!isObject(value) || value.id !== id) return undefined;
  const { host, boot, partner, step, answers, count } = value;
  if (typeof host !== 'string' || typeof step !== 'number' || typeof count !== 'number') return undefined;
  if (!Array.isArray(answers) || !answers.every(answer => typeof answer === 'boolean')) return undefined;
  return {
    ...{ id, host, step, answers: answers as boolean[], count },
    ...(typeof boot === 'string' && { boot }),
    ...(typeof partner === 'string' && { partner }),
  };
}
