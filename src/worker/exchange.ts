/**
 * What a worker and the log tell each other. One append reports what is done, gives back what will not be trained, and
 * claims what is next. A claimed config is held before it is read. A config that cannot be read is reported alone. A
 * config that the log gives to another worker is dropped.
 */
import { Failure } from '../base/errors.js';
import type { Draft } from '../events/format/event.js';
import type { Written } from '../log/journal.js';
import type { Claiming } from './claiming.js';
import type { Crew } from './crew.js';
import type { Environment, Tally } from './environment.js';
import type { Claimed, Hold, Job } from './hold.js';
import { readEach } from './reading.js';
import { releases, type ReleaseReason, type Reports } from './reports.js';
import type { Shelf } from './shelf.js';
import { Standing } from './standing.js';
import { shortId } from './words.js';

export interface Rooms {
  claiming: Claiming;
  crew: Crew;
  hold: Hold;
  reports: Reports;
  shelf: Shelf;
}

export class Exchange {
  readonly tally: Tally = { finished: 0, failed: 0, released: 0 };
  private readonly standing: Standing;

  /** @param contacted hears of each read or write of the log */
  constructor(
    private readonly environment: Pick<Environment, 'clock' | 'journal' | 'worker' | 'writeStatus'>,
    private readonly rooms: Rooms,
    private readonly contacted: () => void,
  ) {
    this.standing = new Standing(environment);
  }

  /** Whether the log may have claims of this worker that it does not hold. */
  get isDoubtful(): boolean {
    return this.standing.isDoubtful();
  }

  /** What a person has to do for the log when the worker ends; undefined if nothing is wrong. */
  trouble(): Failure | undefined {
    return this.standing.trouble();
  }

  /** Whether an append is due. A worker that is not working gives back all that waits, and claims nothing. */
  isDue(isWorking: boolean): boolean {
    const { claiming, hold, reports } = this.rooms;
    if (hold.count('returning') > 0 || this.isDoubtful) return true;
    const unwanted = isWorking ? this.late().length : hold.count('waiting') + hold.count('alone');
    if (unwanted > 0) return true;
    const hasWaited = this.nowMs() >= reports.dueAtMs(claiming.rhythm.seconds);
    if (!reports.isEmpty && (hasWaited || hold.count('running') === 0)) return true;
    return isWorking && claiming.isDue();
  }

  private nowMs(): number {
    return this.environment.clock.nowMs();
  }

  /** The waiting jobs that would not end in time. */
  private late(): Job[] {
    if (this.rooms.claiming.closesAtMs === Infinity) return [];
    return this.rooms.hold.in('waiting').filter(job => !this.rooms.claiming.fits(job));
  }

  /** One append: what is done, what is given back, what is claimed next. */
  async append(isWorking: boolean): Promise<void> {
    const { journal, worker } = this.environment;
    const { claiming, hold, reports, shelf } = this.rooms;
    const { rhythm } = claiming;
    await shelf.setQueuedAside(journal);
    const drafts = [...reports.takeAll(), ...this.giveBackEarly(isWorking)];
    let claimed: string[] = [];
    const startedAtMs = this.nowMs();
    const seconds = (): number => (this.nowMs() - startedAtMs) / 1000;
    const written = await journal
      .transact(state => {
        rhythm.slowDown(state.holders().length, seconds());
        const events = this.standing.eventsToAppend(state, drafts, hold.all());
        claimed = isWorking ? claiming.choose() : [];
        return claimed.length === 0 ? events : [...events, { type: 'claimed', configs: claimed, worker }];
      })
      .catch(error => {
        this.standing.appendFailed();
        reports.putBack(drafts);
        throw error;
      });
    const claim = claimed.length > 0 ? written.at(-1)! : undefined;
    if (claim) hold.enter(claimed, claim.n);
    this.noteAppended(written);
    // a claim applies when it is made, unless the log has lost records meanwhile: then it may hold the claim elsewhere
    if (claim && !claim.applied) this.standing.appendFailed();
    if (claimed.length > 0) await this.readClaims();
    this.dropLost();
    rhythm.learn(journal.state.holders().length, journal.lockedMs / 1000, seconds());
  }

  /** Reads the claimed configs that are still held. A config that cannot be read is reported alone. */
  async readClaims(): Promise<void> {
    const { journal } = this.environment;
    const { claiming, hold, reports, shelf } = this.rooms;
    const { state, rewinds } = journal;
    this.dropLost();
    const unread = hold.allUnread();
    const rows = unread.map(({ id }) => state.row(id));
    const configs = await readEach(journal, rows);
    this.contacted();
    // the log has lost records, so what was read may differ from what was claimed. It is read again
    if (journal.rewinds !== rewinds) return;
    unread.forEach((claimed, i) => {
      const config = configs[i];
      if (config instanceof Failure) {
        hold.read(claimed);
        return reports.addDamaged(claimed, config);
      }
      const expectedSeconds = claiming.pace.expect(config.pipeline, config.split);
      const attempt = state.attempts[rows[i]] + 1;
      const { id, claim } = claimed;
      const job: Job = { id, claim, config, attempt, expectedSeconds, startedAtMs: 0, scored: [] };
      const isMissing = shelf.lacks(config.data);
      if (isMissing) shelf.addConfig(config.id);
      const place = claiming.isDoubtful(rows[i]) ? 'alone' : 'waiting';
      hold.read(claimed, job, isMissing ? 'returning' : place);
    });
  }

  /** Drops every config whose claim is over: another worker took this one for dead, or the log has lost the claim. */
  dropLost(): void {
    const { journal, worker, writeStatus } = this.environment;
    const { state } = journal;
    const isOwn = ({ id, claim }: Claimed): boolean =>
      state.isHeld(state.row(id), claim) && state.claims.get(claim)!.worker.id === worker.id;
    for (const job of this.rooms.hold.dropUnless(isOwn)) {
      this.rooms.crew.stop(job);
      const owner = state.claims.get(job.claim)?.worker.id ?? worker.id;
      const isLost = job.claim > state.n || owner !== worker.id;
      const why = isLost ? 'is not in the log any more' : 'was released by another worker';
      writeStatus(`dropped   ${shortId(job.id)}  its claim ${job.claim} ${why}`);
    }
  }

  /** Gives back what will not be started: everything if the worker is not working, else what would not end in time. */
  private giveBackEarly(isWorking: boolean): Draft[] {
    const { hold } = this.rooms;
    const missing = this.giveBack(hold.takeAll('returning'), 'no-data');
    if (!isWorking)
      return [...missing, ...this.giveBack([...hold.takeAll('alone'), ...hold.takeAll('waiting')], 'signal')];
    const late = this.late();
    for (const job of late) hold.remove(job);
    return [...missing, ...this.giveBack(late, 'deadline')];
  }

  private giveBack(held: readonly Claimed[], why: ReleaseReason): Draft[] {
    this.tally.released += held.length;
    return releases(held, why, this.environment.worker.id);
  }

  /** Notes what the log has taken. It counts configs, not attempts. */
  private noteAppended(written: readonly Written[]): void {
    this.contacted();
    for (const event of this.standing.appended(written)) {
      if (event.type === 'finished') this.tally.finished++;
      else if (!event.retry) this.tally.failed++;
    }
  }

  /** Reports what is done, and gives back these configs. */
  async giveBackAll(held: readonly Claimed[], why: ReleaseReason): Promise<void> {
    const drafts = [...this.rooms.reports.takeAll(), ...this.giveBack(held, why)];
    if (drafts.length === 0 && !this.isDoubtful) return;
    const { journal } = this.environment;
    this.noteAppended(await journal.transact(state => this.standing.eventsToAppend(state, drafts, [])));
  }
}
