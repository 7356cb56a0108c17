/** Columns come back as they were packed, by whichever way is smaller. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Json } from '../../src/base/config.js';
import {
  packCodes,
  packNumbers,
  packValues,
  unpackCodes,
  unpackNumbers,
  type Coded,
  type Numbers,
} from '../../src/page/columns.js';

const Columns = suite('columns of a page');

Columns('numbers keep their bits, and what is not there stays NaN', () => {
  const values = [0.1, -1e300, NaN, 0, 1 / 3, Infinity];
  assert.equal([...unpackNumbers(packNumbers(values, 'f64'))], values);
  const counts = Array.from({ length: 70_000 }, (_, i) => i);
  assert.equal([...unpackNumbers(packNumbers(counts, 'u32'))], counts);
  assert.equal([...unpackNumbers(packNumbers([], 'f64'))], []);
});

Columns('codes take as few bytes as they need', () => {
  for (const [count, kind] of [
    [255, 'u8'],
    [256, 'u16'],
    [65_536, 'u32'],
  ] as const) {
    const values = Array.from({ length: count }, (_, i) => `word ${i}`);
    // The last code stands for no value.
    const codes = Array.from({ length: count + 1 }, (_, i) => i);
    const packed = packCodes(codes, values);
    assert.is(packed.kind, kind);
    assert.equal([...unpackCodes(packed)], codes);
    assert.equal(packed.values, values);
  }
});

Columns('values of any kind come back, and many different numbers are kept as numbers', () => {
  const mixed: Json[] = ['scale', 0.01, null, [4, 2], true];
  const packed = packValues([0, 1, 2, 3, 4, 5], mixed) as Coded;
  assert.equal(packed.values, mixed);
  assert.equal([...unpackCodes(packed)], [0, 1, 2, 3, 4, 5]);
  const many = Array.from({ length: 400 }, (_, i) => i / 7);
  const numbers = packValues([...many.keys(), 400], many) as Numbers;
  assert.is(numbers.kind, 'f64');
  assert.equal([...unpackNumbers(numbers)], [...many, NaN]);
});

Columns.run();
