/**
 * Ensemble selection: a weighted mean of models, chosen from a library by forward selection with replacement
 * (Caruana, Niculescu-Mizil, Crew and Ksikes, "Ensemble selection from libraries of models", ICML 2004).
 *
 * An ensemble begins with the best members (sorted initialization): the first one to five of them, whichever number
 * scores best. Then the member is added again and again whose addition scores best; a member may be added several
 * times. The best ensemble on the way is taken, and of equals the smallest. Bagging: this is done for several bags,
 * each a random half of the library, and the weights are the mean over the bags. So a member that was lucky on these
 * samples is out of the running in half of the bags.
 *
 * The worse half of the library is left out first, by the scores on the same samples (Caruana, Munson and
 * Niculescu-Mizil, "Getting the most out of ensemble selection", ICDM 2006). Otherwise a model that says nearly the
 * same of all samples is added, because it does no harm to ranks, and it draws all probabilities to their mean.
 *
 * One thing differs from the papers: a bag ends early when five additions in a row brought nothing.
 */
import { Rng } from '../base/rng.js';

/** Scores a list of values of a fold; NaN where the metric is not defined for the fold's samples. */
export type Scorer = (values: Float64Array) => number;

/** Models that can be mixed, and how a mixture is scored. A score is the mean over the folds that have one. */
export interface Library {
  members: number;
  folds: number;
  /** 1 where large scores are good, and -1 where small ones are. */
  sign: 1 | -1;
  /** What a member says in a fold, in numbers whose mean has a meaning. All members have equally many. */
  values(member: number, fold: number): Float64Array;
  /** The scorer of a fold where sample i counts weights[i] times. */
  scorer(fold: number, weights: Int32Array): Scorer;
}

export interface Growth {
  /** The most additions of a bag, those of its beginning included. */
  size: number;
  /** How many bags there are. One bag holds the whole library. */
  bags: number;
  /** Equal seeds draw the same bags. */
  seed: number;
}

/** The most members that an ensemble begins with. */
const FIRST_MEMBERS = 5;
/** So many members are kept, whatever half of the library is. */
const FEWEST_KEPT = 10;
/** How many additions in a row may bring nothing. */
const PATIENCE = 5;

/**
 * The weights of the members, which add up to 1, where sample i counts weights[i] times. Undefined where no member
 * has a score. Of equals, the member that is better alone is added, and then the first.
 */
export function chooseEnsemble(
  library: Library,
  weights: Int32Array,
  { size, bags, seed }: Growth,
): Float64Array | undefined {
  const { members, sign } = library;
  const bench = new Bench(library, weights);
  const alone = Float64Array.from({ length: members }, (_, member) => sign * bench.alone(member));
  const ranked = Array.from(alone.keys())
    .filter(member => !Number.isNaN(alone[member]))
    .sort((a, b) => alone[b] - alone[a] || a - b);
  if (ranked.length === 0) return undefined;
  const kept = ranked.slice(0, Math.max(FEWEST_KEPT, Math.ceil(ranked.length / 2)));
  const rng = Rng.from('spt', 'ensemble', seed);
  const mean = new Float64Array(members);
  for (let bag = 0; bag < bags; bag++) {
    const isIn = bagOf(kept.length, bags, rng);
    const bagged = kept.filter((_, place) => isIn[place] === 1);
    const grown = grow(bench, bagged, size);
    for (const member of grown) mean[member] += 1 / grown.length / bags;
  }
  return mean;
}

/** Flags of the members of a bag: a random half, or all where there is one bag only. */
function bagOf(members: number, bags: number, rng: Rng): Uint8Array {
  const isIn = new Uint8Array(members);
  if (bags === 1) return isIn.fill(1);
  for (const member of rng.permutation(members).subarray(0, Math.ceil(members / 2))) isIn[member] = 1;
  return isIn;
}

/** The members that are added, in their order. @param ranked the members of the bag, the best one first */
function grow(bench: Bench, ranked: readonly number[], size: number): number[] {
  const { sign } = bench;
  const first = ranked.slice(0, Math.min(FIRST_MEMBERS, size));
  let [best, length] = [-Infinity, 0];
  bench.clear();
  for (const [place, member] of first.entries()) {
    bench.add(member);
    const score = sign * bench.score();
    if (score > best) [best, length] = [score, place + 1];
  }
  const added = first.slice(0, length);
  bench.clear();
  for (const member of added) bench.add(member);
  while (added.length < size && added.length < length + PATIENCE) {
    let [next, most] = [-1, -Infinity];
    for (const member of ranked) {
      const score = sign * bench.score(member);
      if (score > most) [next, most] = [member, score];
    }
    bench.add(next);
    added.push(next);
    if (most > best) [best, length] = [most, added.length];
  }
  return added.slice(0, length);
}

/** A mean of members that grows, and its score on weighted samples. */
class Bench {
  readonly sign: 1 | -1;
  private readonly scorers: Scorer[];
  private readonly sums: Float64Array[];
  private readonly means: Float64Array[];
  private count = 0;

  constructor(
    private readonly library: Library,
    weights: Int32Array,
  ) {
    const { folds, sign } = library;
    this.sign = sign;
    this.scorers = Array.from({ length: folds }, (_, fold) => library.scorer(fold, weights));
    this.sums = Array.from({ length: folds }, (_, fold) => new Float64Array(library.values(0, fold).length));
    this.means = this.sums.map(sums => sums.slice());
  }

  clear(): void {
    this.count = 0;
    for (const sums of this.sums) sums.fill(0);
  }

  add(member: number): void {
    this.count++;
    this.sums.forEach((sums, fold) => {
      const values = this.library.values(member, fold);
      for (let i = 0; i < sums.length; i++) sums[i] += values[i];
    });
  }

  alone(member: number): number {
    return meanOver(this.scorers, fold => this.library.values(member, fold));
  }

  /** The score of the mean, with one more member where one is named. */
  score(more?: number): number {
    return meanOver(this.scorers, fold => {
      const [sums, mean] = [this.sums[fold], this.means[fold]];
      const values = more === undefined ? undefined : this.library.values(more, fold);
      const count = this.count + (values ? 1 : 0);
      if (values) for (let i = 0; i < sums.length; i++) mean[i] = (sums[i] + values[i]) / count;
      else for (let i = 0; i < sums.length; i++) mean[i] = sums[i] / count;
      return mean;
    });
  }
}

/** The mean of the scores of the folds that have one; NaN where none has. */
function meanOver(scorers: readonly Scorer[], valuesOf: (fold: number) => Float64Array): number {
  let [sum, count] = [0, 0];
  for (let fold = 0; fold < scorers.length; fold++) {
    const value = scorers[fold](valuesOf(fold));
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

/** The score of the weighted mean of the members. @param shares one for each member; they add up to 1 */
export function ensembleScore(library: Library, shares: Float64Array, weights: Int32Array): number {
  const scorers = Array.from({ length: library.folds }, (_, fold) => library.scorer(fold, weights));
  return meanOver(scorers, fold => {
    const mean = new Float64Array(library.values(0, fold).length);
    shares.forEach((share, member) => {
      if (share === 0) return;
      const values = library.values(member, fold);
      for (let i = 0; i < mean.length; i++) mean[i] += share * values[i];
    });
    return mean;
  });
}
