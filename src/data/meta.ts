import { z } from 'zod';
import { numberColumns, type DataColumn, type TargetMeaning } from '../base/dataset.js';
import { canonicalJson } from '../base/json.js';

/**
 * The form of meta.json, which says what the other files of a prepared split hold. Others may write to its folder.
 * Therefore everything in it is checked before use. A digest proves only that nothing has changed.
 */

/**
 * The forms of the folder. 1: every column holds numbers, and `features` has their names. 2: `columns` says what each
 * column holds. 3: `target` says what is predicted, and samples may have weights, times and folds. Data is written in
 * the first form that can hold it. So its digest stays the same, and the ids of the configs do, too.
 */
export const FORMATS: readonly unknown[] = [1, 2, 3];

/** The largest meta.json that is read, in bytes. Its text must fit in a string. */
export const MAX_META_BYTES = 1 << 28;

const count = z.int().min(1);

const codes = z.array(z.int().min(0));

const stored = {
  index: z.array(z.string()),
  groups: codes.optional(),
  rows: count,
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'no SHA-256'),
};

const samples = z.strictObject({ ...stored, y: codes });

/** `y` holds codes of classes, or values. The target says which. */
const richSamples = z.strictObject({
  ...stored,
  y: z.array(z.number()),
  weights: z.array(z.number().min(0)).optional(),
  times: z.array(z.number()).optional(),
  folds: z.array(z.int().min(-1)).optional(),
});

const names = z.array(z.string()).min(2);

const parts = { classes: names, train: samples, validate: samples.optional() };

const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('classes'), names }),
  z.strictObject({ kind: z.literal('values'), unit: z.string().optional() }),
]);

const column = z.discriminatedUnion('kind', [
  z.strictObject({ name: z.string(), kind: z.literal('number'), boolean: z.literal(true).optional() }),
  z.strictObject({
    name: z.string(),
    kind: z.literal('category'),
    levels: z.array(z.string()).min(1),
    ordered: z.literal(true).optional(),
  }),
]);

const form1 = z.strictObject({ format: z.literal(1), features: z.array(z.string()).min(1), ...parts });
const form2 = z.strictObject({ format: z.literal(2), columns: z.array(column).min(1), ...parts });
const form3 = z.strictObject({
  format: z.literal(3),
  columns: z.array(column).min(1),
  target,
  train: richSamples,
  validate: richSamples.optional(),
});

export type SamplesMeta = z.infer<typeof richSamples>;

/** What meta.json says, whichever form it has. */
export interface Meta {
  columns: DataColumn[];
  target: TargetMeaning;
  train: SamplesMeta;
  validate?: SamplesMeta;
}

/** The text of meta.json: canonical JSON. */
export function metaText(meta: Meta): string {
  const { columns, target, ...parts } = meta;
  if (isRich(meta) || target.kind === 'values') return canonicalJson({ format: 3, ...meta });
  const areNumbers = columns.every(column => column.kind === 'number' && !column.boolean);
  const form = areNumbers ? { format: 1, features: columns.map(({ name }) => name) } : { format: 2, columns };
  return canonicalJson({ ...form, classes: target.names, ...parts });
}

/** Whether samples have members that only form 3 can hold. */
function isRich({ train, validate }: Meta): boolean {
  return [train, validate].some(part => part?.weights ?? part?.times ?? part?.folds);
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
  const form = format === 3 ? form3 : format === 2 ? form2 : form1;
  const { success, data, error } = form.safeParse(value);
  if (!success) {
    const [issue] = error.issues;
    if (issue.code === 'unrecognized_keys') return { wrong: `there is no key ${issue.keys.join(', ')}` };
    const key = issue.path.join('.');
    return { wrong: key === '' ? 'it is not a map' : `the value of ${key} is wrong` };
  }
  const { train, validate } = data;
  const columns = 'columns' in data ? data.columns : numberColumns(data.features);
  const target = 'target' in data ? data.target : { kind: 'classes' as const, names: data.classes };
  const meta: Meta = { columns, target, train, ...(validate && { validate }) };
  const wrong = mismatch(meta);
  return wrong === undefined ? { meta } : { wrong };
}

/** The first contradiction inside a meta.json, in words. */
function mismatch({ columns, target, train, validate }: Meta): string | undefined {
  for (const [name, part] of Object.entries({ train, validate })) {
    if (part === undefined) continue;
    const { rows, bytes, y } = part;
    for (const key of ['index', 'y', 'groups', 'weights', 'times', 'folds'] as const) {
      const length = part[key]?.length ?? rows;
      if (length !== rows) return `${name}.${key}: ${length} elements for ${rows} rows`;
    }
    if (bytes !== rows * columns.length * Float64Array.BYTES_PER_ELEMENT)
      return `${name}.bytes: ${bytes} for ${rows} rows of ${columns.length} features`;
    if (target.kind === 'values') continue;
    const classes = target.names.length;
    const code = y.find(one => !Number.isInteger(one) || one < 0 || one >= classes);
    if (code !== undefined) return `${name}.y: the code ${code} of ${classes} classes`;
  }
  return undefined;
}
