/** Walks down trees: forests and boosted trees. */
import { sigmoidSingles, softmaxSingles } from '../../ml/outputs/probabilities.js';
import { exp } from '../../kernels/math.js';
import type { BoostedPart, BoostedValuePart, ForestPart, ForestValuePart, TreeTable } from '../plan.js';
import { byProbability, type Says, type SaysValue } from './answer.js';

/** The leaf that a sample falls into. */
function leafOf(trees: TreeTable, root: number, x: ArrayLike<number>): number {
  let at = root;
  while (trees.feature[at] >= 0)
    at = goesLeft(trees, at, x[trees.feature[at]]) ? trees.left[at] : trees.right[at];
  return at;
}

/** Whether a value goes to the left child of a split. It is rounded to f32 before, where the table compares f32. */
function goesLeft({ threshold, missingLeft, rule }: TreeTable, at: number, value: number): boolean {
  if (missingLeft && Number.isNaN(value)) return missingLeft[at] === 1;
  return rule === '<' ? value < threshold[at] : value <= threshold[at];
}

/** The values as a table compares them. */
function compared({ singles }: TreeTable, x: Float64Array): Float64Array | Float32Array {
  return singles ? Float32Array.from(x) : x;
}

export function forestSays({ trees, leaf, shares, classes }: ForestPart): Says {
  return given => {
    const x = compared(trees, given);
    const sums = new Float64Array(classes);
    for (const root of trees.roots) {
      const row = leaf[leafOf(trees, root, x)];
      for (let c = 0; c < classes; c++) sums[c] += shares[row * classes + c];
    }
    return byProbability(sums.map(sum => sum / trees.roots.length));
  };
}

export function boostedSays({ trees, outputs, base, value, classes }: BoostedPart): Says {
  return given => {
    const x = compared(trees, given);
    const margins = new Float32Array(outputs).fill(base);
    trees.roots.forEach((root, tree) => (margins[tree % outputs] += value[leafOf(trees, root, x)]));
    return byProbability(outputs === 1 ? sigmoidSingles(margins) : softmaxSingles(margins, classes));
  };
}

export function forestValue({ trees, leaf, leaves }: ForestValuePart): SaysValue {
  return given => {
    const x = compared(trees, given);
    let sum = 0;
    for (const root of trees.roots) sum += leaves[leaf[leafOf(trees, root, x)]];
    return sum / trees.roots.length;
  };
}

export function boostedValue({ trees, base, value, link }: BoostedValuePart): SaysValue {
  return given => {
    const x = compared(trees, given);
    let margin = base;
    for (const root of trees.roots) margin = Math.fround(margin + value[leafOf(trees, root, x)]);
    return link === 'exp' ? Math.fround(exp(margin)) : margin;
  };
}
