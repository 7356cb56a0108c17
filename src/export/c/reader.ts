/** The plan that a written file of C holds, read back from its tables and definitions. */
import type { Adjustment } from '../../ml/calibration/adjustment.js';
import { unflatten, type FlatArray, type FlatValues } from '../flat.js';
import type { AnyParts, ClassParts, LastPart, Mixture, PipelineParts } from '../plan.js';
import type { TransformPart } from '../plan-transforms.js';

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

/** The starts of the names of parts. */
const STARTS = String.raw`((?:m\d+_)?(?:t\d+|last|adjust)|mixture)`;
const DEFINITIONS = new RegExp(String.raw`^#define ${STARTS}_(\w+) (.*)$`, 'gm');
const TABLES = new RegExp(String.raw`^static const ([a-z ]+) ${STARTS}_(\w+)\[\d+\] = \{\n([^}]*)\};$`, 'gm');

/** The values of each part of a file by the start of their names: `t0`, `last`, `adjust`, `m1_t0`, `mixture`. */
function valuesOf(text: string): Map<string, FlatValues> {
  const parts = new Map<string, FlatValues>();
  const put = (start: string, path: string, value: string | number | FlatArray): void => {
    const values = parts.get(start) ?? new Map();
    parts.set(start, values.set(path, value));
  };
  for (const [, start, path, value] of text.matchAll(DEFINITIONS)) {
    put(start, path, value.startsWith('"') ? readString(value) : readNumber(value));
  }
  for (const [, type, start, path, body] of text.matchAll(TABLES)) put(start, path, readTable(type, body));
  return parts;
}

/** The part with its empty lists: C has no empty tables, so these are not in the file. */
function completed(part: TransformPart): TransformPart {
  if (part.kind === 'impute') return { ...part, marked: part.marked ?? new Int32Array() };
  if (part.kind !== 'groups') return part;
  const groups = part.groups.map(group => ({ ...group, parts: (group.parts ?? []).map(completed) }));
  return { ...part, groups };
}

/** The pipeline whose names begin with `m0_` and so on, or with nothing. */
function pipelineOf(parts: Map<string, FlatValues>, member: string): PipelineParts {
  const transforms: TransformPart[] = [];
  for (let values; (values = parts.get(`${member}t${transforms.length}`));) {
    transforms.push(completed(unflatten<TransformPart>(values)));
  }
  const adjustment = parts.get(`${member}adjust`);
  return {
    transforms,
    last: unflatten<LastPart>(parts.get(`${member}last`)!),
    ...(adjustment && { adjustment: unflatten<Adjustment>(adjustment) }),
  } as PipelineParts;
}

/** The parts of a file. Names of features and classes are not read. */
export function readParts(text: string): AnyParts {
  const parts = valuesOf(text);
  const mixture = parts.get('mixture');
  if (!mixture) return pipelineOf(parts, '');
  const { weights } = unflatten<Pick<Mixture, 'weights'>>(mixture);
  return { weights, members: Array.from(weights, (_, m) => pipelineOf(parts, `m${m}_`) as ClassParts) };
}
