/** The search for the best split of a node of a boosted tree, along lists or in histograms. */
import { featuresOf } from './boost-features';
import {
  freeAll,
  freeHistogram,
  shareHistogram,
  storeHistogram,
  tryListed,
  tryStored,
} from './boost-histograms';
import { listRoot, splitListsOf, tryLists } from './boost-lists';
import { forgetSplit, writeSplit } from './boost-split';
import { Node, Task } from './boost-task';

/** Whether a node is heavy enough for two children. */
function maySplit(task: Task, node: Node): bool {
  return node.hessian >= 2 * task.minChildWeight;
}

/** Prepares the lists or the histogram of the root, once its samples are drawn. */
export function prepareRoot(task: Task, root: Node): void {
  freeAll(task);
  if (task.lists) {
    if (task.wideIds) listRoot<u32>(task, root);
    else listRoot<u16>(task, root);
  } else if (root.end >= task.storeFrom) storeHistogram(task, root);
}

/** Prepares the lists or the histograms of the children of a node, if one of them may be split. */
export function prepareChildren(task: Task, node: Node, first: Node, second: Node): void {
  if (!maySplit(task, first) && !maySplit(task, second)) return freeHistogram(task, node);
  if (!task.lists) return shareHistogram(task, node, first, second);
  if (task.wideIds) splitListsOf<u32>(task, node, second.start);
  else splitListsOf<u16>(task, node, second.start);
}

/** Tries the splits of some features (u32[nodeFeatures]). */
function tryAll<Id>(task: Task, node: Node, features: usize): void {
  if (task.lists) tryLists<Id>(task, node, features);
  else if (node.slot < 0) tryListed<Id>(task, node, features);
  else tryStored<Id>(task, node, features);
}

/** Searches the best split of a node and writes it there. A loss of 0 means that there is none. */
export function searchSplit(task: Task, node: Node): void {
  forgetSplit();
  const features = featuresOf(task, node.depth);
  if (maySplit(task, node)) {
    if (task.wideIds) tryAll<u32>(task, node, features);
    else tryAll<u16>(task, node, features);
  }
  writeSplit(node);
}
