/**
 * The names of outer folds. A nested cross-validation of the split A1 is one split for each outer fold, `A1.outer1` and
 * so on: fitted on the samples outside of the fold, and validated on those inside.
 */

const OUTER = /^(.+)\.outer([1-9]\d*)$/;

/** The split of an outer fold. @param fold from 1 */
export const outerName = (split: string, fold: number): string => `${split}.outer${fold}`;

/** The split and the number of the outer fold that a name tells; undefined for other names. */
export function outerOf(name: string): { split: string; fold: number } | undefined {
  const [, split, fold] = OUTER.exec(name) ?? [];
  return split === undefined ? undefined : { split, fold: Number(fold) };
}
