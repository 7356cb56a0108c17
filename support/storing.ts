/** A process that stores some data in the folder that it is given, and says what came of it. */
import { numberColumns, type SplitData } from '../src/base/dataset.js';
import { describeData, storePrepared } from '../src/data/store.js';
import { targetOf } from './datasets.js';

const rows = 20_000;
const samples = {
  index: Array.from({ length: rows }, (_, i) => `s${i}`),
  x: { rows, columns: 50, data: Float64Array.from({ length: rows * 50 }, (_, i) => i / 7) },
  target: targetOf(
    Int32Array.from({ length: rows }, (_, i) => i % 2),
    2,
  ),
};
const columns = numberColumns(Array.from({ length: 50 }, (_, j) => `f${j}`));
const data: SplitData = {
  columns,
  target: { kind: 'classes', names: ['no', 'yes'] },
  train: samples,
};

process.send!(storePrepared(process.argv[2], { ...describeData(data), data }));
