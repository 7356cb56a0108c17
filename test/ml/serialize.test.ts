import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { digest, fromText, toText } from '../../src/ml/serialize.js';
import type { Document } from '../../src/ml/types.js';

/** Documents as bytes and as text. */

const test = suite('serialize');

const documents: { [what: string]: Document } = {
  null: null,
  booleans: [true, false],
  numbers: [0, -0, 1 / 3, 5e-324, 1.7976931348623157e308, NaN, Infinity, -Infinity, -12],
  strings: ['', 'a "b" \\ \n', '\u2028 \u0000 ü 💧', '\ud800'],
  'empty lists and records': [[], {}, [[]], new Float64Array(0), new Uint8Array(0)],
  f64: Float64Array.of(0, -0, 1 / 3, NaN, -Infinity, 5e-324),
  f32: Float32Array.of(0.1, -0, NaN, Infinity, 1e-45),
  i32: Int32Array.of(0, -1, 2147483647, -2147483648),
  u8: Uint8Array.of(0, 1, 127, 128, 255),
  'names that look like tags': { $f64: 1, $$: 2, $number: 'x', '': 3, __proto__x: 4 },
  'one member with a tag for a name': { $f64: [1, 2] },
  nested: { b: [{ c: Float64Array.of(1, -0) }], a: { z: 1, y: null } },
};

for (const [what, document] of Object.entries(documents)) {
  test(`text gives back ${what}`, () => {
    const found = fromText(toText(document));
    assert.is(digest(found), digest(document));
    assert.equal(toText(found), toText(document));
  });
}

test('kinds of arrays are kept', () => {
  for (const array of [new Float64Array(2), new Float32Array(2), new Int32Array(2), new Uint8Array(2)]) {
    assert.is(fromText(toText(array))!.constructor, array.constructor);
  }
});

test('a list of 200,000 values has a digest: that of the format, which node:crypto hashes in one piece', () => {
  const count = 200_000;
  const list = Buffer.alloc(5 + count, 'n');
  list.write('a');
  list.writeUInt32LE(count, 1);
  const expected = createHash('sha256').update(list).digest('hex').slice(0, 32);
  assert.is(digest(new Array<null>(count).fill(null)), expected);
});

test('special numbers are kept', () => {
  const found = fromText(toText([-0, NaN, Float64Array.of(-0, NaN)])) as [number, number, Float64Array];
  assert.ok(Object.is(found[0], -0) && Number.isNaN(found[1]));
  assert.ok(Object.is(found[2][0], -0) && Number.isNaN(found[2][1]));
});

test('a member named __proto__ is a member', () => {
  const found = fromText('{"__proto__": {"polluted": 1}}') as { [name: string]: Document };
  assert.is((found as { polluted?: number }).polluted, undefined);
  assert.equal(Object.keys(found), ['__proto__']);
});

const pairs: [string, Document, Document][] = [
  ['0 and -0', 0, -0],
  ['0 and -0 in an array', Float64Array.of(0), Float64Array.of(-0)],
  ['an array of f64 and one of f32', Float64Array.of(1), Float32Array.of(1)],
  ['an array and a list', Float64Array.of(1), [1]],
  ['a list of two and two lists', [['a', 'b']], [['a'], ['b']]],
  ['a number and its text', 1, '1'],
  ['null and false', null, false],
  ['a member and none', { a: null }, {}],
  ['strings cut otherwise', ['ab', 'c'], ['a', 'bc']],
  ['neighboring numbers', 0.1, 0.1 + 2 ** -56],
  ['an empty list and an empty record', [], {}],
];
for (const [what, a, b] of pairs) test(`the digest tells ${what}`, () => assert.is.not(digest(a), digest(b)));

test('the digest is 32 hexadecimal digits and does not see the order of members', () => {
  assert.match(digest({ a: 1, b: 2 }), /^[0-9a-f]{32}$/);
  assert.is(digest({ a: 1, b: 2 }), digest({ b: 2, a: 1 }));
});

test('the digest has one NaN', () => {
  const other = new Float64Array(new BigUint64Array([0xfff8000000000001n]).buffer);
  const single = new Float32Array(new Uint32Array([0xffc00001]).buffer);
  assert.is(digest(other), digest(Float64Array.of(NaN)));
  assert.is(digest(single), digest(Float32Array.of(NaN)));
});

test('the digest of a view is that of its part', () => {
  assert.is(digest(Float64Array.of(1, 2, 3, 4).subarray(1, 3)), digest(Float64Array.of(2, 3)));
});

test('digests stay what they are', () => {
  assert.is(
    digest({ a: [1, 'x', null, true], b: Float64Array.of(1.5, -0) }),
    '78261954d5477ad7cf0ff606d835efb2',
  );
});

for (const text of [
  '',
  '{',
  '{"$f64": 3}',
  '{"$f64": ["1"]}',
  '{"$what": 1}',
  '{"$number": "7"}',
  '{"$u8": 5}',
]) {
  test(`refuses ${text || 'nothing'}`, () => {
    assert.throws(
      () => fromText(text),
      (error: InputError) => error instanceof InputError && error.code === 'bad-model',
    );
  });
}

test.run();
