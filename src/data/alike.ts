import { counted, quote, someOf } from '../base/listing.js';
import { decimalKey } from './numbers.js';

/**
 * Cells that look alike and are not the same: they differ by white space, by letter case, or in how they write one
 * number. Labels, groups, ids and the text of filters are compared letter by letter. So cells that look alike get a
 * note.
 */

/** Most ids: neither a number nor white space, and no letter that could be written in another way. */
const SIMPLE = /^[a-z_][!-~]*$/i;

/** What cells that look alike have in common. */
export function plainForm(cell: string): string {
  if (SIMPLE.test(cell)) return cell.toLowerCase();
  return decimalKey(cell) ?? cell.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** The different cells, by their plain form. */
export function byForm(cells: Iterable<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const cell of new Set(cells)) {
    const form = plainForm(cell);
    const group = groups.get(form);
    if (group) group.push(cell);
    else groups.set(form, [cell]);
  }
  return groups;
}

/** A note about the cells that look alike, if there are any. Each of them counts as another one of `what`. */
export function alikeNotes(cells: readonly string[], where: string, what: string): string[] {
  // Cells that are their own plain form, such as most ids, look like no other one.
  if (cells.every(cell => plainForm(cell) === cell)) return [];
  const groups = [...byForm(cells).values()].filter(group => group.length > 1);
  if (groups.length === 0) return [];
  const shown = someOf(groups.map(group => group.slice(0, 5).map(quote).join(' and ')));
  const together = groups.length === 1 ? '' : ` in ${counted(groups.length, 'place')}`;
  return [
    `cells of ${where} look alike${together} and are different ${what}, because they are compared letter by letter: ` +
      `${shown}. Write them alike where they are one.`,
  ];
}
