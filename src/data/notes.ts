import {
  classCounts,
  classesOf,
  classNames,
  featureNames,
  valuesOf,
  type Matrix,
  type SplitData,
} from '../base/dataset.js';
import { counted, quote, someOf } from '../base/listing.js';
import { alikeNotes, plainForm } from './alike.js';
import { meansNoValue } from './cells.js';
import { filterNotes } from './filter.js';
import { givenAway } from './giveaway.js';
import { ROW_NAMES } from './header.js';
import { metadataCell, type Metadata } from './metadata.js';
import { decimal } from './numbers.js';
import { unusedSamples, type Tables } from './source.js';
import type { SplitRequest } from './types.js';

/**
 * Notes about a split that can be trained on, one sentence each. They tell what may be a mistake, and may be intended.
 */
export function notesOf(
  tables: Tables,
  request: SplitRequest,
  data: SplitData,
  trainRows: Int32Array,
  validateRows?: Int32Array,
): string[] {
  const { metadata } = tables;
  const { train, validate } = request;
  const notes: string[] = [];
  const unused = unusedSamples(tables);
  if (unused > 0)
    notes.push(
      `${unused} of ${tables.features.rowOf.size} samples ` +
        `${unused === 1 ? 'has no metadata and is' : 'have no metadata and are'} not used.`,
    );
  notes.push(...filterNotes(metadata, train, request.trainFilter));
  if (validateRows) {
    notes.push(...filterNotes(metadata, validate!, request.validateFilter ?? {}));
    const left = metadata.rows.length - trainRows.length - validateRows.length;
    if (left > 0)
      notes.push(
        `${left} of ${metadata.rows.length} samples ${left === 1 ? 'is' : 'are'} in neither ${train} nor ${validate}.`,
      );
  }
  const selected = [data.train, data.validate].flatMap(part => part?.index ?? []);
  notes.push(...alikeNotes(selected, `the index ${tables.source.index ?? ROW_NAMES}`, 'ids'));
  notes.push(...(data.target.kind === 'classes' ? classNotes : valueNotes)(tables, request, data));
  if (request.group !== undefined) {
    const column = metadata.header.placeOf.get(request.group)!;
    const rows = [...trainRows, ...(validateRows ?? [])];
    const groups = rows.map(row => metadata.rows[row][column]);
    notes.push(
      ...alikeNotes(groups, request.group, 'groups'),
      ...noValueNotes(groups, request.group, 'group'),
    );
    if (validateRows) notes.push(...sharedGroups(metadata, request, trainRows, validateRows));
  }
  return [...notes, ...featureNotes(tables, request, data)];
}

/** A class with a smaller share of the samples gets a note. */
const SMALL_SHARE = 0.05;

function classNotes({ source }: Tables, { train, validate }: SplitRequest, data: SplitData): string[] {
  const classes = classNames(data.target);
  const notes: string[] = [];
  const sizes = classCounts(classesOf(data.train.target).codes, classes.length);
  const n = data.train.x.rows;
  if (classes.length === 2 && source.positive === undefined) {
    notes.push(
      `positive: ${classes[1]} (${sizes[1]} of ${n} samples of ${train}), because it sorts last. ` +
        'Write `positive:` in config.yaml to choose.',
    );
  }
  const alone = classes.filter((_, code) => sizes[code] === 1);
  if (alone.length > 0) {
    const noun = alone.length === 1 ? 'a class' : 'classes';
    notes.push(`${train} has ${noun} with one sample only: ${someOf(alone)}.`);
  }
  const small = classes.flatMap((name, code) =>
    sizes[code] < SMALL_SHARE * n ? [`${name} (${sizes[code]} of ${n})`] : [],
  );
  if (small.length > 0 && classes.length * SMALL_SHARE < 1)
    notes.push(`${train} has less than 5% of its samples in ${someOf(small)}.`);
  if (source.task === undefined && classes.length > 2 && classes.every(name => decimal(name) !== undefined)) {
    notes.push(
      `${source.target} has ${classes.length} different numbers in ${train}, and each is taken as a class. ` +
        'Write `task: regression` in config.yaml to predict their values, or `task: classification` if they are ' +
        'classes.',
    );
  }
  const held = data.validate && classesOf(data.validate.target).codes;
  const absent = classes.filter((_, code) => held && !held.includes(code));
  if (absent.length > 0) notes.push(`${validate} has no sample of a class of ${train}: ${someOf(absent)}.`);
  notes.push(...alikeNotes(classes, `the target ${source.target}`, 'classes'));
  notes.push(...noValueNotes(classes, source.target, 'class'));
  return notes;
}

/** Says that values are predicted where the file does not say it, and what they may be instead. */
function valueNotes({ source }: Tables, { train }: SplitRequest, data: SplitData): string[] {
  if (source.task !== undefined || source.ranksValues) return [];
  const different = new Set(valuesOf(data.train.target).values).size;
  return [
    `${source.target} has ${different} different numbers in ${train}, so its values are predicted (regression). ` +
      'Write `task: regression` in config.yaml to say so, or `task: classification` if they are classes.',
  ];
}

/** A note for words that usually mean "no value" and count as values here. */
function noValueNotes(cells: readonly string[], column: string, what: string): string[] {
  const words = [...new Set(cells)].filter(meansNoValue);
  if (words.length === 0) return [];
  return [
    `${column} has the ${what} ${words.map(quote).join(', ')}: ` +
      'if it means no value, add it to `missing:` in config.yaml.',
  ];
}

function featureNotes({ source }: Tables, { train }: SplitRequest, data: SplitData): string[] {
  const features = featureNames(data);
  const notes: string[] = [];
  const variations = features.map((_, j) => variationOf(data.train.x, j));
  const empty = features.filter((_, j) => variations[j] === 'empty');
  if (empty.length > 0)
    notes.push(`${train} has ${counted(empty.length, 'feature')} without any value: ${someOf(empty)}.`);
  const constant = features.filter((_, j) => variations[j] === 'constant');
  if (constant.length > 0)
    notes.push(
      `${train} has ${counted(constant.length, 'feature')} with one value only: ${someOf(constant)}.`,
    );
  notes.push(...levelNotes(data, train));
  const telling = givenAway(data.train.x, data.train.target, data.columns).map(j => features[j]);
  if (telling.length > 0) {
    const [one, are] = telling.length === 1 ? [true, 'it is'] : [false, 'they are'];
    const what =
      data.target.kind === 'classes'
        ? `alone ${one ? 'tells' : 'tell'} all classes of ${train} apart (AUC 1.0000)`
        : `alone ${one ? 'orders' : 'order'} all samples of ${train} by their values`;
    notes.push(
      `${counted(telling.length, 'feature')} ${what}: ` +
        `${someOf(telling)}. Check that ${are} known before ${source.target} is.`,
    );
  }
  return notes;
}

/** Notes about the levels of categories. */
function levelNotes({ columns, validate }: SplitData, train: string): string[] {
  return columns.flatMap((column, j) => {
    if (column.kind !== 'category') return [];
    const { name, levels } = column;
    const unseen = validate ? countOf(validate.x, j, levels.length) : 0;
    return [
      ...(unseen > 0
        ? [
            `${counted(unseen, 'validation sample')} ${have(unseen)} a level of ${name} that ${train} does not have.`,
          ]
        : []),
      ...alikeNotes(levels, name, 'levels'),
      ...noValueNotes(levels, name, 'level'),
    ];
  });
}

const have = (count: number): string => (count === 1 ? 'has' : 'have');

/** How many samples have a value in feature j. */
const countOf = (x: Matrix, j: number, value: number): number =>
  x.data.subarray(j * x.rows, (j + 1) * x.rows).filter(one => one === value).length;

/** A note for groups with samples on both sides of a split. Cross-validation would keep them together. */
function sharedGroups(
  metadata: Metadata,
  { group, train, validate }: SplitRequest,
  trainRows: Int32Array,
  validateRows: Int32Array,
): string[] {
  const column = metadata.header.placeOf.get(group!)!;
  const cellsOf = (rows: Int32Array): string[] =>
    Array.from(rows, row => metadataCell(metadata, row, column)).filter(value => value !== undefined);
  const seen = new Set(cellsOf(trainRows).map(plainForm));
  const both = [...new Set(cellsOf(validateRows).filter(value => seen.has(plainForm(value))))];
  if (both.length === 0) return [];
  const what = `${counted(both.length, 'value')} of ${group} ${both.length === 1 ? 'is' : 'are'}`;
  return [`${what} in both ${train} and ${validate}: ${someOf(both)}.`];
}

/** Whether feature j has no value, one value or several different values. */
function variationOf(x: Matrix, j: number): 'empty' | 'constant' | 'varied' {
  let met = NaN;
  for (const value of x.data.subarray(j * x.rows, (j + 1) * x.rows)) {
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(met)) met = value;
    else if (value !== met) return 'varied';
  }
  return Number.isNaN(met) ? 'empty' : 'constant';
}
