import type { Samples } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { counted, quote } from '../base/listing.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { DATE_EXPECTED, isDate, secondsOf } from './dates.js';
import { codesOf, sortedLabels } from './labels.js';
import { metadataPlace, valuesOf, type Metadata } from './metadata.js';
import { decimal } from './numbers.js';
import type { SplitRequest } from './types.js';

/** The columns of the metadata that folds are made of: groups that stay together, times, and numbers of folds. */

/** The most folds of one drawing, as `cv.folds` takes them. Every config is fitted as often. */
const MOST_FOLDS = 1000;

/** What the folds of a split are made of. Throws InputError for columns that make no folds. */
export function foldColumns(
  metadata: Metadata,
  request: SplitRequest,
  rows: Int32Array,
): Pick<Samples, 'groups' | 'times' | 'folds'> {
  const { type, group, by } = request;
  if (type === 'leave-one-out') refuseMany(rows.length, 'samples', request, ['cv', 'type']);
  if (group !== undefined) return { groups: groupCodes(metadata, request, group, rows) };
  if (by === undefined) return {};
  return type === 'time'
    ? { times: timesOf(metadata, request, by, rows) }
    : { folds: foldNumbers(metadata, request, by, rows) };
}

/** Throws InputError `no-such-column` where the metadata lacks a column that config.yaml names. */
export function requireColumn(
  { header, name: table, all }: Metadata,
  { placeOf }: SplitRequest,
  name: string,
  path: readonly string[],
  purpose: string,
): void {
  if (header.placeOf.has(name)) return;
  throw new InputError('no-such-column', `${table} has no column ${quote(name)} ${purpose}`, {
    place: placeOf?.(path),
    value: name,
    expected: oneOf(all),
    hint: didYouMean(name, all),
  });
}

/** Refuses more folds than one drawing may have. */
function refuseMany(
  count: number,
  what: string,
  { train, placeOf }: SplitRequest,
  path: readonly string[],
): void {
  if (count <= MOST_FOLDS) return;
  throw new InputError('too-many-folds', `${train} has ${count} ${what}, and each would be a fold`, {
    place: placeOf?.(path),
    value: count,
    expected: `at most ${MOST_FOLDS} folds`,
    hint: 'Every config is fitted once for each fold. Ask for folds of several samples: `cv: { folds: 10 }`.',
  });
}

/** The codes of the groups that cross-validation keeps together. */
function groupCodes(metadata: Metadata, request: SplitRequest, name: string, rows: Int32Array): Int32Array {
  const { train, folds, type } = request;
  requireColumn(metadata, request, name, ['cv', 'group'], 'to group by');
  const values = valuesOf(metadata, name, 'group', rows, train);
  const labels = sortedLabels(values, name);
  const isEach = type === 'leave-one-group-out';
  if (isEach) refuseMany(labels.length, 'groups', request, ['cv', 'group']);
  const fewest = isEach ? 2 : (folds ?? 0);
  if (labels.length < fewest) {
    const what = `${quote(name)} has ${counted(labels.length, 'value')} in ${train}`;
    const message = isEach ? `${what}, and each would be a fold` : `${what}, too few for ${folds} folds`;
    throw new InputError('too-few-groups', message, {
      place: request.placeOf?.(['cv', 'group']),
      value: name,
      expected: `at least ${fewest} groups`,
    });
  }
  return codesOf(values, labels);
}

/** The values of a column as numbers. The first cell without one is refused. */
function numbersIn(
  metadata: Metadata,
  name: string,
  values: readonly string[],
  rows: Int32Array,
  numberOf: (cell: string) => number | undefined,
  complaint: { code: string; what: string; expected: string },
): number[] {
  return values.map((value, i) => {
    const number = numberOf(value);
    if (number !== undefined && Number.isFinite(number)) return number;
    const { code, what, expected } = complaint;
    throw new InputError(code, `${quote(name)} holds a value that is not ${what}`, {
      place: metadataPlace(metadata, rows[i], metadata.header.placeOf.get(name)!),
      value,
      expected,
    });
  });
}

/** The times of the samples: numbers, or dates as seconds since 1970. The first cell tells which of the two. */
function timesOf(metadata: Metadata, request: SplitRequest, name: string, rows: Int32Array): Float64Array {
  requireColumn(metadata, request, name, ['cv', 'by'], 'to order by');
  const values = valuesOf(metadata, name, 'time', rows, request.train);
  const areDates = values.length > 0 && isDate(values[0]);
  const expected = areDates ? DATE_EXPECTED : `a number, or in all cells ${DATE_EXPECTED}`;
  const times = numbersIn(metadata, name, values, rows, areDates ? secondsOf : decimal, {
    ...{ code: 'bad-time', what: areDates ? 'a date' : 'a number', expected },
  });
  return Float64Array.from(times);
}

/** The numbers of the folds of the samples; -1 for samples that are in no fold. */
function foldNumbers(metadata: Metadata, request: SplitRequest, name: string, rows: Int32Array): Int32Array {
  requireColumn(metadata, request, name, ['cv', 'by'], 'of the numbers of folds');
  const values = valuesOf(metadata, name, 'fold', rows, request.train);
  const isNumber = (number: number | undefined): boolean =>
    number !== undefined && Number.isInteger(number) && number >= -1 && number < 2 ** 31;
  const numbers = numbersIn(
    metadata,
    name,
    values,
    rows,
    cell => (isNumber(decimal(cell)) ? decimal(cell) : undefined),
    {
      ...{ code: 'bad-fold', what: 'the number of a fold' },
      expected: 'a whole number of at least 0, or -1 for a sample that is never scored',
    },
  );
  const count = new Set(numbers.filter(number => number >= 0)).size;
  refuseMany(count, 'numbers of folds', request, ['cv', 'by']);
  if (count < 2) {
    const what = count === 0 ? 'no number of a fold' : 'the number of one fold only';
    throw new InputError('too-few-folds', `${quote(name)} has ${what} in ${request.train}`, {
      place: request.placeOf?.(['cv', 'by']),
      value: name,
      expected: 'at least two numbers of folds',
      hint: 'To score on one set of samples, make it a split validate_NAME, and enqueue with --validate.',
    });
  }
  return Int32Array.from(numbers);
}
