/** The formats in which a table is written, and what a writer of one promises. */
import type { Cell, Head } from '../base/cells.js';
import { Delimited } from './delimited.js';
import { JsonArray, JsonLines } from './json.js';
import { Latex, Markdown } from './paper.js';
import { Parquet } from './parquet.js';
import type { Sink } from './sink.js';

export const FORMATS = ['csv', 'tsv', 'json', 'ndjson', 'parquet', 'md', 'tex'] as const;
export type Format = (typeof FORMATS)[number];

/** Takes the rows of a table in their order. The cells of a row stand in the order of the columns. */
export interface TableWriter {
  rows(rows: readonly Cell[][]): void;
  end(): void;
}

/** What a file says of itself, where its format has a place for it: names and texts. */
export type About = readonly { name: string; text: string }[];

/** The formats whose files say what they are. */
export const FORMATS_WITH_ABOUT: ReadonlySet<Format> = new Set(['parquet', 'md', 'tex']);

export function writerOf(format: Format, heads: readonly Head[], sink: Sink, about: About): TableWriter {
  switch (format) {
    case 'csv':
      return new Delimited(heads, sink, ',', '\r\n');
    case 'tsv':
      return new Delimited(heads, sink, '\t', '\n');
    case 'json':
      return new JsonArray(heads, sink);
    case 'ndjson':
      return new JsonLines(heads, sink);
    case 'parquet':
      return new Parquet(heads, sink, about);
    case 'md':
      return new Markdown(heads, sink, about);
    case 'tex':
      return new Latex(heads, sink, about);
    default: {
      const none: never = format;
      return none;
    }
  }
}

/** The format of a file by its ending; undefined for other endings. */
export function formatOf(path: string): Format | undefined {
  const ending = /\.([A-Za-z]+)$/.exec(path)?.[1].toLowerCase();
  if (ending === 'jsonl') return 'ndjson';
  return FORMATS.find(format => format === ending);
}
