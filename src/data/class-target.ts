import { classCounts, type ClassTarget } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { foldTypeFacts, foldTypeOf } from '../base/fold-types.js';
import { counted, quote, someOf } from '../base/listing.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { plainForm } from './alike.js';
import { codesOf, sortedLabels } from './labels.js';
import { metadataPlace, valuesOf } from './metadata.js';
import { decimal, decimalOrder } from './numbers.js';
import type { Tables } from './source.js';
import type { SplitRequest } from './types.js';

/** A target of classes: their names and order, and the code of each sample. */

/** The classes of a split, and the codes of the samples that are fitted on. `values` are their cells. */
export function trainClasses(
  { source }: Tables,
  request: SplitRequest,
  values: readonly string[],
): { names: string[]; target: ClassTarget } {
  const labels = sortedLabels(values, source.target);
  const classes = positiveLast(labels, source.positive, request);
  if (classes.length === 1) {
    throw new InputError('one-class', `${request.train} has one class only, ${quote(classes[0])}`, {
      place: request.placeOf?.(['splits', request.train]),
      value: classes[0],
      expected: `at least two values of ${source.target}`,
    });
  }
  const target = targetOf(values, classes);
  refuseSmallClasses(source, request, classes, target);
  return { names: classes, target };
}

/** The codes of values, each of which is one of the classes. */
function targetOf(values: readonly string[], classes: readonly string[]): ClassTarget {
  return { kind: 'classes', codes: codesOf(values, classes), k: classes.length };
}

/**
 * The class that `positive:` means: the class with the same text, or else the only class that is the same number or the
 * same one of true and false.
 */
function positiveClass(classes: string[], positive: string): string | undefined {
  if (classes.includes(positive)) return positive;
  const truth = /^(true|false)$/i.test(positive);
  const same = classes.filter(
    name =>
      decimalOrder(name, positive) === 0 || (truth && name.trim().toLowerCase() === positive.toLowerCase()),
  );
  return same.length === 1 ? same[0] : undefined;
}

/** Two classes with the positive one last, so that its code is 1. */
function positiveLast(
  classes: string[],
  wanted: string | undefined,
  { train, placeOf }: SplitRequest,
): string[] {
  if (wanted === undefined) return classes;
  const place = placeOf?.(['positive']);
  const positive = positiveClass(classes, wanted);
  if (positive === undefined) {
    const near = classes.find(name => plainForm(name) === plainForm(wanted));
    throw new InputError('no-such-class', `the positive class ${quote(wanted)} is not in ${train}`, {
      place,
      value: wanted,
      expected: oneOf(classes),
      hint: near === undefined ? didYouMean(wanted, classes) : `Write it as the table does: ${quote(near)}.`,
    });
  }
  if (classes.length > 2) {
    const message = `a positive class is given, and ${train} has ${classes.length} classes: ${someOf(classes)}`;
    throw new InputError('many-classes', message, {
      place,
      value: wanted,
      expected: 'a target with two classes',
    });
  }
  return [...classes.filter(name => name !== positive), positive];
}

/** Refuses classes with fewer samples than there are folds, because every fold needs every class. */
function refuseSmallClasses(
  { task }: Tables['source'],
  { train, folds, type, group, placeOf }: SplitRequest,
  classes: string[],
  { codes, k }: ClassTarget,
): void {
  if (folds === undefined || !foldTypeFacts(foldTypeOf({ type, group }, 'classes')).isStratified) return;
  const sizes = classCounts(codes, k);
  const small = sizes.findIndex(size => size < folds);
  if (small < 0) return;
  const what = `the class ${quote(classes[small])} has ${counted(sizes[small], 'sample')} in ${train}`;
  const message = `${what}, too few for ${folds} folds`;
  const isNumbers = classes.every(name => decimal(name) !== undefined);
  const mayBeValues = task === undefined && classes.length > 2 && isNumbers;
  throw new InputError('too-few-members', message, {
    place: placeOf?.(['cv', 'folds']),
    value: folds,
    expected: `at least ${folds} samples of every class`,
    hint: mayBeValues
      ? 'Ask for fewer folds, or leave --cv out. If the numbers are values and no classes, write `task: regression`.'
      : 'Ask for fewer folds, widen the split, or leave --cv out.',
  });
}

/** The codes of the samples that are validated on. */
export function validateClasses(
  { source, metadata }: Tables,
  request: SplitRequest,
  rows: Int32Array,
  classes: string[],
): ClassTarget {
  const values = valuesOf(metadata, source.target, 'target', rows, request.validate!);
  const first = values.findIndex(value => !classes.includes(value));
  if (first >= 0) {
    const column = metadata.header.placeOf.get(source.target)!;
    const message = `${request.validate} has the class ${quote(values[first])}, which ${request.train} does not have`;
    throw new InputError('unseen-class', message, {
      place: metadataPlace(metadata, rows[first], column),
      value: values[first],
      expected: oneOf(classes),
      hint: 'Classes are compared letter by letter. Write it as in the other samples, or leave it out of the split.',
    });
  }
  return targetOf(values, classes);
}
