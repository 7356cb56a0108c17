/** The plain form of assembly/presort.ts. */

/**
 * One column's samples in the order of their values, NaN last. Equal values keep the order of the samples. -0
 * becomes 0.
 */
export function sortColumn(column: Float32Array): {
  order: number[];
  place: number[];
  sorted: number[];
  present: number;
  run: number;
} {
  const rank = (a: number, b: number): number => Number(a !== a) - Number(b !== b) || a - b || 0;
  const order = Array.from(column, (_, i) => i).sort((a, b) => rank(column[a], column[b]) || a - b);
  const place = new Array<number>(column.length);
  order.forEach((sample, at) => (place[sample] = at));
  const sorted = order.map(sample => column[sample] + 0);
  const present = sorted.filter(value => value === value).length;
  const run = sorted.findIndex(value => value !== sorted[0]);
  return { order, place, sorted, present, run: run > 0 ? run : run < 0 ? column.length : 1 };
}
