import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { InputError, InputErrors, type Complaint, type Place } from '../base/errors.js';
import { bounded } from '../base/listing.js';
import { didYouMean } from '../base/suggest.js';

/**
 * One YAML 1.2 document as plain JSON, with the line and column of every value.
 *
 * Parts of YAML that a configuration never needs are refused where they stand: several documents, merge keys, tags,
 * keys that are not text, equal keys, numbers that JSON or a double cannot hold, control characters, and aliases that
 * stand for very many values. Sizes are bounded, so that a foreign file cannot hang a command.
 */
export interface YamlFile {
  /** The file's name, as it is shown. */
  file: string;
  /** Maps, lists, text, finite numbers, booleans and null. */
  value: unknown;
  /** Where the value at a path stands. Where there is no value, the place of the nearest value around it. */
  placeOf(path: Path): Place;
  /** Where the last key of a path stands. */
  placeOfKey(path: Path): Place;
  /** The text of a scalar as it was written (`1.0`, `NULL`), without quotes; undefined where there is no scalar. */
  sourceOf(path: Path): string | undefined;
  /** Whether a number was written as one that is not whole (`1.0`, `1.`, `1e0`), whatever its value. */
  isFloat(path: Path): boolean;
}

/** Keys and list positions from the top of a document. */
export type Path = readonly (string | number)[];

/** The largest file, in bytes. A larger file was named by mistake. */
export const MAX_FILE_BYTES = 1 << 20;
/** How many values may come from aliases. Nine anchors of nine aliases each would make 387 million. */
const MAX_ALIASED_VALUES = 10_000;
/** How deep maps and lists may nest. */
const MAX_DEPTH = 64;
/** How many syntax errors are thrown. Later ones mostly follow from the first. */
const MAX_SYNTAX_ERRORS = 10;

/** Names with a meaning for JavaScript's objects. No search needs them. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * C0 except tab and line ends, DEL, C1, and the characters that change the direction of text or break lines invisibly.
 */
const CONTROL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/;

/** Reads and checks a file. Throws InputErrors with all mistakes in its form. */
export function readYaml(file: string): YamlFile {
  return parseYaml(file, decode(file, readBytes(file)));
}

function refuse(code: string, message: string, complaint: Complaint, cause?: unknown): InputErrors {
  return new InputErrors([new InputError(code, message, complaint, cause === undefined ? {} : { cause })]);
}

const UNREADABLE: { [code: string]: string } = {
  ENOENT: 'there is no such file',
  EACCES: 'the file may not be read',
  EISDIR: 'this is a directory, not a file',
  ENOTDIR: 'a part of the path is not a directory',
  ELOOP: 'the path is a circle of symbolic links',
  ENAMETOOLONG: 'the path is too long',
};

function readBytes(file: string): Buffer {
  const place = { file };
  try {
    // The kind of file is checked before the file is opened. To open a named pipe would wait for its other end.
    const found = statSync(file);
    if (found.isDirectory()) throw Object.assign(new Error('a directory'), { code: 'EISDIR' });
    if (!found.isFile()) throw refuse('unreadable-file', 'this is not a plain file', { place });
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      if (size > MAX_FILE_BYTES) {
        throw refuse('file-too-large', 'the file is too large for a configuration', {
          place,
          value: `${size} bytes`,
          expected: `at most ${MAX_FILE_BYTES} bytes`,
        });
      }
      return readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof InputErrors) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    const hint =
      code === 'ENOENT'
        ? 'Name the folder that holds configs/ with --root, or write a first search with spt init.'
        : undefined;
    throw refuse(
      code === 'ENOENT' ? 'no-such-file' : 'unreadable-file',
      UNREADABLE[code] ?? message,
      { place, hint },
      error,
    );
  }
}

/** Line and column (from 1) of an offset in a text. */
function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before[before.length - 1].length + 1 };
}

function decode(file: string, bytes: Buffer): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const again = Buffer.from(text, 'utf8');
  if (!again.equals(bytes)) {
    let same = 0;
    while (bytes[same] === again[same]) same++;
    throw refuse('not-utf8', 'the file is not UTF-8 text', {
      place: { file, ...lineAndColumn(text, bytes.toString('utf8', 0, same).length) },
      value: `byte 0x${bytes[same].toString(16).padStart(2, '0')}`,
      hint: 'Save it as UTF-8.',
    });
  }
  const content = text.replace(/^\ufeff/, '');
  const control = CONTROL.exec(content);
  if (control) {
    throw refuse('control-character', 'the file holds a control character', {
      place: { file, ...lineAndColumn(content, control.index) },
      value: codePoint(control[0]),
    });
  }
  return content;
}

const codePoint = (character: string): string =>
  `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** The document in a text; `file` is what its places are named after. Throws InputErrors. */
export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  // Equal keys are found below, because the parser would compare every key with every other one.
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    merge: false,
    stringKeys: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const malformed = syntaxErrors(document, at);
  if (malformed.length > 0) throw new InputErrors(malformed);
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    throw refuse('empty-file', 'the file is empty', { place: { file, line: 1, column: 1 } });
  }
  const walk: Walk = {
    at,
    errors: [],
    anchors: new Map(),
    targets: new Map(),
    open: new Set(),
    aliased: 0,
    inAlias: 0,
  };
  const value = plainValue(walk, document.contents, 0);
  if (walk.errors.length > 0) throw new InputErrors(walk.errors);
  return { file, value, ...finder(document.contents, walk.targets, at) };
}

function syntaxErrors(document: Document.Parsed<any>, at: (offset: number) => Place): InputError[] {
  const errors = [...document.errors, ...document.warnings].slice(0, MAX_SYNTAX_ERRORS).map(error => {
    const complaint: Complaint = { place: at(error.pos[0]) };
    if (error.code === 'TAB_AS_INDENT') complaint.hint = 'Indent with spaces.';
    if (error.code === 'MULTIPLE_DOCS') complaint.hint = 'A second document starts here: remove the `---`.';
    if (error.code === 'BLOCK_AS_IMPLICIT_KEY')
      complaint.hint = 'If the colon belongs to the value, write the value in quotes.';
    if (error.code === 'BAD_INDENT')
      complaint.hint = 'Check the indentation of this line, and that each [ and { before it is closed.';
    const deep = error.code === 'RESOURCE_EXHAUSTION';
    const message = deep ? 'maps and lists nest too deep' : bounded(error.message.split('\n')[0], 200);
    return new InputError(deep ? 'too-deep' : 'bad-yaml', message, complaint);
  });
  if (
    errors.length === 0 &&
    document.directives?.yaml.explicit &&
    document.directives.yaml.version !== '1.2'
  ) {
    const value = document.directives.yaml.version;
    const hint = 'Remove the %YAML line. YAML 1.1 reads `no` as false and 012 as ten.';
    errors.push(
      new InputError('yaml-version', 'the file is written in another version of YAML', {
        place: at(0),
        value,
        expected: '1.2',
        hint,
      }),
    );
  }
  return errors[0]?.code === 'too-deep' ? errors.slice(0, 1) : errors;
}

/** The state of a walk through a document. */
interface Walk {
  at(offset: number): Place;
  errors: InputError[];
  /** The latest node of each anchor. */
  anchors: Map<string, Node>;
  /** What each alias stands for. */
  targets: Map<Alias, Node>;
  /** The nodes that are being read, to notice an alias of a node inside of it. */
  open: Set<Node>;
  /** How many values came from aliases so far, and how many aliases are being followed. */
  aliased: number;
  inAlias: number;
}

const startOf = (node: Node): number => node.range?.[0] ?? 0;

function complain(walk: Walk, node: Node, code: string, message: string, rest: Complaint = {}): null {
  walk.errors.push(new InputError(code, message, { place: walk.at(startOf(node)), ...rest }));
  return null;
}

/** The plain JSON of a node. Mistakes go to `walk.errors`, and null stands in place of a wrong value. */
function plainValue(walk: Walk, node: Node, depth: number): unknown {
  if (walk.inAlias > 0 && ++walk.aliased > MAX_ALIASED_VALUES) {
    if (walk.aliased > MAX_ALIASED_VALUES + 1) return null;
    return complain(walk, node, 'too-many-aliases', 'aliases stand for too many values', {
      expected: `at most ${MAX_ALIASED_VALUES} values that come from aliases`,
    });
  }
  if (depth > MAX_DEPTH) {
    return complain(walk, node, 'too-deep', 'maps and lists nest too deep', {
      expected: `at most ${MAX_DEPTH} levels`,
    });
  }
  if (isAlias(node)) return aliasValue(walk, node, depth);
  const { anchor } = node as Scalar | YAMLMap | YAMLSeq;
  if (anchor && walk.inAlias === 0) walk.anchors.set(anchor, node);
  if (node.tag && !/^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/.test(node.tag)) {
    return complain(walk, node, 'yaml-tag', 'tags are not used here', { value: bounded(node.tag, 80) });
  }
  walk.open.add(node);
  try {
    if (isMap(node)) return mapValue(walk, node as YAMLMap<Node, Node>, depth);
    if (isSeq(node)) return (node as YAMLSeq<Node>).items.map(item => plainValue(walk, item, depth + 1));
    return scalarValue(walk, node as Scalar);
  } finally {
    walk.open.delete(node);
  }
}

function aliasValue(walk: Walk, alias: Alias, depth: number): unknown {
  const target = walk.anchors.get(alias.source);
  if (!target) {
    const hint = didYouMean(alias.source, walk.anchors.keys());
    return complain(walk, alias, 'unknown-alias', 'there is no such anchor above', {
      value: `*${bounded(alias.source, 80)}`,
      hint,
    });
  }
  if (walk.open.has(target)) {
    return complain(walk, alias, 'recursive-alias', 'the alias stands inside its own anchor', {
      value: `*${bounded(alias.source, 80)}`,
    });
  }
  walk.targets.set(alias, target);
  walk.inAlias++;
  const value = plainValue(walk, target, depth);
  walk.inAlias--;
  return value;
}

function mapValue(walk: Walk, map: YAMLMap<Node, Node>, depth: number): unknown {
  const value: { [key: string]: unknown } = {};
  const seen = new Map<string, Node>();
  for (const { key, value: member } of map.items as Pair<Node, Node | null>[]) {
    const name = scalarValue(walk, key as Scalar);
    if (typeof name !== 'string') continue;
    const shown = bounded(name, 80);
    const first = seen.get(name);
    if (name === '<<' && (key as Scalar).type === 'PLAIN') {
      complain(walk, key, 'merge-key', 'merge keys are not part of YAML 1.2', {
        value: '<<',
        hint: 'Write its keys out, one by one.',
      });
    } else if (FORBIDDEN_KEYS.has(name)) {
      complain(walk, key, 'forbidden-key', 'this name is not allowed as a key', { value: name });
    } else if (first) {
      const line = walk.at(startOf(first)).line;
      complain(walk, key, 'duplicate-key', `the key \`${shown}\` is written twice`, {
        value: shown,
        hint: `The first is in line ${line}.`,
      });
    } else {
      seen.set(name, key);
      value[name] = member ? plainValue(walk, member, depth + 1) : null;
    }
  }
  return value;
}

function scalarValue(walk: Walk, scalar: Scalar): unknown {
  const { value, source = '' } = scalar;
  if (typeof value === 'string') {
    const control = CONTROL.exec(value) ?? /[\t\n\r]/.exec(value);
    if (!control) return value;
    return complain(walk, scalar, 'control-character', 'the text holds a control character', {
      value: codePoint(control[0]),
    });
  }
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) {
    return complain(walk, scalar, 'not-finite', 'the number is not finite', {
      value: bounded(source, 80),
      expected: 'a finite number',
    });
  }
  if (/^[-+]?\d+$/.test(source) && !Number.isSafeInteger(value)) {
    return complain(walk, scalar, 'inexact-number', 'the number has too many digits to be kept exactly', {
      value: bounded(source, 80),
      expected: `at most ${Number.MAX_SAFE_INTEGER}`,
      hint: 'If it is a name, write it in quotes.',
    });
  }
  return value + 0; // -0 is 0
}

const FLOAT_TAG = 'tag:yaml.org,2002:float';

/** The look-ups of a YamlFile. */
function finder(root: Node, targets: Map<Alias, Node>, at: (offset: number) => Place) {
  const through = (node: Node): Node => {
    while (isAlias(node)) node = targets.get(node)!;
    return node;
  };
  const member = (node: Node, step: string | number): { key?: Node; value: Node } | undefined => {
    const inside = through(node);
    if (isSeq(inside)) {
      const item = (inside as YAMLSeq<Node>).items[Number(step)];
      return item && { value: item };
    }
    if (!isMap(inside)) return undefined;
    const pair = (inside as YAMLMap<Scalar, Node | null>).items.find(({ key }) => key.value === String(step));
    return pair && { key: pair.key, value: pair.value ?? pair.key };
  };
  const find = (path: Path): { key?: Node; value: Node; whole: boolean } => {
    let found: { key?: Node; value: Node } = { value: root };
    for (const step of path) {
      const next = member(found.value, step);
      if (!next) return { ...found, whole: false };
      found = next;
    }
    return { ...found, whole: true };
  };
  return {
    placeOf: (path: Path): Place => at(startOf(find(path).value)),
    placeOfKey(path: Path): Place {
      const { key, value } = find(path);
      return at(startOf(key ?? value));
    },
    sourceOf(path: Path): string | undefined {
      const { key, value, whole } = find(path);
      if (whole && value === key) return '';
      const scalar = through(value);
      if (!whole || !isScalar(scalar)) return undefined;
      return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
    },
    isFloat(path: Path): boolean {
      const scalar = through(find(path).value);
      if (!isScalar(scalar) || typeof scalar.value !== 'number') return false;
      return scalar.tag === FLOAT_TAG || !/^[-+]?\d+$|^0[ox]/.test(scalar.source ?? '');
    },
  };
}
