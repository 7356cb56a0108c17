/** The plain form of assembly/vector.ts: the same sums in the same order. */

function addLanes(lanes: Float64Array): number {
  return lanes[0] + lanes[2] + (lanes[4] + lanes[6]) + (lanes[1] + lanes[3] + (lanes[5] + lanes[7]));
}

function sumOfTerms(n: number, term: (i: number) => number): number {
  const lanes = new Float64Array(8);
  const blocks = n - (n % 8);
  for (let i = 0; i < blocks; i++) lanes[i % 8] += term(i);
  let total = addLanes(lanes);
  for (let i = blocks; i < n; i++) total += term(i);
  return total;
}

/** The sum of x[i] y[i]. */
export function dot(x: Float64Array, y: Float64Array): number {
  return sumOfTerms(x.length, i => x[i] * y[i]);
}

/** The sum of x[i]. */
export function sum(x: Float64Array): number {
  return sumOfTerms(x.length, i => x[i]);
}

/** The sum of w[i] x[i] y[i]. Each term is (w[i] x[i]) y[i]. */
export function weightedDot(w: Float64Array, x: Float64Array, y: Float64Array): number {
  return sumOfTerms(x.length, i => w[i] * x[i] * y[i]);
}

/** y[i] += a x[i]. */
export function axpy(a: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) y[i] += a * x[i];
}

/** out[j] = the dot product of column j of x (rows x columns, column-major) with v (rows). */
export function transposedProduct(
  rows: number,
  columns: number,
  x: Float64Array,
  v: Float64Array,
): Float64Array {
  const out = new Float64Array(columns);
  for (let j = 0; j < columns; j++) out[j] = dot(x.subarray(j * rows, (j + 1) * rows), v);
  return out;
}

/** out += x w for x (rows x columns, column-major) and w (columns); columns of weight zero are skipped. */
export function addProduct(
  rows: number,
  columns: number,
  x: Float64Array,
  w: Float64Array,
  out: Float64Array,
): void {
  for (let j = 0; j < columns; j++) {
    if (w[j] !== 0) axpy(w[j], x.subarray(j * rows, (j + 1) * rows), out);
  }
}

/** x w, as addProduct. */
export function product(rows: number, columns: number, x: Float64Array, w: Float64Array): Float64Array {
  const out = new Float64Array(rows);
  addProduct(rows, columns, x, w, out);
  return out;
}
