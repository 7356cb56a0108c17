/**
 * A fold that is unlike the others: most configs score far below their other folds there.
 *
 * For each config, a fold's deviation is its score minus the mean of the config's folds. The profile of a setting is
 * the median deviation of each fold over the better half of its configs. A fold is unlike the others where its profile
 * lies outside of what the profiles of the others predict: t = (mean of the others - fold) / (s sqrt(1 + 1 / (k - 1))),
 * with k - 2 degrees of freedom. The chance to name any fold of k equal ones is at most 1%.
 */
import { isBetter, rankingDirection } from '../base/direction.js';
import type { Setting } from '../events/ask/setting.js';
import { twoSided } from '../statistics/student.js';
import { rankedScore } from './check-edges.js';
import type { Finding, Watch } from './check.js';
import type { Result } from './result.js';
import type { Search } from './search.js';

/** The chance of a false alarm in one setting. */
const BY_CHANCE = 0.01;
/** A fold is named only where at least this share of the configs does worst in it. */
const MOST_CONFIGS = 0.5;
/** How many configs of a setting are kept. Of more, every second, every fourth, ... is kept. */
const MOST_KEPT = 4000;
const SHUFFLE =
  ' Set `shuffle: true` under `cv:` where the order of the metadata means something, or `group:` where samples ' +
  'belong together.';
/** Fewer configs say little. */
const LEAST_CONFIGS = 3;

interface Kept {
  score: number;
  folds: readonly number[];
}

interface SettingFolds {
  first: Result;
  kept: Kept[];
  /** Every `stride`-th config is kept. */
  stride: number;
  seen: number;
}

export class FoldWatch implements Watch {
  private readonly settings = new Map<number, SettingFolds>();

  constructor(private readonly search: Search) {}

  see(result: Result): void {
    const ranked = rankedScore(result);
    if (!ranked?.folds || ranked.folds.length < 4 || !ranked.folds.every(Number.isFinite)) return;
    let found = this.settings.get(result.setting);
    if (!found) this.settings.set(result.setting, (found = { first: result, kept: [], stride: 1, seen: 0 }));
    if (
      found.seen++ % found.stride !== 0 ||
      ranked.folds.length !== (found.kept[0]?.folds ?? ranked.folds).length
    )
      return;
    found.kept.push({ score: ranked.score, folds: ranked.folds });
    if (found.kept.length < MOST_KEPT) return;
    found.kept = found.kept.filter((_, i) => i % 2 === 0);
    found.stride *= 2;
  }

  findings(): Finding[] {
    return [...this.settings.values()].flatMap(({ first, kept }) => {
      const { cv } = this.search.setting(first.setting);
      // A fold of one sample is unlike the others by its nature.
      if (kept.length < LEAST_CONFIGS || cv?.type === 'leave-one-out') return [];
      const group = this.search.state.groupOf(first.row);
      kept.sort((a, b) =>
        isBetter(group, a.score, b.score) ? -1 : isBetter(group, b.score, a.score) ? 1 : 0,
      );
      const better = kept.slice(0, Math.max(LEAST_CONFIGS, Math.ceil(kept.length / 2)));
      const odd = oddFold(
        better.map(({ folds }) => folds),
        rankingDirection(group) === 'min' ? -1 : 1,
      );
      return odd ? [finding(first, odd, cv)] : [];
    });
  }
}

interface OddFold {
  /** From 0, over all drawings. */
  fold: number;
  /** How much worse the fold is than the mean of the others, as a median over the configs. */
  gap: number;
  t: number;
  /** How many of how many configs do worst in it. */
  worst: number;
  configs: number;
  folds: number;
}

/** The fold in which configs do far worse than in the others, if any. `sign` is 1 where more is better, else -1. */
function oddFold(scores: readonly (readonly number[])[], sign: number): OddFold | undefined {
  const k = scores[0].length;
  const profile = Array.from({ length: k }, (_, f) =>
    median(scores.map(folds => sign * (folds[f] - folds.reduce((a, b) => a + b, 0) / k))),
  );
  const fold = profile.indexOf(Math.min(...profile));
  const others = profile.filter((_, f) => f !== fold);
  const mean = others.reduce((a, b) => a + b, 0) / others.length;
  const s = Math.sqrt(others.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (others.length - 1));
  const gap = mean - profile[fold];
  if (!(gap > 1e-12) || !(s > 1e-12)) return undefined;
  const t = gap / (s * Math.sqrt(1 + 1 / others.length));
  const worst = scores.filter(folds => folds.every(score => sign * score >= sign * folds[fold])).length;
  if (twoSided(t, others.length - 1) / 2 > BY_CHANCE / k || worst < MOST_CONFIGS * scores.length)
    return undefined;
  return { fold, gap, t, worst, configs: scores.length, folds: k };
}

function median(values: number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function finding(
  { split, scoring, setting }: Result,
  { fold, gap, t, worst, configs, folds }: OddFold,
  cv: Setting['cv'],
): Finding {
  return {
    level: 'note',
    kind: 'fold-unlike',
    split,
    setting,
    message:
      `fold ${fold + 1} of ${folds} is unlike the others: ${scoring} is ${gap.toFixed(4)} worse there, ` +
      `${t.toFixed(1)} standard errors of a new fold, and ${worst} of the ${configs} better configs do worst in it.`,
    advice:
      'Look at what its samples have in common, for example one batch or one patient.' +
      (cv?.type === undefined ? SHUFFLE : ''),
    numbers: { fold: fold + 1, gap, t, worst, configs, folds },
  };
}
