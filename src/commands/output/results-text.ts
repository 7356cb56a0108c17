/** The table of results on the terminal: the best configs of each setting, in 80 columns. */
import { counted } from '../../base/listing.js';
import { foldsText } from '../../events/ask/setting.js';
import { readable } from '../../tables/paper.js';
import { printable } from '../../terminal/printable.js';
import { SENTENCE_WIDTH, type Screen, wrapped } from '../../terminal/screen.js';
import { table as tableText, type Cell } from '../../terminal/table.js';
import { score } from '../../terminal/units.js';
import type { Column, Row } from '../../views/columns.js';
import { differingParameters, shortParameters } from '../../views/differing.js';
import type { Search } from '../../views/search.js';
import type { Filter, Table } from '../../views/table.js';
import { shortId } from '../ids.js';

/** What the user wants to see. */
interface Wanted {
  filter?: Filter;
  /** The columns that the user named. */
  columns?: readonly Column[];
  /** The most rows of each setting. */
  top: number;
  /** Whether the rows stand in the order of the log, and not by their ranks. */
  isPlain: boolean;
}

export async function resultsText(table: Table, wanted: Wanted, screen: Screen): Promise<string> {
  const { filter, columns, top, isPlain } = wanted;
  const { search } = table;
  if (search.state.size === 0) return 'The log has no configs. Run spt enqueue first.';
  const rows = filter ? await table.matching(filter) : table.rows;
  if (rows.length === 0) return 'No config fits.';
  const best = isPlain ? [] : table.best(rows, top);
  const shown = best.length > 0 ? best : rows.slice(0, 2 * top);
  const parts: string[] = [];
  const narrow = { ...screen, width: screen.width === Infinity ? SENTENCE_WIDTH : screen.width };
  if (columns) parts.push(await columnsText(table, shown, columns, screen));
  else if (best.length === 0) parts.push(await listText(table, shown, narrow));
  else parts.push(...(await sectionTexts(table, best, narrow)));
  const left = shown.length < rows.length ? ' --top N shows more, and -o results.csv writes all.' : '';
  const what = best.length > 0 ? 'the best' : 'the first';
  parts.push(
    left === ''
      ? `${counted(rows.length, 'config')}.`
      : wrapped(
          `These are ${what} ${shown.length} of ${counted(rows.length, 'config')}.${left}`,
          SENTENCE_WIDTH,
        ),
  );
  return parts.join('\n\n');
}

async function read(table: Table, rows: readonly number[]): Promise<Row[]> {
  const all: Row[] = [];
  for await (const batch of table.batches(rows)) all.push(...batch);
  return all;
}

/** The columns that the user named. */
async function columnsText(
  table: Table,
  rows: readonly number[],
  columns: readonly Column[],
  screen: Screen,
): Promise<string> {
  const heads = columns.map(({ name, kind }) => ({
    head: printable(name),
    right: kind === 'number' || kind === 'integer',
  }));
  const cells = (await read(table, rows)).map(row => columns.map(column => readable(column, column.of(row))));
  return tableText(heads, cells, screen);
}

/** Configs without a rank: what became of them. */
async function listText(table: Table, rows: readonly number[], screen: Screen): Promise<string> {
  const { state } = table.search;
  const heads = ['config', 'status', 'split', 'pipeline', 'failure', 'message'].map(head => ({ head }));
  const cells = (await read(table, rows)).map(({ result }) => {
    const { id, status, split, pipeline, failed } = result;
    return [shortId(state, id), status, split, pipeline, failed?.kind ?? '', failed?.message ?? ''];
  });
  return tableText(heads, cells, screen);
}

/** A table for each setting, with its title. */
async function sectionTexts(table: Table, best: readonly number[], screen: Screen): Promise<string[]> {
  const { search } = table;
  const names = await differingParameters(search, table.rows, best);
  const sections = new Map<number, Row[]>();
  for (const row of await read(table, best)) {
    const own = sections.get(row.result.setting);
    if (own) own.push(row);
    else sections.set(row.result.setting, [row]);
  }
  return [...sections].map(([setting, rows]) => {
    const title = wrapped(`${titleOf(search, setting)}:`, Math.min(screen.width, SENTENCE_WIDTH));
    return `${title}\n${sectionTable(table, rows, names, screen)}`;
  });
}

function titleOf(search: Search, setting: number): string {
  const { split, scoring, cv } = search.setting(setting);
  const differs = search.differences(setting);
  const other = differs.length > 0 ? ` (not of this search: ${differs.join('; ')})` : '';
  return printable(`${split}, ranked by ${scoring}, ${foldsText(cv)}${other}`, 400);
}

function sectionTable(
  table: Table,
  rows: readonly Row[],
  names: ReadonlyMap<string, string[]>,
  screen: Screen,
): string {
  const { state } = table.search;
  const { scoring } = rows[0].result;
  const named = { cv: `cv.${scoring}`, sd: `cv.${scoring}.sd`, valid: `validate.${scoring}` };
  const scores = Object.entries(named).flatMap(([head, name]) => {
    const column = table.columns.find(one => one.name === name);
    return column && rows.some(row => column.of(row) !== null) ? [{ head, column }] : [];
  });
  const heads = [
    { head: 'rank', right: true },
    { head: 'config' },
    { head: 'pipeline' },
    ...scores.map(({ head }) => ({ head, right: true })),
    { head: 'parameters' },
  ];
  const cells = rows.map((row): Cell[] => {
    const { id, pipeline } = row.result;
    const shown = scores.map(({ column }) => score(column.of(row) as number | null));
    const parameters = shortParameters(row.parameters, names.get(pipeline) ?? []);
    return [row.rank ?? '-', shortId(state, id), pipeline, ...shown, parameters];
  });
  return tableText(heads, cells, screen);
}
