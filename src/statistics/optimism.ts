/**
 * By how much the best of many configs flatters itself, from the scores of folds alone.
 *
 * Tibshirani and Tibshirani ("A bias correction for the minimum error rate in cross-validation", Annals of Applied
 * Statistics 3, 2009): in each fold, the best score of this fold minus the score of the config that is best over all
 * folds. The mean over the folds estimates the optimism. It needs no further fit.
 */
export class Optimism {
  private readonly firsts: Float64Array;

  /**
   * @param chosen the scores of the config that is best over all folds, one for each fold
   * @param sign 1 where large scores are good, and -1 where small ones are
   */
  constructor(
    private readonly chosen: ArrayLike<number>,
    private readonly sign: 1 | -1,
  ) {
    this.firsts = Float64Array.from(chosen, score => sign * score);
  }

  /** Takes the scores of a config, in the same folds. */
  add(scores: ArrayLike<number>): void {
    const { firsts, sign } = this;
    for (let k = 0; k < firsts.length; k++) if (sign * scores[k] > firsts[k]) firsts[k] = sign * scores[k];
  }

  /** The estimate, at least 0: what is to be taken off a score where large is good, or added where small is. */
  get value(): number {
    let sum = 0;
    for (let k = 0; k < this.firsts.length; k++) sum += this.firsts[k] - this.sign * this.chosen[k];
    return sum / this.firsts.length;
  }
}
