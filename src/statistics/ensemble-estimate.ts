/**
 * What a chosen ensemble is worth, and whether it is better than the best single model: the bootstrap of `bagging.ts`,
 * for both. On the samples that are drawn, a whole ensemble is chosen, and so is a single model. Both are scored on the
 * samples that were not drawn. So what an ensemble gains by fitting its weights to the samples counts in none of the
 * scores. The draws are those of BBC-CV.
 */
import { Rng } from '../base/rng.js';
import { drawWeights, oneBag, spreadOf, type Predictions, type Spread, type Strata } from './bagging.js';
import { chooseEnsemble, ensembleScore, type Growth, type Library } from './ensemble.js';

export interface EnsembleEstimate {
  ensemble: Spread;
  single: Spread;
  /** By how much the ensemble is better: above 0 where it is, whichever scores are good. */
  better: Spread;
  /** The draws with both scores. */
  draws: number;
}

export interface EstimateOptions extends Growth {
  draws: number;
  alpha: number;
  /** Called after each draw. */
  onDraw?(done: number): void;
}

/**
 * All draws. Undefined where half of them have no score.
 * @param library what may be mixed
 * @param singles what a single model is chosen from; it may be more than the library
 */
export function estimateEnsemble(
  library: Library,
  singles: Predictions,
  strata: Strata,
  { draws, alpha, onDraw, ...growth }: EstimateOptions,
): EnsembleEstimate | undefined {
  const rng = Rng.from('spt', 'bbc-cv', growth.seed);
  const found: { ensemble: number; single: number }[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const weights = drawWeights(rng, strata, singles.samples);
    const shares = chooseEnsemble(library, weights, growth);
    const single = oneBag(singles, weights)?.score;
    const outside = weights.map(weight => (weight === 0 ? 1 : 0));
    const ensemble = shares && ensembleScore(library, shares, outside);
    if (single !== undefined && ensemble !== undefined && !Number.isNaN(ensemble))
      found.push({ ensemble, single });
    onDraw?.(draw + 1);
  }
  if (found.length < 2 || 2 * found.length < draws) return undefined;
  const spread = (of: (one: { ensemble: number; single: number }) => number): Spread =>
    spreadOf(found.map(of), alpha);
  return {
    ensemble: spread(({ ensemble }) => ensemble),
    single: spread(({ single }) => single),
    better: spread(({ ensemble, single }) => library.sign * (ensemble - single)),
    draws: found.length,
  };
}
