/** The plain form of assembly/gram.ts: the same sums in the same order. Columns are arrays of n values. */

const CHUNK = 256;

function chunkDot(x: Float64Array, y: Float64Array): number {
  const rows = x.length;
  const lanes = [0, 0];
  for (let i = 0; i < rows - (rows % 2); i++) lanes[i % 2] += x[i] * y[i];
  const total = lanes[0] + lanes[1];
  return rows % 2 === 1 ? total + x[rows - 1] * y[rows - 1] : total;
}

/** out[a][b] = the sum over rows i of (weights[i] x_a[i]) x_b[i], for a >= b, and mirrored for a < b. Row-major. */
export function weightedGram(columns: Float64Array[], weights: Float64Array): Float64Array {
  const count = columns.length;
  const out = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    const scaled = columns[a].map((value, i) => weights[i] * value);
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let first = 0; first < weights.length; first += CHUNK) {
        sum += chunkDot(
          scaled.subarray(first, first + CHUNK),
          columns[b].subarray(first, Math.min(first + CHUNK, weights.length)),
        );
      }
      out[a * count + b] = sum;
      out[b * count + a] = sum;
    }
  }
  return out;
}

/** out[a] = the sum over i of x_a[i] v[i], even and odd rows apart. */
export function dotsOfColumns(columns: Float64Array[], v: Float64Array): Float64Array {
  return Float64Array.from(columns, column => chunkDot(column, v));
}

/** out[i] += the sum over a of factors[a] x_a[i], column after column; columns of factor 0 are skipped. */
export function addColumns(columns: Float64Array[], factors: Float64Array, out: Float64Array): void {
  columns.forEach((column, a) => {
    if (factors[a] !== 0) for (let i = 0; i < out.length; i++) out[i] += factors[a] * column[i];
  });
}
