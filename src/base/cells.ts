/** A table of typed columns as plain data: the views make it, and the files of results hold it. */

/** What the cells of a column are. A `time` is a text in ISO 8601 (UTC, with milliseconds). */
export type Kind = 'text' | 'number' | 'integer' | 'boolean' | 'time';

/** A value of a table. Numbers are finite. null: there is none. */
export type Cell = string | number | boolean | null;

/** What is known of a column besides its cells. */
export interface Head {
  name: string;
  kind: Kind;
  /** For people: scores and seconds are shown to them with a few decimals, other numbers with all their digits. */
  isMeasured?: boolean;
}
