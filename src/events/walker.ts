/**
 * Steps through JSON bytes without building values: what replay needs of a line is a few numbers, and JSON.parse alone
 * would take longer than all the rest. Understands only what `encode` writes (no white space, plain ASCII where it
 * looks); whoever is refused by it goes to JSON.parse.
 */
import { HEX_DIGITS, NAME_LENGTH } from './decode.js';

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const POINT = 46;
const POWERS_OF_TEN = Array.from({ length: 16 }, (_, power) => Number(`1e${power}`));

/** What a byte is where it stands in JSON; from QUOTING on, it ends or spoils a string of plain ASCII. */
const [ORDINARY, SEPARATING, OPENING, CLOSING, QUOTING] = [0, 1, 2, 3, 4];
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if ('"\\'.includes(character) || byte < 32 || byte > 126) return QUOTING;
  if ('{['.includes(character)) return OPENING;
  if ('}]'.includes(character)) return CLOSING;
  return character === ',' ? SEPARATING : ORDINARY;
});

export class Walker {
  bytes: Buffer = Buffer.alloc(0);
  /** The next byte, and the first one that is not to be read. */
  at = 0;
  end = 0;
  /** The string that `string` or `key` found lies in bytes[from..to). */
  from = 0;
  to = 0;
  /** The two 32-bit halves that `id` found. */
  high = 0;
  low = 0;

  open(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** Steps over exactly these bytes. */
  skip(expected: Uint8Array): boolean {
    const { bytes, at } = this;
    if (at + expected.length > this.end) return false;
    for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
    this.at = at + expected.length;
    return true;
  }

  /** Steps over one byte if it is this one. */
  take(byte: number): boolean {
    if (this.at >= this.end || this.bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  /** The rest of a string, behind its opening quote: printable ASCII without escapes. */
  string(): boolean {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end && KINDS[bytes[at]] < QUOTING) at++;
    if (at >= end || bytes[at] !== QUOTE) return false;
    this.from = this.at;
    this.to = at;
    this.at = at + 1;
    return true;
  }

  /** The rest of a string that may be a name: not empty, not too long. Tells where it lies. */
  name(range?: { from: number; to: number }): boolean {
    if (!this.string() || this.to === this.from || this.to - this.from > NAME_LENGTH) return false;
    if (range) {
      range.from = this.from;
      range.to = this.to;
    }
    return true;
  }

  /** Whether `string` found these characters. */
  isText(expected: string): boolean {
    if (this.to - this.from !== expected.length) return false;
    for (let i = 0; i < expected.length; i++) {
      if (this.bytes[this.from + i] !== expected.charCodeAt(i)) return false;
    }
    return true;
  }

  /** A 64-bit id of 16 lower-case hexadecimal digits, with its closing quote. */
  id(): boolean {
    this.high = this.hex8();
    if (this.high < 0) return false;
    this.low = this.hex8();
    return this.low >= 0 && this.take(QUOTE);
  }

  /** Eight hexadecimal digits as an unsigned integer, or -1. */
  hex8(): number {
    const { bytes, at } = this;
    if (at + 8 > this.end) return -1;
    let value = 0;
    let digits = 0;
    for (let i = at; i < at + 8; i++) {
      const digit = HEX_DIGITS[bytes[i]];
      value = (value << 4) | digit;
      digits |= digit;
    }
    // A digit of -1 leaves its sign in the union.
    if (digits < 0) return -1;
    this.at = at + 8;
    return value >>> 0;
  }

  /** A whole number below 2^53 without sign, or -1. */
  count(): number {
    const start = this.at;
    let value = 0;
    for (; this.at < this.end; this.at++) {
      const digit = this.bytes[this.at] - 48;
      if (digit < 0 || digit > 9) break;
      value = 10 * value + digit;
    }
    const digits = this.at - start;
    if (digits === 0 || digits > 15 || (digits > 1 && this.bytes[start] === 48)) return -1;
    return value;
  }

  /**
   * Any number as JSON writes them; NaN if there is none. With at most 15 digits and 22 decimals, digits and power of
   * ten are exact, and so their quotient is the nearest double (Clinger, "How to read floating point numbers
   * accurately", 1990); the others go the long way.
   */
  number(): number {
    const { bytes, end } = this;
    const start = this.at;
    let at = start;
    let digits = 0;
    let value = 0;
    let point = -1;
    for (; at < end; at++) {
      const digit = bytes[at] - 48;
      if (digit >= 0 && digit <= 9) {
        value = 10 * value + digit;
        digits++;
      } else if (bytes[at] === POINT && point < 0) point = at;
      else break;
    }
    if (at === end || isNumeric(bytes[at]) || digits === 0 || digits > 15) return this.longNumber();
    this.at = at;
    return point < 0 ? value : value / POWERS_OF_TEN[at - point - 1];
  }

  private longNumber(): number {
    const start = this.at;
    while (this.at < this.end && isNumeric(this.bytes[this.at])) this.at++;
    return this.at === start ? NaN : Number(latin1(this.bytes, start, this.at));
  }

  /** Steps over one value of any kind. Brackets are counted, not matched by kind: `encode` writes them matched. */
  value(): boolean {
    const { bytes, end } = this;
    let depth = 0;
    for (let at = this.at; at < end; at++) {
      const kind = KINDS[bytes[at]];
      if (kind === ORDINARY) continue;
      if (depth === 0 && (kind === CLOSING || kind === SEPARATING)) {
        this.at = at;
        return true;
      }
      if (kind === OPENING) depth++;
      else if (kind === CLOSING) depth--;
      else if (bytes[at] === QUOTE) {
        at = this.endOfString(at + 1);
        if (at < 0) return false;
      }
    }
    return false;
  }

  /** The next member's name of an object, with the colon behind it; false if there is none. */
  key(): boolean {
    if (this.bytes[this.at] === COMMA) this.at++;
    return this.take(QUOTE) && this.string() && this.take(COLON);
  }

  /** Where the closing quote of a string of any kind is; -1 if there is none. */
  private endOfString(at: number): number {
    const { bytes, end } = this;
    for (; at < end; at++) {
      if (bytes[at] === BACKSLASH) at++;
      else if (bytes[at] === QUOTE) return at;
    }
    return -1;
  }
}

/** Buffer.latin1Slice, which `toString` calls after looking at its arguments; for short strings that is half the cost. */
function latin1(bytes: Buffer, from: number, to: number): string {
  return (bytes as unknown as { latin1Slice(from: number, to: number): string }).latin1Slice(from, to);
}

/** Digits, `-`, `+`, `.`, `e` and `E`. */
function isNumeric(byte: number): boolean {
  return (
    (byte >= 48 && byte <= 57) || byte === 45 || byte === 46 || byte === 101 || byte === 43 || byte === 69
  );
}
