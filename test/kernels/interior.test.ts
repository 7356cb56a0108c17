/** The kernels of an interior point beside their plain form, bit by bit. */
import { suite } from 'uvu';
import { Rng } from '../../src/base/rng.js';
import { kernels } from '../../src/kernels/loader.js';
import { float64, scope } from '../../src/kernels/memory.js';
import * as reference from '../../src/kernels/reference/interior.js';
import { fillings, sameBits } from '../../support/bits.js';

const test = suite('the steps of an interior point against their reference');

/** Arrays of n samples, with one more that costs nothing if n is odd, and copies of them for the reference. */
function arrays<K extends string>(n: number, fill: (values: Float64Array) => Float64Array, names: K[]) {
  const even = n + (n % 2);
  const entries = names.map(name => {
    const values = float64(even);
    values.set(fill(new Float64Array(n)));
    return [name, values] as const;
  });
  const own = Object.fromEntries(entries) as Record<K, Float64Array>;
  const copies = Object.fromEntries(entries.map(([name, values]) => [name, values.slice()]));
  const at = Object.fromEntries(entries.map(([name, values]) => [name, values.byteOffset]));
  return { own, copies: copies as Record<K, Float64Array>, at: at as Record<K, number> };
}

const NAMES = [
  ...(['signs', 'alpha', 'rooms', 'z', 'u', 'margins', 'signed', 'toLow', 'toHigh', 'inverse'] as const),
  ...(['lower', 'upper', 'right', 'along', 'a', 'dz', 'du'] as const),
];

for (const fill of fillings) {
  test(`on ${fill.name} numbers`, () => {
    for (const n of [0, 1, 2, 3, 4, 7, 20]) {
      scope(() => {
        const rng = Rng.from('interior', fill.name, n);
        const { own, copies, at } = arrays(n, values => fill(values, rng), [...NAMES]);
        // Some samples cost nothing and have zeros, as in the solver.
        for (let i = 0; i < n; i += 3) {
          for (const name of ['alpha', 'rooms', 'z', 'u'] as const) own[name][i] = copies[name][i] = 0;
        }
        const point = [at.alpha, at.rooms, at.z, at.u] as const;
        const step = [at.a, at.dz, at.du] as const;
        const k = kernels();
        const same = (what: string, actual: number, expected: number): void => {
          sameBits([actual], [expected], `${what} of ${n}`);
          for (const name of NAMES) sameBits(own[name], copies[name], `${name} after ${what} of ${n}`);
        };
        const bounds = [at.toLow, at.toHigh] as const;
        const targets = [at.lower, at.upper] as const;
        same(
          'weights',
          k.interiorWeights(n, ...point, ...bounds, at.inverse, ...targets),
          reference.interiorWeights(copies, copies),
        );
        k.interiorRight(
          n,
          at.signs,
          at.margins,
          at.z,
          at.u,
          ...bounds,
          at.inverse,
          ...targets,
          at.right,
          at.signed,
        );
        reference.interiorRight(copies.signs, copies.margins, copies, copies, copies.signed);
        same('right', 0, 0);
        same(
          'direction',
          k.interiorDirection(
            n,
            at.signs,
            at.z,
            at.u,
            ...bounds,
            at.inverse,
            ...targets,
            at.right,
            at.along,
            ...step,
            0.9,
          ),
          reference.interiorDirection(copies.signs, copies, copies, copies.along, copies, 0.9),
        );
        same(
          'products',
          k.interiorProducts(n, ...point, ...step, 0.7),
          reference.interiorProducts(copies, copies, 0.7),
        );
        k.interiorCorrect(n, 0.3, ...step, ...targets);
        reference.interiorCorrect(0.3, copies, copies);
        same('correct', 0, 0);
      });
    }
  });
}

test.run();
