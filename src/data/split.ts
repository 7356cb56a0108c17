import type { Samples, SplitData } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { counted, someOf } from '../base/listing.js';
import { columnsOfSplit, gather } from './features.js';
import type { LearnedColumn } from './levels.js';
import { selectRows } from './filter.js';
import { foldColumns } from './fold-columns.js';
import type { Metadata } from './metadata.js';
import { notesOf } from './notes.js';
import { joinRows, type Tables } from './source.js';
import { describeData, type Description } from './store.js';
import { targetOfSplit } from './target.js';
import type { SplitRequest } from './types.js';
import { weightsOf } from './weights.js';

/**
 * The data of one split, n samples in the order of the metadata: the samples that a model is fitted on, and the samples
 * that it is validated on. Both have the same features, and targets of one meaning. The tables are in memory, and
 * nothing is written here.
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
  const target = targetOfSplit(tables, request, trainRows, validateRows);
  const joined = joinRows(tables, trainRows, train);
  const columns = columnsOfSplit(tables.features, joined, train);
  const data: SplitData = {
    columns: columns.map(({ column }) => column),
    target: target.meaning,
    train: {
      ...idsAndFeatures(tables, columns, trainRows, joined),
      target: target.train,
      ...foldColumns(metadata, request, trainRows),
      ...weightsOf(metadata, request, trainRows, train),
    },
  };
  if (validateRows) {
    const weights = weightsOf(metadata, request, validateRows, validate!);
    const joinedHeld = joinRows(tables, validateRows, validate!);
    data.validate = {
      ...idsAndFeatures(tables, columns, validateRows, joinedHeld),
      target: target.validate!,
      ...weights,
    };
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
