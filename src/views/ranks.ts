/** The ranks of the configs of a search, each within its setting. */
import { rankingDirection } from '../base/direction.js';
import type { Search } from './search.js';

/**
 * The rank of each row of the state, from 1; 0 where a config has none, because it has not finished, has no score, or
 * its fit did not converge. Equal scores have equal ranks, and the next rank counts them all: 1, 1, 3. All configs of
 * the log take part, so a rank does not depend on which of them are shown.
 */
export function ranksOf(search: Search): Uint32Array {
  const { state } = search;
  const scores = Float64Array.from({ length: state.size }, (_, row) => search.scoreOf(row));
  const settings = new Map<number, number[]>();
  scores.forEach((score, row) => {
    if (Number.isNaN(score)) return;
    const setting = search.settingOf(row);
    const rows = settings.get(setting);
    if (rows) rows.push(row);
    else settings.set(setting, [row]);
  });
  const ranks = new Uint32Array(state.size);
  for (const rows of settings.values()) {
    const sign = rankingDirection(state.groupOf(rows[0])) === 'min' ? 1 : -1;
    rows.sort((a, b) => sign * (scores[a] - scores[b]) || a - b);
    rows.forEach((row, i) => {
      const isEqual = i > 0 && scores[row] === scores[rows[i - 1]];
      ranks[row] = isEqual ? ranks[rows[i - 1]] : i + 1;
    });
  }
  return ranks;
}
