import { InputError, type Place } from '../base/errors.js';
import { quote, someOf } from '../base/listing.js';
import { isPattern, matchesPattern } from '../base/patterns.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { cellKind, formOf, type Form } from './cells.js';
import { decimal, type MissingMarkers } from './numbers.js';
import { presentTexts, type TextColumn } from './text-column.js';
import { areTruths } from './truth.js';
import type { ColumnKind, KindRule } from './types.js';

/**
 * What a column of text holds. Only a column whose meaning is plain gets a kind. Of any other column, the user is asked:
 * to take a typing error for a category would be silent.
 */
export type TextKind = 'category' | 'boolean' | 'wrong numbers' | 'dates' | 'free text';

/** Up to this number of different texts are always taken as categories. */
const MOST_LEVELS = 10;
/** More different texts are categories where each stands in at least this number of cells, on average. */
const CELLS_OF_A_LEVEL = 2;

/** Numbers in another form. A column of such cells is no category. */
const NUMBERS: readonly Form[] = ['comma', 'marks', 'base', 'percentage'];
/** Cells that may be numbers in another form, or names of ranges and ranks: `<18`, `1st`. */
const NUMBERS_OR_NAMES: readonly Form[] = ['limit', 'unit'];

/** What the cells of a column look like. */
interface Looks {
  cells: number;
  different: number;
  /** How many cells hold a number, an infinite number, or a word that usually means no value. */
  numbers: number;
  infinite: number;
  none: number;
  forms: Map<Form, number>;
}

function looksOf(column: TextColumn, present: readonly number[]): Looks {
  const looks: Looks = {
    cells: 0,
    different: present.length,
    numbers: 0,
    infinite: 0,
    none: 0,
    forms: new Map(),
  };
  for (const code of present) {
    const [text, times] = [column.texts[code], column.times[code]];
    looks.cells += times;
    const kind = cellKind(text);
    const form = formOf(text);
    if (decimal(text) !== undefined) looks.numbers += times;
    else if (kind === 'infinite' || kind === 'none') looks[kind] += times;
    else if (form) looks.forms.set(form, (looks.forms.get(form) ?? 0) + times);
  }
  return looks;
}

/** What a column of text holds, where `columns:` does not say it. */
export function textKind(column: TextColumn, missing: MissingMarkers): TextKind {
  const present = presentTexts(column, missing);
  if (areTruths(present.map(code => column.texts[code]))) return 'boolean';
  const { cells, different, numbers, infinite, none, forms } = looksOf(column, present);
  const half = (wanted: readonly Form[]): boolean =>
    2 * wanted.reduce((sum, form) => sum + (forms.get(form) ?? 0), numbers) >= cells;
  const many = different > MOST_LEVELS;
  if (2 * numbers >= cells || infinite > 0 || numbers + none === cells) return 'wrong numbers';
  if (2 * (forms.get('date') ?? 0) >= cells) return 'dates';
  if (half(many ? [...NUMBERS, ...NUMBERS_OR_NAMES] : NUMBERS)) return 'wrong numbers';
  if (many && CELLS_OF_A_LEVEL * different > cells) return 'free text';
  return numbers > 0 ? 'wrong numbers' : 'category';
}

/** The rule of each column that has one. A name counts before a pattern, and patterns count in their order. */
export function rulesOf(
  names: readonly string[],
  rules: readonly KindRule[],
  file: string,
): Map<string, KindRule> {
  const found = new Map<string, KindRule>();
  const known = new Set(names);
  const [exact, patterns] = [true, false].map(isExact =>
    rules.filter(({ pattern }) => isExact === (known.has(pattern) || !isPattern(pattern))),
  );
  for (const rule of exact) {
    if (!known.has(rule.pattern)) throw unknownColumn(rule, names, file);
    found.set(rule.pattern, rule);
  }
  for (const rule of patterns) {
    const meant = names.filter(name => matchesPattern(name, rule.pattern));
    if (meant.length === 0) throw unknownColumn(rule, names, file);
    for (const name of meant) if (!found.has(name)) found.set(name, rule);
  }
  return found;
}

function unknownColumn({ pattern, place }: KindRule, names: readonly string[], file: string): InputError {
  const what = isPattern(pattern) ? 'no feature of the table matches' : 'the table has no feature';
  return new InputError('no-such-column', `${what} ${quote(pattern)}`, {
    place,
    value: pattern,
    expected: `${oneOf(names)} (in ${file})`,
    hint: didYouMean(pattern, names),
  });
}

/** The name of a column as a key of YAML. */
const keyOf = (name: string): string =>
  /^[A-Za-z_][\w.-]*$/.test(name) && !/^(true|false|null)$/i.test(name) ? name : JSON.stringify(name);

/** How many columns a line to write names. */
const MOST_NAMED = 5;

/** The line to write so that columns are of this kind. */
export function kindLine(names: readonly string[], kind: Exclude<ColumnKind, 'ordered'>): string {
  const some = names.slice(0, MOST_NAMED).map(name => `${keyOf(name)}: ${kind}`);
  return `\`columns: { ${some.join(', ')}${names.length > MOST_NAMED ? ', ...' : ''} }\``;
}

/** What to do where columns with wrong cells hold categories. */
export const ifCategories = (names: readonly string[]): string =>
  `If ${someOf(names.map(quote))} ${names.length === 1 ? 'is a category' : 'are categories'}, ` +
  `write ${kindLine(names, 'category')} in config.yaml.`;

/** Columns that cannot be learned from, with the first cell of the first one. */
interface Refused {
  names: readonly string[];
  cell: string;
  place: Place;
}

const more = (names: readonly string[]): string =>
  names.length > 1 ? ` (${names.length} columns like it: ${someOf(names)})` : '';

export function dateColumns({ names, cell, place }: Refused): InputError {
  return new InputError(
    'date-column',
    `the column ${quote(names[0])} holds dates or times, such as ${quote(cell)}${more(names)}`,
    {
      place,
      value: cell,
      expected: 'numbers or categories',
      hint:
        'Write numbers for them, such as days or hours from a fixed start, or leave the column out. ' +
        `If equal dates are one category, write ${kindLine(names, 'category')} in config.yaml.`,
    },
  );
}

export function freeText({ names, cell, place }: Refused, different: number, cells: number): InputError {
  const many = `${different.toLocaleString('en-US')} different texts in ${cells.toLocaleString('en-US')} cells`;
  return new InputError('free-text', `the column ${quote(names[0])} holds free text: ${many}${more(names)}`, {
    place,
    value: cell,
    expected: 'numbers or categories',
    hint:
      'A model learns nothing from a text that few samples share: leave the column out. ' +
      `If it is a category, write ${kindLine(names, 'category')} in config.yaml.`,
  });
}
