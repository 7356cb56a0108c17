/**
 * The language of `spt results --where`: which rows are wanted.
 *
 *     condition  = and-part { "or" and-part }
 *     and-part   = not-part { "and" not-part }
 *     not-part   = [ "not" ] ( test | "(" condition ")" )
 *     test       = value ( "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=" ) value
 *                | value [ "not" ] "in" "(" value { "," value } ")"
 *                | value "is" [ "not" ] "null"
 *                | column of booleans
 *     value      = column | `column` | number | 'text' | "text" | true | false
 *
 * A test of a null is false, also with `!=` and `not in`; `not (...)` of it is true. So there is no third truth value.
 * Keywords are written in lower or upper case. Texts and times are compared by their UTF-16 code units.
 */
import type { Cell, Kind } from '../base/cells.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import type { Column, Row } from './columns.js';
import type { Filter } from './table.js';
import { type Word, wordsOf, wrong } from './where-words.js';

/** A part of a test: its type, and its cell for a row. */
interface Value {
  kind: 'number' | 'text' | 'boolean';
  of(row: Row): Cell;
  word: Word;
  column?: Column;
}

type Compare = (a: string | number | boolean, b: string | number | boolean) => boolean;

const COMPARISONS: { [sign: string]: Compare } = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<>': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
const NAMES: { [sign: string]: string } = { '(': 'an opening parenthesis', ')': 'a closing parenthesis' };
const SIGNS = '=, !=, <, <=, >, >=, in, is null';
const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'is', 'null', 'true', 'false']);
/** The deepest nesting of parentheses and `not`. */
const DEEPEST = 100;

const TYPES: { [kind in Kind]: Value['kind'] } = {
  ...{ text: 'text', time: 'text' },
  ...{ number: 'number', integer: 'number', boolean: 'boolean' },
};

/**
 * The filter that an expression describes.
 * @throws InputError `bad-where` with a mark under the place; `no-such-column` for a name that no column has
 */
export function filterOf(expression: string, columns: readonly Column[]): Filter {
  return new Parser(expression, columns).whole();
}

class Parser {
  private readonly words: Word[];
  private at = 0;
  private depth = 0;

  constructor(
    private readonly expression: string,
    private readonly columns: readonly Column[],
  ) {
    this.words = wordsOf(expression);
  }

  whole(): Filter {
    const filter = this.condition();
    const { kind } = this.next;
    if (kind !== 'end') throw this.wrong(this.next, 'the condition goes on', 'and, or, or the end');
    return filter;
  }

  private get next(): Word {
    return this.words[this.at];
  }

  private take(): Word {
    return this.words[this.at++];
  }

  private isKeyword(word: Word, keyword: string): boolean {
    return word.kind === 'name' && !word.isQuoted && word.text.toLowerCase() === keyword;
  }

  private takeIf(keyword: string): boolean {
    const is = this.isKeyword(this.next, keyword);
    if (is) this.at++;
    return is;
  }

  private condition(): Filter {
    const parts = [this.andPart()];
    while (this.takeIf('or')) parts.push(this.andPart());
    return parts.length === 1 ? parts[0] : row => parts.some(part => part(row));
  }

  private andPart(): Filter {
    const parts = [this.notPart()];
    while (this.takeIf('and')) parts.push(this.notPart());
    return parts.length === 1 ? parts[0] : row => parts.every(part => part(row));
  }

  private notPart(): Filter {
    if (++this.depth > DEEPEST)
      throw this.wrong(this.next, 'the condition nests too deep', `at most ${DEEPEST} levels`);
    try {
      if (this.takeIf('not')) {
        const part = this.notPart();
        return row => !part(row);
      }
      if (this.next.kind === 'sign' && this.next.text === '(') {
        this.take();
        const inner = this.condition();
        this.expect(')');
        return inner;
      }
      return this.test();
    } finally {
      this.depth--;
    }
  }

  private expect(sign: string): void {
    const word = this.take();
    if (word.kind !== 'sign' || word.text !== sign) {
      this.at--;
      throw this.wrong(word, `${NAMES[sign]} is missing here`, sign);
    }
  }

  private test(): Filter {
    const value = this.value();
    const word = this.next;
    if (word.kind === 'sign' && Object.hasOwn(COMPARISONS, word.text)) {
      this.take();
      return this.comparison(value, COMPARISONS[word.text], this.value());
    }
    if (this.takeIf('is')) {
      const isNot = this.takeIf('not');
      if (!this.takeIf('null')) throw this.wrong(this.next, 'null is missing here', 'null');
      return row => (value.of(row) === null) !== isNot;
    }
    const isNot = this.isKeyword(word, 'not') && this.isKeyword(this.words[this.at + 1], 'in');
    if (isNot) this.take();
    if (this.takeIf('in')) return this.membership(value, isNot);
    if (value.kind === 'boolean') return row => value.of(row) === true;
    throw this.wrong(word, 'a comparison is missing here', `one of ${SIGNS}`);
  }

  private comparison(a: Value, compare: Compare, b: Value): Filter {
    this.sameKind(a, b);
    return row => {
      const [left, right] = [a.of(row), b.of(row)];
      return left !== null && right !== null && compare(left, right);
    };
  }

  private membership(value: Value, isNot: boolean): Filter {
    this.expect('(');
    const among: Value[] = [];
    do {
      const one = this.value();
      this.sameKind(value, one);
      among.push(one);
    } while (this.takeComma());
    this.expect(')');
    return row => {
      const cell = value.of(row);
      return cell !== null && among.some(one => one.of(row) === cell) !== isNot;
    };
  }

  private takeComma(): boolean {
    const is = this.next.kind === 'sign' && this.next.text === ',';
    if (is) this.take();
    return is;
  }

  private value(): Value {
    const word = this.take();
    const constant = (kind: Value['kind'], cell: Cell): Value => ({ kind, of: () => cell, word });
    if (word.kind === 'number') return constant('number', Number(word.text));
    if (word.kind === 'text') return constant('text', word.text);
    if (this.isKeyword(word, 'true')) return constant('boolean', true);
    if (this.isKeyword(word, 'false')) return constant('boolean', false);
    if (this.isKeyword(word, 'null')) {
      const hint = 'A null is found with is null, and others with is not null.';
      throw this.wrong(word, 'null cannot be compared', undefined, hint);
    }
    const isWord = word.kind === 'name' && (word.isQuoted || !KEYWORDS.has(word.text.toLowerCase()));
    if (isWord) return this.columnOf(word);
    this.at--;
    throw this.wrong(word, 'a value is missing here', 'a column, a number, or a text in quotes');
  }

  private columnOf(word: Word): Value {
    const column = this.columns.find(({ name }) => name === word.text);
    if (column) return { kind: TYPES[column.kind], of: row => column.of(row), word, column };
    const names = this.columns.map(({ name }) => name);
    throw wrong(this.expression, word.start, word.end, `no column is called ${word.text}`, {
      code: 'no-such-column',
      expected: oneOf(names),
      hint: didYouMean(word.text, names) ?? 'A text stands in quotes.',
    });
  }

  /** Refuses to compare a number with a text, because that is never what was meant. */
  private sameKind(a: Value, b: Value): void {
    if (a.kind === b.kind) return;
    const [column, other] = b.column && !a.column ? [b, a] : [a, b];
    const name = column.column?.name;
    const words = name === undefined ? undefined : this.columns.find(one => one.name === `${name}.word`);
    const hint =
      words && other.kind === 'text' ? `The words of this parameter stand in ${words.name}.` : undefined;
    const what =
      name === undefined ? `the value before it is a ${column.kind}` : `${name} is a ${column.kind}`;
    throw this.wrong(other.word, `${what}, and this is a ${other.kind}`, `a ${column.kind}`, hint);
  }

  private wrong(word: Word, message: string, expected?: string, hint?: string) {
    return wrong(this.expression, word.start, word.end, message, { expected, hint });
  }
}
