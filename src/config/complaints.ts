import type { z } from 'zod';
import { InputError, InputErrors, type Complaint, type Place } from '../base/errors.js';
import { bounded } from '../base/listing.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { definitionOf, type Definition } from '../ml/definition.js';
import { shareIn, shareText } from '../ml/parameters.js';

/**
 * Turns zod's issues into errors with a place. zod knows what is wrong and the path to it. The document knows the place
 * of the path. Our checks give the rest in the `params` of their issues (CheckParams).
 */

type Issue = z.core.$ZodIssue;
type Path = (string | number)[];

/** The values that were checked, and how to name and find them. */
export interface Checked {
  schema: z.ZodType;
  /** The value that the schema checked. */
  value: unknown;
  placeOf(path: Path): Place;
  placeOfKey(path: Path): Place;
  /** The name of a path in a message. Absent: its keys, joined by dots. */
  nameOf?(path: Path): string;
}

/** What our checks may give besides a message. */
export interface CheckParams {
  code?: string;
  expected?: string;
  hint?: string;
  /** Whether the place is that of the key, not of its value. */
  key?: boolean;
  /** Whether the message only repeats `expected`. Then the error has the usual message instead. */
  plain?: boolean;
}

/** One error for each mistake; an issue of several unknown keys gives an error for each key. */
export function complaintsOf(issues: readonly Issue[], checked: Checked): InputError[] {
  return issues.flatMap(issue => complaint(issue, issue.path as Path, checked));
}

function complaint(issue: Issue, path: Path, checked: Checked): InputError[] {
  const name = checked.nameOf ? checked.nameOf(path) : dotted(path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(key, path, name, checked));
  if (issue.code === 'invalid_union') {
    const inner = branch(issue);
    if (inner) return inner.flatMap(one => complaint(one, [...path, ...(one.path as Path)], checked));
  }
  if (issue.code === 'invalid_key') {
    const place = checked.placeOfKey(path);
    const reason = issue.issues[0]?.message ?? 'this is not a key';
    return [new InputError('bad-name', reason, { place, value: shown(path[path.length - 1]) })];
  }
  const { present, value } = valueAt(checked.value, path);
  const missing = !present && (issue.code !== 'custom' || issue.params?.expected !== undefined);
  if (issue.code === 'custom' && !missing && !issue.params?.plain) return [customError(issue, path, checked)];
  const expected = expectation(issue);
  if (missing) {
    const key = path[path.length - 1];
    const parent = path.slice(0, -1);
    const within = parent.length > 0 ? ` in \`${dotted(parent)}\`` : '';
    const complaint = { place: checked.placeOf(parent), expected };
    return [new InputError('missing-key', `the key \`${key}\` is missing${within}`, complaint)];
  }
  const hint = hintFor(value, choicesOf(issue), expected) ?? ownHint(issue);
  const share = shareIn(value);
  const complaints: Complaint = { place: checked.placeOf(path), value: shown(value), expected, hint };
  const bad = share === undefined ? 'bad value' : `bad value ${shareText(share)}`;
  if (share !== undefined) delete complaints.value;
  const message = name === '' ? `the file is not ${expected}` : `${bad} for \`${name}\``;
  return [new InputError(CODES[issue.code] ?? 'bad-value', message, complaints)];
}

const CODES: { [code: string]: string } = {
  invalid_type: 'wrong-type',
  invalid_value: 'unknown-value',
  too_small: 'too-small',
  too_big: 'too-big',
  invalid_union: 'wrong-type',
};

function customError(issue: z.core.$ZodIssueCustom, path: Path, checked: Checked): InputError {
  const { code = 'bad-value', expected, hint, key = false }: CheckParams = issue.params ?? {};
  const place = key ? checked.placeOfKey(path) : checked.placeOf(path);
  const { present, value } = valueAt(checked.value, path);
  const told = key ? path[path.length - 1] : value;
  return new InputError(code, issue.message, {
    place,
    value: present ? shown(told) : undefined,
    expected,
    hint,
  });
}

function unknownKey(key: string, path: Path, name: string, checked: Checked): InputError {
  const known = keysOf(checked.schema, path);
  const where = path.length > 0 || checked.nameOf ? ` in \`${name}\`` : '';
  return new InputError('unknown-key', `there is no key \`${bounded(key, 80)}\`${where}`, {
    place: checked.placeOfKey([...path, key]),
    value: bounded(key, 80),
    expected: oneOf(known),
    hint: NUMBER.test(key) ? BRACKETS : didYouMean(key, known),
  });
}

const NUMBER = /^[-+]?[\d.]+(e[-+]?\d+)?$/i;
/** For `C: 0.1, 1, 10` inside of braces, where YAML takes 1 and 10 for keys. */
const BRACKETS = 'Several values are a list in brackets: `[0.1, 1, 10]`.';

/** The issues of the only branch of a union that fits the shape of the value; undefined if none or several fit. */
function branch(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  const shaped = issue.errors.filter(issues =>
    issues.some(one => one.path.length > 0 || one.code === 'unrecognized_keys'),
  );
  if (shaped.length === 1) return shaped[0];
  const typed = issue.errors.filter(
    issues => !issues.some(one => one.path.length === 0 && one.code === 'invalid_type'),
  );
  const [first] = typed.length === 1 && shaped.length === 0 ? typed[0] : [];
  return first?.code === 'custom' && !first.params?.plain ? typed[0] : undefined;
}

const TYPES: { [type: string]: string } = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'null',
};

/** What the schema expects, as a phrase: "a whole number of at least 1". */
function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return oneOf(issue.values.map(value => String(value)));
    case 'too_small':
      return boundary(issue.origin, issue.inclusive === false ? 'above' : 'at least', Number(issue.minimum));
    case 'too_big':
      return boundary(issue.origin, issue.inclusive === false ? 'below' : 'at most', Number(issue.maximum));
    case 'invalid_union':
      return [...new Set(issue.errors.flatMap(issues => issues.slice(0, 1).map(expectation)))].join(' or ');
    case 'custom':
      return String(issue.params?.expected ?? issue.message.toLowerCase());
    default:
      return issue.message.toLowerCase();
  }
}

function boundary(origin: string, relation: string, limit: number): string {
  if (origin === 'array') return `a list of ${relation} ${limit} values`;
  if (origin === 'string') return `text of ${relation} ${limit} characters`;
  const noun = origin === 'int' ? 'a whole number' : 'a number';
  const link = relation === 'above' || relation === 'below' ? '' : 'of ';
  return `${noun} ${link}${relation} ${limit}`;
}

/** The hint that one of our checks gives; of a union, the first hint in its branches. */
function ownHint(issue: Issue): string | undefined {
  if (issue.code === 'custom') return issue.params?.hint as string | undefined;
  return issue.code === 'invalid_union' ? issue.errors.flat().map(ownHint).find(Boolean) : undefined;
}

/** The words that the schema accepts; of a union, those of all branches. */
function choicesOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(value => String(value));
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap(choicesOf);
  return [];
}

/** Words of Python and of older YAML, and what to write instead. */
const HABITS = new Map([
  ['None', 'YAML writes null for None.'],
  ['yes', 'YAML 1.2 writes true for yes.'],
  ['no', 'YAML 1.2 writes false for no.'],
  ['on', 'YAML 1.2 writes true for on.'],
  ['off', 'YAML 1.2 writes false for off.'],
]);

function hintFor(value: unknown, choices: string[], expected: string): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value === 'None' || /true or false/.test(expected)) return HABITS.get(value);
  if (NUMBER.test(value) && /number/.test(expected)) return 'Remove the quotes.';
  return listHint(value, choices, expected) ?? didYouMean(value, choices);
}

/** The hint for values that are separated by commas and lack brackets. */
function listHint(value: string, choices: string[], expected: string): string | undefined {
  const pieces = value.split(',').map(piece => piece.trim());
  const isValue = (piece: string): boolean =>
    choices.includes(piece) || (NUMBER.test(piece) && /number|share/.test(expected));
  if (pieces.length < 2 || !pieces.every(isValue)) return undefined;
  return `Several values are a list in brackets: \`[${pieces.join(', ')}]\`.`;
}

/** A value for an error: the value itself where it is short, else the beginning of its JSON. */
export function shown(value: unknown): unknown {
  if (typeof value === 'string') return bounded(value, 80);
  if (value === null || typeof value !== 'object') return value;
  const text = JSON.stringify(value);
  return text.length <= 80 ? value : bounded(text, 80);
}

const dotted = (path: Path): string => bounded(path.map(step => bounded(String(step), 64)).join('.'), 200);

function valueAt(value: unknown, path: Path): { present: boolean; value?: unknown } {
  let inside = value;
  for (const step of path) {
    if (inside === null || typeof inside !== 'object' || !Object.hasOwn(inside, step))
      return { present: false };
    inside = (inside as { [key: string]: unknown })[step];
  }
  return { present: true, value: inside };
}

/** The keys that the schema knows at a path. None where it takes all keys. */
export function keysOf(schema: z.ZodType, path: Path = []): string[] {
  return keysIn(definitionOf(schema), path);
}

function keysIn({ options, members, item }: Definition, path: Path): string[] {
  if (options) return options.flatMap(option => keysIn(option, path));
  if (members && path.length === 0) return [...members.keys()];
  const inside = members ? members.get(String(path[0])) : item;
  return inside && path.length > 0 ? keysIn(inside, path.slice(1)) : [];
}

/** Throws InputErrors with all errors, in the order of files, lines and columns. Without errors it does nothing. */
export function throwAll(errors: readonly InputError[]): void {
  if (errors.length === 0) return;
  const files = [...new Set(errors.map(error => error.complaint.place?.file))];
  const order = (error: InputError): number[] => {
    const { file, line = 0, column = 0 } = error.complaint.place ?? { file: '' };
    return [files.indexOf(file), line, column];
  };
  const sorted = [...errors].sort((a, b) => {
    const [left, right] = [order(a), order(b)];
    return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
  });
  throw new InputErrors(sorted);
}
