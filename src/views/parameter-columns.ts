/**
 * The columns of parameters. A parameter has one column of one type, named `<Step>.<parameter>`. Values of another type
 * stand in `<Step>.<parameter>.word`, and the lengths of lists in `<Step>.<parameter>.length`.
 */
import type { Json } from '../base/config.js';
import type { Cell, Kind } from '../base/cells.js';

/** Which types of values a parameter has among the configs of a table. */
export class SeenValues {
  integers = false;
  fractions = false;
  /** The share of all, `{"share":1}`: what YAML writes as 1.0 where 1 is a count. */
  shares = false;
  booleans = false;
  texts = false;
  nulls = false;
  lists = false;
  objects = false;

  add(value: Json): void {
    if (typeof value === 'number') {
      if (Number.isSafeInteger(value)) this.integers = true;
      else this.fractions = true;
    } else if (typeof value === 'string') this.texts = true;
    else if (typeof value === 'boolean') this.booleans = true;
    else if (value === null) this.nulls = true;
    else if (Array.isArray(value)) this.lists = true;
    else if (shareOf(value) !== undefined) this.shares = true;
    else this.objects = true;
  }
}

/** A column of one parameter: its name, its type, and its cell for a value. */
export interface ValueColumn {
  name: string;
  kind: Kind;
  of(value: Json): Cell;
}

/** What the main column of a parameter holds. */
type Main = 'number' | 'boolean' | 'json' | 'text';

function mainOf(seen: SeenValues): Main {
  if (seen.integers || seen.fractions || seen.shares) return 'number';
  if (seen.booleans) return 'boolean';
  return seen.lists || seen.objects ? 'json' : 'text';
}

/**
 * The columns of a parameter. The main column is numbers if there are any, else booleans, else lists and maps as JSON,
 * else words. The share of all is the number 1 with the word `1.0`.
 */
export function valueColumns(name: string, seen: SeenValues): ValueColumn[] {
  const main = mainOf(seen);
  const isWhole = !seen.fractions && !seen.shares;
  const kinds: { [main in Main]: Kind } = {
    ...{ number: isWhole ? 'integer' : 'number', boolean: 'boolean' },
    ...{ json: 'text', text: 'text' },
  };
  const columns: ValueColumn[] = [{ name, kind: kinds[main], of: value => mainCell(main, value) }];
  const hasWords =
    seen.nulls ||
    seen.shares ||
    (main !== 'text' && seen.texts) ||
    (main === 'number' && seen.booleans) ||
    (main !== 'json' && (seen.lists || seen.objects));
  if (hasWords) columns.push({ name: `${name}.word`, kind: 'text', of: value => wordCell(main, value) });
  if (seen.lists)
    columns.push({
      name: `${name}.length`,
      kind: 'integer',
      of: value => (Array.isArray(value) ? value.length : null),
    });
  return columns;
}

function mainCell(main: Main, value: Json): Cell {
  if (main === 'number') return typeof value === 'number' ? value : (shareOf(value) ?? null);
  if (main === 'boolean') return typeof value === 'boolean' ? value : null;
  if (main === 'text') return typeof value === 'string' ? value : null;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : null;
}

function wordCell(main: Main, value: Json): Cell {
  const share = shareOf(value);
  if (share !== undefined && main === 'number') return Number.isInteger(share) ? `${share}.0` : String(share);
  if (mainCell(main, value) !== null) return null;
  return typeof value === 'string' ? wordOf(value) : JSON.stringify(value);
}

/** A word as it stands in a cell. One that JSON would read as something else is in quotes, so that it is told apart. */
function wordOf(word: string): string {
  return /^(null|true|false|["[{].*|[-\d].*)$/s.test(word) ? JSON.stringify(word) : word;
}

/** The number of a share, which the log writes as `{"share":1}`; undefined for other values. */
function shareOf(value: Json): number | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { share, ...others } = value;
  return typeof share === 'number' && Object.keys(others).length === 0 ? share : undefined;
}
