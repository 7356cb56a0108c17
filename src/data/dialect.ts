import { decoderOf, encodingOf, type Encoding } from './encoding.js';
import { featureValue, type MissingMarkers } from './numbers.js';
import { startOf } from './text.js';

/**
 * How a table of text is written: what stands between its cells, the decimal mark of its numbers, and its encoding.
 * The start of the file tells. What config.yaml says counts more.
 */

/** What may stand between cells. A blank means any run of blanks and tabs, as in R's read.table. */
export const DELIMITERS = [',', '\t', ';', '|', ' '] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export const DECIMALS = ['.', ','] as const;
export type Decimal = (typeof DECIMALS)[number];

export interface Dialect {
  delimiter: Delimiter;
  decimal: Decimal;
  encoding: Encoding;
}

/** How many bytes of a file are looked at. */
const START_BYTES = 1 << 16;
/** How many lines are looked at. */
const MOST_LINES = 100;

/** The dialect of a file. `told` is what is known of it already. Throws InputError for a file that cannot be read. */
export async function dialectOf(file: string, told: Partial<Dialect>): Promise<Dialect> {
  const start = await startOf(file, START_BYTES);
  const encoding = told.encoding ?? encodingOf(start);
  const text = decoderOf(encoding).decode(start);
  const lines = linesOf(text, start.length === START_BYTES);
  const delimiter = told.delimiter ?? delimiterOf(lines, file);
  return { encoding, delimiter, decimal: told.decimal ?? decimalOf(lines, delimiter) };
}

/** The first lines. Line ends inside of quotes do not count. The last line is left out where it may be cut off. */
function linesOf(text: string, isCut: boolean): string[] {
  const lines: string[] = [];
  let [from, isQuoted] = [0, false];
  for (let at = 0; at < text.length && lines.length < MOST_LINES; at++) {
    const letter = text[at];
    if (letter === '"') isQuoted = !isQuoted;
    if (isQuoted || (letter !== '\n' && letter !== '\r')) continue;
    if (at > from && text.slice(from, at).trim() !== '') lines.push(text.slice(from, at));
    from = at + 1;
  }
  const rest = text.slice(from);
  if (lines.length < MOST_LINES && rest.trim() !== '' && (!isCut || lines.length === 0)) lines.push(rest);
  return lines;
}

/** A line with its quoted cells emptied. */
const withoutQuoted = (line: string): string => line.replace(/"(?:[^"]|"")*"/g, '""');

/** How often a delimiter stands in a line, outside of quotes. */
export function countIn(line: string, delimiter: Delimiter): number {
  const open = withoutQuoted(line);
  return delimiter === ' ' ? open.trim().split(/[ \t]+/).length - 1 : open.split(delimiter).length - 1;
}

/**
 * The delimiter that cuts all lines into equally many cells, and into most of them. R leaves the name of row names out,
 * so the first line may have one cell less. A blank may be a part of a name, so it counts where nothing else does.
 * Where no delimiter fits, it is the one of the file's name or the most frequent one of the first line.
 */
function delimiterOf(lines: readonly string[], file: string): Delimiter {
  const named: Delimiter = /\.tsv(\.gz)?$/i.test(file) ? '\t' : ',';
  if (lines.length === 0) return named;
  const [first, ...rows] = lines;
  const counts = DELIMITERS.map(delimiter => ({
    delimiter,
    inFirst: countIn(first, delimiter),
    inRows: rows.map(row => countIn(row, delimiter)),
  }));
  const fits = counts.filter(
    ({ inFirst, inRows }) =>
      inFirst > 0 &&
      inRows.every(count => count === inRows[0]) &&
      [0, 1].includes((inRows[0] ?? inFirst) - inFirst),
  );
  const rank = ({ delimiter, inFirst }: (typeof counts)[number]): number[] => [
    delimiter === ' ' ? 0 : 1,
    inFirst,
    delimiter === named ? 1 : 0,
  ];
  const byRank = (a: (typeof counts)[number], b: (typeof counts)[number]): number => {
    const [left, right] = [rank(a), rank(b)];
    const place = left.findIndex((value, i) => value !== right[i]);
    return place < 0 ? 0 : right[place] - left[place];
  };
  const [best] = fits.sort(byRank);
  if (best) return best.delimiter;
  if (countIn(first, named) > 0) return named;
  const [most] = counts.filter(({ delimiter, inFirst }) => delimiter !== ' ' && inFirst > 0).sort(byRank);
  return most?.delimiter ?? named;
}

const WITH_COMMA = /^[+-]?\d*,\d+(e[+-]?\d+)?$/i;
const WITH_POINT = /^[+-]?\d*\.\d+(e[+-]?\d+)?$/i;
/** `1,234` may be a number of thousands. */
const IN_THOUSANDS = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/**
 * A comma, if numbers have commas and none has a point. Where each of these numbers may be one of thousands, nobody
 * can tell, and the reader of cells refuses them. Between commas, a quoted number with a comma is refused, too.
 */
function decimalOf([, ...rows]: readonly string[], delimiter: Delimiter): Decimal {
  if (delimiter === ',') return '.';
  const cells = rows.flatMap(row => cellsOf(row, delimiter));
  const commas = cells.filter(cell => WITH_COMMA.test(cell));
  if (commas.length === 0 || commas.every(cell => IN_THOUSANDS.test(cell))) return '.';
  return cells.some(cell => WITH_POINT.test(cell)) ? '.' : ',';
}

/** The cells of a line, without quotes around them. */
function cellsOf(line: string, delimiter: Delimiter): string[] {
  const between = delimiter === ' ' ? '[ \\t]+' : `[${delimiter}]`;
  const pattern = new RegExp(`"((?:[^"]|"")*)"|(?:(?!${between}).)+`, 'g');
  return [...line.matchAll(pattern)].map(([whole, quoted]) => (quoted ?? whole).trim());
}

/** A cell with a decimal point instead of a decimal comma. A cell that is no number stays. */
export function pointed(cell: string): string {
  return WITH_COMMA.test(cell.trim()) ? cell.replace(',', '.') : cell;
}

/** Reads cells whose numbers have a decimal mark. */
export interface NumberReader {
  /** As `featureValue` of numbers.ts. */
  valueOf(cell: string, missing: MissingMarkers): number;
  /** The text of a cell, in which a number has a decimal point. */
  textOf(cell: string): string;
}

/** Reads cells with such a mark. Beside decimal commas, a number with a point is no number. */
export function numberReader(decimal: Decimal): NumberReader {
  if (decimal === '.') return { valueOf: featureValue, textOf: cell => cell };
  return {
    textOf: pointed,
    valueOf(cell, missing) {
      const value = featureValue(pointed(cell), missing);
      return cell.includes('.') && !Number.isNaN(value) ? Infinity : value;
    },
  };
}

const NAMES: { [delimiter in Delimiter]: string } = {
  ',': 'commas',
  '\t': 'tabs',
  ';': 'semicolons',
  '|': 'bars',
  ' ': 'blanks',
};

export const nameOf = (delimiter: Delimiter): string => NAMES[delimiter];

/** A dialect in words: `semicolons between cells, decimal commas, Latin-1`. */
export function dialectText({ delimiter, decimal, encoding }: Dialect): string {
  const encodings = { 'utf-8': 'UTF-8', 'utf-16le': 'UTF-16', 'utf-16be': 'UTF-16', latin1: 'Latin-1' };
  const mark = decimal === ',' ? 'decimal commas, ' : '';
  return `${NAMES[delimiter]} between cells, ${mark}${encodings[encoding]}`;
}
