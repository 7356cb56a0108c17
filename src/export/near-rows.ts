/**
 * Samples that are hard for an exported model: values at and beside the thresholds of its trees, where a rounding
 * decides; of models without trees, values between those of training samples.
 */
import type { Matrix } from '../base/dataset.js';
import { Rng } from '../base/rng.js';
import { takeRows } from '../ml/algebra/matrix.js';
import { columnRanges } from '../ml/algebra/statistics.js';
import { featureFunction, isFeaturePart } from './evaluate/features.js';
import { stacked } from './made-rows.js';
import { pipelinesOf, type AnyParts, type Levels, type PipelineParts, type TreeTable } from './plan.js';

/** What the rows are, in words for the certificate. */
export const NEAR_TREES = 'values at and beside thresholds of the trees';
const NEAR_SAMPLES = 'values between those of two of the other rows';

/** m x p rows, drawn from training samples by our own generator, and what they are. */
export function nearRows(
  plan: AnyParts & { levels?: Levels },
  train: Matrix,
  count: number,
): { x: Matrix; what: string } {
  const rng = Rng.from('spt export', 'near');
  const pipelines = pipelinesOf(plan);
  const parts = pipelines.map((pipeline, at) =>
    nearOne({ ...pipeline, levels: plan.levels }, train, shareOf(count, at, pipelines.length), rng),
  );
  return {
    x: stacked(parts.map(({ x }) => x)),
    what: [...new Set(parts.map(({ what }) => what))].join(', or '),
  };
}

/** How many of the rows are for that pipeline. The shares add up to all of them. */
function shareOf(count: number, at: number, pipelines: number): number {
  return Math.floor(((at + 1) * count) / pipelines) - Math.floor((at * count) / pipelines);
}

function nearOne(
  plan: PipelineParts & { levels?: Levels },
  train: Matrix,
  count: number,
  rng: Rng,
): { x: Matrix; what: string } {
  const chosen = Int32Array.from({ length: count }, () => rng.below(train.rows));
  const x = takeRows(train, chosen);
  const { last, levels = [] } = plan;
  if (!('trees' in last)) {
    mix(x, train, levels, rng);
    return { x, what: NEAR_SAMPLES };
  }
  const splits = Array.from(last.trees.feature.keys()).filter(at => last.trees.feature[at] >= 0);
  const { smallest, largest } = columnRanges(train);
  let placed = 0;
  for (let i = 0; i < count && splits.length > 0; i++) {
    const at = splits[rng.below(splits.length)];
    const way = wayTo(plan, last.trees.feature[at]);
    const edge = way && edgeOf(way, last.trees, at, smallest[way.feature], largest[way.feature]);
    if (!way || !edge) continue;
    const values = besides(edge);
    x.data[way.feature * count + i] = values[rng.below(values.length)];
    placed++;
  }
  // PCA and Normalizer mix features, so that no value of one feature stands at a threshold.
  if (placed === 0) mix(x, train, levels, rng);
  return { x, what: placed === 0 ? NEAR_SAMPLES : NEAR_TREES };
}

/** One category in so many becomes a level that the training does not have. */
const UNSEEN = 64;

/**
 * Moves each number towards that of another training sample, by less than half of the way. Missing values stay.
 * Categories are taken from the other sample, or stay.
 */
function mix(x: Matrix, train: Matrix, levels: Levels, rng: Rng): void {
  for (let i = 0; i < x.rows; i++) {
    const other = rng.below(train.rows);
    for (let j = 0; j < x.columns; j++) {
      const [at, from] = [j * x.rows + i, j * train.rows + other];
      const own = levels[j];
      if (own) {
        if (rng.below(UNSEEN) === 0) x.data[at] = own.length;
        else if (rng.below(2) === 0) x.data[at] = train.data[from];
        continue;
      }
      const moved = x.data[at] + 0.5 * rng.float() * (train.data[from] - x.data[at]);
      if (!Number.isNaN(moved)) x.data[at] = moved;
    }
  }
}

/** The feature of the table that a feature of the last part comes from, and what becomes of its values. */
interface Way {
  feature: number;
  of(value: number): number;
}

/** Undefined where several features, or a missing value, make the feature. */
function wayTo({ transforms }: PipelineParts, feature: number): Way | undefined {
  const functions: ((value: number) => number)[] = [];
  let j = feature;
  for (const part of transforms.toReversed()) {
    if (isFeaturePart(part)) functions.unshift(featureFunction(part, j));
    else if (part.kind === 'select' || part.kind === 'impute') {
      if (j >= part.kept.length) return undefined;
      j = part.kept[j];
    } else return undefined;
  }
  return { feature: j, of: value => functions.reduce((current, change) => change(current), value) };
}

/**
 * The two neighbors in f64 that a split sends to different sides: the largest value of the lower side, and the smallest
 * one of the upper side. Undefined where both ends of the range go to the same side. Found by bisection, because every
 * transform of one feature is monotone.
 */
function edgeOf(
  way: Way,
  { threshold, singles, rule }: TreeTable,
  at: number,
  smallest: number,
  largest: number,
): [number, number] | undefined {
  const isLeft = (given: number): boolean => {
    const value = singles ? Math.fround(way.of(given)) : way.of(given);
    return rule === '<' ? value < threshold[at] : value <= threshold[at];
  };
  let [low, high] = [smallest, largest];
  const side = isLeft(low);
  if (!(low < high) || isLeft(high) === side) return undefined;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (!(middle > low && middle < high)) return [low, high];
    if (isLeft(middle) === side) low = middle;
    else high = middle;
  }
}

/** The two values, and the numbers of f32 around them. */
function besides([low, high]: [number, number]): number[] {
  const single = Math.fround(low);
  return [low, high, single, neighborSingle(single, -1), neighborSingle(single, 1)];
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The next number of f32 in that direction (1 or -1). 0 has the smallest numbers as neighbors. */
function neighborSingle(single: number, direction: number): number {
  if (single === 0) {
    bits[0] = 1;
    return direction * float[0];
  }
  float[0] = single;
  bits[0] += single > 0 ? direction : -direction;
  return float[0];
}
