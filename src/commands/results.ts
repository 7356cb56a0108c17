/** `spt results`: the table of results, one row a config, to a file or to the terminal. */
import { Command, Option } from 'commander';
import { InputError } from '../base/errors.js';
import { counted } from '../base/listing.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import {
  FORMATS,
  FORMATS_WITH_ABOUT,
  formatOf,
  writerOf,
  type About,
  type Format,
} from '../tables/formats.js';
import { Output, type Sink } from '../tables/sink.js';
import { safeJson } from '../terminal/printable.js';
import { screenOf } from '../terminal/screen.js';
import type { Column } from '../views/columns.js';
import { foldsForm, metricsForm, wideForm, type Form } from '../views/long.js';
import { manifestOf } from '../views/manifest.js';
import type { ShownStatus } from '../views/result.js';
import type { Search } from '../views/search.js';
import { type Filter, Table } from '../views/table.js';
import { filterOf } from '../views/where.js';
import { checkOut, toFile } from './output/out-file.js';
import { VERSION } from './package.js';
import { isResultsFile } from './output/results-file.js';
import { resultsText } from './output/results-text.js';
import { positiveInteger } from './values.js';
import { openSearch, withView, type ViewOptions } from './view.js';

interface Options extends ViewOptions {
  where?: string;
  top?: number;
  columns?: string[];
  long?: 'folds' | 'metrics';
  status?: ShownStatus[];
  format?: Format;
  out?: string;
  force?: boolean;
}

const DETAILS = `
  spt results                       the best configs of each setting
  spt results -o results.csv        everything, one row a config
  spt results --where 'SVC.C >= 1 and cv.roc_auc > 0.9' --top 20
  spt results --long folds -o folds.csv
  spt results --status failed --columns config failure_message

An expression of --where knows and, or, not, parentheses, = != < <= > >=,
in (1, 2), is null, texts in quotes and all columns. A test of a null is false.

docs/results.md explains the columns, and has two lines each for pandas, R,
DuckDB, polars and Excel.`;

/** The most rows of each setting that the terminal shows without --top. */
const SHOWN_ROWS = 10;

export function results(): Command {
  const command = new Command('results')
    .summary('the table of all scores and parameters: csv, tsv, json, ndjson, parquet, md, tex')
    .description(
      'Gives one row for each config: its scores with those of each fold, standard errors, rank, size, times, ' +
        'failure, and one column of one type for each parameter. Writes it to a file, or shows the best rows.',
    )
    .option('--where <expression>', 'only rows that it is true for')
    .option('--top <N>', 'only the N best of each setting, in the order of their ranks', positiveInteger)
    .option('--columns <names...>', 'only these columns; * stands for any text, as in "SVC.*"')
    .addOption(new Option('--long <what>', 'one line a fold, or one a metric').choices(['folds', 'metrics']))
    .addOption(
      new Option('--status <statuses...>', 'only configs of these statuses').choices([
        'queued',
        'running',
        'finished',
        'failed',
      ]),
    )
    .addOption(
      new Option('--format <format>', 'the format (default: by the ending of the file)').choices([
        ...FORMATS,
      ]),
    )
    .option('-o, --out <file>', 'write the table to this file')
    .option('--force', 'replace the file even if it is not a table of results')
    .addHelpText('after', DETAILS);
  const json = 'print a JSON array; with --out, print what was written as one JSON object';
  return withView(command, json).action(run);
}

async function run(options: Options): Promise<void> {
  const { out } = options;
  if (out !== undefined)
    checkOut(
      out,
      { what: 'a table of results', isOne: isResultsFile, needsFile: true },
      options.force ?? false,
    );
  const format = formatFor(options);
  const { look } = await openSearch(options);
  const search = await look();
  const table = await Table.of(search, options.status);
  const filter = options.where === undefined ? undefined : filterOf(options.where, table.columns);
  const columns = chosenColumns(table.columns, options);
  if (format === undefined) {
    const { top, status } = options;
    const shown = { filter, columns, top: top ?? SHOWN_ROWS, isPlain: status !== undefined };
    console.log(await resultsText(table, shown, screenOf(process.stdout)));
    return;
  }
  const form = formOf(options, columns ?? usualColumns(table.columns, options, format));
  const write = async (sink: Sink) => writeTable(table, form, format, sink, { filter, top: options.top });
  if (out === undefined) {
    await write(new Output());
    return;
  }
  const written = await toFile(out, write);
  if (options.json) console.log(safeJson({ out, format, ...written }));
  else
    console.log(`${counted(written.rows, 'row')} of ${counted(written.columns, 'column')} written to ${out}`);
}

/** The format that was asked for; undefined for a table on the terminal. Throws InputError. */
function formatFor({ format, out, json }: Options): Format | undefined {
  if (out === undefined) {
    if (format === 'parquet')
      throw new InputError('bad-out', 'a Parquet file is not text, so it is not printed', {
        expected: '--out with the name of a file',
      });
    return json ? (format ?? 'json') : format;
  }
  const own = format ?? formatOf(out);
  if (own !== undefined) return own;
  throw new InputError('unknown-format', `the ending of ${out} tells no format`, {
    value: out,
    expected: `an ending such as .csv, or --format with ${oneOf(FORMATS)}`,
  });
}

/** The columns that --columns names; undefined without it. Throws InputError `no-such-column`. */
function chosenColumns(all: readonly Column[], { columns: asked }: Options): Column[] | undefined {
  if (asked === undefined) return undefined;
  const chosen = new Set<Column>();
  for (const name of asked) {
    const parts = name.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    const pattern = new RegExp(`^${parts.join('.*')}$`, 's');
    const found = all.filter(column => pattern.test(column.name));
    if (found.length === 0) {
      const names = all.map(column => column.name);
      throw new InputError('no-such-column', `no column is called ${name}`, {
        value: name,
        expected: oneOf(names),
        hint: didYouMean(name, names),
      });
    }
    found.forEach(column => chosen.add(column));
  }
  return [...chosen];
}

/** The columns of a table for which none were named. */
function usualColumns(all: readonly Column[], { long }: Options, format: Format): readonly Column[] {
  const named = (...names: string[]): Column[] => all.filter(({ name }) => names.includes(name));
  if (long) return named('config', 'pipeline', 'split', 'rank', 'setting');
  if (format !== 'md' && format !== 'tex') return all;
  const scores = all.filter(({ name }) => /^(cv|validate)\.[^.]+(\.sd)?$/.test(name));
  return [...named('rank', 'config', 'pipeline', 'split'), ...scores];
}

function formOf({ long }: Options, columns: readonly Column[]): Form {
  if (long === 'folds') return foldsForm(columns);
  return long === 'metrics' ? metricsForm(columns) : wideForm(columns);
}

/** What was written. */
interface Written {
  rows: number;
  columns: number;
  /** The number of the last record that was read, and the hash of `spt audit`, where the format holds it. */
  n: number;
  manifest?: string;
}

async function writeTable(
  table: Table,
  form: Form,
  format: Format,
  sink: Sink,
  { filter, top }: { filter?: Filter; top?: number },
): Promise<Written> {
  const { heads } = form;
  const { search } = table;
  const hasAbout = FORMATS_WITH_ABOUT.has(format);
  const manifest = hasAbout ? await manifestOf(search) : undefined;
  const writer = writerOf(format, heads, sink, manifest === undefined ? [] : aboutOf(search, manifest));
  const rows =
    top === undefined ? undefined : table.best(filter ? await table.matching(filter) : table.rows, top);
  let count = 0;
  for await (const batch of table.batches(rows, rows ? undefined : filter)) {
    for (const row of batch) {
      const lines = form.linesOf(row);
      count += lines.length;
      writer.rows(lines);
    }
    await sink.flush();
  }
  writer.end();
  await sink.flush();
  return { rows: count, columns: heads.length, n: search.state.n, ...(manifest && { manifest }) };
}

function aboutOf({ state }: Search, manifest: string): About {
  return [
    { name: 'spt.version', text: VERSION },
    { name: 'spt.n', text: String(state.n) },
    { name: 'spt.manifest', text: `sha256:${manifest}` },
  ];
}
