/** A meta.json that nobody stored, whose digest is right. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Failure } from '../../src/base/errors.js';
import { canonicalJson, sha256 } from '../../src/base/json.js';
import { readPrepared, storePrepared } from '../../src/data/store.js';
import { failure, made, mixedData, richData } from '../../support/stored.js';
import { inFolder } from '../../support/tables.js';

const Forged = suite('data: a forged store');

/** Writes a meta.json whose digest is right, whatever it says, and the files of the usual data beside it. */
function forge(root: string, meta: unknown): string {
  const text = typeof meta === 'string' ? meta : canonicalJson(meta as never);
  const digest = sha256(32, text);
  const prepared = made();
  storePrepared(root, prepared);
  cpSync(join(root, prepared.digest), join(root, digest), { recursive: true });
  writeFileSync(join(root, digest, 'meta.json'), text);
  return digest;
}

const good = JSON.parse(made().meta);
const mixed = JSON.parse(made(mixedData()).meta);
const rich = JSON.parse(made(richData()).meta);
const train = (change: object) => ({ ...good, train: { ...good.train, ...change } });
/** What is wrong, and what the error says of it. */
const forgeries: [unknown, RegExp][] = [
  ['no JSON', /it is not JSON/],
  ['null', /it is not a map/],
  [[], /it is not a map/],
  [{ ...good, format: '1' }, /format/],
  [{ ...good, format: 2 }, /columns/],
  [{ ...mixed, format: 1 }, /features/],
  [{ ...mixed, columns: [{ name: 'a', kind: 'date' }] }, /columns.0.kind/],
  [{ ...mixed, columns: [{ name: 'a', kind: 'category', levels: [] }] }, /columns.0.levels/],
  [{ ...mixed, columns: mixed.columns.slice(1) }, /train.bytes/],
  [{ ...good, features: 'ab' }, /features/],
  [{ ...good, features: [] }, /features/],
  [{ ...good, classes: ['no'] }, /classes/],
  [{ ...good, more: 1 }, /more/],
  [{ ...good, train: undefined }, /train/],
  [train({ rows: 2 ** 53 - 1, bytes: (2 ** 53 - 1) * 16 }), /train/],
  [train({ rows: 0 }), /train\.rows/],
  [train({ bytes: 2 ** 50 }), /train\.bytes/],
  [train({ y: [0, 1, 7] }), /train\.y: the code 7 of 2 classes/],
  [train({ y: [0, 1, -1] }), /train\.y/],
  [train({ y: [0, 1] }), /train\.y: 2 elements for 3 rows/],
  [train({ y: { length: 3 } }), /train\.y/],
  [train({ groups: [0] }), /train\.groups: 1 elements/],
  [{ ...rich, format: 2 }, /classes/],
  [{ ...rich, train: { ...rich.train, weights: [1] } }, /train\.weights: 1 elements/],
  [{ ...rich, train: { ...rich.train, weights: [1, -1, 1] } }, /train\.weights/],
  [train({ index: [1, 2, 3] }), /train\.index/],
  [train({ sha256: '../../etc' }), /train\.sha256/],
];

Forged('a meta.json that nobody stored is one clear failure, whatever it says', async () => {
  await inFolder(root => {
    for (const [meta, says] of forgeries) {
      const digest = forge(root, meta);
      try {
        readPrepared(root, digest);
        assert.unreachable(`took ${JSON.stringify(meta)}`);
      } catch (error) {
        assert.instance(error, Failure);
        const { code, message, hint } = error as Failure;
        assert.is(code, 'data-damaged');
        assert.match(message, join(root, digest, 'meta.json'));
        assert.match(message, says);
        assert.match(
          hint!,
          `Delete the folder ${join(root, digest)}, and run the same \`spt enqueue\` again.`,
        );
      }
    }
    const twice = train({
      rows: 6,
      bytes: 96,
      index: [...'abcdef'],
      y: [0, 1, 1, 0, 1, 1],
      groups: [0, 0, 0, 0, 0, 0],
    });
    assert.is(
      failure(() => readPrepared(root, forge(root, twice))),
      'data-damaged',
      'a file of another size',
    );
  });
});

Forged.run();
