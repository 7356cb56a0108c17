/** The memory on which kernels work: a stack of arrays that grows. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernels } from '../../src/kernels/loader.js';
import * as memory from '../../src/kernels/memory.js';
import { sameBits } from '../../support/bits.js';

const test = suite('kernel memory');

test('arrays are zeroed, aligned and apart', () => {
  memory.scope(() => {
    const first = memory.uint8(3).fill(7);
    const second = memory.float64(5).fill(1.5);
    const third = memory.uint16(1);
    assert.is(second.byteOffset % 64, 0);
    assert.is(third[0], 0);
    third[0] = 65535;
    assert.equal([...first], [7, 7, 7]);
    assert.equal([...second], [1.5, 1.5, 1.5, 1.5, 1.5]);
  });
  memory.scope(() =>
    assert.is(
      memory.float64(100).every(value => value === 0),
      true,
      'zeroed after reuse',
    ),
  );
});

test('a scope gives back its memory when it returns and when it throws', () => {
  const before = memory.mark();
  assert.is(
    memory.scope(() => memory.int32(1000).length),
    1000,
  );
  assert.is(memory.mark(), before);
  assert.throws(() =>
    memory.scope(() => {
      memory.float32(1000);
      throw new Error('stop');
    }),
  );
  assert.is(memory.mark(), before);
});

test('release refuses what is no mark of this memory', () => {
  assert.throws(() => memory.release(memory.mark() + 1), /no mark/);
  assert.throws(() => memory.release(0), /no mark/);
});

test('views stay valid when the memory grows, and the kernels see what is written through them', () => {
  memory.scope(() => {
    const old = memory.float64(4).fill(2);
    const large = memory.float64(3_000_000);
    old[0] = 10;
    assert.is(kernels().sum(4, old.byteOffset), 16);
    large[2_999_999] = 1;
    assert.is(kernels().sum(3_000_000, large.byteOffset), 1);
    assert.is(memory.lives(old), true);
    assert.is(memory.hold(old), old);
  });
});

test('hold copies an array from outside, whatever its type', () => {
  memory.scope(() => {
    for (const array of [new Float64Array([1, -0, NaN]), new Int32Array([3, -4]), new Uint8Array([255])]) {
      const held = memory.hold(array);
      assert.is.not(held, array);
      assert.is(memory.lives(held), true);
      assert.is(memory.lives(array), false);
      sameBits(held, array, 'copy');
      assert.is(held.constructor, array.constructor);
    }
  });
});

test('beyond 4 GiB the error says how much would be needed, and the memory goes on', () => {
  const before = memory.mark();
  assert.throws(
    () => memory.float64(700_000_000),
    (error: unknown) =>
      error instanceof memory.KernelMemoryError &&
      error.neededBytes > 5.6e9 &&
      /^needs 5\.2 GiB at once, a trainer has \d/.test(error.message),
  );
  assert.is(memory.mark(), before);
  memory.scope(() => assert.is(memory.float64(10).length, 10));
});

test.run();
