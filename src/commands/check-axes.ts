/** The axes of a search as its YAML file has them, and what can be tried beyond their ends. */
import type { Json } from '../base/config.js';
import { canonicalJson } from '../base/json.js';
import { partSize } from '../config/chain.js';
import type { Part, PlainDomain, WrittenAxis } from '../config/axis.js';
import type { Pipeline } from '../config/pipeline.js';
import { everyStep, type NamedStep } from '../config/written.js';
import { traitsOf } from '../ml/definition.js';
import type { Shape } from '../ml/needs.js';
import { shareIn } from '../ml/parameters.js';
import type { CheckedAxis, CheckedPart, Side } from '../views/check-edges.js';

/** An axis is looked at from this number of values on. */
const LEAST_VALUES = 3;
/** Draws of a distribution are at its edge in this share of its range. */
const EDGE_SHARE = 0.05;
/** A list of more values is not written out again. */
const MOST_LISTED = 10;
/** Lists of numbers whose ends differ by at least this factor are taken as logarithmic. */
const LOG_FACTOR = 10;

/** The axes of all pipelines. `shape` is what is known of the data that reach the steps. */
export function checkedParts(pipelines: Iterable<Pipeline>, shape: Shape | undefined): CheckedPart[] {
  const parts: CheckedPart[] = [];
  for (const { name: pipeline, written } of pipelines) {
    for (const { step, prefix } of everyStep(written)) {
      for (const part of step.parts) {
        const axes = part.flatMap(axis => checkedAxis(step, part, axis, prefix, shape) ?? []);
        if (axes.length > 0) parts.push({ pipeline, axes, holds: membership(step, part, prefix) });
      }
    }
  }
  return parts;
}

const numberOf = (value: Json | undefined): number | undefined => {
  const number = value === undefined ? undefined : (shareIn(value) ?? value);
  return typeof number === 'number' ? number : undefined;
};

/** Whether a config's parameters of a step are of a map. A parameter without effect is not in a config. */
function membership({ kind }: NamedStep, part: Part<WrittenAxis>, prefix: string): CheckedPart['holds'] {
  const tests = new Map(
    part.map(axis => {
      const { unused, nullIsDefault } = traitsOf(kind.params, axis.parameter);
      const { domain } = axis;
      const listed =
        'values' in domain ? new Set(domain.values.map(value => canonicalJson(value))) : undefined;
      const holds = (value: Json | undefined): boolean => {
        if (value === undefined) return unused === true || nullIsDefault === true;
        if (listed) return listed.has(canonicalJson(value));
        const number = numberOf(value);
        const [low, high] = 'bounds' in domain ? domain.bounds : [0, 0];
        return number !== undefined && number >= low && number < high;
      };
      return [prefix + axis.parameter, holds];
    }),
  );
  return parameters => {
    for (const name of parameters.keys()) if (name.startsWith(prefix) && !tests.has(name)) return false;
    return [...tests].every(([name, holds]) => holds(parameters.get(name)));
  };
}

/** An axis of numbers with at least three values; undefined for any other axis. */
function checkedAxis(
  step: NamedStep,
  part: Part<WrittenAxis>,
  axis: WrittenAxis,
  prefix: string,
  shape: Shape | undefined,
): CheckedAxis | undefined {
  const { domain, parameter } = axis;
  if (domain.kind === 'steps' || axis.size < LEAST_VALUES || partSize(part) === 0) return undefined;
  const isRight = (value: number): boolean => isTaken(step, part, parameter, value, shape);
  if ('bounds' in domain) return drawnAxis(axis, prefix, isRight);
  const numbers = domain.values.map(numberOf);
  if (!numbers.every(number => number !== undefined)) return undefined;
  const sorted = Float64Array.from(numbers).sort();
  const last = sorted.length - 1;
  const sideOf = (value: number): Side | undefined =>
    value === sorted[0] ? 'smallest' : value === sorted[last] ? 'largest' : undefined;
  const isShare = domain.values.some(value => shareIn(value) !== undefined);
  const isCounts =
    traitsOf(step.kind.params, parameter).countOrShare === true && !numbers.every(Number.isInteger);
  return {
    parameter: prefix + parameter,
    place: axis.placeOf(numbers.indexOf(sorted[last])),
    numberOf,
    sideOf,
    beyond(side) {
      // A list that holds shares ends at 1.0, which is all.
      const next = nextValue(sorted, side).find(
        value => isRight(value) && !((isShare || isCounts) && value >= 1),
      );
      if (next === undefined) return undefined;
      return `Try ${next}: ${rewritten({ ...axis, domain }, sorted, side, next)}${AGAIN}`;
    },
  };
}

const AGAIN =
  ' Then run the same spt enqueue again, and spt work. What is trained already stays in the log and is compared.';

/** Whether the step takes a value of a parameter beside the other values of its map. */
function isTaken(
  { kind }: NamedStep,
  part: Part<WrittenAxis>,
  parameter: string,
  value: number,
  shape: Shape | undefined,
): boolean {
  const others = part
    .filter(axis => axis.parameter !== parameter)
    .map(axis => [axis.parameter, axis.value(0)]);
  const parsed = kind.params.safeParse({ ...Object.fromEntries(others), [parameter]: value });
  return parsed.success && (!shape || kind.needs?.(parsed.data as never, shape) === undefined);
}

/** Values beyond an end, the best one first. */
function nextValue(sorted: Float64Array, side: Side): number[] {
  const [edge, inner] = side === 'largest' ? [sorted.at(-1)!, sorted.at(-2)!] : [sorted[0], sorted[1]];
  const isWhole = sorted.every(Number.isInteger);
  const isLog = sorted[0] > 0 && sorted.at(-1)! >= LOG_FACTOR * sorted[0];
  const far = isLog ? edge * Math.max(edge / inner, Math.min(2, edge / inner || 2)) : edge + (edge - inner);
  const candidates = [far, edge + (far - edge) / 2, edge + (far - edge) / 4];
  const rounded = candidates.map(value =>
    isWhole && Number.isInteger(far) ? Math.round(value) : precise(value),
  );
  return [...new Set(rounded)].filter(value => (side === 'largest' ? value > edge : value < edge));
}

const precise = (value: number): number => Number(value.toPrecision(4));

/** The axis as it may be written, so that it reaches beyond its end. */
function rewritten(
  { parameter, domain, size }: WrittenAxis & { domain: PlainDomain },
  sorted: Float64Array,
  side: Side,
  next: number,
): string {
  const up = side === 'largest';
  if (domain.kind === 'choice' || size < 4) {
    if (size > MOST_LISTED) return `add ${next} to the list of \`${parameter}\`.`;
    const values = up ? [...sorted, next] : [next, ...sorted];
    return `write \`${parameter}: [${values.map(String).join(', ')}]\`.`;
  }
  const edge = up ? sorted.at(-1)! : sorted[0];
  if (domain.kind === 'int') {
    const step = Math.abs(sorted[1] - sorted[0]);
    const ends = up ? `${edge}, ${edge + 3 * step + 1}` : `${next}, ${edge + 1}`;
    return `write \`${parameter}: { range: [${ends}, ${step}] }\`.`;
  }
  if (domain.scale === 'log') {
    const end = precise(Math.log10(edge));
    const points = Math.max(2, Math.round((size - 1) / Math.log10(sorted.at(-1)! / sorted[0])) + 1);
    return `write \`${parameter}: { logspace: [${up ? `${end}, ${end + 1}` : `${end - 1}, ${end}`}, ${points}] }\`.`;
  }
  return `write \`${parameter}: { linspace: [${up ? `${edge}, ${next}` : `${next}, ${edge}`}, 3] }\`.`;
}

/** An axis of a distribution. Its edges are the outer twentieths of its range. */
function drawnAxis(
  axis: WrittenAxis,
  prefix: string,
  isRight: (value: number) => boolean,
): CheckedAxis | undefined {
  const { domain, parameter, distribution } = axis;
  if (!('bounds' in domain)) return undefined;
  const [low, high] = domain.bounds;
  const isLog = domain.scale === 'log';
  const at = (value: number): number =>
    isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return {
    parameter: prefix + parameter,
    place: axis.placeOf(0),
    numberOf,
    sideOf: value =>
      at(value) <= EDGE_SHARE ? 'smallest' : at(value) >= 1 - EDGE_SHARE ? 'largest' : undefined,
    beyond(side) {
      const half = (high - low) / 2;
      const whole = domain.kind === 'int' ? Math.ceil(half) : half;
      const next = precise(
        side === 'largest' ? (isLog ? high * 10 : high + whole) : isLog ? low / 10 : low - whole,
      );
      if (!isRight(side === 'largest' && domain.kind === 'int' ? next - 1 : next)) return undefined;
      const bounds = side === 'largest' ? `${low}, ${next}` : `${next}, ${high}`;
      return `Draw from further out: write \`${parameter}: { ${distribution}: [${bounds}] }\`.${AGAIN}`;
    },
  };
}
