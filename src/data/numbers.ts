/**
 * What the text of a cell means as a number.
 */

/** A decimal number: `1`, `+1`, `-.5`, `1.`, `1e5`, with white space around it. Not `0x10`, `1_000` or `Infinity`. */
const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The number that a cell holds, rounded to the nearest double; undefined where it is not a decimal number. */
export function decimal(cell: string): number | undefined {
  return DECIMAL.test(cell) ? Number(cell) : undefined;
}

/** A decimal number without rounding: 0.d1d2d3... times 10 to the power of `point`. Without digits it is 0. */
interface Exact {
  negative: boolean;
  /** The digits from the first to the last one that is not 0. */
  digits: string;
  point: number;
}

const PARTS = /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?\s*$/;

function exact(cell: string): Exact | undefined {
  if (!DECIMAL.test(cell)) return undefined;
  const [, sign, whole, fraction, exponent = '0'] = PARTS.exec(cell)!;
  const all = whole + fraction;
  const leading = /^0*/.exec(all)![0].length;
  const digits = all.slice(leading).replace(/0+$/, '');
  if (digits === '') return { negative: false, digits, point: 0 };
  return { negative: sign === '-', digits, point: whole.length - leading + Number(exponent) };
}

/**
 * Compares two cells as decimal numbers, with all their digits. So ids of 17 digits differ, although the nearest
 * doubles may be equal. Negative, 0 or positive; undefined where one of them is not a decimal number.
 */
export function decimalOrder(a: string, b: string): number | undefined {
  const [left, right] = [exact(a), exact(b)];
  if (!left || !right) return undefined;
  const signOf = ({ negative, digits }: Exact): number => (digits === '' ? 0 : negative ? -1 : 1);
  const sign = signOf(left);
  if (sign !== signOf(right)) return sign - signOf(right);
  if (left.point !== right.point) return sign * (left.point - right.point);
  return left.digits === right.digits ? 0 : left.digits < right.digits ? -sign : sign;
}

/** The one way to write a decimal number, equal for cells that are the same number; undefined for other cells. */
export function decimalKey(cell: string): string | undefined {
  const number = exact(cell);
  return number && `${number.negative ? '-' : ''}${number.digits}e${number.point}`;
}

/** The markers that stand for no value. A marker that is a number (`-999`) also means every other way to write it. */
export interface MissingMarkers {
  texts: ReadonlySet<string>;
  numbers: readonly number[];
}

export function missingMarkers(markers: readonly string[]): MissingMarkers {
  return {
    texts: new Set(markers.map(marker => marker.trim())),
    numbers: markers.map(decimal).filter(value => value !== undefined),
  };
}

/** Whether a cell is a missing marker. */
export function isMissing(cell: string, missing: MissingMarkers): boolean {
  if (missing.texts.has(cell.trim())) return true;
  return missing.numbers.length > 0 && missing.numbers.includes(decimal(cell) ?? NaN);
}

/** The powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));

const [DIGIT_0, DIGIT_9, POINT, MINUS] = [...'09.-'].map(letter => letter.charCodeAt(0));

/**
 * The number in a cell such as `-12.345`: a sign, at most 15 digits, and a point. Digits and power of ten are exact
 * doubles, so their quotient is the nearest double (Clinger 1990). This takes a third of the time of Number(). NaN for
 * any other cell.
 */
function shortDecimal(cell: string): number {
  const { length } = cell;
  const start = cell.charCodeAt(0) === MINUS ? 1 : 0;
  let [whole, digits, point] = [0, 0, -1];
  for (let at = start; at < length; at++) {
    const letter = cell.charCodeAt(at);
    if (letter >= DIGIT_0 && letter <= DIGIT_9) {
      whole = whole * 10 + (letter - DIGIT_0);
      if (++digits > 15) return NaN;
    } else if (letter === POINT && point < 0) point = digits;
    else return NaN;
  }
  if (digits === 0) return NaN;
  const value = point < 0 ? whole : whole / POWERS[digits - point];
  return start === 1 ? -value : value;
}

/**
 * The value of a feature: the double nearest to the decimal number in the cell, NaN where the value is missing, and
 * Infinity for any other cell. Number() also reads texts that are not decimal numbers, but then the value is an integer
 * (`""`, `0x10`) or not finite. So fractions, which are most cells, need no regular expression.
 */
export function featureValue(cell: string, missing: MissingMarkers): number {
  const short = shortDecimal(cell);
  if (!Number.isNaN(short) && missing.numbers.length === 0) return short;
  const value = Number(cell);
  const sure = Number.isFinite(value) && (!Number.isInteger(value) || DECIMAL.test(cell));
  if (!sure) return missing.texts.has(cell.trim()) ? NaN : Infinity;
  return missing.numbers.length > 0 && missing.numbers.includes(value) ? NaN : value;
}
