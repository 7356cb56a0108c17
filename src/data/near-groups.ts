/**
 * Whether samples of one group (one patient, one batch) are more alike than others. Then folds that split a group let a
 * model see a part of what it is scored on.
 *
 * For each sample, the nearest sample of the same class is found, in standardised features. The share of samples whose
 * nearest one is of the same group is held against the share by chance, which is the mean over samples of (members of
 * the group - 1) / (members of the class - 1), both counted inside the class. So a column that only follows the classes
 * says nothing here.
 */
import type { DataColumn, Matrix } from '../base/dataset.js';

export interface NearGroups {
  /** The share of samples whose nearest sample is of the same group, and that share by chance. */
  share: number;
  byChance: number;
  /** How many samples were looked at. */
  samples: number;
  /** How many standard deviations of chance lie between the two shares. */
  z: number;
}

/** At most this many samples are looked at, and this many differences of values are computed. */
const MOST_SAMPLES = 300;
const MOST_WORK = 2e8;

/**
 * n samples of p features with their codes of classes and groups. Codes of categories have no distances, so these
 * columns are left out. `columns` are the p columns; absent where all are numbers.
 */
export function nearGroups(
  x: Matrix,
  classes: Int32Array,
  groups: Int32Array,
  columns?: readonly DataColumn[],
): NearGroups {
  const n = x.rows;
  const numbers = Int32Array.from({ length: x.columns }, (_, j) => j).filter(
    j => columns?.[j].kind !== 'category',
  );
  if (numbers.length === 0) return { share: 0, byChance: 0, samples: 0, z: 0 };
  const features = standardised(x, numbers, MOST_WORK / (30 * n));
  const p = features.length / n;
  const wanted = Math.max(30, Math.min(MOST_SAMPLES, Math.floor(MOST_WORK / (n * p))));
  const stride = Math.max(1, n / wanted);
  let [samples, same, chance, variance] = [0, 0, 0, 0];
  for (let at = 0; Math.floor(at) < n; at += stride) {
    const i = Math.floor(at);
    let [nearest, least, ofClass, ofGroup] = [-1, Infinity, 0, 0];
    for (let other = 0; other < n; other++) {
      if (other === i || classes[other] !== classes[i]) continue;
      ofClass++;
      if (groups[other] === groups[i]) ofGroup++;
      let distance = 0;
      for (let j = 0; j < p && distance < least; j++) {
        const difference = features[i * p + j] - features[other * p + j];
        distance += difference * difference;
      }
      if (distance < least) [nearest, least] = [other, distance];
    }
    if (nearest < 0) continue;
    samples++;
    if (groups[nearest] === groups[i]) same++;
    const expected = ofGroup / ofClass;
    chance += expected;
    variance += expected * (1 - expected);
  }
  const z = variance > 0 ? (same - chance) / Math.sqrt(variance) : 0;
  return { share: same / samples, byChance: chance / samples, samples, z };
}

/** The features with mean 0 and deviation 1, row after row; missing values are 0. Of many features, some are taken. */
function standardised({ rows, data }: Matrix, columns: Int32Array, most: number): Float64Array {
  const step = Math.max(1, columns.length / Math.max(1, Math.floor(most)));
  const taken: number[] = [];
  for (let at = 0; Math.floor(at) < columns.length; at += step) taken.push(columns[Math.floor(at)]);
  const out = new Float64Array(rows * taken.length);
  taken.forEach((column, j) => {
    const values = data.subarray(column * rows, (column + 1) * rows);
    const known = values.filter(value => !Number.isNaN(value));
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    const deviation = Math.sqrt(known.reduce((sum, one) => sum + (one - mean) ** 2, 0) / known.length);
    if (!(deviation > 0)) return;
    values.forEach((value, i) => {
      if (!Number.isNaN(value)) out[i * taken.length + j] = (value - mean) / deviation;
    });
  });
  return out;
}
