import { InputError, type Place } from '../base/errors.js';
import { counted, quote, someOf } from '../base/listing.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { byForm, plainForm } from './alike.js';
import { cellKind, missingLine } from './cells.js';
import { DATE_EXPECTED, dateOrder, isDate, looksLikeDate } from './dates.js';
import { metadataCell, metadataPlace, type Metadata } from './metadata.js';
import { decimal, isMissing } from './numbers.js';
import type { Condition, Filter, PlaceOf, Scalar } from './types.js';

/**
 * A split's `where` over the metadata: the rows in which every named column meets its condition.
 *
 * - A cell is text. A value in `where` that is written as a decimal number equals every cell that is the same number: 1
 *   equals `1`, `1.0`, `01` and `+1`. A boolean equals the cell in any letter case. Text equals the cell letter by
 *   letter; "1" in quotes and 0x10 are text.
 * - `gte`, `gt`, `lte`, `lt` compare numbers. Any other cell is an error. Dates are compared with dates (dates.ts).
 * - A missing cell meets nothing but `not`. And `not` with a missing marker leaves the missing cells out.
 */

/** Whether a row is in. */
type Test = (row: number) => boolean;

/** Whether the order of a cell and a limit is as the operator wants it; `order` is negative, 0 or positive. */
const COMPARISONS: { [operator: string]: (order: number) => boolean } = {
  gte: order => order >= 0,
  gt: order => order > 0,
  lte: order => order <= 0,
  lt: order => order < 0,
};

/**
 * The rows of a split, ascending. Throws InputError for a column that is not there, a bad comparison, or no row at all.
 */
export function selectRows(metadata: Metadata, split: string, filter: Filter, placeOf?: PlaceOf): Int32Array {
  const tests = Object.entries(filter).flatMap(([name, condition]) => {
    const path = ['splits', split, 'where', name];
    const column = metadata.header.placeOf.get(name);
    if (column === undefined) throw unknownColumn(metadata, split, name, placeOf?.(path));
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

function unknownColumn(metadata: Metadata, split: string, name: string, place?: Place): InputError {
  const { all: names, name: table } = metadata;
  return new InputError(
    'no-such-column',
    `the split ${split} filters by ${quote(name)}, which ${table} does not have`,
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
  const dates = typeof limit === 'string' && isDate(limit);
  if (typeof limit !== 'number' && !dates) throw badLimit(split, operator, limit, place);
  return row => {
    const cell = metadataCell(metadata, row, column);
    if (cell === undefined) return false;
    const order = dates ? dateOrder(cell, limit) : orderOf(decimal(cell), limit as number);
    if (order !== undefined) return COMPARISONS[operator](order);
    const name = quote(metadata.header.names[column]);
    const never = dates && looksLikeDate(cell);
    throw new InputError(
      'bad-comparison',
      `the split ${split} compares ${name} with ${limit}, and a cell is ${quote(cell)}`,
      {
        place: metadataPlace(metadata, row, column),
        value: cell,
        expected: never ? 'a day and a time that exist' : dates ? DATE_EXPECTED : 'a number',
        hint: comparisonHint(metadata, cell, dates ? 'date' : 'number'),
      },
    );
  };
}

/** What to do about a cell that cannot be compared. */
function comparisonHint({ markers }: Metadata, cell: string, wanted: string): string {
  const write = `Write a ${wanted} there.`;
  if (cellKind(cell) === 'value' || decimal(cell) !== undefined) return write;
  return `${write} If there is no value, write ${missingLine(markers, [cell])} in config.yaml.`;
}

function badLimit(split: string, operator: string, limit: Scalar, place?: Place): InputError {
  const text = String(limit);
  const message = `the split ${split} compares by \`${operator}\` with ${quote(text)}`;
  if (looksLikeDate(text)) {
    const expected = 'a day and a time that exist';
    return new InputError('no-such-date', message, { place, value: limit, expected });
  }
  return new InputError('bad-comparison', message, {
    place,
    value: limit,
    expected: `a number, or ${DATE_EXPECTED}`,
    hint: decimal(text) === undefined ? undefined : 'Remove the quotes.',
  });
}

const orderOf = (cell: number | undefined, limit: number): number | undefined =>
  cell === undefined ? undefined : cell - limit;

/** The largest number of values of a column that have a note. */
const MOST_NOTES = 3;

/** What a user should know of a filter that selects something: one sentence each. */
export function filterNotes(metadata: Metadata, split: string, filter: Filter): string[] {
  return Object.entries(filter).flatMap(([name, condition]) => {
    const column = metadata.header.placeOf.get(name)!;
    const cells = metadata.rows.map(row => row[column]);
    const isMap = typeof condition === 'object' && !Array.isArray(condition);
    const { in: among = [], not = [] } = isMap ? condition : { in: [condition].flat() };
    const there = byForm(cells.filter(cell => !isMissing(cell, metadata.missing)));
    const asks = (value: Scalar): string =>
      `${split} asks for ${name} ${typeof value === 'string' ? quote(value) : value}`;
    const writings = [among, not].flat().flatMap(value => {
      const near = there.get(plainForm(String(value))) ?? [];
      const note = near.length > 0 ? writingNote(value, near) : absentNote(value, there, metadata);
      return note === undefined ? [] : [`${asks(value)}, ${note}.`];
    });
    const more = writings.length - MOST_NOTES;
    const rest = more > 0 ? [`The same holds for ${counted(more, 'other value')} of ${name}.`] : [];
    return [...missingNotes(metadata, split, name, among, cells), ...writings.slice(0, MOST_NOTES), ...rest];
  });
}

/** A note for a filter that asks for a missing marker. It does not select the samples without a value. */
function missingNotes(
  metadata: Metadata,
  split: string,
  name: string,
  among: Scalar[],
  cells: string[],
): string[] {
  const markers = among.filter(value => isMissing(String(value), metadata.missing));
  const gaps = cells.filter(cell => isMissing(cell, metadata.missing)).length;
  if (markers.length === 0 || gaps === 0) return [];
  const told = markers.map(value => quote(String(value))).join(', ');
  const samples = `the ${counted(gaps, 'sample')} without ${name} ${gaps === 1 ? 'is' : 'are'} not selected`;
  return [
    `${split} asks for ${name} ${told}, but \`missing:\` lists it as no value: ` +
      `${samples} (a missing cell meets only \`not\`).`,
  ];
}

/** A note for a value that no cell has. It selects nothing, or everything with `not`. Another value may be meant. */
function absentNote(
  value: Scalar,
  there: ReadonlyMap<string, string[]>,
  { missing }: Metadata,
): string | undefined {
  if (isMissing(String(value), missing)) return undefined;
  const hint = didYouMean(String(value), [...there.values()].flat());
  return `which no cell of it is${hint === undefined ? '' : ` (${hint[0].toLowerCase()}${hint.slice(1)})`}`;
}

/**
 * A note for a value that the column writes in several ways. A number means every way to write it. Text means only one
 * way.
 */
function writingNote(value: Scalar, near: readonly string[]): string | undefined {
  const equal = equalTo(value);
  const meant = near.filter(equal);
  if (meant.length > 1)
    return `which means all of ${someOf(meant.map(quote))}: in quotes it means one of them`;
  const others = near.filter(cell => !equal(cell));
  return others.length > 0 ? `which does not mean ${someOf(others.map(quote))}` : undefined;
}
