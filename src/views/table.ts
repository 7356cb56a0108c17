/**
 * The table of results. It is made in two readings of the log. The first finds the columns: it parses one record of
 * each form. The second gives the rows in batches. So its memory does not grow with the number of configs, except for a
 * few numbers for each.
 */
import { type Column, columnsOf, type Row } from './columns.js';
import { parametersOf } from './parameters.js';
import { ranksOf } from './ranks.js';
import { type Result, shownStatus, type ShownStatus } from './result.js';
import type { Search } from './search.js';
import { Shape } from './shape.js';

/** How many rows are in memory at once. */
const ROWS_AT_ONCE = 2000;

/** Whether a row is wanted. */
export type Filter = (row: Row) => boolean;

export class Table {
  private constructor(
    readonly search: Search,
    readonly columns: readonly Column[],
    /** The rows of the state that the table has, in the order in which they were enqueued. */
    readonly rows: readonly number[],
    private readonly ranks: Uint32Array,
  ) {}

  /** @param statuses only configs of these statuses; by default all */
  static async of(search: Search, statuses?: readonly ShownStatus[]): Promise<Table> {
    const { state } = search;
    const rows = statuses
      ? search.rows.filter(row => statuses.includes(shownStatus(state, row)))
      : search.rows;
    const shape = new Shape();
    for await (const results of search.examples(rows)) for (const result of results) shape.add(result);
    return new Table(search, columnsOf(search, shape), rows, ranksOf(search));
  }

  /** The rows in batches of at most 2,000, in their order; with a filter, those that it takes. */
  async *batches(rows: readonly number[] = this.rows, filter?: Filter): AsyncGenerator<Row[]> {
    for await (const results of inParts(this.search, rows)) {
      const batch = results.map(result => this.row(result));
      yield filter ? batch.filter(filter) : batch;
    }
  }

  /** The rows of the state that a filter takes. */
  async matching(filter: Filter): Promise<number[]> {
    const found: number[] = [];
    for await (const batch of this.batches(this.rows, filter))
      for (const { result } of batch) found.push(result.row);
    return found;
  }

  /**
   * The first `count` of each setting by their rank, the settings of this search first. Configs without a rank are left
   * out.
   */
  best(rows: readonly number[], count: number): number[] {
    const { search, ranks } = this;
    const settings = new Map<number, number[]>();
    for (const row of rows) {
      if (ranks[row] === 0) continue;
      const setting = search.settingOf(row);
      const own = settings.get(setting);
      if (own) own.push(row);
      else settings.set(setting, [row]);
    }
    const isOther = (setting: number): number => Math.min(1, search.differences(setting).length);
    const numbers = [...settings.keys()].sort((a, b) => isOther(a) - isOther(b) || a - b);
    return numbers.flatMap(setting =>
      settings
        .get(setting)!
        .sort((a, b) => ranks[a] - ranks[b] || a - b)
        .slice(0, count),
    );
  }

  private row(result: Result): Row {
    const rank = this.ranks[result.row];
    const { config } = result;
    return { result, rank: rank === 0 ? null : rank, parameters: config ? parametersOf(config) : new Map() };
  }
}

/** The results of rows in their order, in smaller batches than a search gives: they are large beside their cells. */
async function* inParts(search: Search, rows: readonly number[]): AsyncGenerator<Result[]> {
  for (let first = 0; first < rows.length; first += ROWS_AT_ONCE)
    yield* search.results(rows.slice(first, first + ROWS_AT_ONCE));
}
