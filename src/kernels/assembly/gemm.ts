/**
 * General matrix products C = A B or C += A B, in f32 and f64. A is m x k, B is k x n, C is m x n. Strides are in
 * elements. A and B have a stride of rows and one of columns, so that a transposed matrix is one with its strides
 * exchanged. C is row-major with a row stride of its own. Each element of C is summed over k in rising order, one
 * product after the other, whatever the blocking. The plain form is ../reference/gemm.ts.
 *
 * The blocking is that of Goto and van de Geijn ("Anatomy of high-performance matrix multiplication", 2008). A block
 * of B (DEPTH x WIDTH) and one of A (HEIGHT x DEPTH) are packed into strips. A tile of 4 rows by two SIMD registers
 * stays in registers while it runs along a strip. Between blocks of the depth, the sums of a tile are kept in C.
 */

const TILE_ROWS: i32 = 4;
const DEPTH: i32 = 256;
const HEIGHT: i32 = 64;
const WIDTH: i32 = 256;

/** Room for the packed blocks of A and of B in f64, and for a tile at the edges of C. */
const packedA: usize = memory.data(64 * 256 * 8, 64);
const packedB: usize = memory.data(256 * 256 * 8, 64);
const edgeTile: usize = memory.data(4 * 8 * 8, 64);

/**
 * Packs rows x depth elements of A into strips of TILE_ROWS rows, each stored column after column and padded with 0.
 */
function packRows<T>(rows: i32, depth: i32, a: usize, rowStride: usize, columnStride: usize): void {
  let to = packedA;
  for (let i = 0; i < rows; i += TILE_ROWS) {
    const filled = min(TILE_ROWS, rows - i);
    let from = a + <usize>i * rowStride;
    if (filled == TILE_ROWS && rowStride == sizeof<T>()) {
      for (let l = 0; l < depth; l++, from += columnStride, to += TILE_ROWS * sizeof<T>()) {
        v128.store(to, v128.load(from));
        if (sizeof<T>() == 8) v128.store(to, v128.load(from, 16), 16);
      }
    } else if (filled == TILE_ROWS) {
      for (let l = 0; l < depth; l++, from += columnStride, to += TILE_ROWS * sizeof<T>()) {
        store<T>(to, load<T>(from));
        store<T>(to, load<T>(from + rowStride), sizeof<T>());
        store<T>(to, load<T>(from + 2 * rowStride), 2 * sizeof<T>());
        store<T>(to, load<T>(from + 3 * rowStride), 3 * sizeof<T>());
      }
    } else {
      for (let l = 0; l < depth; l++, from += columnStride) {
        for (let r = 0; r < TILE_ROWS; r++, to += sizeof<T>()) {
          store<T>(to, r < filled ? load<T>(from + <usize>r * rowStride) : <T>0);
        }
      }
    }
  }
}

/** Packs depth x columns elements of B into strips of 32 bytes, each stored row after row and padded with 0. */
function packColumns<T>(depth: i32, columns: i32, b: usize, rowStride: usize, columnStride: usize): void {
  const tileColumns = <i32>(32 / sizeof<T>());
  let to = packedB;
  for (let j = 0; j < columns; j += tileColumns) {
    const filled = min(tileColumns, columns - j);
    let from = b + <usize>j * columnStride;
    if (filled == tileColumns && columnStride == sizeof<T>()) {
      for (let l = 0; l < depth; l++, from += rowStride, to += 32) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
    } else {
      for (let l = 0; l < depth; l++, from += rowStride) {
        for (let r = 0; r < tileColumns; r++, to += sizeof<T>()) {
          store<T>(to, r < filled ? load<T>(from + <usize>r * columnStride) : <T>0);
        }
      }
    }
  }
}

/** Adds the product of a strip of A and a strip of B, both `depth` long, to a tile of C (4 rows of 32 bytes). */
function addTile<T>(depth: i32, a: usize, b: usize, c: usize, rowStride: usize): void {
  const c1 = c + rowStride;
  const c2 = c1 + rowStride;
  const c3 = c2 + rowStride;
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c1);
  let s11 = v128.load(c1, 16);
  let s20 = v128.load(c2);
  let s21 = v128.load(c2, 16);
  let s30 = v128.load(c3);
  let s31 = v128.load(c3, 16);
  for (const end = b + <usize>depth * 32; b < end; b += 32, a += TILE_ROWS * sizeof<T>()) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let row = v128.load_splat<T>(a);
    s00 = v128.add<T>(s00, v128.mul<T>(row, b0));
    s01 = v128.add<T>(s01, v128.mul<T>(row, b1));
    row = v128.load_splat<T>(a, sizeof<T>());
    s10 = v128.add<T>(s10, v128.mul<T>(row, b0));
    s11 = v128.add<T>(s11, v128.mul<T>(row, b1));
    row = v128.load_splat<T>(a, 2 * sizeof<T>());
    s20 = v128.add<T>(s20, v128.mul<T>(row, b0));
    s21 = v128.add<T>(s21, v128.mul<T>(row, b1));
    row = v128.load_splat<T>(a, 3 * sizeof<T>());
    s30 = v128.add<T>(s30, v128.mul<T>(row, b0));
    s31 = v128.add<T>(s31, v128.mul<T>(row, b1));
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** Does what addTile does for a tile that extends beyond C, through a tile of its own. */
function addEdgeTile<T>(
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  rowStride: usize,
  rows: i32,
  bytes: usize,
): void {
  for (let r = 0; r < rows; r++) memory.copy(edgeTile + <usize>r * 32, c + <usize>r * rowStride, bytes);
  addTile<T>(depth, a, b, edgeTile, 32);
  for (let r = 0; r < rows; r++) memory.copy(c + <usize>r * rowStride, edgeTile + <usize>r * 32, bytes);
}

/** Adds the product of the packed blocks to a block of C. */
function addBlock<T>(rows: i32, columns: i32, depth: i32, c: usize, rowStride: usize): void {
  const tileColumns = <i32>(32 / sizeof<T>());
  let b = packedB;
  for (let j = 0; j < columns; j += tileColumns, b += <usize>depth * 32) {
    const width = min(tileColumns, columns - j);
    let a = packedA;
    for (let i = 0; i < rows; i += TILE_ROWS, a += <usize>(depth * TILE_ROWS) * sizeof<T>()) {
      const height = min(TILE_ROWS, rows - i);
      const tile = c + <usize>i * rowStride + <usize>j * sizeof<T>();
      if (height == TILE_ROWS && width == tileColumns) addTile<T>(depth, a, b, tile, rowStride);
      else addEdgeTile<T>(depth, a, b, tile, rowStride, height, <usize>width * sizeof<T>());
    }
  }
}

/** The product of either type; strides are in bytes. */
function gemm<T>(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  accumulate: i32,
): void {
  if (!accumulate) for (let i = 0; i < m; i++) memory.fill(c + <usize>i * cRow, 0, <usize>n * sizeof<T>());
  for (let j = 0; j < n; j += WIDTH) {
    const width = min(WIDTH, n - j);
    for (let l = 0; l < k; l += DEPTH) {
      const depth = min(DEPTH, k - l);
      packColumns<T>(depth, width, b + <usize>l * bRow + <usize>j * bColumn, bRow, bColumn);
      for (let i = 0; i < m; i += HEIGHT) {
        const height = min(HEIGHT, m - i);
        packRows<T>(height, depth, a + <usize>i * aRow + <usize>l * aColumn, aRow, aColumn);
        addBlock<T>(height, width, depth, c + <usize>i * cRow + <usize>j * sizeof<T>(), cRow);
      }
    }
  }
}

/**
 * C = A B in f32, or C += A B if `accumulate` is not 0. A is m x k, B is k x n, C is m x n and row-major. All strides
 * are in elements.
 */
export function gemmF32(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  c: usize,
  cRow: i32,
  accumulate: i32,
): void {
  gemm<f32>(
    m,
    n,
    k,
    a,
    (<usize>aRow) << 2,
    (<usize>aColumn) << 2,
    b,
    (<usize>bRow) << 2,
    (<usize>bColumn) << 2,
    c,
    (<usize>cRow) << 2,
    accumulate,
  );
}

/**
 * C = A B in f64, or C += A B if `accumulate` is not 0. A is m x k, B is k x n, C is m x n and row-major. All strides
 * are in elements.
 */
export function gemmF64(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  c: usize,
  cRow: i32,
  accumulate: i32,
): void {
  gemm<f64>(
    m,
    n,
    k,
    a,
    (<usize>aRow) << 3,
    (<usize>aColumn) << 3,
    b,
    (<usize>bRow) << 3,
    (<usize>bColumn) << 3,
    c,
    (<usize>cRow) << 3,
    accumulate,
  );
}
