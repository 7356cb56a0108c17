import { z } from 'zod';
import { numberColumns, type DataColumn } from '../base/dataset.js';
import { canonicalJson } from '../base/json.js';

/**
 * The form of meta.json, which says what the other files of a prepared split hold. Others may write to its folder.
 * Therefore everything in it is checked before use. A digest proves only that nothing has changed.
 */

/**
 * The forms of the folder. 1: every column holds numbers, and `features` has their names. 2: `columns` says what each
 * column holds. Data that form 1 can hold is written in form 1. So its digest stays the same, and the ids of the
 * configs do, too.
 */
export const FORMATS: readonly unknown[] = [1, 2];

/** The largest meta.json that is read, in bytes. Its text must fit in a string. */
export const MAX_META_BYTES = 1 << 28;

const count = z.int().min(1);

const samples = z.strictObject({
  index: z.array(z.string()),
  y: z.array(z.int().min(0)),
  groups: z.array(z.int().min(0)).optional(),
  rows: count,
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'no SHA-256'),
});

const parts = {
  classes: z.array(z.string()).min(2),
  train: samples,
  validate: samples.optional(),
};

const column = z.discriminatedUnion('kind', [
  z.strictObject({ name: z.string(), kind: z.literal('number') }),
  z.strictObject({ name: z.string(), kind: z.literal('category'), levels: z.array(z.string()).min(1) }),
]);

const form1 = z.strictObject({ format: z.literal(1), features: z.array(z.string()).min(1), ...parts });
const form2 = z.strictObject({ format: z.literal(2), columns: z.array(column).min(1), ...parts });

export type SamplesMeta = z.infer<typeof samples>;

/** What meta.json says, whichever form it has. */
export interface Meta {
  columns: DataColumn[];
  classes: string[];
  train: SamplesMeta;
  validate?: SamplesMeta;
}

/** The text of meta.json: canonical JSON. */
export function metaText({ columns, ...parts }: Meta): string {
  const areNumbers = columns.every(({ kind }) => kind === 'number');
  const form = areNumbers ? { format: 1, features: columns.map(({ name }) => name) } : { format: 2, columns };
  return canonicalJson({ ...form, ...parts });
}

/** What a text holds. `format` is a form that this version does not know. `wrong` says why it is not a meta.json. */
export function parseMeta(text: string): { meta: Meta } | { format: unknown } | { wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { wrong: 'it is not JSON' };
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (Number.isInteger(format) && !FORMATS.includes(format)) return { format };
  const { success, data, error } = (format === 2 ? form2 : form1).safeParse(value);
  if (!success) {
    const [issue] = error.issues;
    if (issue.code === 'unrecognized_keys') return { wrong: `there is no key ${issue.keys.join(', ')}` };
    const key = issue.path.join('.');
    return { wrong: key === '' ? 'it is not a map' : `the value of ${key} is wrong` };
  }
  const { classes, train, validate } = data;
  const columns = 'columns' in data ? data.columns : numberColumns(data.features);
  const meta = { columns, classes, train, ...(validate && { validate }) };
  const wrong = mismatch(meta);
  return wrong === undefined ? { meta } : { wrong };
}

/** The first contradiction inside a meta.json, in words. */
function mismatch({ columns, classes, train, validate }: Meta): string | undefined {
  for (const [name, part] of Object.entries({ train, validate })) {
    if (part === undefined) continue;
    const { index, y, groups = y, rows, bytes } = part;
    if (index.length !== rows || y.length !== rows || groups.length !== rows)
      return `${name}: ${rows} rows, but ${index.length} ids, ${y.length} classes and ${groups.length} groups`;
    if (bytes !== rows * columns.length * Float64Array.BYTES_PER_ELEMENT)
      return `${name}.bytes: ${bytes} for ${rows} rows of ${columns.length} features`;
    const code = y.find(one => one >= classes.length);
    if (code !== undefined) return `${name}.y: the code ${code} of ${classes.length} classes`;
  }
  return undefined;
}
