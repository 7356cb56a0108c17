/**
 * What a nested cross-validation says: the score, on each outer fold, of the config that the inner folds chose there.
 * No sample of an outer fold took part in choosing its config. So the mean needs no correction. It is the score of the
 * whole procedure, search and choice, on as many samples as are left outside of an outer fold.
 */
import { outerOf } from '../base/outer.js';
import type { Setting } from '../events/ask/setting.js';
import { FINISHED } from '../events/state/state.js';
import { meanOf, sampleDeviation } from '../statistics/sample.js';
import { bestOfFolds, choose, type Rule } from './choice.js';
import type { Search } from './search.js';

/** What was chosen in an outer fold. */
export interface OuterChoice {
  /** The number of the outer fold, from 1. */
  fold: number;
  id: string;
  pipeline: string;
  /** The mean over the inner folds, and the score on the samples of the outer fold. */
  inner: number;
  heldOut: number;
  /** How many configs of this outer fold have finished, of how many. */
  finished: number;
  of: number;
}

export interface Nested {
  folds: OuterChoice[];
  /** The number of outer folds in the log; some may have no choice yet. */
  outer: number;
  /** Of the scores on the outer folds; null where some fold has none. */
  mean: number | null;
  deviation: number | null;
}

/** The rows of each outer fold of a setting, by the number of the fold. Of several settings, the newest counts. */
function rowsByFold(
  search: Search,
  { split, scoring, cv }: Setting,
  pipelines: ReadonlySet<string>,
): Map<number, number[]> {
  const { state } = search;
  const folding = JSON.stringify(cv);
  const found = new Map<number, { setting: number; rows: number[] }>();
  for (let row = 0; row < state.size; row++) {
    const group = state.groupOf(row);
    const outer = outerOf(group.split);
    if (outer?.split !== split || group.scoring !== scoring || !pipelines.has(group.pipeline)) continue;
    const number = search.settingOf(row);
    const setting = search.setting(number);
    if (JSON.stringify(setting.cv) !== folding || search.differences(number).length > 0) continue;
    const known = found.get(outer.fold);
    if (known?.setting === number) known.rows.push(row);
    else found.set(outer.fold, { setting: number, rows: [row] });
  }
  return new Map([...found].map(([fold, { rows }]) => [fold, rows]));
}

/**
 * The nested score of a setting, under a rule of choice; undefined where the log has no outer folds of it.
 * @param rows of the setting; the choice in each outer fold is among their pipelines
 */
export async function nestedOf(
  search: Search,
  setting: Setting,
  rows: readonly number[],
  rule: { rule: Rule; alpha: number },
): Promise<Nested | undefined> {
  const { state } = search;
  const pipelines = new Set(rows.map(row => state.groupOf(row).pipeline));
  const byFold = rowsByFold(search, setting, pipelines);
  if (byFold.size === 0) return undefined;
  const folds: OuterChoice[] = [];
  for (const [fold, own] of [...byFold].sort(([a], [b]) => a - b)) {
    const best = bestOfFolds(search, own);
    const choice = best < 0 ? undefined : await choose(search, own, best, rule);
    if (!choice) continue;
    const { row, id, pipeline, score } = choice.chosen;
    const finished = own.filter(one => state.status[one] === FINISHED).length;
    folds.push({ fold, id, pipeline, inner: score, heldOut: state.validate[row], finished, of: own.length });
  }
  const outer = Math.max(...byFold.keys());
  const scores = folds.map(({ heldOut }) => heldOut);
  const isWhole = scores.length === outer && scores.every(Number.isFinite);
  return {
    ...{ folds, outer, mean: isWhole ? meanOf(scores) : null },
    deviation: isWhole ? sampleDeviation(scores) : null,
  };
}
