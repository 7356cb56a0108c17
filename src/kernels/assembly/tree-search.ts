/** The search for the best split of a node of a tree, over drawn features. */
import { bitOf } from './bitmap';
import { drawBelow } from './random';
import { tryBest } from './tree-best';
import { tryRandom } from './tree-random';
import { forgetSplit } from './tree-split';
import { Node, Task } from './tree-task';

/** Draws the next feature: the i-th one of a permutation that is shuffled only as far as it is used. */
function drawFeature(task: Task, i: u32): u32 {
  if (task.inOrder) return i;
  const here = task.permutation + ((<usize>i) << 2);
  const there = task.permutation + ((<usize>(i + drawBelow(task.random, task.features - i))) << 2);
  const feature = load<u32>(there);
  store<u32>(there, load<u32>(here));
  store<u32>(here, feature);
  return feature;
}

/**
 * Searches the best split of a node with the sums `values`. It tries maxFeatures drawn features, and then
 * others until one of them is not constant. Of equally good splits the first one counts. The bitmap `constant` marks
 * the features that are constant in the node; the search adds to it.
 */
export function searchSplit(task: Task, node: Node, values: usize, constant: usize): void {
  forgetSplit();
  let useful = false;
  for (let i: u32 = 0; i < task.features && (i < task.maxFeatures || !useful); i++) {
    const feature = drawFeature(task, i);
    const word = constant + ((<usize>(feature >> 6)) << 3);
    const bit = bitOf(feature);
    if (load<u64>(word) & bit) continue;
    const differs = task.randomThresholds
      ? tryRandom(task, feature, node, values)
      : task.wideIds
        ? tryBest<u32>(task, feature, node, values)
        : tryBest<u16>(task, feature, node, values);
    if (differs) useful = true;
    else store<u64>(word, load<u64>(word) | bit);
  }
}
