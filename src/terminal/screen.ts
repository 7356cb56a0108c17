/**
 * What the standard output can show. A terminal has a number of columns, colours (unless NO_COLOR, NODE_DISABLE_COLORS
 * or TERM=dumb forbid them), and can draw a picture again in its place. Any other output takes plain lines of any
 * length.
 */

/** The meaning of a colour, the same everywhere in the program. */
export type Tone = 'good' | 'bad' | 'busy' | 'faint';

/** Sentences are broken at this column where the screen is wider, or where there is no screen. */
export const SENTENCE_WIDTH = 80;

const SGR: { [tone in Tone]: string } = { good: '1;32', bad: '31', busy: '36', faint: '2' };

export interface Screen {
  /** In columns; Infinity if lines may have any length. */
  width: number;
  paint(text: string, tone: Tone): string;
  /** Shows a text in the place of the one before, or below it if the output is no terminal. */
  draw(text: string): void;
}

type Output = Pick<NodeJS.WriteStream, 'write'> &
  Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows' | 'hasColors'>>;

export function screenOf(output: Output): Screen {
  if (!output.isTTY)
    return { width: Infinity, paint: text => text, draw: text => void output.write(`${text}\n`) };
  const coloured = output.hasColors?.() ?? false;
  return {
    get width() {
      return output.columns ?? 80;
    },
    paint: (text, tone) => (coloured ? `\x1b[${SGR[tone]}m${text}\x1b[0m` : text),
    draw: text => void output.write(picture(text, output.rows ?? 24)),
  };
}

/** Draws over the old lines one by one, so that nothing flickers. Lines that do not fit are counted. */
function picture(text: string, rows: number): string {
  const lines = text.split('\n');
  const room = Math.max(2, rows) - 1;
  const shown = lines.length <= room ? lines : lines.slice(0, room - 1);
  if (shown.length < lines.length) shown.push(`and ${lines.length - shown.length} more lines`);
  return `\x1b[H${shown.map(line => `${line}\x1b[K\n`).join('')}\x1b[J`;
}

/** Breaks a text between words into lines of at most `width` columns. A longer word has a line for itself. */
export function wrapped(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}

/** A text behind a head such as `status   `. Its further lines begin below its first word. */
export function hanging(head: string, text: string, width: number): string {
  if (width === Infinity) return head + text;
  return head + wrapped(text, width, ' '.repeat(head.length)).slice(head.length);
}
