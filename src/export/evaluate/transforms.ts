/** What a transform of a plan makes of one sample, by plain loops. */
import { largestSize, unitFor } from '../../ml/algebra/units.js';
import { safeScale } from '../../ml/algebra/statistics.js';
import type { EncodePart, GroupsPart, NormPart, ProjectPart, TransformPart } from '../plan-transforms.js';
import { featureFunction } from './features.js';

/** From a sample's values to the values of the next part. The argument is left as it is. */
export type Through = (x: Float64Array) => Float64Array;

export function through(part: TransformPart): Through {
  switch (part.kind) {
    case 'select':
      return x => Float64Array.from(part.kept, j => x[j]);
    case 'impute':
      return x => {
        const filled = Array.from(part.kept, (j, c) => (Number.isNaN(x[j]) ? part.fill[c] : x[j]));
        const marks = Array.from(part.marked, j => (Number.isNaN(x[j]) ? 1 : 0));
        return Float64Array.from([...filled, ...marks]);
      };
    case 'norm':
      return x => {
        const size = safeScale(normOf(part, x));
        return x.map(value => value / size);
      };
    case 'groups':
      return groupsThrough(part);
    case 'encode':
      return x => encoded(part, x);
    case 'project':
      return x => projected(part, x);
    default: {
      const functions = Array.from({ length: part.inputs }, (_, c) => featureFunction(part, c));
      return x => x.map((value, c) => functions[c](value));
    }
  }
}

function groupsThrough({ groups }: GroupsPart): Through {
  const ways = groups.map(({ places, parts }) => ({ places, steps: parts.map(through) }));
  return x =>
    Float64Array.from(
      ways.flatMap(({ places, steps }) => {
        const own = Float64Array.from(places, j => x[j]);
        return Array.from(steps.reduce<Float64Array>((values, step) => step(values), own));
      }),
    );
}

/** The model refuses values that are no categories, so `others` stands for them here. */
function encoded({ starts, categories, places, others, widths, outputs }: EncodePart, x: Float64Array) {
  const found = x.map((value, j) => {
    const isOwn = (category: number): boolean =>
      category === value || (Number.isNaN(category) && Number.isNaN(value));
    const at = categories.subarray(starts[j], starts[j + 1]).findIndex(isOwn);
    return at < 0 ? others[j] : places[starts[j] + at];
  });
  if (!widths) return found;
  const result = new Float64Array(outputs);
  let first = 0;
  found.forEach((place, j) => {
    if (place >= 0) result[first + place] = 1;
    first += widths[j];
  });
  return result;
}

function normOf({ norm }: NormPart, x: Float64Array): number {
  if (norm === 'max') return largestSize(x);
  if (norm === 'l1') return x.reduce((sum, value) => sum + Math.abs(value), 0);
  const squares = x.reduce((sum, value) => sum + value * value, 0);
  if (squares < Infinity) return Math.sqrt(squares);
  const unit = unitFor(largestSize(x));
  return Math.sqrt(x.reduce((sum, value) => sum + value * unit * (value * unit), 0)) / unit;
}

function projected({ mean, components, scale, inputs, outputs }: ProjectPart, x: Float64Array): Float64Array {
  const scores = new Float64Array(outputs);
  for (let c = 0; c < outputs; c++) {
    let sum = 0;
    for (let j = 0; j < inputs; j++) sum += (x[j] - mean[j]) * components[c * inputs + j];
    scores[c] = sum / scale[c];
  }
  return scores;
}
