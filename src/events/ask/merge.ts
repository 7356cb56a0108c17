/**
 * Merges the logs of clusters that share no network into one log. Pure.
 *
 * A log is reduced to its **facts**, facts are joined, and facts are written as a log. Joining is a least upper
 * bound (each part is a union of sets, or the smallest of a set), and the facts of a log that was written from facts
 * are these facts; so merging is commutative, associative and idempotent, to the byte.
 *
 * | fact | of each | joined by |
 * |---|---|---|
 * | enqueued | config | the earliest event |
 * | finished | config | the earliest of the effective outcomes |
 * | reports | config and digest | the earliest event that reports this model, effective or not |
 * | failed | config | as long as nobody finished it and nobody asked for a retry that this failure has not seen: the earliest |
 * | retries | event | union |
 * | claims | event | union: who made what |
 *
 * "Earliest" is by `at`, then by event id, then by content. So the clocks of two clusters decide the order of the lines
 * and, where two finished one config with different models, which of the two is the effective one; nothing else. The
 * manifest of `spt audit` names both models and depends on no clock. Two clusters that finished a config with the same
 * digest are one outcome. A report of another digest is kept under a claim that is over, so that it changes nothing.
 *
 * An event that a living log took over (adopt.ts) carries its `origin`: who said it first, when, and under which id. It
 * counts here as that first event.
 *
 * What is not a fact: claims that are not over (their configs are queued), failures that were tried again (a queued
 * config has all its attempts before it), damaged lines, and events of types that this version does not know.
 */
import type { Config } from '../../base/config.js';
import { hex8 } from '../../base/crc.js';
import { canonicalJson } from '../../base/json.js';
import type { Damage } from '../format/decode.js';
import {
  crcOf,
  encode,
  type Claimed,
  type Draft,
  type Entry,
  type Failed,
  type Finished,
  type Sealed,
  type Worker,
} from '../format/event.js';
import { sealOf } from '../format/sealing.js';
import { apply, applyDamage, mayFollow } from '../fold.js';
import type { LinePlace, Visitor } from './inspect.js';
import { FAILED, State } from '../state/state.js';

/** An event apart from its place in a log. */
export interface Told {
  id: string;
  at: string;
  by: string;
  /** The canonical JSON of what it says, without the numbers that only mean something in its own log. */
  body: string;
}

/** What somebody says became of a config. */
export interface Report extends Told {
  /** The id of the event by which the config was claimed; undefined if that is not known. */
  claim?: string;
}

export interface ConfigFacts {
  enqueued?: Told;
  finished?: Report;
  /** By digest. */
  reports: Map<string, Report>;
  failed?: Report;
}

interface Retry extends Told {
  configs: string[];
}

export interface Facts {
  configs: Map<string, ConfigFacts>;
  retries: Map<string, Retry>;
  claims: Map<string, Told>;
}

/** What was left behind in one log. */
export interface Skipped {
  damaged: number;
  unknown: number;
}

// ---- from a log to facts -------------------------------------------------------------------------------------------

/** Is shown the lines of one log and gives its facts. */
export class FactReader implements Visitor {
  readonly facts: Facts = { configs: new Map(), retries: new Map(), claims: new Map() };
  readonly skipped: Skipped = { damaged: 0, unknown: 0 };
  private readonly state = new State();
  /** The id of the event that made each claim, by epoch. */
  private readonly claimIds = new Map<number, string>();

  entry(entry: Entry, place: LinePlace): void {
    const { state } = this;
    const isUnique = mayFollow(entry.n, state.n);
    const { doubles } = state.troubles;
    const { applied } = apply(state, entry, place);
    if (state.troubles.doubles > doubles) return;
    try {
      this.note(entry, isUnique, applied);
    } catch (error) {
      // A number such as 1e999 is read as one that JSON cannot write.
      if (!(error instanceof TypeError)) throw error;
      this.skipped.damaged++;
    }
  }

  private note(entry: Entry, isUnique: boolean, applied: boolean): void {
    const { facts } = this;
    const { event } = entry;
    switch (event.type) {
      case 'enqueued': {
        const of = factsOf(facts, event.config.id);
        of.enqueued = earliest(of.enqueued, told(entry, event.config));
        break;
      }
      case 'claimed':
        if (isUnique) this.claimed(entry, event);
        break;
      case 'finished':
        this.finished(entry, event, applied);
        break;
      case 'failed':
        if (applied && !event.retry) factsOf(facts, event.config).failed = this.reportOf(entry, event);
        break;
      case 'released':
        if (event.why === 'retry') addRetry(facts, { ...told(entry, null), configs: event.configs! });
        break;
      case 'unknown':
        this.skipped.unknown++;
    }
  }

  damaged(damage: Damage): void {
    this.skipped.damaged++;
    applyDamage(this.state, damage);
  }

  /** The facts, when all lines were shown. */
  done(): Facts {
    for (const [id, of] of this.facts.configs)
      if (of.failed && this.state.status[this.state.row(id)] !== FAILED) delete of.failed;
    return this.facts;
  }

  private claimed(entry: Entry, { worker }: Claimed): void {
    const claim = told(entry, worker);
    this.claimIds.set(entry.n, claim.id);
    addTo(this.facts.claims, claim.id, claim);
  }

  private finished(entry: Entry, event: Finished, applied: boolean): void {
    const of = factsOf(this.facts, event.config);
    const report = this.reportOf(entry, event);
    if (applied) of.finished = earliest(of.finished, report);
    addTo(of.reports, event.digest, report);
  }

  private reportOf(entry: Entry, { type, claim, config, origin, ...body }: Finished | Failed): Report {
    const claimId = this.claimIds.get(claim);
    return { ...told(entry, body), ...(claimId !== undefined && { claim: claimId }) };
  }
}

/** An event as its first author told it, also where it was taken over from another log. */
function told({ event, ...own }: Entry, body: unknown): Told {
  const { id, at, by } = ('origin' in event && event.origin) || own;
  return { id, at, by, body: canonicalJson(body) };
}

function factsOf({ configs }: Facts, id: string): ConfigFacts {
  let of = configs.get(id);
  if (!of) configs.set(id, (of = { reports: new Map() }));
  return of;
}

// ---- joining -------------------------------------------------------------------------------------------------------

/** The order of all events. */
function compareTold(a: Report, b: Report): number {
  return (
    compare(a.at, b.at) ||
    compare(a.id, b.id) ||
    compare(a.body, b.body) ||
    compare(a.by, b.by) ||
    compare(a.claim ?? '', b.claim ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function earliest<T extends Report>(a: T | undefined, b: T | undefined): T | undefined {
  if (!a || !b) return a ?? b;
  return compareTold(a, b) <= 0 ? a : b;
}

function addTo<T extends Report>(map: Map<string, T>, key: string, one: T): void {
  map.set(key, earliest(map.get(key), one)!);
}

function addRetry({ retries }: Facts, retry: Retry): void {
  const before = retries.get(retry.id);
  const configs = [...new Set([...(before?.configs ?? []), ...retry.configs])].sort();
  retries.set(retry.id, { ...earliest(before, retry)!, configs });
}

/** The facts of several logs together. The given ones are not changed. */
export function join(all: readonly Facts[]): Facts {
  const joined: Facts = { configs: new Map(), retries: new Map(), claims: new Map() };
  for (const { configs, retries, claims } of all) {
    for (const retry of retries.values()) addRetry(joined, retry);
    for (const [id, claim] of claims) addTo(joined.claims, id, claim);
    for (const [id, of] of configs) {
      const into = factsOf(joined, id);
      into.enqueued = earliest(into.enqueued, of.enqueued);
      into.finished = earliest(into.finished, of.finished);
      for (const [digest, report] of of.reports) addTo(into.reports, digest, report);
    }
  }
  const known = retriesByConfig(joined);
  for (const facts of all) {
    const seen = retriesByConfig(facts);
    for (const [id, { failed }] of facts.configs) {
      const into = joined.configs.get(id)!;
      // Those that were seen are among those that are known: equal numbers are equal sets.
      if (failed && !into.finished && (seen.get(id) ?? 0) === (known.get(id) ?? 0))
        into.failed = earliest(into.failed, failed);
    }
  }
  return joined;
}

/** How many retries name each config. */
function retriesByConfig({ retries }: Facts): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { configs } of retries.values())
    for (const id of configs) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

// ---- from facts to a log -------------------------------------------------------------------------------------------

/** The order in which events of one moment stand, so that each applies exactly if it is to. */
const RANKS = { enqueued: 0, retry: 1, claimed: 2, outcome: 3, late: 4 } as const;

/** An event that is to be written. */
interface Planned {
  told: Told;
  /** The moment that it is ordered by: its own time, or that of what it depends on if that is later. */
  moment: string;
  rank: number;
  /** The event, when the epochs of the claims before it are known. */
  draft(epochs: ReadonlyMap<string, number>): Draft;
}

/** A line of a merged log, and the segment that it belongs to. */
export interface MergedLine {
  segment: number;
  line: Buffer;
}

/** Writes facts as a log: well formed, chained, sealed at `segmentBytes`; equal facts give equal bytes. */
export function* write(facts: Facts, segmentBytes: number): Generator<MergedLine> {
  const epochs = new Map<string, number>();
  let [n, previous, segment, bytes] = [0, 0, 1, 0];
  const lineOf = (draft: Draft | Sealed, { id, at, by }: Omit<Told, 'body'>): MergedLine => {
    const line = encode(draft, { n: ++n, previous, id, at, by });
    previous = crcOf(line);
    bytes += line.length;
    return { segment, line };
  };
  for (const { told, draft } of recordsOf(facts)) {
    const event = draft(epochs);
    yield lineOf(event, told);
    if (event.type === 'claimed') epochs.set(told.id, n);
    const seal = sealOf(segment, bytes, segmentBytes);
    if (!seal) continue;
    const id = `sealed-${segment}-${hex8(previous)}`;
    yield lineOf(seal, { id, at: told.at, by: 'spt-merge' });
    segment++;
    bytes = 0;
  }
}

function recordsOf(facts: Facts): Planned[] {
  const records: Planned[] = [];
  const retried = new Map<string, string>();
  for (const { configs, ...told } of facts.retries.values()) {
    const draft = (): Draft => ({ type: 'released', configs, why: 'retry' });
    records.push({ told, moment: told.at, rank: RANKS.retry, draft });
    for (const id of configs) retried.set(id, later(retried.get(id), told.at));
  }
  const claims = claimsOf(facts);
  for (const [id, { configs, moment }] of claims) {
    const told = facts.claims.get(id)!;
    const worker = JSON.parse(told.body) as Worker;
    const draft = (): Claimed => ({ type: 'claimed', configs: configs.sort(), worker });
    records.push({ told, moment, rank: RANKS.claimed, draft });
  }
  for (const [id, of] of facts.configs) {
    const { enqueued, reports } = of;
    if (enqueued) {
      const draft = (): Draft => ({ type: 'enqueued', config: JSON.parse(enqueued.body) as Config });
      records.push({ told: enqueued, moment: enqueued.at, rank: RANKS.enqueued, draft });
    }
    const outcome = outcomeOf(of);
    const claimed = outcome && claims.get(outcome.claim ?? '')?.moment;
    const moment = outcome && later(claimed, later(outcome.at, retried.get(id)));
    if (outcome)
      records.push({ told: outcome, moment: moment!, rank: RANKS.outcome, draft: draftOf(id, of, outcome) });
    for (const report of reports.values()) {
      if (report.id === of.finished?.id) continue;
      const own = claims.get(report.claim ?? '')?.moment;
      const last = later(later(report.at, own), moment);
      records.push({ told: report, moment: last, rank: RANKS.late, draft: draftOf(id, undefined, report) });
    }
  }
  return records.sort(
    (a, b) => compare(a.moment, b.moment) || a.rank - b.rank || compareTold(a.told, b.told),
  );
}

/** The effective outcome. */
function outcomeOf({ enqueued, finished, failed }: ConfigFacts): Report | undefined {
  return enqueued && (finished ?? failed);
}

/** A report as an event; as a failure only if it is the one of `of`. */
function draftOf(config: string, of: ConfigFacts | undefined, report: Report): Planned['draft'] {
  const type = of?.failed === report ? 'failed' : 'finished';
  return epochs => {
    // Epoch 0 is no claim: what is said under it never applies.
    const claim = epochs.get(report.claim ?? '') ?? 0;
    return { type, config, claim, ...(JSON.parse(report.body) as object) } as Draft;
  };
}

function later(a: string | undefined, b: string | undefined): string {
  if (a === undefined || b === undefined) return a ?? b ?? '';
  return a > b ? a : b;
}

/**
 * The claims that some report stands under. A claim names the configs whose effective outcome is its own; one that
 * names none says who made a report that came late.
 */
function claimsOf(facts: Facts): Map<string, { configs: string[]; moment: string }> {
  const claims = new Map<string, { configs: string[]; moment: string }>();
  const find = (id: string | undefined): { configs: string[]; moment: string } | undefined => {
    const told = id === undefined ? undefined : facts.claims.get(id);
    if (!told) return undefined;
    const claim = claims.get(told.id) ?? { configs: [], moment: told.at };
    claims.set(told.id, claim);
    return claim;
  };
  for (const [id, of] of facts.configs) {
    const outcome = outcomeOf(of);
    const claim = find(outcome?.claim);
    if (claim) {
      claim.configs.push(id);
      claim.moment = later(claim.moment, of.enqueued!.at);
    }
    for (const report of of.reports.values()) find(report.claim);
  }
  return claims;
}
