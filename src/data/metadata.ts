import { InputError } from '../base/errors.js';
import { counted, quote } from '../base/listing.js';
import { eachRow, noSuchColumn, type Header } from './header.js';
import { isMissing, missingMarkers, type MissingMarkers } from './numbers.js';
import { cellPlace } from './table.js';
import type { TableSource } from './types.js';

/**
 * The metadata: the table of what is known about each sample, as text. Splits filter it, and it holds the target.
 */
export interface Metadata {
  file: string;
  header: Header;
  /** n ids, each once. */
  ids: string[];
  /** The row of an id. */
  rowOf: ReadonlyMap<string, number>;
  /** n rows of cells, as many in each as the header has names. */
  rows: string[][];
  /** The n lines of the file that the rows start on. */
  lines: number[];
  missing: MissingMarkers;
  /** The markers as they are written. */
  markers: readonly string[];
}

/** Reads the metadata. Throws InputError where the table cannot be that of a search. */
export async function readMetadata(source: TableSource): Promise<Metadata> {
  const { metadata: file, index, target } = source;
  const rows: string[][] = [];
  const lines: number[] = [];
  const { header, ids } = await eachRow(file, index, {
    withoutIndex: () => ({ but: target }),
    onHeader(header) {
      if (!header.placeOf.has(target)) throw noSuchColumn(file, header, target, 'the target', { but: index });
    },
    onRow(cells, line) {
      rows.push(cells);
      lines.push(line);
    },
  });
  const { missing: markers } = source;
  return {
    file,
    header,
    ids: [...ids.keys()],
    rowOf: ids,
    rows,
    lines,
    markers,
    missing: missingMarkers(markers),
  };
}

/** The text of a cell, or undefined where its value is missing. */
export function metadataCell(metadata: Metadata, row: number, column: number): string | undefined {
  const cell = metadata.rows[row][column];
  return isMissing(cell, metadata.missing) ? undefined : cell;
}

/**
 * The values of a column in the given rows. Throws InputError where one is missing. A blank cell is always missing,
 * whatever `missing:` lists.
 */
export function valuesOf(
  metadata: Metadata,
  name: string,
  role: string,
  rows: Int32Array,
  split: string,
): string[] {
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
      place: cellPlace(metadata.file, metadata.lines[without[0]], columnPlace),
      value: cells[0],
      hint: `Leave them out of the split with \`{ ${name}: { not: ${not} } }\`, or fill them in.`,
    },
  );
}
