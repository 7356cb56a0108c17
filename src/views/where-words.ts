/** The words of an expression of `--where`, each with its place. */
import { InputError } from '../base/errors.js';

export type WordKind = 'name' | 'number' | 'text' | 'sign' | 'end';

export interface Word {
  kind: WordKind;
  /** As it is meant: the name, or the text without its quotes. */
  text: string;
  /** Where it begins and ends in the expression, from 0. */
  start: number;
  end: number;
  /** A name in backticks. It is never a keyword. */
  isQuoted?: true;
}

/** The longest expression, in characters. */
const LONGEST = 10_000;

const PATTERNS: [WordKind, RegExp][] = [
  ['number', /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])/y],
  ['name', /[A-Za-z_][\w.#]*(?:-[A-Za-z]\w*)*/y],
  ['sign', /<=|>=|!=|<>|==|[=<>(),]/y],
];

/** Throws InputError `bad-where`, with a mark under the place. */
export function wordsOf(expression: string): Word[] {
  if (expression.length > LONGEST)
    throw new InputError('bad-where', `--where has ${expression.length} characters`, {
      expected: `at most ${LONGEST}`,
    });
  const words: Word[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(expression[at] ?? '')) at++;
    if (at >= expression.length) break;
    const word = wordAt(expression, at);
    words.push(word);
    at = word.end;
  }
  words.push({ kind: 'end', text: '', start: expression.length, end: expression.length });
  return words;
}

function wordAt(expression: string, start: number): Word {
  const quote = expression[start];
  if (quote === "'" || quote === '"' || quote === '`') return quoted(expression, start, quote);
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start;
    const [text] = pattern.exec(expression) ?? [];
    if (text !== undefined) return { kind, text, start, end: start + text.length };
  }
  const hint = quote === '&' || quote === '|' || quote === '!' ? 'The words are and, or, not.' : undefined;
  throw wrong(expression, start, start + 1, 'this character has no meaning here', { hint });
}

/** A text in quotes; in it, a quote is written twice. A text in backticks is the name of a column. */
function quoted(expression: string, start: number, quote: string): Word {
  let text = '';
  for (let at = start + 1; at < expression.length; at++) {
    if (expression[at] !== quote) text += expression[at];
    else if (expression[at + 1] === quote) text += expression[at++];
    else if (quote === '`') return { kind: 'name', text, start, end: at + 1, isQuoted: true };
    else return { kind: 'text', text, start, end: at + 1 };
  }
  throw wrong(expression, start, start + 1, `the text that begins here has no closing ${quote}`);
}

/** How much of a long expression stands beside the mark, in characters. */
const SHOWN = 70;

/** The error of an expression: what is wrong, where, and the expression with a mark under that place. */
export function wrong(
  expression: string,
  start: number,
  end: number,
  message: string,
  more: { expected?: string; hint?: string; code?: string } = {},
): InputError {
  const { code = 'bad-where', ...complaint } = more;
  const first = Math.max(0, start - SHOWN / 2);
  const part = expression.slice(first, first + SHOWN).replace(/\s/g, ' ');
  const place = { file: '--where', line: 1, column: start + 1 };
  const before = `${first > 0 ? '...' : ''}${part.slice(0, start - first)}`;
  const marked = part.slice(start - first, Math.max(start + 1, end) - first);
  const rest = part.slice(start - first + marked.length);
  return new InputError(code, message, { place, ...complaint, excerpt: { before, marked, rest } });
}
