/** Small data for suites of the prepared store, and what reading it may end in. */
import { numberColumns, type SplitData } from '../src/base/dataset.js';
import { Failure } from '../src/base/errors.js';
import { describeData } from '../src/data/store.js';
import { targetOf } from './datasets.js';

/** Two features, three samples to train on and one to validate on; every kind of double that a table can give. */
export function someData(): SplitData {
  return {
    columns: numberColumns(['a', 'größe']),
    target: { kind: 'classes', names: ['no', 'yes'] },
    train: {
      index: ['01', '2', 's3'],
      x: { rows: 3, columns: 2, data: Float64Array.of(1, -0, NaN, 5e-324, 0.1, -1.7976931348623157e308) },
      target: targetOf(Int32Array.of(0, 1, 1), 2),
      groups: Int32Array.of(2, 0, 1),
    },
    validate: {
      index: ['4'],
      x: { rows: 1, columns: 2, data: Float64Array.of(7, 8) },
      target: targetOf(Int32Array.of(1), 2),
    },
  };
}

/** The same with a column of categories. */
export function mixedData(): SplitData {
  const data = someData();
  data.columns[0] = { name: 'a', kind: 'category', levels: ['x', 'y', 'z'] };
  data.train.x.data.set([2, 0, NaN]);
  return data;
}

/** The same with values to predict, weights, times and folds. */
export function richData(): SplitData {
  const data = mixedData();
  data.target = { kind: 'values', unit: 'kg' };
  Object.assign(data.train, {
    target: { kind: 'values', values: Float64Array.of(0.1, 5e-324, -3) },
    weights: Float64Array.of(0, 0.3, 2),
    times: Float64Array.of(3, 1, 2),
    folds: Int32Array.of(1, -1, 0),
  });
  data.validate!.target = { kind: 'values', values: Float64Array.of(1 / 3) };
  return data;
}

export const made = (data = someData()) => ({ ...describeData(data), data });

/** The code of the Failure that `run` ends in. */
export function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
  return 'nothing';
}
