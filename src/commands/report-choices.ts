/** Which config a report recommends in each setting. */
import { isFirst } from '../events/ask/summary.js';
import type { Choice } from '../report/document.js';
import type { Gathering } from '../report/gather.js';

/** The best config of each setting that has one. */
export function choicesOf({ search, settings }: Gathering): Map<number, Choice> {
  const choices = new Map<number, Choice>();
  for (const { setting, rows } of settings) {
    const best = rows.rows.reduce((first, row) => (isFirst(search.state, row, first) ? row : first), -1);
    if (best >= 0) choices.set(setting, { row: best, rule: 'best', notes: [] });
  }
  return choices;
}
