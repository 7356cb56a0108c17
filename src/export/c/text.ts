/** Numbers, names and arrays as C99 writes them. */
import type { FlatArray } from '../flat.js';

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);
const FRACTION = 0xfffffffffffffn;

/** A number in hexadecimal, which every compiler reads without rounding: `0x1.8p+3`, `-INFINITY`, `NAN`. */
export function hexFloat(value: number): string {
  if (Number.isNaN(value)) return 'NAN';
  if (!Number.isFinite(value)) return value < 0 ? '-INFINITY' : 'INFINITY';
  double[0] = value;
  const exponent = Number((bits[0] >> 52n) & 0x7ffn);
  const digits = (bits[0] & FRACTION).toString(16).padStart(13, '0').replace(/0+$/, '');
  const sign = bits[0] >> 63n ? '-' : '';
  if (exponent === 0 && digits === '') return `${sign}0.0`;
  // A denormal number has a leading 0 and the smallest exponent.
  const [lead, power] = exponent === 0 ? ['0', -1022] : ['1', exponent - 1023];
  return `${sign}0x${lead}${digits && `.${digits}`}p${power < 0 ? '' : '+'}${power}`;
}

/**
 * A text as a string of C. All bytes but letters, digits, blanks and a few signs become octal numbers. So no text can
 * end the string, or make a trigraph or a line of its own.
 */
export function cString(text: string): string {
  const chars = Array.from(Buffer.from(text, 'utf8'), byte => {
    const char = String.fromCharCode(byte);
    return /[\w .,:()=+-]/.test(char) ? char : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${chars.join('')}"`;
}

/** A word that may stand in a comment: every character that is not plain becomes a line. */
export function commentWord(text: string): string {
  return text.slice(0, 100).replaceAll(/[^\w .,:()=+-]/g, '_');
}

const WIDTH = 110;

/** Values in lines of at most 110 characters. */
export function listed(values: readonly string[]): string {
  const lines: string[] = [];
  let line = ' ';
  for (const value of values) {
    if (line.length + value.length + 2 > WIDTH) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${value},`;
  }
  return [...lines, line].join('\n');
}

const TYPES = {
  Float64Array: 'double',
  Float32Array: 'float',
  Int32Array: 'int',
  Uint8Array: 'unsigned char',
};

/** The definition of a table of constants. C has no empty tables, so an empty one gets a 0. */
export function table(name: string, values: FlatArray): string {
  const type = TYPES[values.constructor.name as keyof typeof TYPES];
  const write =
    type === 'double' ? hexFloat : type === 'float' ? (value: number) => `${hexFloat(value)}f` : String;
  const texts = values.length === 0 ? ['0'] : Array.from(values as Float64Array, write);
  return `static const ${type} ${name}[${texts.length}] = {\n${listed(texts)}\n};`;
}
