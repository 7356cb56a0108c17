/**
 * The choice among the configs of one setting: the best one, those that the folds do not tell apart from it, the
 * simplest of them, and by how much the best score flatters itself. The statistics and their sources stand in
 * src/statistics/; docs/choosing.md explains them.
 */
import { rankingDirection } from '../base/direction.js';
import type { Setting } from '../events/ask/setting.js';
import { isFirst } from '../events/ask/summary.js';
import {
  errorOf,
  foldMean,
  halfWidth,
  holm,
  pairedTest,
  shareOf,
  type Folding,
} from '../statistics/folds.js';
import { quantileOf } from '../statistics/sample.js';
import { Optimism } from '../statistics/optimism.js';
import { studentQuantile } from '../statistics/student.js';
import type { Result } from './result.js';
import type { Search } from './search.js';

/** The best mean; the simplest within one error of the best; the simplest that is not told apart from the best. */
export const RULES = ['best', '1se', 'simplest'] as const;
export type Rule = (typeof RULES)[number];

/** The measured size of a model: the features that it uses first, then the number of all that it has learned. */
export interface Size {
  features: number;
  /** Coefficients, support vectors, nodes, weights or samples. */
  parts: number;
}

/** A config that took part, and what the folds say of it. */
export interface Candidate {
  row: number;
  id: string;
  pipeline: string;
  /** The mean over the folds. */
  score: number;
  /** Its corrected standard error. */
  error: number;
  /** Absent where the log has none. */
  size?: Size;
  /** The best score minus this one, its corrected error, and the p value before and after Holm's adjustment. */
  difference: number;
  differenceError: number;
  p: number;
  adjusted: number;
}

/** A score with its interval of level 1 - alpha. */
export interface Scored {
  score: number;
  low: number;
  high: number;
}

/** What the folds say of the configs of one setting. */
export interface Choice {
  setting: Setting;
  direction: 'max' | 'min';
  rule: Rule;
  alpha: number;
  folding: Folding;
  /** The configs with a score, the best one among them. */
  candidates: number;
  best: Candidate;
  chosen: Candidate;
  /** What the best score is flattered by (Tibshirani and Tibshirani), as a positive number. */
  optimism: number;
  /** The best score without it, and its interval. */
  corrected: Scored;
  /**
   * The score of the chosen config that is to be reported, and its interval. The optimism is taken off where the rule
   * is best or 1se. The rule simplest looks for no good score, so nothing is taken off, unless it chose the best.
   */
  reported: Scored;
  /** The configs that are not told apart from the best, the best one among them. */
  alike: { configs: number; pipelines: string[]; first: Candidate[] };
  /**
   * The smallest difference that the folds can show: between two configs that are named beforehand, and between the
   * best and any of the others. It is made of the median error of all differences. Undefined with one candidate.
   */
  visible?: { pair: number; all: number };
  /** Configs without a known size, which the rules 1se and simplest pass over, and configs whose record is damaged. */
  sizeless: number;
  damaged: number;
}

/** The most configs of the set that is not told apart from the best that are listed. */
const MOST_LISTED = 1000;

/** The row of the best score over folds; -1 if there is none. Of equals, it is the one that was enqueued first. */
export function bestOfFolds(search: Search, rows: readonly number[]): number {
  const { state } = search;
  return rows.reduce(
    (best, row) => (!Number.isNaN(state.cv[row]) && isFirst(state, row, best) ? row : best),
    -1,
  );
}

/** What the folds of a setting make of their scores: J, and the share of samples to score. */
export function foldingOf({ cv }: Setting): Folding | undefined {
  const { folds, repeats = 1 } = cv ?? {};
  const share = shareOf(cv);
  // Another program may have written something else into the log.
  if (folds === undefined || share === undefined || !Number.isSafeInteger(repeats)) return undefined;
  return { scores: folds * repeats, share };
}

/** The scores of a result in the folds, for the metric that ranks; undefined where they are not J numbers. */
export function foldScoresOf({ finished, scoring }: Result, { scores }: Folding): number[] | undefined {
  const cv: unknown = finished?.scores.cv;
  const folds = Object.hasOwn(Object(cv), scoring) ? finished!.scores.cv![scoring]?.folds : undefined;
  const isSound = Array.isArray(folds) && folds.length === scores && folds.every(Number.isFinite);
  return isSound ? folds : undefined;
}

/** The size of a result's model; undefined where the log has none. */
function sizeOf({ finished }: Result): Size | undefined {
  const size: unknown = finished?.size;
  const { features, ...rest } = Object(size) as { [kind: string]: unknown };
  const parts = Object.values(rest);
  if (![features, ...parts].every(Number.isFinite)) return undefined;
  return { features: features as number, parts: (parts as number[]).reduce((sum, count) => sum + count, 0) };
}

function isSimpler(size: Size, other: Size): boolean {
  return size.features < other.features || (size.features === other.features && size.parts < other.parts);
}

/**
 * Chooses among rows of one setting, whose folds are known. All configs are read twice at most, batch by batch; of each
 * only a few numbers are kept.
 * @param rows of one setting; those without a score over folds are passed over
 * @param best of them, as `bestOfFolds` gives it
 * @returns undefined where the record of the best config does not have its folds
 */
export async function choose(
  search: Search,
  rows: readonly number[],
  best: number,
  { rule, alpha }: { rule: Rule; alpha: number },
): Promise<Choice | undefined> {
  const setting = search.setting(search.settingOf(best));
  const direction = rankingDirection(search.state.groupOf(best));
  const folding = foldingOf(setting);
  const scores = folding && (await scoresOf(search, best, folding));
  if (!folding || !scores) return undefined;
  const field = await Field.of(search, rows, { best, scores, folding, sign: direction === 'max' ? 1 : -1 });
  const { adjusted } = field;
  const own = field.places.indexOf(best);
  const means = field.scores;
  const limit = field.error(own);
  const chosen = field.chosenBy(rule, alpha, limit);
  const alike = field.places.map((_, i) => i).filter(i => adjusted[i] > alpha);
  const sign = direction === 'max' ? 1 : -1;
  alike.sort((i, j) => sign * (means[j] - means[i]) || field.places[i] - field.places[j]);
  const candidate = (i: number): Candidate => field.candidate(search, i);
  const scored = (i: number, off: number): Scored => {
    const half = halfWidth(field.error(i), alpha, folding);
    const score = means[i] - sign * off;
    return { score, low: score - half, high: score + half };
  };
  return {
    ...{ setting, direction, rule, alpha, folding },
    candidates: field.places.length,
    best: candidate(own),
    chosen: candidate(chosen),
    optimism: field.optimism,
    corrected: scored(own, field.optimism),
    reported: scored(chosen, rule === 'simplest' && chosen !== own ? 0 : field.optimism),
    alike: {
      configs: alike.length,
      pipelines: [...new Set(alike.map(i => search.state.groupOf(field.places[i]).pipeline))],
      first: alike.slice(0, MOST_LISTED).map(candidate),
    },
    ...(field.places.length > 1 && {
      visible: visibleOf(field.typicalError(own), alpha, folding, field.places.length),
    }),
    ...{ sizeless: field.sizeless, damaged: field.damaged },
  };
}

/** The smallest differences that are significant where a difference has this error. */
function visibleOf(
  error: number,
  alpha: number,
  { scores }: Folding,
  candidates: number,
): NonNullable<Choice['visible']> {
  const times = (comparisons: number): number => studentQuantile(1 - alpha / comparisons / 2, scores - 1);
  return { pair: times(1) * error, all: times(candidates - 1) * error };
}

async function scoresOf(search: Search, row: number, folding: Folding): Promise<number[] | undefined> {
  for await (const [result] of search.results([row], { configs: false }))
    return foldScoresOf(result, folding);
  return undefined;
}

interface Against {
  best: number;
  /** The scores of the best config in the folds. */
  scores: readonly number[];
  folding: Folding;
  sign: 1 | -1;
}

/** A few numbers of each candidate, by its place in the order of enqueueing. */
class Field {
  readonly places: number[] = [];
  readonly scores: number[] = [];
  private readonly deviations: number[] = [];
  private readonly differences: number[] = [];
  private readonly differenceErrors: number[] = [];
  private readonly p: number[] = [];
  private readonly features: number[] = [];
  private readonly parts: number[] = [];
  adjusted = new Float64Array(0);
  optimism = 0;
  sizeless = 0;
  damaged = 0;

  private constructor(private readonly against: Against) {}

  static async of(search: Search, rows: readonly number[], against: Against): Promise<Field> {
    const field = new Field(against);
    const optimism = new Optimism(against.scores, against.sign);
    const ranked = rows.filter(
      row => !Number.isNaN(search.state.cv[row]) && search.state.statusOf(row) === 'finished',
    );
    for await (const batch of search.results(ranked, { configs: false }))
      for (const result of batch) field.add(result, optimism);
    field.optimism = optimism.value;
    field.adjust();
    return field;
  }

  private add(result: Result, optimism: Optimism): void {
    const { best, scores, folding, sign } = this.against;
    const folds = foldScoresOf(result, folding);
    if (!folds) {
      this.damaged++;
      return;
    }
    optimism.add(folds);
    const { mean, deviation } = foldMean(folds, folding);
    const test = pairedTest(scores, folds, folding);
    this.places.push(result.row);
    this.scores.push(mean);
    this.deviations.push(deviation);
    this.differences.push(sign * test.mean);
    this.differenceErrors.push(test.error);
    this.p.push(result.row === best ? 1 : test.p);
    const size = sizeOf(result);
    if (!size) this.sizeless++;
    this.features.push(size?.features ?? NaN);
    this.parts.push(size?.parts ?? NaN);
  }

  /** Adjusts the p values of all comparisons with the best. The best is compared with nothing. */
  private adjust(): void {
    const own = this.places.indexOf(this.against.best);
    const others = holm(this.p.filter((_, i) => i !== own));
    this.adjusted = new Float64Array(this.p.length).fill(1);
    this.adjusted.set(others.subarray(0, own));
    this.adjusted.set(others.subarray(own), own + 1);
  }

  error(i: number): number {
    return errorOf(this.deviations[i], this.against.folding);
  }

  /** The median error of the differences from the best. */
  typicalError(own: number): number {
    const errors = Float64Array.from(this.differenceErrors.filter((_, i) => i !== own)).sort();
    return quantileOf(errors, 0.5);
  }

  /** The place of the config that a rule chooses. A config without a size is not simple. */
  chosenBy(rule: Rule, alpha: number, limit: number): number {
    const own = this.places.indexOf(this.against.best);
    if (rule === 'best') return own;
    let found = -1;
    for (let i = 0; i < this.places.length; i++) {
      const isGood = rule === '1se' ? this.differences[i] <= limit : this.adjusted[i] > alpha;
      const size = this.size(i);
      if (isGood && size && (found < 0 || isSimpler(size, this.size(found)!))) found = i;
    }
    return found < 0 ? own : found;
  }

  private size(i: number): Size | undefined {
    return Number.isNaN(this.features[i]) ? undefined : { features: this.features[i], parts: this.parts[i] };
  }

  candidate(search: Search, i: number): Candidate {
    const row = this.places[i];
    const size = this.size(i);
    return {
      ...{ row, id: search.state.id(row), pipeline: search.state.groupOf(row).pipeline },
      ...{ score: this.scores[i], error: this.error(i), ...(size && { size }) },
      ...{ difference: this.differences[i], differenceError: this.differenceErrors[i] },
      ...{ p: this.p[i], adjusted: this.adjusted[i] },
    };
  }
}
