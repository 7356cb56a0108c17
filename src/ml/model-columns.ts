/** The columns of a model file: what each feature was in the training. */
import { z } from 'zod';
import type { DataColumn, SplitData } from '../base/dataset.js';
import { columnRanges } from './algebra/statistics.js';
import type { Document } from './types.js';

/** Whether a column is a category. Then its file has version 3, also that of an ensemble. */
export const hasCategories = (columns: readonly ModelColumn[]): boolean =>
  columns.some(({ kind }) => kind === 'category');

/** A feature as the model saw it in its training. */
export type ModelColumn = DataColumn & {
  /**
   * The smallest and the largest number of the training samples; null where not known, where all are missing, and for
   * categories.
   */
  smallest: number | null;
  largest: number | null;
};

/** The features of a split with the ranges of its training samples. */
export function columnsOf({ columns, train }: SplitData): ModelColumn[] {
  const { smallest, largest } = columnRanges(train.x);
  // Adding 0 turns -0 into 0, which JSON can write.
  const bound = (value: number): number | null => (Number.isNaN(value) ? null : value + 0);
  return columns.map((column, j) =>
    column.kind === 'category'
      ? { ...column, smallest: null, largest: null }
      : { ...column, smallest: bound(smallest[j]), largest: bound(largest[j]) },
  );
}

/** The columns as they stand in a file. */
export function columnDocuments(columns: readonly ModelColumn[]): Document {
  return columns.map(columnDocument);
}

function columnDocument(column: ModelColumn): Document {
  const { name, kind, smallest, largest } = column;
  if (kind === 'category') {
    const { levels, ordered } = column;
    return { name, kind, levels, ...(ordered && { ordered }) };
  }
  return column.boolean
    ? { name, kind, boolean: true, smallest, largest }
    : { name, kind, smallest, largest };
}

const text = z.string();
const bound = z.number().nullable();

/** The columns as a schema takes them. */
export const columnsSchema = z
  .array(
    z.discriminatedUnion('kind', [
      z.looseObject({
        name: text,
        kind: z.literal('number'),
        boolean: z.literal(true).optional(),
        smallest: bound,
        largest: bound,
      }),
      z.looseObject({
        name: text,
        kind: z.literal('category'),
        levels: z.array(text).min(1),
        ordered: z.literal(true).optional(),
      }),
    ]),
  )
  .min(1);

type ColumnDocument = z.infer<typeof columnsSchema>[number];

/** A column as a file tells it, without what a later program added. */
export function columnOf(read: ColumnDocument): ModelColumn {
  const { name, kind } = read;
  if (kind === 'number') {
    const { smallest, largest, boolean } = read;
    return { name, kind, ...(boolean && { boolean }), smallest, largest };
  }
  const { levels, ordered } = read;
  return { name, kind, levels, ...(ordered && { ordered }), smallest: null, largest: null };
}
