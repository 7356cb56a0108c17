import { InputError, type Place } from '../base/errors.js';
import { quote, someOf } from '../base/listing.js';
import { cellPlace } from './table.js';

/**
 * Names that must stand in a table exactly once: the ids of its samples, its columns, or the features in its first
 * column. Mistakes are collected, so that the error can count them.
 */
export interface Names {
  /** Each name and its place among the names, from 0. */
  numberOf: Map<string, number>;
  /** Adds the name in a cell. */
  add(cell: string, line: number, column: number): void;
  /** Throws InputError where a cell was empty, or where a name stood twice. */
  end(): void;
}

/** What the names are names of. */
export type Kind = 'id' | 'column' | 'feature';

const AGAIN: { [kind in Kind]: string } = {
  id: 'A sample has one row in each table. Leave the other rows out, or give each row a different id.',
  column: 'Give each column a different name.',
  feature: 'Leave all but one out, or give each a different name (in R: make.unique).',
};

const EMPTY: { [kind in Kind]: string } = {
  id: 'Give the sample its id, or leave it out.',
  column:
    'Give the column a name, or leave it out. For row names: row.names = FALSE in R, index=False in pandas.',
  feature: 'Give the feature a name, or leave it out.',
};

/** Whether a text is empty or white space. Most texts begin with a letter or a digit, and need no copy without it. */
const isBlank = (cell: string): boolean => !/^[!-~]/.test(cell) && cell.trim() === '';

interface Trouble {
  place: Place;
  value: string;
  message: string;
  names: Set<string>;
  count: number;
}

export function uniqueNames(file: string, kind: Kind): Names {
  const numberOf = new Map<string, number>();
  const lines: number[] = [];
  const columns: number[] = [];
  let missing: Trouble | undefined;
  let twice: Trouble | undefined;

  function add(cell: string, line: number, column: number): void {
    if (isBlank(cell)) {
      const message = `the ${kind === 'id' ? 'id' : 'name'} is empty here`;
      missing ??= { place: cellPlace(file, line, column), value: cell, message, names: new Set(), count: 0 };
      missing.count++;
      return;
    }
    const earlier = numberOf.get(cell);
    if (earlier !== undefined) {
      const there = `line ${lines[earlier]}, column ${columns[earlier] + 1}`;
      const message = `the ${kind} ${quote(cell)} stands also in ${there}`;
      twice ??= { place: cellPlace(file, line, column), value: cell, message, names: new Set(), count: 0 };
      twice.names.add(cell);
      twice.count++;
      return;
    }
    numberOf.set(cell, lines.push(line) - 1);
    columns.push(column);
  }

  function end(): void {
    if (missing) {
      const { place, value, message, count } = missing;
      const more = count > 1 ? ` (${count} empty ${kind}s)` : '';
      throw new InputError(`missing-${kind}`, message + more, { place, value, hint: EMPTY[kind] });
    }
    if (twice) {
      const { place, value, message, names, count } = twice;
      const more = count > 1 ? ` (${count} repetitions: ${someOf([...names].map(quote))})` : '';
      throw new InputError(`duplicate-${kind}`, message + more, { place, value, hint: AGAIN[kind] });
    }
  }

  return { numberOf, add, end };
}
