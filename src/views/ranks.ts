/** The ranks of the configs of a search, each within its setting. */
import { rankingDirection } from '../base/direction.js';
import { FINISHED, type State } from '../events/state/state.js';
import type { Search } from './search.js';

/**
 * The rank of each row of the state, from 1; 0 where a config has none, because it has not finished, has no score, or
 * its fit did not converge. Equal scores have equal ranks, and the next rank counts them all: 1, 1, 3. Where a setting
 * has cross-validated scores, only these rank; else the scores on the validation split do. All configs of the log take
 * part, so a rank does not depend on which of them are shown.
 */
export function ranksOf(search: Search): Uint32Array {
  const { state } = search;
  const ranks = new Uint32Array(state.size);
  const settings = new Map<number, number[]>();
  for (let row = 0; row < state.size; row++) {
    if (state.status[row] !== FINISHED) continue;
    if (Number.isNaN(state.cv[row]) && Number.isNaN(state.validate[row])) continue;
    const setting = search.settingOf(row);
    const rows = settings.get(setting);
    if (rows) rows.push(row);
    else settings.set(setting, [row]);
  }
  for (const rows of settings.values()) rank(state, rows, ranks);
  return ranks;
}

function rank(state: State, rows: readonly number[], ranks: Uint32Array): void {
  const byFolds = rows.filter(row => !Number.isNaN(state.cv[row]));
  const ranked = byFolds.length > 0 ? byFolds : [...rows];
  const scores = byFolds.length > 0 ? state.cv : state.validate;
  const sign = rankingDirection(state.groupOf(ranked[0])) === 'min' ? 1 : -1;
  ranked.sort((a, b) => sign * (scores[a] - scores[b]) || a - b);
  ranked.forEach((row, i) => {
    const isEqual = i > 0 && scores[row] === scores[ranked[i - 1]];
    ranks[row] = isEqual ? ranks[ranked[i - 1]] : i + 1;
  });
}
