/** From facts (facts.ts) to the lines of a log. Equal facts give equal bytes. Pure. */
import type { Config } from '../../base/config.js';
import { hex8 } from '../../base/crc.js';
import { compareText } from '../../base/order.js';
import { crcOf, encode, type Claimed, type Draft, type Sealed, type Worker } from '../format/event.js';
import { sealOf } from '../format/sealing.js';
import { compareTold, type ConfigFacts, type Facts, type Report, type Told } from './facts.js';

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
export function* mergedLines(facts: Facts, segmentBytes: number): Generator<MergedLine> {
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
    (a, b) => compareText(a.moment, b.moment) || a.rank - b.rank || compareTold(a.told, b.told),
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
