/** Reads from the records of outcomes why configs failed, and why others have no score. */
import type { Event, Finished, FailureKind } from '../events/format/event.js';
import { FAILED, FINISHED, type State } from '../events/state/state.js';
import { rankingScore } from '../events/ask/summary.js';
import type { Host } from '../log/host.js';
import { readOutcomes } from '../log/records.js';

/** Configs that failed with one message. */
export interface FailureGroup {
  kind: FailureKind;
  message: string;
  configs: number;
  /** One of them. */
  config: string;
}

/** How many outcomes are held in memory at once. */
const OUTCOMES_AT_ONCE = 20_000;

/** The configs among some rows that have failed for good, by message, the most frequent first. */
export async function failuresOf(
  state: State,
  directory: string,
  host: Host,
  rows: readonly number[],
): Promise<FailureGroup[]> {
  const groups = new Map<string, FailureGroup>();
  const failed = rows.filter(row => state.status[row] === FAILED);
  await eachOutcome(state, directory, host, failed, (event, row) => {
    if (event.type !== 'failed') return;
    const { kind, message } = event;
    const key = JSON.stringify([kind, message]);
    const group = groups.get(key) ?? { kind, message, configs: 0, config: state.id(row) };
    group.configs++;
    groups.set(key, group);
  });
  return [...groups.values()].sort((a, b) => b.configs - a.configs);
}

/** Why finished configs have no score that ranks. */
export interface Unscored {
  /** Neither --cv nor --validate was given. */
  notAsked: number;
  /** Their fit did not converge, so their scores say nothing about the parameters. */
  notConverged: number;
  /** The metric is not defined for the samples of a fold or, without cross-validation, of the validation split. */
  undefined: number;
  where: 'a fold' | 'the validation split';
  /** The metrics that have a score although the ranking metric has none. */
  defined: string[];
}

/** Looks at the finished rows among the given ones that have no score. */
export async function unscoredOf(
  state: State,
  directory: string,
  host: Host,
  rows: readonly number[],
): Promise<Unscored> {
  const found: Unscored = {
    notAsked: 0,
    notConverged: 0,
    undefined: 0,
    where: 'the validation split',
    defined: [],
  };
  const defined = new Set<string>();
  const wanted = rows.filter(row => state.status[row] === FINISHED && Number.isNaN(rankingScore(state, row)));
  await eachOutcome(state, directory, host, wanted, event => {
    if (event.type !== 'finished') return;
    const why = whyUnscored(event);
    found[why]++;
    if (why !== 'undefined') return;
    if (event.scores.cv) found.where = 'a fold';
    for (const scores of [event.scores.cv, event.scores.validate])
      for (const [metric, value] of Object.entries(scores ?? {})) if (value !== null) defined.add(metric);
  });
  return { ...found, defined: [...defined] };
}

/** Why there is no score, as clauses that a sentence may end with. */
export function unscoredText(
  { notAsked, notConverged, undefined: none, where, defined }: Unscored,
  scoring: string,
): string[] {
  const words: string[] = [];
  if (notAsked > 0) words.push('no score was requested (spt enqueue needs --cv or --validate)');
  if (notConverged > 0) words.push('their fit did not converge');
  if (none > 0) {
    const others = defined.length > 0 ? ` (these metrics are: ${defined.join(', ')})` : '';
    words.push(`${scoring} is not defined for the samples of ${where}${others}`);
  }
  return words;
}

function whyUnscored(event: Finished): 'notAsked' | 'notConverged' | 'undefined' {
  if (event.unranked) return 'notConverged';
  return event.scores.cv || event.scores.validate ? 'undefined' : 'notAsked';
}

export function rowsWhere(state: State, fits: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < state.size; row++) if (fits(row)) rows.push(row);
  return rows;
}

/** Reads the last outcome of rows, in batches. */
async function eachOutcome(
  state: State,
  directory: string,
  host: Host,
  rows: readonly number[],
  take: (event: Event, row: number) => void,
): Promise<void> {
  for (let first = 0; first < rows.length; first += OUTCOMES_AT_ONCE) {
    const batch = rows.slice(first, first + OUTCOMES_AT_ONCE);
    for (const record of await readOutcomes(directory, host, state, batch, { configs: false })) {
      if (record.damage) throw record.damage;
      if (record.outcome) take(record.outcome.event, record.row);
    }
  }
}
