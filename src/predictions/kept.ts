/**
 * Predictions that a worker kept while it trained: `data/.predictions/<first two digits>/<id of the config>`. The files
 * are a cache. Each has one writer, appears as a whole, carries the SHA-256 of its content, and may be deleted at any
 * time. Nothing of them is state. Only the user who trained can read them, because they tell of patients.
 *
 *     the SHA-256 of all that follows, as 64 hexadecimal digits, and a line feed
 *     one line of JSON: format, version, config, digest of the model, classes, singles, folds, validate
 *     for each fold, and then for the validation samples: labels (i32), decision (f64), probabilities (f64), or values
 *     (f64), each little-endian and filled up to a multiple of 8 bytes
 *
 * Version 1 holds classes. Version 2 holds values, has 0 classes, and is not read by spt before 0.6.0.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { openFile } from '../base/files.js';
import { sha256 } from '../base/json.js';
import type { Said } from '../ml/predictions.js';
import type { AllOutputs } from '../ml/scored.js';

/** All that the models of a config said of samples that they had not seen. */
export interface Kept extends Said {
  config: string;
}

/** What the header tells of the outputs for some samples. */
interface PartMeta {
  samples: number;
  decision?: boolean;
  proba?: boolean;
}

interface Header {
  format: string;
  version: number;
  config: string;
  digest: string;
  classes: number;
  singles: boolean;
  folds: PartMeta[];
  validate?: PartMeta;
}

const FORMAT = 'spt-predictions';
const OF_CLASSES = 1;
const OF_VALUES = 2;
const DIGITS = 64;
const TEMPORARY = '.writing-';
/** A file that is still unfinished after this time has lost its writer, in ms. */
const STALE_MS = 3_600_000;

const pathOf = (folder: string, id: string): string => join(folder, id.slice(0, 2), id);

/** The bytes of a file. */
function encode({ config, digest, folds, validate }: Kept): Buffer {
  const parts = [...folds, ...(validate ? [validate] : [])];
  const header: Header = {
    ...{ format: FORMAT, ...kindOf(parts[0]), config, digest },
    folds: folds.map(metaOf),
    ...(validate && { validate: metaOf(validate) }),
  };
  const body = parts.flatMap(arraysOf).flatMap(array => (array ? filled(array) : []));
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...body]);
  return Buffer.concat([Buffer.from(`${sha256(DIGITS, content)}\n`), content]);
}

const kindOf = (outputs: AllOutputs): Pick<Header, 'version' | 'classes' | 'singles'> =>
  outputs.classes === undefined
    ? { version: OF_VALUES, classes: 0, singles: false }
    : { version: OF_CLASSES, classes: outputs.classes, singles: outputs.singles === true };

const metaOf = (outputs: AllOutputs): PartMeta =>
  outputs.classes === undefined
    ? { samples: outputs.values.length }
    : {
        samples: outputs.labels.length,
        decision: outputs.decision !== undefined,
        proba: outputs.proba !== undefined,
      };

const arraysOf = (outputs: AllOutputs): (Int32Array | Float64Array | undefined)[] =>
  outputs.classes === undefined ? [outputs.values] : [outputs.labels, outputs.decision, outputs.proba];

function filled({ buffer, byteOffset, byteLength }: Int32Array | Float64Array): Buffer[] {
  return [Buffer.from(buffer, byteOffset, byteLength), Buffer.alloc((8 - (byteLength % 8)) % 8)];
}

/** What the bytes of a file hold; undefined for bytes that are not whole, or of another config or version. */
function decode(bytes: Buffer, config: string): Kept | undefined {
  const content = bytes.subarray(DIGITS + 1);
  if (bytes.toString('latin1', 0, DIGITS) !== sha256(DIGITS, content)) return undefined;
  const end = content.indexOf('\n');
  const header = JSON.parse(content.toString('utf8', 0, end)) as Header;
  const { version, classes, singles, digest, folds, validate } = header;
  const isKnown = version === OF_CLASSES || version === OF_VALUES;
  if (header.format !== FORMAT || !isKnown || header.config !== config) return undefined;
  let at = end + 1;
  const take = (length: number, width: number): ArrayBuffer => {
    const part = content.subarray(at, at + length * width);
    at += Math.ceil((length * width) / 8) * 8;
    return Uint8Array.from(part).buffer;
  };
  const valuesOf = ({ samples }: PartMeta): AllOutputs => ({ values: new Float64Array(take(samples, 8)) });
  const classesOf = ({ samples, decision, proba }: PartMeta): AllOutputs => ({
    classes,
    singles,
    labels: new Int32Array(take(samples, 4)),
    ...(decision && { decision: new Float64Array(take(samples * (classes === 2 ? 1 : classes), 8)) }),
    ...(proba && { proba: new Float64Array(take(samples * classes, 8)) }),
  });
  const outputs = version === OF_VALUES ? valuesOf : classesOf;
  return { config, digest, folds: folds.map(outputs), ...(validate && { validate: outputs(validate) }) };
}

/** Keeps the predictions of a config. Throws what the file system throws. */
export function writeKept(folder: string, kept: Kept): void {
  const path = pathOf(folder, kept.config);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = join(folder, `${TEMPORARY}${kept.config}-${process.pid}-${Date.now()}`);
  const file = openSync(temporary, 'wx', 0o600);
  try {
    try {
      writeFileSync(file, encode(kept));
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The kept predictions of a config; undefined where there are none, or where the file is of no use. */
export function readKept(folder: string, config: string): Kept | undefined {
  try {
    const file = openFile(pathOf(folder, config), 'read');
    try {
      return decode(readFileSync(file), config);
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** Removes what killed writers left behind. */
export function sweepKept(folder: string): void {
  for (const name of namesIn(folder)) {
    if (!name.startsWith(TEMPORARY)) continue;
    const path = join(folder, name);
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - written > STALE_MS) rmSync(path, { force: true });
  }
}

/** How many files are kept, and their bytes. */
export function sizeOfKept(folder: string): { files: number; bytes: number } {
  const size = { files: 0, bytes: 0 };
  for (const part of namesIn(folder))
    for (const name of namesIn(join(folder, part))) {
      size.files++;
      size.bytes += statSync(join(folder, part, name), { throwIfNoEntry: false })?.size ?? 0;
    }
  return size;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
