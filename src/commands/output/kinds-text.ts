/** What the columns of a split hold, for `spt enqueue`. */
import type { DataColumn, SplitData } from '../../base/dataset.js';
import { counted, someOf } from '../../base/listing.js';
import { printable } from '../../terminal/printable.js';
import { wrapped } from '../../terminal/screen.js';

/** How many columns that are no plain numbers are told one by one, and how many levels of each. */
const MOST_COLUMNS = 20;
const MOST_LEVELS = 12;

/** A column that holds no plain numbers, with how many of the samples to train on have each of its values. */
export interface ToldColumn {
  name: string;
  kind: 'boolean' | 'category' | 'ordered';
  /** Each level with its count. The levels of a boolean are 0 and 1. */
  levels: [level: string, count: number][];
  missing: number;
}

export interface ToldColumns {
  numbers: number;
  others: ToldColumn[];
}

type OtherColumn = Exclude<DataColumn, { kind: 'number'; boolean?: undefined }>;

function kindOf(column: OtherColumn): ToldColumn['kind'] {
  if (column.kind === 'number') return 'boolean';
  return column.ordered ? 'ordered' : 'category';
}

/** What the columns of a split hold. */
export function toldColumns({ columns, train: { x } }: SplitData): ToldColumns {
  const others = columns.flatMap((column, j): ToldColumn[] => {
    if (column.kind === 'number' && !column.boolean) return [];
    const names = column.kind === 'number' ? ['0', '1'] : column.levels;
    const counts = names.map(() => 0);
    let missing = 0;
    for (const code of x.data.subarray(j * x.rows, (j + 1) * x.rows)) {
      if (Number.isNaN(code)) missing++;
      else counts[code]++;
    }
    const levels = names.map((level, code): [string, number] => [level, counts[code]]);
    return [{ name: column.name, kind: kindOf(column as OtherColumn), levels, missing }];
  });
  return { numbers: columns.length - others.length, others };
}

const PLURALS = { boolean: 'booleans', category: 'categories', ordered: 'ordered' };

/** The lines for a person. */
export function kindLines({ numbers, others }: ToldColumns, width: number): string[] {
  const of = (kind: ToldColumn['kind']): string[] => {
    const count = others.filter(one => one.kind === kind).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? kind : PLURALS[kind]}`];
  };
  const counts = [
    ...(numbers > 0 ? [counted(numbers, 'number')] : []),
    ...of('boolean'),
    ...of('category'),
    ...of('ordered'),
  ];
  const lines = others.slice(0, MOST_COLUMNS).map(column => wrapped(columnText(column), width, '  '));
  const rest = others.length - lines.length;
  return [
    wrapped(`columns: ${counts.join(', ')}`, width),
    ...lines,
    ...(rest > 0 ? [`  and ${counted(rest, 'more column')}`] : []),
  ];
}

function columnText({ name, kind, levels, missing }: ToldColumn): string {
  const texts = levels.map(([level, count]) => `${printable(level, 40)} (${count.toLocaleString('en-US')})`);
  const shown =
    kind === 'ordered' && texts.length <= MOST_LEVELS ? texts.join(' < ') : someOf(texts, MOST_LEVELS);
  const many = kind === 'boolean' ? '' : ` of ${counted(levels.length, 'level')}`;
  const gaps = missing > 0 ? `; ${missing.toLocaleString('en-US')} missing` : '';
  return `${printable(name, 40)}: ${kind}${many}: ${shown}${gaps}`;
}
