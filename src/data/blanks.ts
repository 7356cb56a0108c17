/**
 * Tables whose cells stand between runs of blanks and tabs, as R's write.table and fixed columns have them.
 */

const [BLANK, TAB, QUOTE, LINE_FEED, CARRIAGE_RETURN] = [32, 9, 34, 10, 13];

/**
 * The same text with one tab for each run of blanks and tabs between cells. Blanks at the ends of a line are left out,
 * and those inside of quotes stay.
 */
export async function* tabbed(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isQuoted = false;
  // Whether a run of blanks has begun behind a cell of this line.
  let isBetween = false;
  let isLineStart = true;
  for await (const piece of pieces) {
    const found = Buffer.allocUnsafe(2 * piece.length);
    let end = 0;
    for (const byte of piece) {
      if (!isQuoted && (byte === BLANK || byte === TAB)) {
        isBetween = !isLineStart;
        continue;
      }
      const isLineEnd = !isQuoted && (byte === LINE_FEED || byte === CARRIAGE_RETURN);
      if (isBetween && !isLineEnd) found[end++] = TAB;
      isBetween = false;
      isLineStart = isLineEnd;
      if (byte === QUOTE) isQuoted = !isQuoted;
      found[end++] = byte;
    }
    yield found.subarray(0, end);
  }
}
