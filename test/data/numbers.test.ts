/** What the text of a cell means as a feature: the nearest double, in the quick way and in the plain one. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { decimal, featureValue, missingMarkers } from '../../src/data/numbers.js';

const Numbers = suite('numbers of cells');

const none = missingMarkers(['', 'NA']);

Numbers('are the nearest doubles, whatever their digits', () => {
  const rng = Rng.from('numbers');
  const digits = (count: number): string => Array.from({ length: count }, () => rng.below(10)).join('');
  let points = 0;
  for (let i = 0; i < 200_000; i++) {
    const sign = rng.below(2) ? '-' : '';
    const cell = `${sign}${digits(rng.below(10))}${rng.below(4) ? '.' : ''}${digits(rng.below(12))}`;
    const expected = decimal(cell);
    const value = featureValue(cell, none);
    if (expected !== undefined) assert.ok(Object.is(value, expected), `${cell}: ${value} and ${expected}`);
    else assert.ok(cell === '' ? Number.isNaN(value) : value === Infinity, cell);
    if (cell.includes('.')) points++;
  }
  assert.ok(points > 100_000);
});

Numbers('are read in every form, and nothing else is', () => {
  const cells = [
    '0',
    '-0',
    '1',
    '-1.',
    '.5',
    '-.5',
    '+3',
    ' 7 ',
    '1e3',
    '1E-3',
    '123456789012345',
    '1234567890123456789',
  ];
  for (const cell of cells) assert.ok(Object.is(featureValue(cell, none), Number(cell)), cell);
  for (const cell of [
    '-',
    '.',
    '-.',
    '1.2.3',
    '1-2',
    '--1',
    '0x10',
    '1_000',
    '1,5',
    'Infinity',
    'two',
    '١',
  ]) {
    assert.is(featureValue(cell, none), Infinity, cell);
  }
  for (const cell of ['', ' ', 'NA', ' NA ']) assert.ok(Number.isNaN(featureValue(cell, none)), cell);
});

Numbers('are missing where a marker is the same number', () => {
  const marked = missingMarkers(['-999', 'x']);
  for (const cell of ['-999', '-999.0', '-9.99e2', 'x'])
    assert.ok(Number.isNaN(featureValue(cell, marked)), cell);
  assert.is(featureValue('999', marked), 999);
  assert.is(featureValue('', marked), Infinity);
});

Numbers.run();
