/**
 * The search for splits of boosted trees in histograms: for each bin of each column, the sums of the node's
 * gradients. Histograms are faster than lists where many samples share a bin.
 *
 * A histogram stores all bins of a column but its commonest one. The sum of that bin is the node's total less the
 * other bins. Of two children, only the smaller one is summed. The histogram of the larger one is that of the parent
 * less that of the smaller one. A node of few samples has no histogram: it lists the slots that its samples have.
 */
import { bitOf } from './bitmap';
import { tryFeature } from './boost-split';
import { firstSlot, gradientsOf, missingBin, Node, Task } from './boost-task';

/** How many places for stored histograms are free now. */
let free: u32 = 0;

/** Where a stored histogram lies: f64[slots][2]. */
function storedAt(task: Task, slot: i32): usize {
  return task.stored + <usize>slot * <usize>firstSlot(task, task.features) * 16;
}

/** Adds the gradients of the samples `start` to `end` - 1, times a sign, to their slots in a histogram. */
function addRows<Id>(task: Task, start: u32, end: u32, sign: f64, table: usize): void {
  const gradients = gradientsOf(task);
  for (let at = start; at < end; at++) {
    const sample = <usize>load<u32>(task.samples + ((<usize>at) << 2));
    const sums = f64x2.mul(v128.load(gradients + (sample << 4)), f64x2.splat(sign));
    const first = load<u32>(task.rowStarts + (sample << 2));
    const last = task.rowSlots + <usize>load<u32>(task.rowStarts + (sample << 2), 4) * sizeof<Id>();
    for (let from = task.rowSlots + <usize>first * sizeof<Id>(); from < last; from += sizeof<Id>()) {
      const slot = table + ((<usize>load<Id>(from)) << 4);
      v128.store(slot, f64x2.add(v128.load(slot), sums));
    }
  }
}

/** Marks the slots of a node's samples. */
function markRows<Id>(task: Task, node: Node): void {
  const marks = task.marks;
  for (let at = node.start; at < node.end; at++) {
    const sample = <usize>load<u32>(task.samples + ((<usize>at) << 2));
    const first = load<u32>(task.rowStarts + (sample << 2));
    const last = task.rowSlots + <usize>load<u32>(task.rowStarts + (sample << 2), 4) * sizeof<Id>();
    for (let from = task.rowSlots + <usize>first * sizeof<Id>(); from < last; from += sizeof<Id>()) {
      const slot = <usize>load<Id>(from);
      const word = marks + ((slot >> 6) << 3);
      store<u64>(word, load<u64>(word) | bitOf(<u32>slot));
    }
  }
}

/** Lists the marked slots. Returns the end of the list. */
function listMarked<Id>(task: Task): usize {
  let out = task.slotList;
  for (let w: u32 = 0; w <= firstSlot(task, task.features) >> 6; w++) {
    for (let bits = load<u64>(task.marks + ((<usize>w) << 3)); bits; bits &= bits - 1) {
      store<Id>(out, <Id>((w << 6) | (<u32>ctz(bits))));
      out += sizeof<Id>();
    }
  }
  return out;
}

/**
 * Tries the splits of one feature in a histogram. Its slots are listed from `ids` up to `end`; slots without samples
 * may be missing from the list.
 */
function trySlots<Id>(task: Task, node: Node, feature: u32, ids: usize, end: usize, table: usize): void {
  const first = firstSlot(task, feature);
  const missing = first + missingBin(task, feature);
  const common = load<u32>(task.common + ((<usize>feature) << 2));
  const slot = table + ((<usize>(first + common)) << 4);
  if (common != u32.MAX_VALUE) {
    let others = f64x2.splat(0);
    for (let at = ids; at < end; at += sizeof<Id>()) {
      others = f64x2.add(others, v128.load(table + ((<usize>load<Id>(at)) << 4)));
    }
    v128.store(slot, f64x2.sub(v128.load(changetype<usize>(node)), others));
  }
  if (end > ids && <u32>load<Id>(end - sizeof<Id>()) == missing) end -= sizeof<Id>();
  tryFeature<Id>(task, node, feature, ids, <u32>((end - ids) / sizeof<Id>()), table);
  if (common != u32.MAX_VALUE) v128.store(slot, f64x2.splat(0));
}

/** Tries the splits of some features (u32[nodeFeatures]) in the node's stored histogram. */
export function tryStored<Id>(task: Task, node: Node, features: usize): void {
  const table = storedAt(task, node.slot);
  for (let i: u32 = 0; i < task.nodeFeatures; i++) {
    const feature = load<u32>(features + ((<usize>i) << 2));
    const ids = task.identity + <usize>firstSlot(task, feature) * sizeof<Id>();
    const end = task.identity + <usize>firstSlot(task, feature + 1) * sizeof<Id>();
    trySlots<Id>(task, node, feature, ids, end, table);
  }
}

/** Tries the splits of some features (u32[nodeFeatures]) of a node of few samples, in the slots that these have. */
export function tryListed<Id>(task: Task, node: Node, features: usize): void {
  const words = <usize>((firstSlot(task, task.features) >> 6) + 1);
  memory.copy(task.marks, task.commonMarks, words << 3);
  markRows<Id>(task, node);
  addRows<Id>(task, node.start, node.end, 1, task.histogram);
  const last = listMarked<Id>(task);
  let at = task.slotList;
  for (let i: u32 = 0; i < task.nodeFeatures; i++) {
    const feature = load<u32>(features + ((<usize>i) << 2));
    while (at < last && <u32>load<Id>(at) < firstSlot(task, feature)) at += sizeof<Id>();
    const ids = at;
    while (at < last && <u32>load<Id>(at) < firstSlot(task, feature + 1)) at += sizeof<Id>();
    trySlots<Id>(task, node, feature, ids, at, task.histogram);
  }
  for (at = task.slotList; at < last; at += sizeof<Id>()) {
    v128.store(task.histogram + ((<usize>load<Id>(at)) << 4), f64x2.splat(0));
  }
}

/** Sums the histogram of a node into a free place. */
export function storeHistogram(task: Task, node: Node): void {
  free--;
  node.slot = load<i32>(task.free + ((<usize>free) << 2));
  const table = storedAt(task, node.slot);
  memory.fill(table, 0, (<usize>firstSlot(task, task.features)) << 4);
  if (task.wideIds) addRows<u32>(task, node.start, node.end, 1, table);
  else addRows<u16>(task, node.start, node.end, 1, table);
}

/** Marks all places of histograms as free. */
export function freeAll(task: Task): void {
  for (free = 0; free < task.freeCount; free++) store<u32>(task.free + ((<usize>free) << 2), free);
}

/** Gives back the place of a node's histogram, if it has one. */
export function freeHistogram(task: Task, node: Node): void {
  if (node.slot < 0) return;
  store<i32>(task.free + ((<usize>free) << 2), node.slot);
  free++;
  node.slot = -1;
}

/** Subtracts the histogram of a child from that of its parent. What is left is that of the other child. */
function takeHistogram(task: Task, table: usize, child: Node): void {
  if (child.slot < 0) {
    if (task.wideIds) addRows<u32>(task, child.start, child.end, -1, table);
    else addRows<u16>(task, child.start, child.end, -1, table);
    return;
  }
  let other = storedAt(task, child.slot);
  for (let end = table + ((<usize>firstSlot(task, task.features)) << 4); table < end; table += 16) {
    v128.store(table, f64x2.sub(v128.load(table), v128.load(other)));
    other += 16;
  }
}

/** Gives those children of a node that have many samples a histogram each. */
export function shareHistogram(task: Task, node: Node, first: Node, second: Node): void {
  if (node.slot < 0) return;
  const isFirst = first.end - first.start < second.end - second.start;
  const small = isFirst ? first : second;
  const large = isFirst ? second : first;
  if (large.end - large.start < task.storeFrom) return freeHistogram(task, node);
  if (small.end - small.start >= task.storeFrom) storeHistogram(task, small);
  takeHistogram(task, storedAt(task, node.slot), small);
  large.slot = node.slot;
  node.slot = -1;
}
