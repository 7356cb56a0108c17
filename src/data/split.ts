import { classCounts, type ClassTarget, type Samples, type SplitData } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { counted, quote, someOf } from '../base/listing.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { plainForm } from './alike.js';
import { columnsOfSplit, gather } from './features.js';
import type { LearnedColumn } from './levels.js';
import { selectRows } from './filter.js';
import { codesOf, sortedLabels } from './labels.js';
import { metadataCell, metadataPlace, type Metadata } from './metadata.js';
import { notesOf } from './notes.js';
import { decimal, decimalOrder } from './numbers.js';
import { joinRows, type Tables } from './source.js';
import { describeData, type Description } from './store.js';
import type { SplitRequest } from './types.js';

/**
 * The data of one split, n samples in the order of the metadata: the samples that a model is fitted on, and the samples
 * that it is validated on. Both have the same features and classes. The tables are in memory, and nothing is written
 * here.
 */

/** A split ready to be stored. */
export interface PreparedSplit extends Description {
  data: SplitData;
  /** What may be a mistake and may be intended, one sentence each. */
  notes: string[];
}

/** Makes the data of a split. Throws InputError for what cannot be trained on. */
export function prepareSplit(tables: Tables, request: SplitRequest): PreparedSplit {
  const { metadata } = tables;
  const { train, validate, placeOf } = request;
  const trainRows = selectRows(metadata, train, request.trainFilter, placeOf);
  const validateRows =
    validate === undefined
      ? undefined
      : selectRows(metadata, validate, request.validateFilter ?? {}, placeOf);
  if (validateRows) refuseOverlap(metadata, request, trainRows, validateRows);
  const { names, target } = trainClasses(tables, request, trainRows);
  const groups =
    request.group === undefined ? undefined : groupCodes(metadata, request, request.group, trainRows);
  const joined = joinRows(tables, trainRows, train);
  const columns = columnsOfSplit(tables.features, joined, train);
  const data: SplitData = {
    columns: columns.map(({ column }) => column),
    target: { kind: 'classes', names },
    train: { ...idsAndFeatures(tables, columns, trainRows, joined), target, ...(groups && { groups }) },
  };
  if (validateRows) {
    const held = validateClasses(tables, request, validateRows, names);
    const joinedHeld = joinRows(tables, validateRows, validate!);
    data.validate = { ...idsAndFeatures(tables, columns, validateRows, joinedHeld), target: held };
  }
  const notes = notesOf(tables, request, data, trainRows, validateRows);
  return { ...describeData(data), data, notes };
}

/** The ids and features of rows of the metadata. `joined` are the rows of their features. */
function idsAndFeatures(
  tables: Tables,
  columns: readonly LearnedColumn[],
  rows: Int32Array,
  joined: Int32Array,
): Pick<Samples, 'index' | 'x'> {
  const x = gather(tables.features, joined, columns);
  return { index: Array.from(rows, row => tables.metadata.ids[row]), x };
}

/** Refuses samples on both sides. A sample that a model was fitted on cannot tell how good the model is. */
function refuseOverlap(
  metadata: Metadata,
  request: SplitRequest,
  train: Int32Array,
  validate: Int32Array,
): void {
  const seen = new Set(train);
  const both = Array.from(validate)
    .filter(row => seen.has(row))
    .map(row => metadata.ids[row]);
  if (both.length === 0) return;
  const what = `${counted(both.length, 'sample')} ${both.length === 1 ? 'is' : 'are'}`;
  const message = `${what} in both ${request.train} and ${request.validate}: ${someOf(both)}`;
  throw new InputError('overlapping-splits', message, {
    place: request.placeOf?.(['splits', request.validate!]),
    expected: 'samples to validate on that are not trained on',
  });
}

/**
 * The values of a column in the given rows. Throws InputError where one is missing. A blank cell is always missing,
 * whatever `missing:` lists.
 */
function valuesOf(metadata: Metadata, name: string, role: string, rows: Int32Array, split: string): string[] {
  const columnPlace = metadata.header.placeOf.get(name)!;
  const values = Array.from(rows, row => {
    const cell = metadataCell(metadata, row, columnPlace);
    return cell === undefined || cell.trim() === '' ? undefined : cell;
  });
  const without = rows.filter((_, i) => values[i] === undefined);
  if (without.length === 0) return values as string[];
  const cells = [...new Set(Array.from(without, row => metadata.rows[row][columnPlace]))];
  const not = cells.length === 1 ? JSON.stringify(cells[0]) : JSON.stringify(cells);
  const have = without.length === 1 ? 'has' : 'have';
  throw new InputError(
    `missing-${role}`,
    `${counted(without.length, 'sample')} of ${split} ${have} no value of the ${role}, ${quote(name)}`,
    {
      place: metadataPlace(metadata, without[0], columnPlace),
      value: cells[0],
      hint: `Leave them out of the split with \`{ ${name}: { not: ${not} } }\`, or fill them in.`,
    },
  );
}

/** The classes of a split, and the codes of the samples that are fitted on. */
function trainClasses(
  { source, metadata }: Tables,
  request: SplitRequest,
  rows: Int32Array,
): { names: string[]; target: ClassTarget } {
  const values = valuesOf(metadata, source.target, 'target', rows, request.train);
  const labels = sortedLabels(values, source.target);
  refuseValues(request, source.target, labels, values.length);
  const classes = positiveLast(labels, source.positive, request);
  if (classes.length === 1) {
    throw new InputError('one-class', `${request.train} has one class only, ${quote(classes[0])}`, {
      place: request.placeOf?.(['splits', request.train]),
      value: classes[0],
      expected: `at least two values of ${source.target}`,
    });
  }
  const target = targetOf(values, classes);
  refuseSmallClasses(request, classes, target);
  return { names: classes, target };
}

/** The codes of values, each of which is one of the classes. */
function targetOf(values: readonly string[], classes: readonly string[]): ClassTarget {
  return { kind: 'classes', codes: codesOf(values, classes), k: classes.length };
}

/** Up to this number of different numbers are always taken as classes. */
const MOST_NUMBERS = 20;
/** More different numbers are taken as classes if each has at least this number of samples, on average. */
const SAMPLES_OF_A_CLASS = 5;

/** Refuses a target of numbers that differ between most samples. It holds values, and only classes are learned here. */
function refuseValues(
  { train, placeOf }: SplitRequest,
  target: string,
  labels: string[],
  samples: number,
): void {
  if (labels.length <= MOST_NUMBERS || !labels.every(label => decimal(label) !== undefined)) return;
  const whole = labels.every(label => Number.isInteger(Number(label)));
  if (whole && samples >= SAMPLES_OF_A_CLASS * labels.length) return;
  const message =
    `${quote(target)} has ${labels.length} different numbers in the ${samples} samples of ${train}, ` +
    'so they look like values and not like classes';
  throw new InputError('many-values', message, {
    place: placeOf?.(['target']),
    value: target,
    expected: 'a target whose values are classes',
    hint:
      'This version learns classes, not values. Add a column of classes (such as low and high) to the metadata, and ' +
      'name that column under `target:`.',
  });
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
  { train, folds, placeOf }: SplitRequest,
  classes: string[],
  { codes, k }: ClassTarget,
): void {
  if (folds === undefined) return;
  const sizes = classCounts(codes, k);
  const small = sizes.findIndex(size => size < folds);
  if (small < 0) return;
  const what = `the class ${quote(classes[small])} has ${counted(sizes[small], 'sample')} in ${train}`;
  const message = `${what}, too few for ${folds} folds`;
  throw new InputError('too-few-members', message, {
    place: placeOf?.(['cv', 'folds']),
    value: folds,
    expected: `at least ${folds} samples of every class`,
    hint: 'Ask for fewer folds, widen the split, or leave --cv out.',
  });
}

/** The codes of the groups that cross-validation keeps together. */
function groupCodes(metadata: Metadata, request: SplitRequest, name: string, rows: Int32Array): Int32Array {
  const place = request.placeOf?.(['cv', 'group']);
  if (!metadata.header.placeOf.has(name)) {
    throw new InputError('no-such-column', `the metadata has no column ${quote(name)} to group by`, {
      place,
      value: name,
      expected: oneOf(metadata.header.names),
      hint: didYouMean(name, metadata.header.names),
    });
  }
  const values = valuesOf(metadata, name, 'group', rows, request.train);
  const labels = sortedLabels(values, name);
  if (request.folds !== undefined && labels.length < request.folds) {
    const what = `${quote(name)} has ${counted(labels.length, 'value')} in ${request.train}`;
    const message = `${what}, too few for ${request.folds} folds`;
    throw new InputError('too-few-groups', message, {
      place,
      value: name,
      expected: `at least ${request.folds} groups`,
    });
  }
  return codesOf(values, labels);
}

/** The codes of the samples that are validated on. */
function validateClasses(
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
