import { InputError, type Place } from '../base/errors.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { metadataCell, type Metadata } from './metadata.js';
import { decimal, isMissing } from './numbers.js';
import { cellPlace, quote } from './table.js';
import type { Condition, Filter, PlaceOf, Scalar } from './types.js';

/**
 * A split's `where` over the metadata: the rows in which every named column meets its condition.
 *
 * - A value that YAML gives as a number equals a cell that is the same number: 1 equals `1`, `1.0` and `01`. A boolean
 *   equals the cell in any letter case. Text equals the cell letter by letter.
 * - `gte`, `gt`, `lte`, `lt` compare numbers; a cell that is none is an error. Dates as ISO 8601 writes them
 *   (`2024-01-31`) are compared with dates.
 * - A missing cell meets nothing but `not`. And `not` with a missing marker leaves the missing cells out.
 */

/** Whether a row is in. */
type Test = (row: number) => boolean;

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?$/;

/** Whether the order of a cell and a limit is as the operator wants it; `order` is negative, 0 or positive. */
const comparisons: { [operator: string]: (order: number) => boolean } = {
  gte: order => order >= 0,
  gt: order => order > 0,
  lte: order => order <= 0,
  lt: order => order < 0,
};

/** The rows of a split, ascending. Throws InputError for a column that is not there, a bad comparison, or no row at all. */
export function selectRows(metadata: Metadata, split: string, filter: Filter, placeOf?: PlaceOf): Int32Array {
  const tests = Object.entries(filter).flatMap(([name, condition]) => {
    const path = ['splits', split, 'where', name];
    const column = metadata.header.placeOf.get(name);
    if (column === undefined) throw noSuchColumn(metadata, split, name, placeOf?.(path));
    return testsOf(metadata, split, column, condition, placeOf?.(path));
  });
  const rows: number[] = [];
  for (let row = 0; row < metadata.rows.length; row++) if (tests.every(test => test(row))) rows.push(row);
  if (rows.length === 0) {
    throw new InputError(
      'empty-split',
      `the split ${split} selects none of the ${metadata.rows.length} samples`,
      {
        place: placeOf?.(['splits', split]),
        value: filter,
        hint: 'A condition on a missing cell is never met, and text must equal the cell letter by letter.',
      },
    );
  }
  return Int32Array.from(rows);
}

function noSuchColumn(metadata: Metadata, split: string, name: string, place?: Place): InputError {
  const names = metadata.header.names;
  return new InputError(
    'no-such-column',
    `the split ${split} filters by ${quote(name)}, which the metadata does not have`,
    {
      place,
      value: name,
      expected: oneOf(names),
      hint: didYouMean(name, names),
    },
  );
}

/** What a row must pass for one column: all of these. */
function testsOf(
  metadata: Metadata,
  split: string,
  column: number,
  condition: Condition,
  place?: Place,
): Test[] {
  if (typeof condition !== 'object' || Array.isArray(condition)) return [anyOf(metadata, column, condition)];
  return Object.entries(condition).map(([operator, value]: [string, Scalar | Scalar[]]) => {
    if (operator === 'in') return anyOf(metadata, column, value);
    if (operator === 'not') return noneOf(metadata, column, value);
    return comparison(metadata, split, column, operator, value as Scalar, place);
  });
}

/** Whether a cell, which is not missing, equals a value. */
function equalTo(value: Scalar): (cell: string) => boolean {
  if (typeof value === 'number') return cell => decimal(cell) === value;
  if (typeof value === 'boolean') return cell => cell.trim().toLowerCase() === String(value);
  return cell => cell === value;
}

function anyOf(metadata: Metadata, column: number, values: Scalar | Scalar[]): Test {
  const equals = [values].flat().map(equalTo);
  return row => {
    const cell = metadataCell(metadata, row, column);
    return cell !== undefined && equals.some(equal => equal(cell));
  };
}

function noneOf(metadata: Metadata, column: number, values: Scalar | Scalar[]): Test {
  const list = [values].flat();
  const equals = list.map(equalTo);
  const keepMissing = !list.some(value => isMissing(String(value), metadata.missing));
  return row => {
    const cell = metadataCell(metadata, row, column);
    return cell === undefined ? keepMissing : !equals.some(equal => equal(cell));
  };
}

function comparison(
  metadata: Metadata,
  split: string,
  column: number,
  operator: string,
  limit: Scalar,
  place?: Place,
): Test {
  const dates = typeof limit === 'string' && ISO_DATE.test(limit);
  if (typeof limit !== 'number' && !dates) {
    throw new InputError(
      'bad-comparison',
      `the split ${split} compares by ${operator} with ${quote(String(limit))}`,
      {
        place,
        value: limit,
        expected: 'a number, or a date such as 2024-01-31',
      },
    );
  }
  return row => {
    const cell = metadataCell(metadata, row, column);
    if (cell === undefined) return false;
    const order = dates ? dateOrder(cell, limit) : orderOf(decimal(cell), limit as number);
    if (order !== undefined) return comparisons[operator](order);
    const name = quote(metadata.header.names[column]);
    throw new InputError(
      'bad-comparison',
      `the split ${split} compares ${name} with ${limit}, and a cell is ${quote(cell)}`,
      {
        place: cellPlace(metadata.file, metadata.lines[row], column),
        value: cell,
        expected: dates ? 'a date such as 2024-01-31' : 'a number',
        hint: 'Where it means that there is no value, add it to `missing:`.',
      },
    );
  };
}

const orderOf = (cell: number | undefined, limit: number): number | undefined =>
  cell === undefined ? undefined : cell - limit;

/** ISO dates sort as text; where the one has a time of day and the other has none, the days are compared. */
function dateOrder(cell: string, limit: string): number | undefined {
  const text = cell.trim();
  if (!ISO_DATE.test(text)) return undefined;
  const length = Math.min(text.length, limit.length) > 10 ? undefined : 10;
  const [a, b] = [text.slice(0, length), limit.slice(0, length)];
  return a < b ? -1 : a > b ? 1 : 0;
}
