import type { DataColumn } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import { isPattern, matchesPattern } from '../../base/patterns.js';
import { someOf } from '../../base/listing.js';
import { didYouMean, oneOf } from '../../base/suggest.js';
import type { Obstacle } from '../needs.js';

/**
 * Which columns a group of a ColumnTransformer takes. A word names a kind of columns. A list holds names, and patterns
 * in which `*` stands for any text.
 */
export type Selection = string | readonly string[];

const KINDS: { [kind: string]: (column: DataColumn) => boolean } = {
  numbers: ({ kind }) => kind === 'number',
  categories: ({ kind }) => kind === 'category',
  ordered: column => column.kind === 'category' && column.ordered === true,
  unordered: column => column.kind === 'category' && column.ordered !== true,
};

/** The words that name a kind of columns. */
export const COLUMN_KINDS: readonly string[] = Object.keys(KINDS);

export function isColumnKind(word: string): boolean {
  return Object.hasOwn(KINDS, word);
}

/** The places of the columns that a name or a pattern means. A column of that very name stands before the pattern. */
function placesOf(word: string, columns: readonly DataColumn[]): number[] {
  const exact = columns.findIndex(({ name }) => name === word);
  if (exact >= 0) return [exact];
  if (!isPattern(word)) return [];
  return columns.flatMap(({ name }, place) => (matchesPattern(name, word) ? [place] : []));
}

/**
 * The places of the columns that a group takes: a list in its own order, and a kind in the order of the columns. Throws
 * InputError `no-column` for a name or a pattern that no column has. A kind may have no columns.
 */
export function selected(selection: Selection, columns: readonly DataColumn[]): number[] {
  if (typeof selection === 'string')
    return columns.flatMap((column, place) => (KINDS[selection](column) ? [place] : []));
  const obstacle = unknownIn(selection, columns);
  if (obstacle) throw new InputError('no-column', obstacle.what, obstacle);
  return [...new Set(selection.flatMap(word => placesOf(word, columns)))];
}

/** The first name or pattern that no column has, with its place in the list. */
export function unknownIn(
  selection: Selection,
  columns: readonly DataColumn[],
): (Obstacle & { at: number }) | undefined {
  if (typeof selection === 'string') return undefined;
  const at = selection.findIndex(word => placesOf(word, columns).length === 0);
  if (at < 0) return undefined;
  const value = selection[at];
  const names = columns.map(({ name }) => name);
  return {
    at,
    what: value.includes('*') ? `no column matches "${value}"` : `there is no column "${value}"`,
    value,
    expected: names.length > 8 ? someOf(names, 8) : oneOf(names),
    hint: didYouMean(value, [...names, ...(selection.length === 1 ? COLUMN_KINDS : [])]),
  };
}
