import type { Matrix, SplitData } from '../ml/types.js';
import { labelSizes } from './labels.js';
import { metadataCell, type Metadata } from './metadata.js';
import { unusedSamples, type Tables } from './source.js';
import { counted, someOf } from './table.js';
import type { SplitRequest } from './types.js';

/**
 * What a user should know of a split that can be trained on: it may well be meant, and is no error. One sentence each.
 */
export function notesOf(tables: Tables, { train, validate }: SplitRequest, data: SplitData): string[] {
  const notes: string[] = [];
  const note = (names: string[], text: (count: number) => string): void => {
    if (names.length > 0) notes.push(`${text(names.length)}: ${someOf(names)}.`);
  };
  const unused = unusedSamples(tables);
  if (unused > 0)
    notes.push(`${unused} of ${tables.features.rowOf.size} samples without metadata: not used.`);

  const { features, classes } = data;
  const sizes = labelSizes(classes, data.train.y);
  note(
    classes.filter((_, code) => sizes[code] === 1),
    count => `${train} has ${count === 1 ? 'a class' : 'classes'} with one sample only`,
  );
  note(
    classes.filter((_, code) => data.validate && !data.validate.y.includes(code)),
    () => `${validate} has no sample of a class of ${train}`,
  );
  const kinds = features.map((_, j) => kindOf(data.train.x, j));
  note(
    features.filter((_, j) => kinds[j] === 'empty'),
    count => `${train} has ${counted(count, 'feature')} without any value`,
  );
  note(
    features.filter(
      (_, j) => kinds[j] !== 'empty' && [data.train, data.validate].some(part => part && hasGaps(part.x, j)),
    ),
    count =>
      `${counted(count, 'feature')} with missing values, which not every step takes (SimpleImputer fills them in)`,
  );
  note(
    features.filter((_, j) => kinds[j] === 'constant'),
    count => `${train} has ${counted(count, 'feature')} with one value only`,
  );
  return notes;
}

/** Cross-validation keeps a group together; a split that does not may deserve a second look. */
export function sharedGroups(
  metadata: Metadata,
  { group, train, validate }: SplitRequest,
  trainRows: Int32Array,
  validateRows: Int32Array,
): string[] {
  if (group === undefined) return [];
  const column = metadata.header.placeOf.get(group)!;
  const valuesOf = (rows: Int32Array): Set<string | undefined> =>
    new Set(Array.from(rows, row => metadataCell(metadata, row, column)));
  const seen = valuesOf(trainRows);
  const both = [...valuesOf(validateRows)].filter(
    value => value !== undefined && seen.has(value),
  ) as string[];
  if (both.length === 0) return [];
  return [`${counted(both.length, 'value')} of ${group} in both ${train} and ${validate}: ${someOf(both)}.`];
}

function hasGaps(x: Matrix, j: number): boolean {
  return x.data.subarray(j * x.rows, (j + 1) * x.rows).some(Number.isNaN);
}

/** Whether a feature can tell samples apart. */
function kindOf(x: Matrix, j: number): 'empty' | 'constant' | 'varied' {
  let met = NaN;
  for (const value of x.data.subarray(j * x.rows, (j + 1) * x.rows)) {
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(met)) met = value;
    else if (value !== met) return 'varied';
  }
  return Number.isNaN(met) ? 'empty' : 'constant';
}
