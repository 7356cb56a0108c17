/**
 * The facts of logs, and how they are joined: the middle of a merge of logs of clusters that share no network. Pure.
 *
 * A log is reduced to its **facts** (read-facts.ts), facts are joined here, and facts are written as a log
 * (write-facts.ts). Joining is a least upper bound: each part is a union of sets, or the smallest of a set. And a log
 * that was written from facts has these facts. So merging is commutative, associative and idempotent, to the byte.
 *
 * | fact | of each | joined by |
 * |---|---|---|
 * | enqueued | config | the earliest event |
 * | finished | config | the earliest of the effective outcomes |
 * | reports | config and digest | the earliest event that reports this model, effective or not |
 * | failed | config | the earliest failure, as long as the config is neither finished nor retried after it |
 * | retries | event | union |
 * | claims | event | union: who made what |
 *
 * A failure counts only if it comes from a log that holds all retries of its config. "Earliest" is by `at`, then by
 * event id, then by content. So the clocks of two clusters decide two things only: the order of the lines, and, where
 * two clusters finished one config with different models, which of the two is the effective one. The manifest of
 * `spt audit` names both models and depends on no clock. Two clusters that finished a config with the same digest are
 * one outcome. A report of another digest is kept under a claim that is over, so that it changes nothing.
 *
 * An event that a living log took over (adopt.ts) carries its `origin`: who said it first, when, and under which id. It
 * counts here as that first event.
 *
 * These are not facts: claims that are not over (their configs are queued), failures that were tried again (a queued
 * config has all its attempts before it), damaged lines, and events of types that this version does not know.
 */
import { compareText } from '../../base/order.js';

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

/** The facts of an empty log. */
export function noFacts(): Facts {
  return { configs: new Map(), retries: new Map(), claims: new Map() };
}

/** The facts of a config; made when they are new. */
export function factsOf({ configs }: Facts, id: string): ConfigFacts {
  let of = configs.get(id);
  if (!of) configs.set(id, (of = { reports: new Map() }));
  return of;
}

/** The order of all events. */
export function compareTold(a: Report, b: Report): number {
  return (
    compareText(a.at, b.at) ||
    compareText(a.id, b.id) ||
    compareText(a.body, b.body) ||
    compareText(a.by, b.by) ||
    compareText(a.claim ?? '', b.claim ?? '')
  );
}

/** The earlier of two events; the other one where one is undefined. */
export function earliest<T extends Report>(a: T | undefined, b: T | undefined): T | undefined {
  if (!a || !b) return a ?? b;
  return compareTold(a, b) <= 0 ? a : b;
}

/** Puts an event into a map, or the earlier of it and the one that is there. */
export function addTo<T extends Report>(map: Map<string, T>, key: string, one: T): void {
  map.set(key, earliest(map.get(key), one)!);
}

/** Adds a retry. Two readings of one event are joined. */
export function addRetry({ retries }: Facts, retry: Retry): void {
  const before = retries.get(retry.id);
  const configs = [...new Set([...(before?.configs ?? []), ...retry.configs])].sort();
  retries.set(retry.id, { ...earliest(before, retry)!, configs });
}

/** The facts of several logs together. The given facts are not changed. */
export function join(all: readonly Facts[]): Facts {
  const joined = noFacts();
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
      // The retries that one log has seen are among all known ones, so equal numbers are equal sets.
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
