/** The features that a tree, a level and a node of boosted trees draw, each from those drawn before. */
import { Task } from './boost-task';
import { drawSubset, drawUnit } from './random';

/** Copies the marked ones of a list of n (u32) and clears the marks. */
function copyMarked(task: Task, n: u32, from: usize, to: usize): void {
  for (let w: u32 = 0; w < (n + 63) >> 6; w++) {
    const at = task.chosen + ((<usize>w) << 3);
    let bits = load<u64>(at);
    store<u64>(at, 0);
    for (; bits; bits &= bits - 1) {
      store<u32>(to, load<u32>(from + ((<usize>((w << 6) | (<u32>ctz(bits)))) << 2)));
      to += 4;
    }
  }
}

/** Draws k of the n features of a list. They keep their order. */
function drawFeatures(task: Task, state: usize, n: u32, k: u32, from: usize, to: usize): void {
  drawSubset(state, n, k, task.chosen);
  copyMarked(task, n, from, to);
}

/** Draws the features of the tree, and keeps the state of the generator, from which its levels draw theirs. */
export function drawTreeFeatures(task: Task): void {
  memory.copy(task.random + 32, task.random, 16);
  const list = task.levelList;
  for (let j: u32 = 0; j < task.features; j++) store<u32>(list + ((<usize>j) << 2), j);
  if (task.treeFeatures == task.features) memory.copy(task.treeList, list, (<usize>task.features) << 2);
  else drawFeatures(task, task.random, task.features, task.treeFeatures, list, task.treeList);
}

/** Draws the features of a level. All nodes of the level get the same ones, in whatever order nodes are split. */
function drawLevel(task: Task, depth: u32): void {
  const state = task.random + 16;
  memory.copy(state, task.random + 32, 16);
  store<u32>(state, load<u32>(state) ^ ((depth + 1) * 0x9e3779b9));
  for (let i = 0; i < 8; i++) drawUnit(state);
  drawFeatures(task, state, task.treeFeatures, task.levelFeatures, task.treeList, task.levelList);
}

/** The features by which a node may be split: u32[nodeFeatures]. */
export function featuresOf(task: Task, depth: u32): usize {
  let list = task.treeList;
  if (task.levelFeatures < task.treeFeatures) {
    drawLevel(task, depth);
    list = task.levelList;
  }
  if (task.nodeFeatures == task.levelFeatures) return list;
  drawFeatures(task, task.random, task.levelFeatures, task.nodeFeatures, list, task.nodeList);
  return task.nodeList;
}
