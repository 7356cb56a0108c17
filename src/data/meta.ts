import { z } from 'zod';

/**
 * The form of meta.json, which says what the other files of a prepared split hold. It is read from a folder that others may
 * write to, so nothing of it is believed before it is checked: a digest only says that nothing has changed.
 */

/** Changes with every change to the form of the folder. */
export const FORMAT = 1;

/** More is not read: the text of a file must fit in a string. */
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

const meta = z.strictObject({
  format: z.literal(FORMAT),
  features: z.array(z.string()).min(1),
  classes: z.array(z.string()).min(2),
  train: samples,
  validate: samples.optional(),
});

export type SamplesMeta = z.infer<typeof samples>;
export type Meta = z.infer<typeof meta>;

/** What a text holds, `format` where it is of another version, or in words why it is no meta.json. */
export function parseMeta(text: string): { meta: Meta } | { format: unknown } | { wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { wrong: 'it is no JSON' };
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (Number.isInteger(format) && format !== FORMAT) return { format };
  const { success, data, error } = meta.safeParse(value);
  if (!success) {
    const [{ path, message }] = error.issues;
    return { wrong: path.length === 0 ? message : `${path.join('.')}: ${message}` };
  }
  const wrong = mismatch(data);
  return wrong === undefined ? { meta: data } : { wrong };
}

/** What does not fit together, in words. */
function mismatch({ features, classes, train, validate }: Meta): string | undefined {
  for (const [name, part] of Object.entries({ train, validate })) {
    if (part === undefined) continue;
    const { index, y, groups = y, rows, bytes } = part;
    if (index.length !== rows || y.length !== rows || groups.length !== rows)
      return `${name}: ${rows} rows, but ${index.length} ids, ${y.length} classes and ${groups.length} groups`;
    if (bytes !== rows * features.length * Float64Array.BYTES_PER_ELEMENT)
      return `${name}.bytes: ${bytes} for ${rows} rows of ${features.length} features`;
    const code = y.find(one => one >= classes.length);
    if (code !== undefined) return `${name}.y: the code ${code} of ${classes.length} classes`;
  }
  return undefined;
}
