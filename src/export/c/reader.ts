/** The plan that a written file of C holds, read back from its tables and definitions. */
import { unflatten, type FlatArray, type FlatValues } from '../flat.js';
import type { ExportPlan, LastPart, TransformPart } from '../plan.js';

/** A number as ./text.ts writes it: decimal, or hexadecimal with a binary exponent. */
export function readNumber(text: string): number {
  const plain = text.replaceAll(/[()]/g, '');
  if (plain === 'NAN') return NaN;
  if (plain.endsWith('INFINITY')) return plain.startsWith('-') ? -Infinity : Infinity;
  const found = /^(-?)0x([01])(?:\.([0-9a-f]+))?p([+-]\d+)f?$/.exec(plain);
  if (!found) return Number(plain.replace(/f$/, ''));
  const [, sign, lead, digits = '', exponent] = found;
  // At most 53 bits, so neither product rounds. Two factors, because 2^-1074 is the smallest number that there is.
  const whole = Number(BigInt(`0x${lead}${digits}`)) * (sign ? -1 : 1);
  const power = Number(exponent);
  const half = Math.trunc(power / 2);
  return whole * 2 ** (-4 * digits.length) * 2 ** half * 2 ** (power - half);
}

/** A string of ASCII as ./text.ts writes it: signs that are not plain are octal numbers. */
function readString(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

const ARRAYS = { double: Float64Array, float: Float32Array, int: Int32Array, 'unsigned char': Uint8Array };

function readTable(type: string, body: string): FlatArray {
  const texts = body.split(',').map(text => text.trim());
  return ARRAYS[type as keyof typeof ARRAYS].from(texts.filter(text => text !== '').map(readNumber));
}

/** The transforms and the last part of a file. Names of features and classes are not read. */
export function readParts(text: string): Pick<ExportPlan, 'transforms' | 'last'> {
  const parts = new Map<string, FlatValues>();
  const put = (prefix: string, path: string, value: string | number | FlatArray): void => {
    const values = parts.get(prefix) ?? new Map();
    parts.set(prefix, values.set(path, value));
  };
  for (const [, prefix, path, value] of text.matchAll(/^#define (t\d+|last)_(\w+) (.*)$/gm)) {
    put(prefix, path, value.startsWith('"') ? readString(value) : readNumber(value));
  }
  const tables = /^static const ([a-z ]+) (t\d+|last)_(\w+)\[\d+\] = \{\n([^}]*)\};$/gm;
  for (const [, type, prefix, path, body] of text.matchAll(tables)) put(prefix, path, readTable(type, body));
  const partOf = (prefix: string): TransformPart | LastPart => unflatten(parts.get(prefix)!);
  const transforms = [...parts.keys()].filter(prefix => prefix !== 'last').map(partOf) as TransformPart[];
  // C has no empty tables, so an imputer without indicators has none.
  const whole = transforms.map(part =>
    part.kind === 'impute' ? { ...part, marked: part.marked ?? new Int32Array() } : part,
  );
  return { transforms: whole, last: partOf('last') as LastPart };
}
