/** The plain form of assembly/neighbors.ts. */

/** Writes (x - mean) scale of each column, rounded to f32, and adds its square to norms[i], column after column. */
export function narrowColumns(
  rows: number,
  columns: number,
  x: Float64Array,
  means: Float64Array,
  scale: number,
  norms: Float64Array,
): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) {
      const at = j * rows + i;
      out[at] = (x[at] - means[j]) * scale;
      norms[i] += out[at] * out[at];
    }
  }
  return out;
}

/** sums[i] += x[i], in f32. */
export function addSingles(x: Float32Array, sums: Float32Array): void {
  for (let i = 0; i < x.length; i++) sums[i] += x[i];
}

/** norms[i] - 2 products[i], in f32. */
function screen(norms: Float32Array, products: Float32Array): Float32Array {
  return norms.map((norm, i) => norm - Math.fround(2 * products[i]));
}

/** The smallest values of the screen, ascending, and Infinity in the places that stay empty. */
export function smallestOf(norms: Float32Array, products: Float32Array, size: number): Float32Array {
  const ascending = screen(norms, products)
    .filter(value => value < Infinity)
    .sort();
  return Float32Array.from({ length: size }, (_, i) => ascending[i] ?? Infinity);
}

/** The places of the screen's values that are not above the limit. */
export function placesWithin(norms: Float32Array, products: Float32Array, limit: number): number[] {
  const values = screen(norms, products);
  return [...values.keys()].filter(i => !(values[i] > limit));
}
