import { InputError, type Place } from '../base/errors.js';
import { quote, someOf } from '../base/listing.js';
import { cellHint, cellKind, type CellKind } from './cells.js';

/** Cells of the features that hold no number. They are collected, so that one error names all words among them. */
export interface WrongCells {
  /** How many there are so far. */
  readonly count: number;
  /** `times` is how many cells of the column hold the same. */
  add(cell: string, told: Told, place: Place, times?: number): void;
  /** The error `bad-cell` or `infinite-cell` where there is a wrong cell. */
  error(): InputError | undefined;
  /** Throws that error, if there is one. */
  end(): void;
}

/** What an error says about a cell. */
export interface Told {
  /** The column, or the feature and the sample, whose value the cell holds. */
  name: string;
  /** The column that the cell stands in. */
  of: string;
  /** What to do, where that is known. */
  hint?: string;
}

/** The largest number of different words of one kind that an error names. */
const MOST_WORDS = 5;
/** The same for words that mean "no value". The limit is high, so that a user can mark all of them at once. */
const MOST_MARKERS = 100;

/** The largest number of cells without a number that are looked at. More cells are only counted. */
const MOST_CELLS = 100_000;

/**
 * @param mark how a user marks a word as missing; it ends the sentence "If there is no value, ..."
 * @param category what a user does if these columns hold categories, as a sentence
 */
export function wrongCells(
  mark: (words: readonly string[]) => string,
  category?: (columns: readonly string[]) => string,
): WrongCells {
  const words = new Map<CellKind, Set<string>>();
  const columns = new Set<string>();
  let count = 0;
  let first: (Told & { cell: string; place: Place }) | undefined;

  function add(cell: string, told: Told, place: Place, times = 1): void {
    first ??= { ...told, cell, place };
    count += times;
    columns.add(told.of);
    if (count > MOST_CELLS) return;
    const kind = cellKind(cell);
    const found = words.get(kind) ?? new Set();
    words.set(kind, found);
    if (found.size < (kind === 'none' ? MOST_MARKERS : MOST_WORDS)) found.add(cell);
  }

  function error(): InputError | undefined {
    if (!first) return undefined;
    const { cell, name, place, hint = cellHint(words, mark, category?.([...columns])) } = first;
    const infinite = cellKind(cell) === 'infinite';
    const what =
      cell.trim() === '' ? 'an empty cell' : `${infinite ? 'an infinite number' : 'text'}, ${quote(cell)}`;
    const more =
      count > 1 ? ` (${count.toLocaleString('en-US')} cells like it, in ${someOf([...columns])})` : '';
    return new InputError(infinite ? 'infinite-cell' : 'bad-cell', `${name} holds ${what}${more}`, {
      place,
      value: cell,
      expected: infinite ? 'a finite number' : 'a number',
      hint,
    });
  }

  function end(): void {
    const found = error();
    if (found) throw found;
  }

  return {
    add,
    error,
    end,
    get count() {
      return count;
    },
  };
}
