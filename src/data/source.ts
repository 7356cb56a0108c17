import { InputError } from '../base/errors.js';
import { readFeatures, type Features } from './features.js';
import { readMetadata, type Metadata } from './metadata.js';
import { counted, quote, someOf } from './table.js';
import type { TableSource } from './types.js';

/**
 * The two tables of a search, read once; every split is a choice of their rows.
 */
export interface Tables {
  source: TableSource;
  features: Features;
  metadata: Metadata;
}

/** Reads both tables. Throws InputError, with file, line and column, for the first thing that is wrong with them. */
export async function loadTables(source: TableSource): Promise<Tables> {
  // The metadata first: it is small, and names most mistakes at once.
  const metadata = await readMetadata(source);
  return { source, metadata, features: await readFeatures(source) };
}

/** The rows of the features that belong to rows of the metadata. Throws where a sample has no features. */
export function joinRows(
  { source, features, metadata }: Tables,
  rows: Int32Array,
  split: string,
): Int32Array {
  const joined = new Int32Array(rows.length);
  const alone: number[] = [];
  rows.forEach((row, i) => {
    const found = features.rowOf.get(metadata.ids[row]);
    if (found === undefined) alone.push(row);
    else joined[i] = found;
  });
  if (alone.length === 0) return joined;
  const ids = alone.map(row => metadata.ids[row]);
  const message = `${counted(alone.length, 'sample')} of ${rows.length} in ${split} without features: ${someOf(ids)}`;
  throw new InputError('sample-without-features', message, {
    place: { file: metadata.file, line: metadata.lines[alone[0]] },
    value: ids[0],
    expected: `an id that the column ${quote(source.index)} of ${features.file} has`,
    hint: nearlyThere(ids[0], features.rowOf.keys()) ?? 'Filter these samples out, or add their features.',
  });
}

/** What may have happened to an id: white space, letter case, and zeros that a spreadsheet ate. */
function nearlyThere(id: string, ids: Iterable<string>): string | undefined {
  const plain = (text: string): string =>
    text
      .trim()
      .toLowerCase()
      .replace(/^0+(?=.)/, '');
  for (const other of ids) {
    if (plain(other) === plain(id))
      return `The features have ${quote(other)}: ids are compared letter by letter.`;
  }
  return undefined;
}

/** How many samples have features and no metadata. */
export function unusedSamples({ features, metadata }: Tables): number {
  let used = 0;
  for (const id of metadata.ids) if (features.rowOf.has(id)) used++;
  return features.rowOf.size - used;
}
