/** What boosted trees add to the margins of samples. The reference is ../reference/boost.ts. */

/** One step down a tree: the child to which the row goes, or the node itself if it is a leaf. */
// @ts-ignore: decorator
@inline
function step(
  at: usize,
  row: usize,
  columnBytes: usize,
  feature: usize,
  value: usize,
  missingLeft: usize,
  next: usize,
): usize {
  const column = load<i32>(feature + (at << 2));
  if (column < 0) return at;
  const here = load<f32>(row + <usize>column * columnBytes);
  const right = here != here ? !load<u8>(missingLeft + at) : here >= load<f32>(value + (at << 2));
  return <usize>load<u32>(next + (at << 2)) + <usize>right;
}

/**
 * Adds the trees `first` to `last` - 1 to margins f32[m][outputs], tree by tree. Tree t belongs to output t %
 * outputs.
 *
 * x holds f32; its rows are rowBytes apart, its columns columnBytes. roots, u32[trees], is the first node of each
 * tree. Of each node: feature i32, -1 for a leaf; value f32, the threshold of a split or the value of a leaf;
 * missingLeft u8; next i32, the left child, which the right one follows.
 */
export function addTrees(
  m: u32,
  x: usize,
  rowBytes: usize,
  columnBytes: usize,
  outputs: u32,
  first: u32,
  last: u32,
  roots: usize,
  feature: usize,
  value: usize,
  missingLeft: usize,
  next: usize,
  margins: usize,
): void {
  for (let tree = first; tree < last; tree++) {
    const root = <usize>load<u32>(roots + ((<usize>tree) << 2));
    const to = margins + ((<usize>(tree % outputs)) << 2);
    // Four samples walk side by side: while one waits for memory, the others go on.
    for (let i: u32 = 0; i < m; i += 4) {
      const row0 = x + <usize>i * rowBytes;
      const row1 = x + <usize>min<u32>(i + 1, m - 1) * rowBytes;
      const row2 = x + <usize>min<u32>(i + 2, m - 1) * rowBytes;
      const row3 = x + <usize>min<u32>(i + 3, m - 1) * rowBytes;
      let at0 = root;
      let at1 = root;
      let at2 = root;
      let at3 = root;
      for (let moved: usize = 1; moved;) {
        const next0 = step(at0, row0, columnBytes, feature, value, missingLeft, next);
        const next1 = step(at1, row1, columnBytes, feature, value, missingLeft, next);
        const next2 = step(at2, row2, columnBytes, feature, value, missingLeft, next);
        const next3 = step(at3, row3, columnBytes, feature, value, missingLeft, next);
        moved = (at0 ^ next0) | (at1 ^ next1) | (at2 ^ next2) | (at3 ^ next3);
        at0 = next0;
        at1 = next1;
        at2 = next2;
        at3 = next3;
      }
      addLeaf(to, i, outputs, value, at0);
      if (i + 1 < m) addLeaf(to, i + 1, outputs, value, at1);
      if (i + 2 < m) addLeaf(to, i + 2, outputs, value, at2);
      if (i + 3 < m) addLeaf(to, i + 3, outputs, value, at3);
    }
  }
}

function addLeaf(margins: usize, sample: u32, outputs: u32, value: usize, leaf: usize): void {
  const to = margins + ((<usize>sample * <usize>outputs) << 2);
  store<f32>(to, load<f32>(to) + load<f32>(value + (leaf << 2)));
}
