import { isMissing, missingMarkers, type MissingMarkers } from './numbers.js';
import {
  checkWidth,
  eachRecord,
  filled,
  readHeader,
  requireColumn,
  uniqueNames,
  type Header,
} from './table.js';
import type { TableSource } from './types.js';

/**
 * What is known about each sample, as text: the table that splits filter and that holds the target.
 */
export interface Metadata {
  file: string;
  header: Header;
  /** n ids, each once. */
  ids: string[];
  /** n rows of cells, as many in each as the header has names. */
  rows: string[][];
  /** The n lines of the file that the rows start on. */
  lines: number[];
  missing: MissingMarkers;
}

/** Reads the metadata. Throws InputError for a table that is no such thing. */
export async function readMetadata(source: TableSource): Promise<Metadata> {
  const { metadata: file, index, target } = source;
  const ids = uniqueNames(file, 'id');
  const rows: string[][] = [];
  const lines: number[] = [];
  let header: Header | undefined;
  let indexColumn = 0;
  await eachRecord(file, (cells, line) => {
    if (!header) {
      header = readHeader(file, cells, line);
      indexColumn = requireColumn(file, header, index, 'the index');
      requireColumn(file, header, target, 'the target');
      return;
    }
    checkWidth(file, cells, line, header.names.length);
    ids.add(cells[indexColumn], line, indexColumn);
    rows.push(cells);
    lines.push(line);
  });
  return {
    file,
    header: filled(file, header, rows.length),
    ids: [...ids.numberOf.keys()],
    rows,
    lines,
    missing: missingMarkers(source.missing),
  };
}

/** The text of a cell, or undefined where its value is missing. */
export function metadataCell(metadata: Metadata, row: number, column: number): string | undefined {
  const cell = metadata.rows[row][column];
  return isMissing(cell, metadata.missing) ? undefined : cell;
}
