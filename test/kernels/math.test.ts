/** Elementary functions: their error, their special values, and the same bits inside the WebAssembly module. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Rng } from '../../src/base/rng.js';
import { kernels } from '../../src/kernels/loader.js';
import * as math from '../../src/kernels/math.js';
import { float64, scope } from '../../src/kernels/memory.js';
import { awkward, ordinary, sameBits } from '../../support/bits.js';
import { fixture } from '../../support/fixture.js';

const test = suite('elementary functions');

type Unary = 'exp' | 'expm1' | 'log' | 'log1p' | 'log2' | 'tanh' | 'sigmoid' | 'softplus';

const peer = fixture('math') as {
  [name: string]: number[][];
};

const view = new DataView(new ArrayBuffer(8));

/** The place of x among all doubles in rising order. */
function order(x: number): bigint {
  view.setFloat64(0, x);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
}

/** How many doubles lie between two. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (a !== a || b !== b) return Infinity;
  const distance = order(a) - order(b);
  return Number(distance < 0n ? -distance : distance);
}

const LIMITS: { [name: string]: number } = {
  exp: 1,
  expm1: 1,
  log: 1,
  log1p: 1,
  log2: 1,
  pow: 1,
  tanh: 3,
  sigmoid: 3,
  softplus: 3,
};

for (const [name, limit] of Object.entries(LIMITS)) {
  test(`${name} is within ${limit} ulp of the exact value`, () => {
    const actual = (math as unknown as { [name: string]: (...x: number[]) => number })[name];
    assert.ok(peer[name].length >= 200);
    for (const row of peer[name]) {
      const given = row.slice(0, -1);
      const exact = row[row.length - 1];
      const distance = ulps(actual(...given), exact);
      assert.ok(
        distance <= limit,
        `${name}(${given}) is ${actual(...given)}, exactly ${exact}: ${distance} ulp`,
      );
    }
  });
}

const SPECIAL = [
  0,
  -0,
  NaN,
  Infinity,
  -Infinity,
  1,
  -1,
  5e-324,
  -5e-324,
  1e-310,
  2.2250738585072014e-308,
  709.782712893384,
  709.7827128933841,
  710,
  -744.4400719213812,
  -745.1332191019411,
  -745.1332191019412,
  -746,
  2,
  -2,
  0.5,
  -0.5,
  1e308,
  1.7976931348623157e308,
  -1.7976931348623157e308,
  2 ** -54,
  2 ** 53,
  22,
  -22,
  -56.1,
  1.5,
  3,
  -3,
  1 / 3,
  -8,
];

test('special values and wide ranges agree with the functions of Math', () => {
  const rng = Rng.from('math');
  const names = ['exp', 'expm1', 'log', 'log1p', 'log2', 'tanh'] as const;
  for (const name of names) {
    const xs = SPECIAL.concat(
      Array.from({ length: 5000 }, () => (rng.float() - 0.5) * 2 ** (rng.below(60) - 45)),
      Array.from({ length: 2000 }, () => (rng.float() - 0.5) * 1500),
      Array.from({ length: 2000 }, () => rng.float() * 2 ** (rng.below(2000) - 1000)),
    );
    for (const x of xs) {
      const distance = ulps(math[name](x), Math[name](x));
      assert.ok(distance <= 3, `${name}(${x}) is ${math[name](x)}, by Math ${Math[name](x)}`);
    }
  }
});

test('pow has the special values of Math.pow', () => {
  const specials = SPECIAL.concat(-1e300, 2 ** 53 - 1, -(2 ** 53), 1e21, -1e21, 1 - 2 ** -53, 1 + 2 ** -52);
  for (const x of specials) {
    for (const y of specials) {
      const distance = ulps(math.pow(x, y), x ** y);
      assert.ok(distance <= 1, `pow(${x}, ${y}) is ${math.pow(x, y)}, by Math ${x ** y}`);
    }
  }
});

test('sigmoid and softplus at their ends', () => {
  assert.is(math.sigmoid(0), 0.5);
  assert.is(math.sigmoid(800), 1);
  assert.is(math.sigmoid(-800), 0);
  assert.is(math.sigmoid(-Infinity), 0);
  assert.is(math.softplus(-800), 0);
  assert.is(math.softplus(800), 800);
  assert.is(math.softplus(Infinity), Infinity);
  for (const value of [math.sigmoid(NaN), math.softplus(NaN)]) assert.ok(Number.isNaN(value));
});

test('the module computes the same bits', () => {
  const rng = Rng.from('twin');
  const names: (Unary & keyof ReturnType<typeof kernels>)[] = [
    'exp',
    'expm1',
    'log',
    'log1p',
    'tanh',
    'sigmoid',
    'softplus',
  ];
  const xs = SPECIAL.concat(
    Array.from({ length: 4000 }, () => (rng.float() - 0.5) * 2 ** (rng.below(60) - 45)),
    Array.from({ length: 4000 }, () => (rng.float() - 0.5) * 1500),
    Array.from({ length: 2000 }, () => rng.float() * 2 ** (rng.below(2090) - 1070)),
  );
  for (const name of names) {
    const twin = kernels()[name] as (x: number) => number;
    sameBits(
      xs.map(twin),
      xs.map(x => math[name](x)),
      name,
    );
  }
});

test('expOfAll gives the bits of exp at every remainder, in place too', () => {
  for (const n of [0, 1, 2, 3, 4, 7, 100]) {
    scope(() => {
      const x = awkward(float64(n), Rng.from('expOfAll', n));
      const expected = Float64Array.from(x, math.exp);
      const out = float64(n);
      kernels().expOfAll(n, x.byteOffset, out.byteOffset);
      sameBits(out, expected, `exp of ${n}`);
      kernels().expOfAll(n, x.byteOffset, x.byteOffset);
      sameBits(x, expected, `exp of ${n} in place`);
    });
  }
});

test('golden bits: a digest of many values does not change', () => {
  let hash = 0;
  const add = (value: number) => {
    view.setFloat64(0, value);
    hash = Math.imul(hash ^ view.getInt32(0), 0x01000193);
    hash = Math.imul(hash ^ view.getInt32(4), 0x01000193);
  };
  for (const x of ordinary(new Float64Array(3000), Rng.from('golden'))) {
    add(math.exp(x));
    add(math.tanh(x));
    add(math.log(Math.abs(x)));
    add(math.pow(Math.abs(x), 1.7));
    add(math.softplus(x));
  }
  assert.is(hash >>> 0, 2854909352);
});

test.run();
