/** The votes of the trees of a forest on samples. The reference is ../reference/tree.ts. */

/**
 * One step down a tree: the child to which the row goes, or the node itself if it is a leaf. Nodes count 4 bytes
 * each.
 */
function step(
  at: usize,
  row: usize,
  columnBytes: usize,
  feature: usize,
  threshold: usize,
  next: usize,
): usize {
  const column = load<i32>(feature + at);
  if (column < 0) return at;
  const value = load<f32>(row + <usize>column * columnBytes);
  return (<usize>load<u32>(next + at) + <usize>!(value <= load<f32>(threshold + at))) << 2;
}

/**
 * Adds the leaf distributions of the trees `first` to `last` - 1 to votes f64[m][classes], tree by tree.
 *
 * x holds f32; its rows are rowBytes apart, its columns columnBytes. roots, u32[trees], is the first node of each
 * tree. Of each node: feature i32, -1 for a leaf; threshold f32; next i32, the left child, which the right one
 * follows, or a leaf's row of leaves f64[][classes].
 */
export function addVotes(
  m: u32,
  x: usize,
  rowBytes: usize,
  columnBytes: usize,
  classes: u32,
  first: u32,
  last: u32,
  roots: usize,
  feature: usize,
  threshold: usize,
  next: usize,
  leaves: usize,
  votes: usize,
): void {
  const width = (<usize>classes) << 3;
  for (let tree = first; tree < last; tree++) {
    const root = (<usize>load<u32>(roots + ((<usize>tree) << 2))) << 2;
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
        const next0 = step(at0, row0, columnBytes, feature, threshold, next);
        const next1 = step(at1, row1, columnBytes, feature, threshold, next);
        const next2 = step(at2, row2, columnBytes, feature, threshold, next);
        const next3 = step(at3, row3, columnBytes, feature, threshold, next);
        moved = (at0 ^ next0) | (at1 ^ next1) | (at2 ^ next2) | (at3 ^ next3);
        at0 = next0;
        at1 = next1;
        at2 = next2;
        at3 = next3;
      }
      const to = votes + <usize>i * width;
      addRow(to, leaves + <usize>load<u32>(next + at0) * width, width);
      if (i + 1 < m) addRow(to + width, leaves + <usize>load<u32>(next + at1) * width, width);
      if (i + 2 < m) addRow(to + 2 * width, leaves + <usize>load<u32>(next + at2) * width, width);
      if (i + 3 < m) addRow(to + 3 * width, leaves + <usize>load<u32>(next + at3) * width, width);
    }
  }
}

function addRow(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 8) {
    store<f64>(to + at, load<f64>(to + at) + load<f64>(from + at));
  }
}
