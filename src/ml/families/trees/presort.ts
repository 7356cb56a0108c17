/**
 * A matrix as trees read it: columns of f32 (scikit-learn and xgboost compare f32, too), and these columns sorted, as
 * kernels/assembly/presort.ts describes. Both depend on the matrix alone, so every fit on the same matrix shares
 * them. They are kept as long as the matrix's data, and nobody may write into that.
 */
import type { Matrix } from '../../../base/dataset.js';
import { FeatureError } from '../../checks.js';
import { kernels } from '../../../kernels/loader.js';
import {
  hold,
  scope,
  uint32,
  uint8,
  unsetFloat32,
  unsetUint16,
  unsetUint32,
} from '../../../kernels/memory.js';

/** n x p, column-major. */
export interface Columns {
  rows: number;
  columns: number;
  values: Float32Array;
}

/** Each column's samples in the order of their values; NaN last.  */
export interface Presorted extends Columns {
  /** p x n: the sample at a place; u16 where that is enough. */
  order: Uint16Array | Uint32Array;
  /** p x n: the place of a sample. */
  place: Uint16Array | Uint32Array;
  /** p x n: the value at a place. */
  sorted: Float32Array;
  /** p: how many values are not NaN. */
  present: Uint32Array;
  /** p: how many values equal the lowest one. */
  run: Uint32Array;
}

const columnsOf = new WeakMap<Float64Array, Columns>();
const presortedOf = new WeakMap<Float64Array, Presorted>();

/** The matrix in f32. Throws InputError `too-large` for a finite value beyond f32. */
export function float32Columns(x: Matrix): Columns {
  const known = columnsOf.get(x.data);
  if (known?.rows === x.rows) return known;
  const values = new Float32Array(x.data);
  for (let at = 0; at < values.length; at++) {
    if (values[at] - values[at] === 0 || !Number.isFinite(x.data[at])) continue;
    const says = (feature: string): string => `${feature} has the value ${x.data[at]}, too large for trees`;
    throw new FeatureError('too-large', Math.floor(at / x.rows), says, {
      value: x.data[at],
      expected: 'a magnitude below 3.4e38, the largest 32-bit number',
      hint: 'Put a StandardScaler before this step, or drop the feature.',
    });
  }
  const columns = { rows: x.rows, columns: x.columns, values };
  columnsOf.set(x.data, columns);
  return columns;
}

/** A matrix of f32 in the kernels' memory, with the distances between its rows and columns in bytes. */
export interface Walked {
  start: number;
  rowBytes: number;
  columnBytes: number;
}

/** About how many values of a sample a walk down a tree reads. */
const STEPS = 8;

/**
 * The matrix for samples that walk down trees. It is copied row by row, so that the values of a sample lie together,
 * where so many values are read that the copy pays off. It lives until the scope ends. Throws InputError `too-large`.
 */
export function walked(x: Matrix, trees: number): Walked {
  const { rows, columns, values } = float32Columns(x);
  if (trees * STEPS < columns) {
    return { start: hold(values).byteOffset, rowBytes: 4, columnBytes: 4 * rows };
  }
  const byRow = unsetFloat32(values.length);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < rows; i++) byRow[i * columns + j] = values[j * rows + i];
  }
  return { start: byRow.byteOffset, rowBytes: 4 * columns, columnBytes: 4 };
}

/** Whether samples are numbered in u16. */
export function fitsUint16(rows: number): boolean {
  return rows <= 0x10000;
}

/** The matrix in f32 with its columns sorted. Throws InputError `too-large`. */
export function presort(x: Matrix): Presorted {
  const known = knownPresorted(x);
  if (known) return known;
  const presorted = scope(() => {
    const { order, place, sorted, present, run } = sortColumns(x);
    return {
      ...float32Columns(x),
      order: order.slice(),
      place: place.slice(),
      sorted: sorted.slice(),
      present: present.slice(),
      run: run.slice(),
    };
  });
  presortedOf.set(x.data, presorted);
  return presorted;
}

/**
 * Like presort, for a single use. The result lives in the kernels' memory until the scope ends, unless it is already
 * known.
 */
export function presortInScope(x: Matrix): Presorted {
  return knownPresorted(x) ?? sortColumns(x);
}

function knownPresorted(x: Matrix): Presorted | undefined {
  const known = presortedOf.get(x.data);
  return known?.rows === x.rows ? known : undefined;
}

function sortColumns(x: Matrix): Presorted {
  const { rows, columns, values } = float32Columns(x);
  const ids = fitsUint16(rows) ? unsetUint16 : unsetUint32;
  const [order, place] = [ids(values.length), ids(values.length)];
  const sorted = unsetFloat32(values.length);
  const [present, run] = [uint32(columns), uint32(columns)];
  kernels().sortColumns(
    rows,
    columns,
    fitsUint16(rows) ? 0 : 1,
    hold(values).byteOffset,
    order.byteOffset,
    place.byteOffset,
    sorted.byteOffset,
    present.byteOffset,
    run.byteOffset,
    uint8(16 * rows + 1024).byteOffset,
  );
  return { rows, columns, values, order, place, sorted, present, run };
}
