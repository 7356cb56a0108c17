import type { Place } from '../base/errors.js';
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
