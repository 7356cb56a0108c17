/** A pipeline in C: its tables, a function for each part, and one that calls them in their order. */
import { givesValues, type ClassPart, type ClassParts, type LastPart, type PipelineParts } from '../plan.js';
import type { TransformPart } from '../plan-transforms.js';
import { flatten, type FlatArray } from '../flat.js';
import { adjustmentCode } from './adjustment.js';
import { machineCode } from './machine.js';
import { neighborsCode, networkCode, networkValueCode } from './network.js';
import { gaussianCode, linearCode, linearValueCode } from './scores.js';
import { cString, hexFloat, table } from './text.js';
import { transformCode, type Code } from './transforms.js';
import { boostedCode, boostedValueCode, forestCode, forestValueCode } from './trees.js';

function lastCode(part: LastPart): Code {
  switch (part.kind) {
    case 'linear':
      return linearCode(part);
    case 'machine':
      return machineCode(part);
    case 'forest':
      return forestCode(part);
    case 'boosted':
      return boostedCode(part);
    case 'network':
      return networkCode(part);
    case 'neighbors':
      return neighborsCode(part);
    case 'gaussian':
      return gaussianCode(part);
    case 'linear-value':
      return linearValueCode(part);
    case 'forest-value':
      return forestValueCode(part);
    case 'boosted-value':
      return boostedValueCode(part);
    case 'network-value':
      return networkValueCode(part);
  }
}

/** How many numbers a sample gets: a probability for each class, or the decisions where there are none, or a value. */
export interface Outputs {
  count: number;
  are: 'probabilities' | 'decisions' | 'values';
}

/** What the function of a pipeline writes. */
export function outputsOf(parts: PipelineParts): Outputs {
  return parts.adjustment?.calibration
    ? { count: parts.last.classes, are: 'probabilities' }
    : outputsOfLast(lastOf(parts));
}

function outputsOfLast(last: LastPart): Outputs {
  const { classes } = last;
  if (classes === undefined) return { count: 1, are: 'values' };
  const hasProbabilities =
    last.kind === 'linear'
      ? last.link !== 'none'
      : last.kind !== 'machine' || last.pairs.every(({ curve }) => curve);
  if (hasProbabilities) return { count: classes, are: 'probabilities' };
  return { count: classes === 2 ? 1 : classes, are: 'decisions' };
}

function lastOf(parts: PipelineParts): LastPart {
  return givesValues(parts) ? parts.last : lastBefore(parts);
}

/** The last part, without its probabilities where what stands behind it reads the decisions. */
function lastBefore({ last, adjustment }: ClassParts): ClassPart {
  if ((adjustment?.calibration ?? adjustment?.threshold)?.of !== 'decision') return last;
  if (last.kind === 'linear') return { ...last, link: 'none' };
  if (last.kind === 'machine') return { ...last, pairs: last.pairs.map(pair => ({ ...pair, curve: null })) };
  return last;
}

const constant = (value: string | number): string => {
  if (typeof value === 'string') return cString(value);
  const text = Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? String(value) : hexFloat(value);
  return text.startsWith('-') ? `(${text})` : text;
};

/** The values of a part under names that begin with `p`, and its function. Tables that it does not read are absent. */
function partText(part: { step: string; params: object }, p: string, { text }: Code): string {
  const values = [...flatten(part)];
  const defines = values
    .filter((one): one is [string, string | number] => typeof one[1] !== 'object')
    .map(([name, value]) => `#define ${p}_${name} ${constant(value)}`);
  const tables = values
    .filter((one): one is [string, FlatArray] => typeof one[1] === 'object')
    .filter(([name]) => new RegExp(`\\b${p}_${name}\\b`).test(text))
    .map(([name, array]) => table(`${p}_${name}`, array));
  return [`/* ---- ${part.step} ---- */`, ...defines, ...tables, text].join('\n');
}

/** A part, the start of its names, and its code. */
interface NamedPart {
  part: { step: string; params: object };
  p: string;
  code: Code;
}

/** The function of the pipeline, which begins with `head`, and what it needs. */
export function pipelineCode(parts: PipelineParts, head: string): Code {
  const { transforms, adjustment } = parts;
  const last = lastOf(parts);
  const named: NamedPart[] = [
    ...transforms.map((part, at) => ({ part, p: `t${at}`, code: transformCode(part, `t${at}`) })),
    { part: last, p: 'last', code: lastCode(last) },
  ];
  if (adjustment) {
    const part = { step: 'calibration and threshold', params: {}, ...adjustment };
    named.push({ part, p: 'adjust', code: adjustmentCode(adjustment, parts.last.classes) });
  }
  const texts = named.map(({ part, p, code }) => partText(part, p, code));
  return {
    text: [...texts, predictText(transforms, last, adjustment !== undefined, head)].join('\n\n'),
    math: named.flatMap(({ code }) => code.math),
  };
}

/** The parts in their order. */
function predictText(transforms: TransformPart[], last: LastPart, isAdjusted: boolean, head: string): string {
  const widest = Math.max(...transforms.flatMap(part => [part.inputs, part.outputs]));
  const lines: string[] = [];
  let from = 'x';
  transforms.forEach((part, at) => {
    const to = at % 2 === 0 ? 'a' : 'b';
    lines.push(
      `  if (!takes(${from}, ${part.inputs}, ${Number(part.missing)}) || !t${at}(${from}, ${to})) return -1;`,
    );
    from = to;
  });
  lines.push(`  if (!takes(${from}, ${last.inputs}, ${Number(last.missing)})) return -1;`);
  const buffers = ['a', 'b'].slice(0, transforms.length).map(name => `${name}[${widest}]`);
  return `${head}(const double *x, double *out) {
${buffers.length > 0 ? `  double ${buffers.join(', ')};\n` : ''}${lines.join('\n')}
  int label = last(${from}, out);
  if (label < 0) return -1;
  for (int k = 0; k < ${outputsOfLast(last).count}; k++) if (isnan(out[k])) return -1;
  return ${isAdjusted ? 'adjust(out)' : 'label'};
}`;
}
