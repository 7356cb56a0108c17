import type { Target, TargetMeaning, ValueTarget } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { quote } from '../base/listing.js';
import { trainClasses, validateClasses } from './class-target.js';
import { metadataPlace, valuesOf } from './metadata.js';
import { decimal } from './numbers.js';
import type { Tables } from './source.js';
import type { SplitRequest, TableSource } from './types.js';

/** The target of a split: classes, or values. */

/** The target of a split. */
export interface SplitTarget {
  meaning: TargetMeaning;
  train: Target;
  validate?: Target;
}

/** Reads the target of some rows of the metadata. Throws InputError for what cannot be learned or scored. */
export function targetOfSplit(
  tables: Tables,
  request: SplitRequest,
  rows: Int32Array,
  validateRows?: Int32Array,
): SplitTarget {
  const { source, metadata } = tables;
  const cells = valuesOf(metadata, source.target, 'target', rows, request.train);
  if (holdsValues(source, cells)) return valuesOfSplit(tables, request, rows, validateRows);
  const { names, target } = trainClasses(tables, request, cells);
  const held = validateRows && validateClasses(tables, request, validateRows, names);
  return { meaning: { kind: 'classes', names }, train: target, ...(held && { validate: held }) };
}

/** Up to this number of different numbers are taken as classes. */
const MOST_NUMBERS = 20;
/** More different whole numbers are taken as classes if each has at least this number of samples, on average. */
const SAMPLES_OF_A_CLASS = 5;

/** Whether a target holds values: as `task:` or the metric says, or else where it has many different numbers. */
function holdsValues({ task, ranksValues }: TableSource, cells: readonly string[]): boolean {
  if (task !== undefined) return task === 'regression';
  const labels = [...new Set(cells)];
  if (!labels.every(label => decimal(label) !== undefined)) return false;
  if (ranksValues) return true;
  if (labels.length <= MOST_NUMBERS) return false;
  const whole = labels.every(label => Number.isInteger(Number(label)));
  return !whole || cells.length < SAMPLES_OF_A_CLASS * labels.length;
}

function valuesOfSplit(
  { source, metadata }: Tables,
  request: SplitRequest,
  rows: Int32Array,
  validateRows?: Int32Array,
): SplitTarget {
  const { train, validate, placeOf } = request;
  if (source.positive !== undefined) {
    const message = `a positive class is given, and the target ${quote(source.target)} holds values`;
    throw new InputError('not-classes', message, {
      place: placeOf?.(['positive']),
      value: source.positive,
      expected: 'a target with two classes',
      hint: 'Remove `positive:`, or write `task: classification`.',
    });
  }
  const read = (of: Int32Array, split: string): ValueTarget => {
    const cells = valuesOf(metadata, source.target, 'target', of, split);
    const values = Float64Array.from(cells, cell => decimal(cell) ?? NaN);
    const wrong = values.findIndex(value => !Number.isFinite(value));
    if (wrong < 0) return { kind: 'values', values };
    throw new InputError(
      'not-a-value',
      `the target ${quote(source.target)} of ${split} has a cell that is no number`,
      {
        place: metadataPlace(metadata, of[wrong], metadata.header.placeOf.get(source.target)!),
        value: cells[wrong],
        expected: 'a finite number',
        hint: 'Leave the sample out of the split, or write `task: classification`.',
      },
    );
  };
  const target = read(rows, train);
  if (target.values.every(value => value === target.values[0])) {
    throw new InputError('one-value', `${train} has one value of ${quote(source.target)} only`, {
      place: placeOf?.(['splits', train]),
      value: target.values[0],
      expected: `at least two values of ${source.target}`,
    });
  }
  const held = validateRows && read(validateRows, validate!);
  return { meaning: { kind: 'values' }, train: target, ...(held && { validate: held }) };
}
