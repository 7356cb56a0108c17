/** The prepared data: written once, whole or not at all, and proven when it is read. */
import { execFileSync, fork } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { classesOf, classNames, type SplitData } from '../../src/base/dataset.js';
import { canonicalJson, sha256 } from '../../src/base/json.js';
import { describeData, readPrepared, storePrepared } from '../../src/data/store.js';
import { failure, made, mixedData, richData, someData } from '../../support/stored.js';
import { inFolder } from '../../support/tables.js';

const Store = suite('data: the prepared store');

/** The digest of the data below: it changes with the format only. */
const GOLDEN = 'c7a58cd74ceec323f2955fdb9f4555a1';

Store('what is read is what was stored, bit by bit, in one shared buffer', async () => {
  await inFolder(folder => {
    const root = join(folder, 'data', '.prepared');
    const prepared = made();
    assert.is(storePrepared(root, prepared), 'stored');
    const read = readPrepared(root, prepared.digest);
    assert.equal([read.columns, read.target], [prepared.data.columns, prepared.data.target]);
    for (const part of ['train', 'validate'] as const) {
      const [was, is] = [prepared.data[part]!, read[part]!];
      assert.equal([is.index, is.x.rows, is.x.columns], [was.index, was.x.rows, was.x.columns]);
      assert.equal(is.target, was.target);
      assert.equal(Buffer.from(is.x.data.slice().buffer), Buffer.from(was.x.data.slice().buffer));
      assert.instance(is.x.data.buffer, SharedArrayBuffer);
      assert.ok(is.x.data.buffer === classesOf(read.train.target).codes.buffer, 'one buffer');
    }
    assert.equal(Array.from(read.train.groups!), [2, 0, 1]);
    assert.is(read.validate!.groups, undefined);
    assert.is(describeData(read).digest, prepared.digest, 'and describes itself alike');
  });
});

Store('the digest is the SHA-256 of meta.json, which vouches for the other files', async () => {
  const { digest, meta, data } = made();
  assert.is(digest, sha256(32, meta));
  assert.is(digest, GOLDEN, 'the format has not changed');
  assert.is(canonicalJson(JSON.parse(meta)), meta);
  await inFolder(root => {
    storePrepared(root, { digest, meta, data });
    assert.equal(readdirSync(join(root, digest)).sort(), ['meta.json', 'train.f64', 'validate.f64']);
    assert.is(readFileSync(join(root, digest, 'meta.json'), 'utf8'), meta);
    const { train } = JSON.parse(meta);
    assert.is(sha256(64, readFileSync(join(root, digest, 'train.f64'))), train.sha256);
    assert.equal([train.rows, train.bytes, train.y], [3, 48, [0, 1, 1]]);
  });
});

Store(
  'columns of numbers are stored in form 1, as they always were; categories in form 2, and both are read',
  async () => {
    const [plain, mixed] = [made(), made(mixedData())];
    assert.equal([JSON.parse(plain.meta).format, JSON.parse(mixed.meta).format], [1, 2]);
    assert.equal(JSON.parse(plain.meta).features, ['a', 'größe']);
    assert.equal(JSON.parse(mixed.meta).columns, mixed.data.columns);
    await inFolder(root => {
      for (const prepared of [plain, mixed]) {
        storePrepared(root, prepared);
        const read = readPrepared(root, prepared.digest);
        assert.equal(read.columns, prepared.data.columns);
        const bytesOf = (values: Float64Array): Buffer => Buffer.from(values.slice().buffer);
        assert.equal(bytesOf(read.train.x.data), bytesOf(prepared.data.train.x.data));
        assert.is(describeData(read).digest, prepared.digest);
      }
    });
  },
);

Store('values, weights, times and folds are read as they were stored', async () => {
  await inFolder(root => {
    const prepared = made(richData());
    storePrepared(root, prepared);
    const read = readPrepared(root, prepared.digest);
    assert.equal(read.target, prepared.data.target);
    for (const part of ['train', 'validate'] as const) {
      const { x: _, ...rest } = read[part]!;
      const { x: __, ...stored } = prepared.data[part]!;
      assert.equal(rest, stored);
    }
    assert.is(describeData(read).digest, prepared.digest);
  });
});

Store('everything that a model may depend on changes the digest', () => {
  const changes: ((data: SplitData) => void)[] = [
    data => (data.columns[0].name = 'b'),
    data => (data.columns[0] = { name: 'a', kind: 'category', levels: ['x', 'y'] }),
    data => classNames(data.target).reverse(),
    data => (data.train.index[2] = 's4'),
    data => (data.train.x.data[1] = 0),
    data => (data.train.x.data[0] = NaN),
    data => (classesOf(data.train.target).codes[0] = 1),
    data => (data.train.groups![0] = 0),
    data => delete data.train.groups,
    data => (data.validate!.x.data[1] = 9),
    data => (classesOf(data.validate!.target).codes[0] = 0),
    data => delete data.validate,
  ];
  const digests = changes.map(change => {
    const data = someData();
    change(data);
    return describeData(data).digest;
  });
  assert.is(new Set([GOLDEN, ...digests]).size, changes.length + 1);
});

Store('storing again changes nothing', async () => {
  await inFolder(root => {
    const prepared = made();
    storePrepared(root, prepared);
    const before = statSync(join(root, prepared.digest, 'train.f64')).mtimeMs;
    assert.is(storePrepared(root, prepared), 'already there');
    assert.is(statSync(join(root, prepared.digest, 'train.f64')).mtimeMs, before);
    assert.equal(readdirSync(root), [prepared.digest], 'nothing else is left there');
  });
});

Store('every flipped byte, cut, addition and loss is met, and storing again repairs it', async () => {
  await inFolder(root => {
    const prepared = made();
    const { digest } = prepared;
    const harms: [string, (file: string) => void, string][] = [];
    for (const name of ['meta.json', 'train.f64', 'validate.f64']) {
      const size = name === 'meta.json' ? prepared.meta.length : name === 'train.f64' ? 48 : 16;
      for (const place of [0, 7, size - 1]) {
        harms.push([name, file => writeFileSync(file, flipped(readFileSync(file), place)), 'data-damaged']);
      }
      harms.push([name, file => truncateSync(file, size - 1), 'data-damaged']);
      harms.push([name, file => truncateSync(file, 0), 'data-damaged']);
      harms.push([name, file => appendFileSync(file, '\n'), 'data-damaged']);
      harms.push([name, file => rmSync(file), 'data-missing']);
    }
    storePrepared(root, prepared);
    for (const [name, harm, code] of harms) {
      harm(join(root, digest, name));
      assert.is(
        failure(() => readPrepared(root, digest)),
        code,
        name,
      );
      assert.is(storePrepared(root, prepared), 'stored');
      assert.equal(readdirSync(root), [digest]);
      assert.is(describeData(readPrepared(root, digest)).digest, digest);
    }
  });
});

function flipped(bytes: Buffer, place: number): Buffer {
  bytes[place] ^= 1;
  return bytes;
}

Store('what is not there, not ours or of another format is a failure with a name', async () => {
  await inFolder(root => {
    assert.is(
      failure(() => readPrepared(root, 'f'.repeat(32))),
      'data-missing',
    );
    for (const name of ['', '..', '../../etc', 'F'.repeat(32), `${'f'.repeat(31)}/`]) {
      assert.is(
        failure(() => readPrepared(root, name)),
        'data-missing',
        name,
      );
    }
    const other = canonicalJson({ ...JSON.parse(made().meta), format: 99 });
    const digest = sha256(32, other);
    mkdirSync(join(root, digest));
    writeFileSync(join(root, digest, 'meta.json'), other);
    assert.is(
      failure(() => readPrepared(root, digest)),
      'data-format',
    );
  });
});

Store('no link is followed, no pipe waited for, and storing again repairs both', async () => {
  await inFolder(root => {
    const prepared = made();
    for (const name of ['meta.json', 'train.f64', 'validate.f64']) {
      for (const put of [
        (file: string) => symlinkSync(join(root, 'elsewhere'), file),
        (file: string) => execFileSync('mkfifo', [file]),
        (file: string) => mkdirSync(file),
      ]) {
        storePrepared(root, prepared);
        const file = join(root, prepared.digest, name);
        renameSync(file, join(root, 'elsewhere'));
        put(file);
        assert.is(
          failure(() => readPrepared(root, prepared.digest)),
          'data-damaged',
          name,
        );
        assert.is(storePrepared(root, prepared), 'stored');
        rmSync(join(root, 'elsewhere'));
        assert.is(describeData(readPrepared(root, prepared.digest)).digest, prepared.digest);
      }
    }
  });
});

Store('a folder that cannot be written to is a failure, and leaves nothing behind', async () => {
  await inFolder(root => {
    writeFileSync(join(root, 'file'), '');
    assert.is(
      failure(() => storePrepared(join(root, 'file'), made())),
      'data-not-stored',
    );
    assert.equal(readdirSync(root), ['file']);
  });
});

Store('a copy that was broken off is not taken for data', async () => {
  await inFolder(root => {
    const prepared = made();
    storePrepared(root, prepared);
    cpSync(join(root, prepared.digest), join(root, '.writing-x', prepared.digest), { recursive: true });
    rmSync(join(root, prepared.digest), { recursive: true });
    assert.is(
      failure(() => readPrepared(root, prepared.digest)),
      'data-missing',
    );
    assert.is(storePrepared(root, prepared), 'stored');
  });
});

Store('processes that store the same data at once all succeed, and one copy stands', async () => {
  await inFolder(async root => {
    const script = fileURLToPath(new URL('../../support/storing.js', import.meta.url));
    const said = await Promise.all(
      Array.from({ length: 4 }, () => {
        const child = fork(script, [root]);
        return new Promise<string>((resolve, reject) => {
          child.on('message', message => resolve(String(message)));
          child.on('exit', code => reject(new Error(`exit ${code} before a word`)));
        });
      }),
    );
    assert.ok(
      said.every(word => word === 'stored' || word === 'already there'),
      said.join(),
    );
    assert.ok(said.includes('stored'));
    const [digest, ...others] = readdirSync(root);
    assert.equal(others, []);
    assert.is(readPrepared(root, digest).train.x.rows, 20_000);
  });
});

Store('another thread sees the same memory', async () => {
  await inFolder(async root => {
    const prepared = made();
    storePrepared(root, prepared);
    const data = readPrepared(root, prepared.digest);
    const code = `const { parentPort } = require('node:worker_threads');
      parentPort.once('message', data => { data.train.x.data[0] = 42; parentPort.postMessage('done'); });`;
    const worker = new Worker(code, { eval: true });
    worker.postMessage(data);
    await new Promise(resolve => worker.once('message', resolve));
    assert.is(data.train.x.data[0], 42);
    await worker.terminate();
  });
});

Store.run();
