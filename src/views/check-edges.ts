/**
 * Best values at the edge of an axis. The best config of a pipeline stands at the smallest or the largest value
 * that was tried, and the best config with another value is clearly worse. Then a better value may lie beyond the edge.
 *
 * Of an axis without effect, the best value is an end of it very often: of three values, twice in three times. So the
 * two configs are compared over the same folds. An edge is told only where their mean difference is at least one and a
 * half standard errors (Nadeau and Bengio 2003; see statistics/folds.ts). By simulation with 5 folds, an axis without
 * effect is then told in 7% of searches if it has three values, and in 1% if it has five.
 */
import type { Json } from '../base/config.js';
import { isBetter } from '../base/direction.js';
import type { Place } from '../base/errors.js';
import { pairedTest, type Folding } from '../statistics/folds.js';
import type { Finding, Watch } from './check.js';
import { foldingOf } from './choice.js';
import { parametersOf } from './parameters.js';
import type { Result } from './result.js';
import type { Search } from './search.js';

export type Side = 'smallest' | 'largest';

/** An axis of numbers with at least three values. */
export interface CheckedAxis {
  /** As in `parametersOf`: `SVC.C`. */
  parameter: string;
  place: Place;
  /** The number of a value; undefined where it is none. */
  numberOf(value: Json | undefined): number | undefined;
  /** The side of the axis that a number lies at, if any. */
  sideOf(value: number): Side | undefined;
  /** What to try beyond a side, as a sentence; undefined where nothing lies beyond, because the step takes no more. */
  beyond(side: Side): string | undefined;
}

/** One map of parameters of one step of a pipeline. */
export interface CheckedPart {
  pipeline: string;
  /** Whether a config's parameters of the step are of this map. */
  holds(parameters: ReadonlyMap<string, Json>): boolean;
  axes: readonly CheckedAxis[];
}

/** What is kept of a config. */
interface Kept {
  id: string;
  score: number;
  value: number;
  folds?: readonly number[];
}

/** The best configs of one axis in one setting. */
interface AxisBest {
  axis: CheckedAxis;
  smallest?: Kept;
  largest?: Kept;
  inside?: Kept;
}

/** The best of one pipeline in one setting. */
interface PipelineBest {
  pipeline: string;
  split: string;
  scoring: string;
  /** Undefined without cross-validation. */
  folding?: Folding;
  isBetter(a: number, b: number): boolean;
  best: number;
  /** By part and axis. */
  axes: AxisBest[][];
}

/** The mean difference in standard errors that an edge is told from. */
const LEAST_T = 1.5;

/** The score that ranks, and its folds; undefined where nothing ranks. */
export function rankedScore({ status, finished, scoring }: Result) {
  if (status !== 'finished' || !finished || finished.unranked) return undefined;
  const cv = finished.scores.cv?.[scoring];
  const score = cv ? cv.mean : finished.scores.validate?.[scoring];
  if (typeof score !== 'number' || !Number.isFinite(score)) return undefined;
  return { score, folds: cv?.folds };
}

export class EdgeWatch implements Watch {
  private readonly partsOf = new Map<string, CheckedPart[]>();
  private readonly bests = new Map<string, PipelineBest>();

  constructor(
    private readonly search: Search,
    parts: readonly CheckedPart[],
  ) {
    for (const part of parts)
      this.partsOf.set(part.pipeline, [...(this.partsOf.get(part.pipeline) ?? []), part]);
  }

  see(result: Result): void {
    const parts = this.partsOf.get(result.pipeline);
    const ranked = rankedScore(result);
    if (!parts || !ranked || !result.config) return;
    const found = this.bestsOf(result, parts);
    if (Number.isNaN(found.best) || found.isBetter(ranked.score, found.best)) found.best = ranked.score;
    const parameters = parametersOf(result.config);
    parts.forEach((part, p) => {
      if (!part.holds(parameters)) return;
      for (const best of found.axes[p]) {
        const value = best.axis.numberOf(parameters.get(best.axis.parameter));
        if (value === undefined) continue;
        const where = best.axis.sideOf(value) ?? 'inside';
        const known = best[where];
        if (!known || found.isBetter(ranked.score, known.score))
          best[where] = { id: result.id, value, ...ranked };
      }
    });
  }

  private bestsOf({ row, pipeline, split, scoring, setting }: Result, parts: CheckedPart[]): PipelineBest {
    const key = JSON.stringify([setting, pipeline]);
    let found = this.bests.get(key);
    if (!found) {
      const group = this.search.state.groupOf(row);
      found = {
        pipeline,
        split,
        scoring,
        folding: foldingOf(this.search.setting(setting)),
        isBetter: (a, b) => isBetter(group, a, b),
        best: NaN,
        axes: parts.map(part => part.axes.map(axis => ({ axis }))),
      };
      this.bests.set(key, found);
    }
    return found;
  }

  findings(): Finding[] {
    return [...this.bests.values()].flatMap(found =>
      found.axes.flat().flatMap(axis => {
        const side = (['smallest', 'largest'] as const).find(name => axis[name]?.score === found.best);
        return side ? edgeOf(found, axis, side) : [];
      }),
    );
  }
}

function edgeOf(
  { pipeline, split, scoring, folding, isBetter: better }: PipelineBest,
  best: AxisBest,
  side: Side,
): Finding[] {
  const { axis, inside } = best;
  const edge = best[side]!;
  const other = best[side === 'smallest' ? 'largest' : 'smallest'];
  const rest = [inside, other].filter(kept => kept !== undefined);
  if (!inside || rest.some(kept => !better(edge.score, kept.score))) return [];
  const test = errorsBetween(edge, inside, folding);
  if (test !== undefined && Math.abs(test.t) < LEAST_T) return [];
  const advice = axis.beyond(side);
  if (advice === undefined) return [];
  const gain = Math.abs(edge.score - inside.score);
  const errors = test && Number.isFinite(test.t) ? ` (${Math.abs(test.t).toFixed(1)} standard errors)` : '';
  return [
    {
      level: 'note',
      kind: 'edge',
      split,
      pipeline,
      place: axis.place,
      message:
        `${axis.parameter} = ${short(edge.value)} of the best config is the ${side} that was tried: ${scoring} is ` +
        `${edge.score.toFixed(4)}, and ${inside.score.toFixed(4)} with the best other value, ` +
        `${short(inside.value)}${errors}.`,
      advice,
      numbers: {
        value: edge.value,
        score: edge.score,
        inside: inside.score,
        gain,
        ...(test && { t: test.t }),
      },
      configs: [edge.id, inside.id],
    },
  ];
}

/** The paired test of two configs over the same folds; undefined without folds. */
function errorsBetween(a: Kept, b: Kept, folding: Folding | undefined): { t: number } | undefined {
  if (!folding || a.folds?.length !== folding.scores || b.folds?.length !== folding.scores) return undefined;
  return pairedTest(a.folds, b.folds, folding);
}

/** A number in at most 4 digits, without zeros that say nothing. */
function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
