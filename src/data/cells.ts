import { quote } from '../base/listing.js';
import { decimal } from './numbers.js';

/**
 * What a cell without a number looks like, and what a person can do about it. Only a word that usually means "no value"
 * is proposed as a missing marker. To mark a limit of detection or a category as missing would erase it.
 */

/** The forms of a value that is not a decimal number. */
export type Form = 'point' | 'comma' | 'marks' | 'base' | 'limit' | 'percentage' | 'date' | 'unit';

const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';

/** The patterns of the forms, and what to do about each of them. */
const FORMS: { form: Form; pattern: RegExp; says: (cell: string) => string }[] = [
  {
    form: 'point',
    pattern: /^[+-]?\d*\.\d+$/,
    says: cell =>
      `${cell} has a point, and the numbers of the table have decimal commas. Write no marks between thousands, ` +
      'and a comma before decimals.',
  },
  {
    form: 'marks',
    pattern: /^[+-]?[1-9]\d{0,2}(,\d{3})+$/,
    says: cell =>
      `${cell} may have a mark between thousands: then write the digits alone. ` +
      'If it is a decimal comma, as in all numbers, write `decimal: ","` under `data:`.',
  },
  {
    form: 'comma',
    pattern: /^[+-]?(\d+,\d+|\d{1,3}(\.\d{3})+,\d+|,\d+)(e[+-]?\d+)?$/i,
    says: cell =>
      `${cell} has a decimal comma. If all numbers are written so, write \`decimal: ","\` under \`data:\`. ` +
      'Remove commas between thousands.',
  },
  {
    form: 'marks',
    pattern: /^[+-]?\d{1,3}([,_' \u00a0\u202f]\d{3})+(\.\d*)?$|^[+-]?\d+(_\d+)+(\.\d*)?$/,
    says: cell => `${cell} has marks between its digits: write the digits alone.`,
  },
  {
    form: 'base',
    pattern: /^[+-]?0[xob][0-9a-f]+$/i,
    says: cell => `${cell} is not a decimal number: write it as one.`,
  },
  {
    form: 'limit',
    pattern: /^(<|>|≤|≥|<=|>=)\s*[\d.,]+/,
    says: cell =>
      `${cell} is a limit of detection: write a number for it, for example the limit or half of it. ` +
      'A missing value would not tell that it is small or large.',
  },
  {
    form: 'percentage',
    pattern: /^[+-]?[\d.,]+\s*%$/,
    says: cell => `${cell} is a percentage: write the number without the sign.`,
  },
  {
    form: 'date',
    pattern: new RegExp(
      '^\\d{4}([-/.])\\d{1,2}\\1\\d{1,2}(?!\\d)|^\\d{1,2}([./-])\\d{1,2}\\2(\\d{2}|\\d{4})$|^\\d{1,2}:\\d{2}|' +
        `^\\d{1,2}[-. ]*${MONTH}[-., ]+\\d{2,4}$|^${MONTH} \\d{1,2},? \\d{4}$`,
      'i',
    ),
    says: cell =>
      `${cell} is a date or a time: write a number for it, such as days or hours from a fixed start.`,
  },
  {
    form: 'unit',
    pattern: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*[a-zµ°/*^]+\d*$/i,
    says: cell => `${cell} is a number with a word behind it: write the number alone.`,
  },
];

/** `inf`, `-Infinity`: what other programs write for an infinite value. */
const INFINITE = /^[+-]?inf(inity)?$/i;

/** What programs and people write where there is no value. */
const NO_VALUE = new RegExp(
  '^(|\\?+|-+|\\.+|\\*+|#?n/?a!?|n\\.a\\.?|nan|-nan|1\\.#(ind|qnan)|none|null|nil|nat|<na>|' +
    '#(ref|div/0|value|name|num|null)[!?]?|missing|unknown|undefined|not (available|known|done|measured)|n/?d|nd)$',
  'i',
);

/** The form of a value that is not a decimal number; undefined for any other cell. */
export function formOf(cell: string): Form | undefined {
  return FORMS.find(({ pattern }) => pattern.test(cell.trim()))?.form;
}

export type CellKind = 'infinite' | 'none' | 'value' | 'word';

/** The kind of a cell that holds no finite number: infinite, no value, a value in another form, or another word. */
export function cellKind(cell: string): CellKind {
  const text = cell.trim();
  // A decimal number gets here only if it is beyond the largest double.
  const isTooLarge = Math.abs(decimal(text) ?? 0) === Infinity;
  if (INFINITE.test(text) || isTooLarge) return 'infinite';
  if (NO_VALUE.test(text)) return 'none';
  return formOf(text) === undefined ? 'word' : 'value';
}

/** Whether a word usually means that there is no value. */
export const meansNoValue = (cell: string): boolean => NO_VALUE.test(cell.trim());

/** The line to write so that these words, too, mean that there is no value. */
export function missingLine(markers: readonly string[], words: Iterable<string>): string {
  const all = new Set([...markers, ...[...words].map(word => word.trim())]);
  return `\`missing: [${[...all].map(word => JSON.stringify(word)).join(', ')}]\``;
}

/**
 * What to do about cells that are no numbers, of each kind that there is. `mark` says how words are marked as missing:
 * "write `missing: [..]` in config.yaml". `category` says what to do where the cells are categories.
 */
export function cellHint(
  found: ReadonlyMap<CellKind, ReadonlySet<string>>,
  mark: (words: readonly string[]) => string,
  category?: string,
): string {
  const hints: string[] = [];
  const wordsOf = (kind: CellKind): string[] => [...(found.get(kind) ?? [])];
  const [value] = wordsOf('value');
  if (value !== undefined) {
    hints.push(FORMS.find(({ pattern }) => pattern.test(value.trim()))!.says(quote(value.trim())));
  }
  const words = wordsOf('word');
  if (words.length > 0 && category !== undefined) {
    const [are, them, mean] = words.length === 1 ? ['is', 'it', 'it means'] : ['are', 'them', 'they mean'];
    hints.push(
      `If ${words.map(quote).join(', ')} ${are} a mistake, write a number for ${them}. ` +
        `If ${mean} no value, add ${them} to \`missing:\`.`,
    );
  } else if (words.length > 0) {
    hints.push(
      `If ${words.map(quote).join(', ')} ${words.length === 1 ? 'is a category' : 'are categories'}, ` +
        'write numbers for it, such as a column of 0 and 1 for each word, or leave the column out.',
    );
  }
  const infinite = wordsOf('infinite');
  if (infinite.length > 0) {
    hints.push(
      `${quote(infinite[0])} is often the logarithm of 0 or a division by 0. Write a finite number there. ` +
        `If there is no value, ${mark([...infinite, ...wordsOf('none')])}.`,
    );
  } else if (wordsOf('none').length > 0) {
    hints.push(`If there is no value, ${mark(wordsOf('none'))}.`);
  }
  const others = [...found.keys()].some(kind => kind !== 'infinite');
  if (category !== undefined && others) hints.push(category);
  return hints.join(' ');
}
