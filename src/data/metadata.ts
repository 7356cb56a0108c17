import { InputError, type Place } from '../base/errors.js';
import { counted, quote } from '../base/listing.js';
import { eachRow, noSuchColumn, type Header } from './header.js';
import { isMissing, missingMarkers, type MissingMarkers } from './numbers.js';
import { featuresIn, isOneTable } from './selection.js';
import { cellPlace, openTable, type TableFile } from './table.js';
import type { TableSource } from './types.js';

/**
 * The metadata: the table of what is known about each sample, as text. Splits filter it, and it holds the target.
 */
export interface Metadata {
  file: string;
  table: TableFile;
  /** The columns that are kept. Where one table holds all, features are left out. */
  header: Pick<Header, 'names' | 'placeOf' | 'line'>;
  /** The place of each of them in the file. */
  columns: Int32Array;
  /** The names of all columns of the file. */
  all: string[];
  /** What the table is called in messages: `the metadata`, or `the table` where one holds all. */
  name: string;
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
  const table = await openTable(file, source.dialect);
  let columns: Int32Array = new Int32Array(0);
  const rows: string[][] = [];
  const lines: number[] = [];
  let place = -1;
  const { header, ids } = await eachRow(table, index, {
    withoutIndex: () => ({ but: target }),
    onHeader(header) {
      if (!header.placeOf.has(target)) throw noSuchColumn(file, header, target, 'the target', { but: index });
      columns = keptIn(source, header);
      place = header.index;
    },
    columns: () => new Set([...columns, place]),
    onRow(cells, line) {
      rows.push(columns.length === cells.length ? cells : Array.from(columns, column => cells[column]));
      lines.push(line);
    },
  });
  const { missing: markers } = source;
  return {
    file,
    table,
    header: keptOf(header, columns),
    all: header.names,
    name: isOneTable(source) ? 'the table' : 'the metadata',
    columns,
    ids: [...ids.keys()],
    rowOf: ids,
    rows,
    lines,
    markers,
    missing: missingMarkers(markers),
  };
}

/** The columns that are kept as text. */
function keptIn(source: TableSource, header: Header): Int32Array {
  const all = Int32Array.from(header.names.keys());
  if (!isOneTable(source)) return all;
  const features = new Set(featuresIn(source, header));
  return all.filter(column => !features.has(column) || source.aside?.includes(header.names[column]));
}

function keptOf({ names, line }: Header, columns: Int32Array): Metadata['header'] {
  const kept = Array.from(columns, column => names[column]);
  return { names: kept, placeOf: new Map(kept.map((name, place) => [name, place])), line };
}

/** The place of a cell in the file. */
export function metadataPlace({ file, lines, columns }: Metadata, row: number, column: number): Place {
  return cellPlace(file, lines[row], columns[column]);
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
      place: metadataPlace(metadata, without[0], columnPlace),
      value: cells[0],
      hint: `Leave them out of the split with \`where: { ${name}: { not: ${not} } }\`, or fill them in.`,
    },
  );
}
