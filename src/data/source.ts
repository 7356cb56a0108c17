import { basename } from 'node:path';
import { InputError } from '../base/errors.js';
import { counted, quote, someOf } from '../base/listing.js';
import { dialectText } from './dialect.js';
import { readFeatures, type Features } from './features.js';
import { readMetadata, type Metadata } from './metadata.js';
import { isOneTable } from './selection.js';
import type { TableFile } from './table.js';
import type { TableSource } from './types.js';

/**
 * The two tables of a search. They are read once, and every split selects some of their rows.
 */
export interface Tables {
  source: TableSource;
  features: Features;
  metadata: Metadata;
}

/** Reads both tables. Throws InputError, with file, line and column, for the first thing that is wrong with them. */
export async function loadTables(source: TableSource): Promise<Tables> {
  // The metadata comes first, because it is small and shows most mistakes at once.
  const metadata = await readMetadata(source);
  return { source, metadata, features: await readFeatures(source, metadata.rowOf) };
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
  const have = alone.length === 1 ? 'has' : 'have';
  const who = `${counted(alone.length, 'sample')} of ${rows.length} in ${split}`;
  const message = `${who} ${have} no features: ${someOf(ids)}`;
  const there = `such as ${someOf([...features.rowOf.keys()].slice(0, 3).map(quote))}`;
  const where = source.orientation === 'samples' ? `the column ${quote(source.index!)}` : 'the first line';
  throw new InputError('sample-without-features', message, {
    place: { file: metadata.file, line: metadata.lines[alone[0]] },
    value: ids[0],
    expected: `an id that ${where} of ${features.file} has, ${there}`,
    hint:
      otherWay(features, ids) ??
      nearlyThere(ids, features) ??
      'Leave these samples out of the split, or add their features.',
  });
}

/** What to do where ids of samples stand among the names of the features. */
function otherWay({ names, orientation }: Features, ids: readonly string[]): string | undefined {
  const known = new Set(ids);
  if (!names.some(name => known.has(name))) return undefined;
  const other = orientation === 'samples' ? 'features' : 'samples';
  return `The features have names of samples: did you mean \`orientation: ${other}\`?`;
}

/** What R's make.names makes of a name that is not valid in R. */
const mangled = (id: string): string =>
  id.replace(/^(?=[^\p{L}.]|\.\d)/u, 'X').replace(/[^\p{L}\p{N}._]/gu, '.');

/**
 * What may have changed an id: white space, letter case, leading zeros that a spreadsheet dropped, or R's make.names.
 */
function nearlyThere(ids: readonly string[], { rowOf }: Features): string | undefined {
  const byR = ids.find(id => rowOf.has(mangled(id)));
  if (byR !== undefined) {
    return (
      `The features have ${quote(mangled(byR))}, because R renames ${quote(byR)}: ` +
      'read the table in R with check.names = FALSE, and write it again.'
    );
  }
  const plain = (text: string): string =>
    text
      .trim()
      .toLowerCase()
      .replace(/^0+(?=.)/, '');
  const wanted = new Set(ids.map(plain));
  for (const other of rowOf.keys()) {
    if (wanted.has(plain(other)))
      return `The features have ${quote(other)}: ids are compared letter by letter.`;
  }
  return undefined;
}

/** What was found out of the tables, a line each. */
export function tablesText({ source, features, metadata }: Tables): string[] {
  const nameOf = (file: string): string => basename(file);
  const form = (table: TableFile): string =>
    table.kind === 'parquet' ? 'Parquet' : dialectText(table.dialect);
  const { names } = features;
  const what = `${counted(names.length, 'feature')} (${someOf(names, 8)})`;
  const sizes = (samples: number): string => counted(samples, 'sample');
  const ids = metadata.ids.length;
  const columns = someOf(metadata.header.names, 8);
  if (isOneTable(source)) {
    const others = metadata.header.names.filter(name => !features.names.includes(name));
    const rest = `no features: ${someOf(others, 8)}`;
    return [`table ${nameOf(features.file)}: ${form(features.table)}; ${sizes(ids)}, ${what}; ${rest}`];
  }
  return [
    `features ${nameOf(features.file)}: ${form(features.table)}; ${sizes(features.rowOf.size)}, ${what}`,
    `metadata ${nameOf(metadata.file)}: ${form(metadata.table)}; ${sizes(ids)}, columns ${columns}`,
  ];
}

/** How many samples have features but no metadata. */
export function unusedSamples({ features, metadata }: Tables): number {
  let used = 0;
  for (const id of metadata.ids) if (features.rowOf.has(id)) used++;
  return features.rowOf.size - used;
}
