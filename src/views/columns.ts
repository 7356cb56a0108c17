/**
 * The columns of the table of results: one row a config, one type a column. docs/results.md explains each to its
 * readers.
 */
import type { Json } from '../base/config.js';
import type { Cell, Head, Kind } from '../base/cells.js';
import { Failure } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { foldsText } from '../events/ask/setting.js';
import { valueColumns } from './parameter-columns.js';
import type { Result } from './result.js';
import type { Search } from './search.js';
import { foldsIn, type Shape } from './shape.js';
import { correctedError } from '../statistics/folds.js';
import { sampleDeviation } from '../statistics/sample.js';

/** A row of the table, from which each column takes its cell. */
export interface Row {
  result: Result;
  /** Its rank within its setting, from 1. */
  rank: number | null;
  /** By name, as `parametersOf` gives them. */
  parameters: ReadonlyMap<string, Json>;
}

export interface Column extends Head {
  of(row: Row): Cell;
}

/** The most columns of a table. A log that another program wrote could name any number of parameters. */
const MOST_COLUMNS = 20_000;

/** All columns of a table of this shape. Throws Failure `too-many-columns`. */
export function columnsOf(search: Search, shape: Shape): Column[] {
  const columns = [
    ...configColumns(search),
    ...[...shape.metrics].flatMap(([metric, seen]) => scoreColumns(metric, seen)),
    ...outcomeColumns([...shape.sizes]),
    ...(shape.hasDamage ? [text('damage', ({ result }) => result.damage)] : []),
    ...shape.parameters.flatMap(([name, seen]) =>
      valueColumns(name, seen).map((column): Column => ({
        ...{ name: column.name, kind: column.kind },
        of: ({ parameters }) => {
          const value = parameters.get(name);
          return value === undefined ? null : column.of(value);
        },
      })),
    ),
    text('params', ({ result: { config } }) => config && canonicalJson(config.steps)),
  ];
  if (columns.length > MOST_COLUMNS) {
    const message = `the table would have ${columns.length} columns, and ${MOST_COLUMNS} is the most`;
    throw new Failure('too-many-columns', message, 'Name some pipelines with --pipelines.');
  }
  return uniquely(columns);
}

/** What a config is, and where it stands among the others. */
function configColumns(search: Search): Column[] {
  const setting = ({ result }: Row) => search.setting(result.setting);
  return [
    text('config', ({ result }) => result.id),
    text('pipeline', ({ result }) => result.pipeline),
    text('split', ({ result }) => result.split),
    text('status', ({ result }) => result.status),
    integer('rank', ({ rank }) => rank),
    integer('setting', ({ result }) => result.setting + 1),
    text('scoring', ({ result }) => result.scoring),
    text('folds', row => foldsText(setting(row).cv)),
    text('data', row => setting(row).data),
    column('this_search', 'boolean', ({ result }) => search.differences(result.setting).length === 0),
  ];
}

/** The scores of a metric. Only a config that has finished has any. */
function scoreColumns(
  metric: string,
  { folds, validate, train }: { folds: number; validate: boolean; train: boolean },
): Column[] {
  const scores = ({ result }: Row) => (result.status === 'finished' ? result.finished?.scores : undefined);
  const cv = (row: Row): unknown => own(scores(row)?.cv, metric);
  const foldsOf = ofLastRow(row => foldsIn(cv(row)));
  const columns: Column[] = [];
  if (folds > 0) {
    columns.push(
      measured(`cv.${metric}`, row => own(cv(row), 'mean')),
      measured(`cv.${metric}.sd`, row => sampleDeviation(foldsOf(row))),
      measured(`cv.${metric}.se`, row => correctedError(foldsOf(row), row.result.config?.cv)),
    );
    for (let fold = 0; fold < folds; fold++)
      columns.push(measured(`cv.${metric}.fold${fold}`, row => foldsOf(row)[fold]));
  }
  if (validate) columns.push(measured(`validate.${metric}`, row => own(scores(row)?.validate, metric)));
  if (train) columns.push(measured(`train.${metric}`, row => own(scores(row)?.train, metric)));
  return columns;
}

/** What became of a config. */
function outcomeColumns(sizes: readonly string[]): Column[] {
  const finished = ({ result }: Row) => (result.status === 'finished' ? result.finished : undefined);
  const isOver = ({ result }: Row): boolean => result.status === 'finished' || result.status === 'failed';
  const origin = ({ finished: done, failed }: Result) => (done ?? failed)?.origin;
  const others = sizes.filter(kind => kind !== 'features').sort();
  return [
    measured('seconds', row => (isOver(row) ? (row.result.finished ?? row.result.failed)?.seconds : null)),
    ...(sizes.length > 0 ? ['features', ...others] : []).map(kind =>
      integer(`size.${kind}`, row => own(finished(row)?.size, kind)),
    ),
    text('digest', row => finished(row)?.digest),
    integer('attempts', ({ result }) => result.attempts),
    integer('losses', ({ result }) => result.losses),
    text('worker', row => (isOver(row) ? (origin(row.result)?.by ?? row.result.outcomeBy) : null)),
    text('version', row => own(finished(row)?.versions, 'spt')),
    time('enqueued_at', ({ result }) => result.enqueuedAt),
    time('finished_at', row => (isOver(row) ? (origin(row.result)?.at ?? row.result.outcomeAt) : null)),
    column('unranked', 'boolean', row => {
      const event = finished(row);
      return event ? event.unranked === true : null;
    }),
    text('failure', ({ result }) => result.failed?.kind),
    text('failure_message', ({ result }) => result.failed?.message),
    integer('warnings', row => {
      const event = finished(row);
      return event ? (event.warnings?.length ?? 0) : null;
    }),
  ];
}

/** A function that several columns ask about one row after the other: it is called once for each row. */
function ofLastRow<T>(of: (row: Row) => T): (row: Row) => T {
  let last: Row | undefined;
  let value: T;
  return row => {
    if (row !== last) [last, value] = [row, of(row)];
    return value;
  };
}

/** A member of what should be an object of a log. */
function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
  return (value as { [name: string]: unknown })[name];
}

/** A column whose cells are of its kind, whatever the log holds: other values are null. */
function column(name: string, kind: Kind, of: (row: Row) => unknown): Column {
  const cellOf = CELLS[kind];
  return { name, kind, of: row => cellOf(of(row)) };
}

const text = (name: string, of: (row: Row) => unknown): Column => column(name, 'text', of);
const integer = (name: string, of: (row: Row) => unknown): Column => column(name, 'integer', of);
const time = (name: string, of: (row: Row) => unknown): Column => column(name, 'time', of);
const measured = (name: string, of: (row: Row) => unknown): Column => ({
  ...column(name, 'number', of),
  isMeasured: true,
});

/** The cell of each kind for a value. */
const CELLS: { [kind in Kind]: (value: unknown) => Cell } = {
  text: value => (typeof value === 'string' ? value : null),
  boolean: value => (typeof value === 'boolean' ? value : null),
  integer: value => (Number.isSafeInteger(value) ? (value as number) : null),
  number: value => (typeof value === 'number' && Number.isFinite(value) ? value : null),
  time: value => {
    const moment = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(moment) ? null : new Date(moment).toISOString();
  },
};

/** The columns with different names. A name that stands there already gets a number behind it. */
function uniquely(columns: Column[]): Column[] {
  const names = new Set<string>();
  return columns.map(one => {
    let { name } = one;
    for (let i = 2; names.has(name); i++) name = `${one.name}#${i}`;
    names.add(name);
    return { ...one, name };
  });
}
