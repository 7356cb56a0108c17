/**
 * The threshold of two classes: a sample is of class 1 where its score is at least the threshold. It is the best of all
 * cuts between the scores of samples that the models had not seen. scikit-learn's TunedThresholdClassifierCV (1.5)
 * searches the same cuts, and calls the same side positive.
 */
import { InputError } from '../../base/errors.js';
import { oneOf } from '../../base/suggest.js';

/** What the samples on the two sides of a cut are. */
export interface Counts {
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  trueNegatives: number;
}

/** What a threshold is chosen for. */
export interface Rule {
  /** As it is typed. */
  text: string;
  /** The name of its value. Absent where the value is the sensitivity or the specificity. */
  measure?: string;
  direction: 'max' | 'min';
  /** The value of a cut; NaN where the cut is not allowed or has none. */
  valueOf(counts: Counts): number;
  /** What decides between cuts of the same value. */
  nextOf?(counts: Counts): number;
}

/** A threshold and how it was chosen. */
export interface Threshold {
  /** What is compared with it. Probabilities are the calibrated ones, where the model is calibrated. */
  of: 'probability' | 'decision';
  value: number;
  rule: string;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

export const sensitivityOf = ({ truePositives: hits, falseNegatives: misses }: Counts): number =>
  hits / (hits + misses);
export const specificityOf = ({ trueNegatives: hits, falsePositives: misses }: Counts): number =>
  hits / (hits + misses);
const sizeOf = (counts: Counts): number =>
  counts.truePositives + counts.falsePositives + counts.falseNegatives + counts.trueNegatives;

/** Metrics of labels whose best cut is no matter of course, from counts. They equal those of scoring/labels.ts. */
const METRICS: { [name: string]: (counts: Counts) => number } = {
  f1: ({ truePositives: hits, falsePositives, falseNegatives }) =>
    ratio(2 * hits, 2 * hits + falsePositives + falseNegatives),
  balanced_accuracy: counts => (specificityOf(counts) + sensitivityOf(counts)) / 2,
  youden: counts => sensitivityOf(counts) + specificityOf(counts) - 1,
  accuracy: counts => (counts.truePositives + counts.trueNegatives) / sizeOf(counts),
  mcc: matthews,
  cohen_kappa: kappa,
};

/** Matthews' correlation: (hits x n - agreement by chance) over the spreads of the two labelings. */
function matthews(counts: Counts): number {
  const n = sizeOf(counts);
  const actual = counts.truePositives + counts.falseNegatives;
  const predicted = counts.truePositives + counts.falsePositives;
  const spread = actual * (n - actual) * predicted * (n - predicted);
  return ratio(counts.truePositives * n - actual * predicted, Math.sqrt(spread));
}

function kappa(counts: Counts): number {
  const n = sizeOf(counts);
  const actual = counts.truePositives + counts.falseNegatives;
  const predicted = counts.truePositives + counts.falsePositives;
  const chance = actual * predicted + (n - actual) * (n - predicted);
  return ((counts.truePositives + counts.trueNegatives) * n - chance) / (n * n - chance);
}

/** Rates that a threshold can be asked to keep, and the rate that is made as large as that allows. */
const RATES = {
  sensitivity: [sensitivityOf, specificityOf],
  specificity: [specificityOf, sensitivityOf],
} as const;

const EXPECTED = `${oneOf([...Object.keys(METRICS)])}; cost:FP=1,FN=5; sensitivity:0.9; specificity:0.9`;

/** The rule of a text. Throws InputError `bad-threshold`. */
export function ruleOf(text: string): Rule {
  const [, name, rest] = /^(\w+)(?::(.*))?$/.exec(text) ?? [];
  if (name !== undefined && rest === undefined && Object.hasOwn(METRICS, name))
    return { text, measure: name, direction: 'max', valueOf: METRICS[name] };
  if (name === 'cost' && rest !== undefined) return costRule(text, rest);
  if ((name === 'sensitivity' || name === 'specificity') && rest !== undefined)
    return rateRule(text, name, rest);
  throw badRule(text);
}

function badRule(text: string): InputError {
  const always = { recall: 'sensitivity:0.9', precision: 'f1', sensitivity: 'sensitivity:0.9' };
  const other = Object.hasOwn(always, text) ? always[text as keyof typeof always] : undefined;
  return new InputError('bad-threshold', 'this is no rule for a threshold', {
    value: text,
    expected: EXPECTED,
    ...(other && { hint: `The best ${text} alone is had by calling all samples one class. Write ${other}.` }),
  });
}

/** The mean cost of a sample: `FP=1,FN=5` in any order. */
function costRule(text: string, rest: string): Rule {
  const parts = rest.split(',').map(part => /^(FP|FN)=(\d+(?:\.\d+)?(?:e-?\d+)?)$/i.exec(part.trim()));
  const costs = new Map(parts.map(part => [part?.[1].toUpperCase(), Number(part?.[2])]));
  const [fp, fn] = [costs.get('FP'), costs.get('FN')];
  const isWhole = parts.length === 2 && fp !== undefined && fn !== undefined;
  if (!isWhole || !(fp >= 0 && fn >= 0 && fp + fn > 0 && fp + fn < Infinity)) throw badRule(text);
  const valueOf = (counts: Counts): number =>
    (fp * counts.falsePositives + fn * counts.falseNegatives) / sizeOf(counts);
  return { text, measure: 'cost', direction: 'min', valueOf };
}

function rateRule(text: string, kept: keyof typeof RATES, rest: string): Rule {
  const least = /^\d*\.?\d+$/.test(rest) ? Number(rest) : NaN;
  if (!(least > 0 && least <= 1)) throw badRule(text);
  const [keptOf, otherOf] = RATES[kept];
  const valueOf = (counts: Counts): number => (keptOf(counts) >= least ? otherOf(counts) : NaN);
  return { text, direction: 'max', valueOf, nextOf: keptOf };
}

/**
 * The best cut of m scores. Of cuts with equal values, it is the one nearest to the usual threshold, and of these the
 * lower one; between two scores it is the usual threshold where that lies there, else the middle. -Infinity calls all
 * samples positive, and Infinity none. The usual threshold where no cut has a value.
 * @param usual 0.5 for probabilities, 0 for decisions
 */
export function bestThreshold(
  rule: Rule,
  scores: Float64Array,
  truth: ArrayLike<number>,
  usual: number,
): number {
  const sign = rule.direction === 'max' ? 1 : -1;
  let best = { value: -Infinity, next: -Infinity, distance: Infinity, at: usual };
  for (const { low, high, counts } of cutsOf(scores, truth)) {
    const value = sign * rule.valueOf(counts);
    if (!(value >= best.value)) continue;
    const at = between(low, high, usual);
    const found = { value, next: rule.nextOf?.(counts) ?? 0, distance: Math.abs(at - usual), at };
    if (isBetter(found, best)) best = found;
  }
  return best.at;
}

interface Candidate {
  value: number;
  next: number;
  distance: number;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.value !== b.value) return a.value > b.value;
  return a.next !== b.next ? a.next > b.next : a.distance < b.distance;
}

/** A threshold above `low` and not above `high`. */
function between(low: number, high: number, usual: number): number {
  if (usual > low && usual <= high) return usual;
  if (low === -Infinity || high === Infinity) return low === -Infinity ? low : high;
  const middle = low + (high - low) / 2;
  return middle > low ? middle : high;
}

/** A cut: samples with a score of `high` or more are called positive, and those of `low` or less are not. */
interface Cut {
  low: number;
  high: number;
  counts: Counts;
}

/** All cuts, ascending: from all samples positive to none. */
function* cutsOf(scores: Float64Array, truth: ArrayLike<number>): Generator<Cut> {
  const order = Array.from(scores.keys()).sort((i, j) => scores[i] - scores[j]);
  const positives = order.reduce((sum, i) => sum + (truth[i] === 1 ? 1 : 0), 0);
  const below = { positives: 0, negatives: 0 };
  let low = -Infinity;
  for (let at = 0; at <= order.length;) {
    const high = at < order.length ? scores[order[at]] : Infinity;
    const counts = {
      truePositives: positives - below.positives,
      falsePositives: order.length - positives - below.negatives,
      falseNegatives: below.positives,
      trueNegatives: below.negatives,
    };
    yield { low, high, counts };
    if (at === order.length) return;
    for (; at < order.length && scores[order[at]] === high; at++)
      below[truth[order[at]] === 1 ? 'positives' : 'negatives']++;
    low = high;
  }
}

/** The counts of m class codes against the true ones. */
export function countsOf(truth: ArrayLike<number>, labels: ArrayLike<number>): Counts {
  const counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 };
  for (let i = 0; i < truth.length; i++) {
    const isPositive = labels[i] === 1;
    if (truth[i] === 1) counts[isPositive ? 'truePositives' : 'falseNegatives']++;
    else counts[isPositive ? 'falsePositives' : 'trueNegatives']++;
  }
  return counts;
}
