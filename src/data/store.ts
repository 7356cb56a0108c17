import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Samples, SplitData, Target, TargetMeaning } from '../base/dataset.js';
import { Failure } from '../base/errors.js';
import { isForGroup, openFile, share } from '../base/files.js';
import { sha256 } from '../base/json.js';
import { FORMATS, MAX_META_BYTES, metaText, parseMeta, type Meta, type SamplesMeta } from './meta.js';

/**
 * The prepared data of a split: a folder whose name is the digest of its content. Its numbers are read without parsing.
 *
 *     data/.prepared/<digest>/
 *       meta.json        format, features or columns, classes or target (meta.ts), and of train and validate: index, y,
 *                        groups, weights, times, folds, rows, bytes, sha256
 *       train.f64        the n x p features of the samples that are fitted on, column after column, as little-endian
 *                        doubles
 *       validate.f64     the same for the samples that are validated on, if there are any
 *
 * meta.json is canonical JSON (RFC 8785) without a line end. It holds the SHA-256 of the other files. The digest is the
 * first 32 hexadecimal digits of the SHA-256 of meta.json. So it covers every byte of the folder. Anyone can check it:
 * `sha256sum meta.json *.f64`. Equal data has an equal digest on every machine and in every search.
 *
 * A folder is written inside a temporary folder, flushed to the disk and then moved to its place. So it is complete or
 * absent. A process that was killed may leave a folder `.writing-*`, which may be removed.
 */
export interface Description {
  /** 32 hexadecimal digits. */
  digest: string;
  /** The bytes of meta.json. */
  meta: string;
}

/** How many bytes of a file are written or read at a time. */
const PIECE_BYTES = 1 << 24;

const ENQUEUE_AGAIN = 'Run the same `spt enqueue` again. It stores the data again, and adds no config twice.';

const bytesOf = (values: Float64Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** The meta.json of a split's data, and the digest. */
export function describeData({ columns, target, train, validate }: SplitData): Description {
  const parts = { train: describeSamples(train), ...(validate && { validate: describeSamples(validate) }) };
  const meta = metaText({ columns, target, ...parts });
  return { digest: sha256(32, meta), meta };
}

function describeSamples({ index, x, target, groups, weights, times, folds }: Samples): SamplesMeta {
  return {
    index,
    y: Array.from(target.kind === 'classes' ? target.codes : target.values),
    ...(groups && { groups: Array.from(groups) }),
    ...(weights && { weights: Array.from(weights) }),
    ...(times && { times: Array.from(times) }),
    ...(folds && { folds: Array.from(folds) }),
    rows: x.rows,
    bytes: x.data.byteLength,
    sha256: sha256(64, bytesOf(x.data)),
  };
}

/**
 * Stores a split's data in a folder (data/.prepared/), unless it is there. A damaged copy is replaced. Any number of
 * processes may store the same data at once. Throws Failure `data-not-stored`, for example where the disk is full.
 */
export function storePrepared(
  folder: string,
  prepared: Description & { data: SplitData },
): 'stored' | 'already there' {
  if (isWhole(folder, prepared.digest)) return 'already there';
  let temporary: string | undefined;
  try {
    if (mkdirSync(folder, { recursive: true }) && isForGroup(dirname(folder))) share(folder, dirname(folder));
    temporary = mkdtempSync(join(folder, '.writing-'));
    writeAndRename(folder, temporary, prepared);
    return 'stored';
  } catch (cause) {
    // Another process may have stored the same data first.
    if (isWhole(folder, prepared.digest)) return 'already there';
    const message = `the data of a split could not be stored: ${(cause as Error).message}`;
    throw new Failure('data-not-stored', message, undefined, { cause });
  } finally {
    if (temporary) rmSync(temporary, { recursive: true, force: true });
  }
}

function writeAndRename(
  folder: string,
  temporary: string,
  { digest, meta, data }: Description & { data: SplitData },
): void {
  const whole = join(temporary, digest);
  mkdirSync(whole);
  writeFile(join(whole, 'train.f64'), bytesOf(data.train.x.data));
  if (data.validate) writeFile(join(whole, 'validate.f64'), bytesOf(data.validate.x.data));
  writeFile(join(whole, 'meta.json'), Buffer.from(meta));
  for (const path of [whole, ...readdirSync(whole).map(name => join(whole, name))]) share(path, folder);
  syncFolder(whole);
  const target = join(folder, digest);
  // A folder can be renamed only onto an empty one. So a damaged copy first moves into the temporary folder.
  if (existsSync(target)) renameSync(target, join(temporary, 'damaged'));
  renameSync(whole, target);
  syncFolder(folder);
}

function writeFile(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'wx');
  try {
    let done = 0;
    while (done < bytes.length) {
      done += writeSync(descriptor, bytes, done, Math.min(PIECE_BYTES, bytes.length - done));
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Flushes the names in a folder to the disk. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some network file systems cannot sync folders. They order a rename after the writes by themselves.
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  } finally {
    closeSync(descriptor);
  }
}

function isWhole(folder: string, digest: string): boolean {
  if (!existsSync(join(folder, digest))) return false;
  try {
    readPrepared(folder, digest);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads the data of a split, and checks by the digest that it has not changed. All numbers are in one
 * SharedArrayBuffer. So data that is posted to another thread is shared, not copied. Throws Failure: `data-missing`,
 * `data-damaged`, `data-format`.
 */
export function readPrepared(folder: string, digest: string): SplitData {
  const { columns, target, train, validate } = readMeta(folder, digest);
  const parts = validate ? [train, validate] : [train];
  const files = ['train.f64', 'validate.f64'].slice(0, parts.length).map(name => join(folder, digest, name));
  // The sizes are compared before memory is allocated, because meta.json may be wrong.
  parts.forEach(({ bytes }, i) => {
    if (readPlain(files[i], (_, size) => size) !== bytes) throw damaged(files[i]);
  });
  const pool = sharedArrays(parts, target);
  const [first, second] = parts.map((part, i): Samples => {
    const data = pool.doubles(part.bytes / 8);
    if (readInto(files[i], bytesOf(data)) !== part.sha256) throw damaged(files[i]);
    const { index, y, groups, weights, times, folds, rows } = part;
    return {
      index,
      x: { rows, columns: columns.length, data },
      target: targetOf(y, target, pool),
      ...(groups && { groups: pool.integersOf(groups) }),
      ...(weights && { weights: pool.doublesOf(weights) }),
      ...(times && { times: pool.doublesOf(times) }),
      ...(folds && { folds: pool.integersOf(folds) }),
    };
  });
  return { columns, target, train: first, ...(second && { validate: second }) };
}

function targetOf(y: number[], meaning: TargetMeaning, pool: SharedArrays): Target {
  if (meaning.kind === 'values') return { kind: 'values', values: pool.doublesOf(y) };
  return { kind: 'classes', codes: pool.integersOf(y), k: meaning.names.length };
}

/** Arrays that lie in one SharedArrayBuffer, one behind the other. */
interface SharedArrays {
  doubles(length: number): Float64Array;
  doublesOf(values: number[]): Float64Array;
  integersOf(values: number[]): Int32Array;
}

/** A buffer that is as large as all numbers of these samples. */
function sharedArrays(parts: readonly SamplesMeta[], target: TargetMeaning): SharedArrays {
  const isValues = target.kind === 'values';
  let [doubleBytes, integerBytes] = [0, 0];
  for (const { y, bytes, groups = [], weights = [], times = [], folds = [] } of parts) {
    doubleBytes += bytes + 8 * (weights.length + times.length + (isValues ? y.length : 0));
    integerBytes += 4 * (groups.length + folds.length + (isValues ? 0 : y.length));
  }
  const buffer = new SharedArrayBuffer(doubleBytes + integerBytes);
  let [nextDouble, nextInteger] = [0, doubleBytes];
  const doubles = (length: number): Float64Array => {
    const taken = new Float64Array(buffer, nextDouble, length);
    nextDouble += taken.byteLength;
    return taken;
  };
  return {
    doubles,
    doublesOf(values) {
      const taken = doubles(values.length);
      taken.set(values);
      return taken;
    },
    integersOf(values) {
      const taken = new Int32Array(buffer, nextInteger, values.length);
      taken.set(values);
      nextInteger += taken.byteLength;
      return taken;
    },
  };
}

/** Reads and checks meta.json. */
function readMeta(folder: string, digest: string): Meta {
  // A digest can come from a log that somebody else wrote. It must not lead out of the folder.
  if (!/^[0-9a-f]{32}$/.test(digest)) {
    throw new Failure('data-missing', `${JSON.stringify(digest)} is not the name of prepared data`);
  }
  const file = join(folder, digest, 'meta.json');
  const text = readPlain(file, (descriptor, size) => {
    if (size > MAX_META_BYTES) throw damaged(file);
    return readFileSync(descriptor);
  });
  if (sha256(32, text) !== digest) throw damaged(file);
  const read = parseMeta(text.toString());
  if ('meta' in read) return read.meta;
  if ('wrong' in read) throw foreign(file, `does not describe prepared data: ${read.wrong}`);
  const known = FORMATS.join(' and ');
  const message = `the prepared data ${digest} has format ${read.format}, and this version reads ${known}`;
  throw new Failure('data-format', message, ENQUEUE_AGAIN);
}

function damaged(file: string): Failure {
  return new Failure('data-damaged', `${file} has changed since it was stored`, ENQUEUE_AGAIN);
}

/** The error for a file that `spt enqueue` cannot have written, although its digest is right. */
function foreign(file: string, what: string): Failure {
  const hint = `Delete the folder ${dirname(file)}, and run the same \`spt enqueue\` again.`;
  return new Failure('data-damaged', `${file} ${what}`, hint);
}

/** Opens an ordinary file, and gives its descriptor and size to `read`. */
function readPlain<T>(file: string, read: (descriptor: number, size: number) => T): T {
  try {
    const descriptor = openFile(file, 'read');
    try {
      return read(descriptor, fstatSync(descriptor).size);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    if (cause instanceof Failure)
      throw cause.code === 'not-a-file' ? foreign(file, 'is not a plain file') : cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const folder = dirname(file);
    const what =
      code === 'ENOENT' && !existsSync(folder)
        ? `there is no prepared data ${basename(folder)}`
        : `the prepared data cannot be read: ${message}`;
    const hint = `Copy the folder ${folder} from where it was prepared, or run the same \`spt enqueue\` again here.`;
    throw new Failure('data-missing', what, hint, { cause });
  }
}

/** Fills `bytes` with the start of a file; the file's SHA-256, or undefined where it has another length. */
function readInto(file: string, bytes: Uint8Array): string | undefined {
  return readPlain(file, (descriptor, size) => {
    if (size !== bytes.length) return undefined;
    // Bytes pass through ordinary memory, because some functions of Node refuse shared memory.
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, bytes.length));
    const hash = createHash('sha256');
    for (let done = 0; done < bytes.length;) {
      const count = readSync(descriptor, piece, 0, piece.length, null);
      if (count === 0) return undefined;
      const read = piece.subarray(0, Math.min(count, bytes.length - done));
      hash.update(read);
      bytes.set(read, done);
      done += count;
    }
    return hash.digest('hex');
  });
}
