/** The nodes of encoders: which entry of the table a value is, and what the entries become. */
import type { EncodePart } from '../plan-transforms.js';
import { cast, sumOverFeatures, takeFeatures } from './arithmetic.js';
import type { Builder, Value } from './builder.js';

/** m x outputs values. */
export function encodeNodes(b: Builder, part: EncodePart, x: Value): Value {
  const found = entryNodes(b, part, x);
  return part.widths ? oneHot(b, part, part.widths, found) : ordinal(b, part, found);
}

/** m x 1: NaN for a sample with a value that is no category, else 0. */
export function unknownCheck(b: Builder, part: EncodePart, x: Value): Value {
  const isOther = b.node('Equal', [knownNodes(b, part, entryNodes(b, part, x)), b.f64(0)]);
  return sumOverFeatures(b, b.node('Where', [isOther, b.f64(NaN), b.f64(0)]));
}

/** m x entries: 1 where the value of the entry's feature is its category, else 0. */
function entryNodes(b: Builder, part: EncodePart, x: Value): Value {
  const { categories } = part;
  const values = takeFeatures(b, x, featuresOf(part));
  const isOwn = cast(b, b.node('Equal', [values, b.f64(categories)]), 'f64');
  if (!categories.some(Number.isNaN)) return isOwn;
  // NaN equals nothing, so missing values are compared by themselves.
  const isGap = cast(b, b.node('IsNaN', [values]), 'f64');
  return b.node('Add', [
    isOwn,
    b.node('Mul', [isGap, b.f64(categories.map(value => Number(Number.isNaN(value))))]),
  ]);
}

/** The feature of each entry. */
function featuresOf({ starts, inputs }: EncodePart): Int32Array {
  const counts = Array.from({ length: inputs }, (_, j) => starts[j + 1] - starts[j]);
  return Int32Array.from(counts.flatMap((count, j) => new Array<number>(count).fill(j)));
}

/** m x columns: the sum over the entries of `of(entry)`, in the column `to(entry)`; entries without a column add 0. */
function spread(
  b: Builder,
  part: EncodePart,
  found: Value,
  columns: number,
  to: (entry: number) => number,
  of: (entry: number) => number = () => 1,
): Value {
  const entries = part.categories.length;
  const weights = new Float64Array(entries * columns);
  for (let e = 0; e < entries; e++) if (to(e) >= 0) weights[e * columns + to(e)] = of(e);
  return b.node('MatMul', [found, b.f64(weights, [entries, columns])]);
}

/** m x inputs: 1 where the value is a category, else 0. */
function knownNodes(b: Builder, part: EncodePart, found: Value): Value {
  const features = featuresOf(part);
  return spread(b, part, found, part.inputs, e => features[e]);
}

function ordinal(b: Builder, part: EncodePart, found: Value): Value {
  const { places, others, inputs } = part;
  const features = featuresOf(part);
  const place = spread(
    b,
    part,
    found,
    inputs,
    e => features[e],
    e => places[e] || 0,
  );
  const isKnown = b.node('Greater', [knownNodes(b, part, found), b.f64(0)]);
  const all = b.node('Where', [isKnown, place, b.f64(others)]);
  if (!places.some(Number.isNaN)) return all;
  const gaps = spread(b, part, found, inputs, e => (Number.isNaN(places[e]) ? features[e] : -1));
  return b.node('Where', [b.node('Greater', [gaps, b.f64(0)]), b.f64(NaN), all]);
}

function oneHot(b: Builder, part: EncodePart, widths: Int32Array, found: Value): Value {
  const { places, others, outputs, inputs } = part;
  const features = featuresOf(part);
  const first = new Int32Array(inputs + 1);
  widths.forEach((width, j) => (first[j + 1] = first[j] + width));
  const own = spread(b, part, found, outputs, e => (places[e] < 0 ? -1 : first[features[e]] + places[e]));
  const rare = Int32Array.from(others.keys()).filter(j => others[j] >= 0);
  if (rare.length === 0) return own;
  // Another value is one of the rare ones.
  const isOther = b.node('Sub', [b.f64(1), takeFeatures(b, knownNodes(b, part, found), rare)]);
  const weights = new Float64Array(rare.length * outputs);
  rare.forEach((j, at) => (weights[at * outputs + first[j] + others[j]] = 1));
  return b.node('Add', [own, b.node('MatMul', [isOther, b.f64(weights, [rare.length, outputs])])]);
}
