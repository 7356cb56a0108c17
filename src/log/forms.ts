/**
 * The forms of records. Two records have one form if they differ in nothing but numbers. A log of many configs has few
 * forms, and whoever asks which members there are (the columns of a table) has to parse one record of each. To find the
 * form of a record takes a quarter of the time of parsing it.
 */

/** What stands for a number in a form. JSON has no such bytes. */
const WHOLE = 1;
const FRACTION = 2;
/** Longer whole numbers may not be exact. */
const MOST_DIGITS = 15;
/** The most forms that are remembered. */
const MOST_FORMS = 20_000;

const [QUOTE, BACKSLASH, MINUS, PLUS, DOT, ZERO, NINE] = [...Buffer.from('"\\-+.09')];
const [SMALL_E, LARGE_E] = [...Buffer.from('eE')];

export class Forms {
  private readonly seen = new Set<string>();
  private form = Buffer.alloc(4096);

  /**
   * Whether the text `bytes[start..end)` has a form that was not shown before. A text with a number that JSON.stringify
   * would write in another way is new every time.
   * @param areKindsTold whether whole numbers and fractions make different forms
   */
  isNew(bytes: Buffer, start: number, end: number, areKindsTold: boolean): boolean {
    const length = this.write(bytes, start, end, areKindsTold);
    if (length < 0) return true;
    const form = this.form.toString('latin1', 0, length);
    if (this.seen.has(form)) return false;
    if (this.seen.size >= MOST_FORMS) this.seen.clear();
    this.seen.add(form);
    return true;
  }

  /** Writes the form of a text; its length, or -1 where a number has an odd form. */
  private write(bytes: Buffer, start: number, end: number, areKindsTold: boolean): number {
    if (this.form.length < end - start) this.form = Buffer.alloc(2 * (end - start));
    const { form } = this;
    let length = 0;
    for (let i = start; i < end;) {
      const byte = bytes[i];
      if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
        const stop = endOfNumber(bytes, i, end);
        const kind = kindOf(bytes, i, stop);
        if (kind === undefined) return -1;
        form[length++] = areKindsTold ? kind : FRACTION;
        i = stop;
      } else if (byte === QUOTE) {
        const stop = endOfText(bytes, i, end);
        while (i < stop) form[length++] = bytes[i++];
      } else {
        form[length++] = byte;
        i++;
      }
    }
    return length;
  }
}

function endOfNumber(bytes: Buffer, start: number, end: number): number {
  let i = start;
  while (i < end) {
    const byte = bytes[i];
    const isPart =
      (byte >= ZERO && byte <= NINE) || byte === DOT || byte === MINUS || byte === PLUS || isExponent(byte);
    if (!isPart) break;
    i++;
  }
  return i;
}

const isExponent = (byte: number): boolean => byte === SMALL_E || byte === LARGE_E;

/** The place behind the quote that ends a text. */
function endOfText(bytes: Buffer, start: number, end: number): number {
  let i = start + 1;
  while (i < end && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return Math.min(end, i + 1);
}

/** The kind of a number as JSON.stringify writes it; undefined where it would not write it so. */
function kindOf(bytes: Buffer, start: number, end: number): typeof WHOLE | typeof FRACTION | undefined {
  let hasDot = false;
  for (let i = start; i < end; i++) {
    if (bytes[i] === DOT) hasDot = true;
    // A negative exponent makes a fraction, any other one a number that is large.
    else if (isExponent(bytes[i]))
      return bytes[i + 1] === MINUS && bytes[start] !== ZERO ? FRACTION : undefined;
  }
  if (hasDot) return bytes[end - 1] === ZERO ? undefined : FRACTION;
  return end - start <= MOST_DIGITS ? WHOLE : undefined;
}
