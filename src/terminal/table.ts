/** Tables as lines of text that fit the screen. */
import cliui from 'cliui';
import { printable } from './printable.js';
import { screenOf, type Screen, type Tone } from './screen.js';

/** A column of a table: its head, and whether its cells stand on the right, as numbers do. */
export interface Column {
  head: string;
  right?: boolean;
}

/** The content of a cell, and its colour. */
export type Cell = string | number | { text: string | number; tone: Tone };

/** The least width of a column of text, in characters. */
const NARROWEST = 8;

const plainScreen = screenOf({ write: () => true });

/**
 * A table as lines of text. Columns are as wide as their widest cell. If the table is wider than the screen, the widest
 * columns of text become narrower, and their cells take more lines. Cells are made printable.
 */
export function table(columns: Column[], rows: Cell[][], screen: Screen = plainScreen): string {
  const texts = [
    columns.map(column => column.head),
    ...rows.map(row => row.map(cell => printable(String(textOf(cell)), 120))),
  ];
  const widths = fitting(
    columns,
    // The rows may be more than a call takes arguments.
    columns.map((_, j) => texts.reduce((most, row) => Math.max(most, row[j].length), 0)),
    screen.width,
  );
  const total = widths.reduce((sum, width) => sum + width + 2, 2);
  const ui = cliui({ width: total, wrap: false });
  texts.forEach((row, i) => {
    const cells = row.map((text, j) => {
      const cell = i === 0 ? text : rows[i - 1][j];
      const tone = typeof cell === 'object' ? cell.tone : undefined;
      const lines = pieces(columns[j].right ? text.padStart(widths[j]) : text, widths[j]);
      return {
        text: (tone ? lines.map(line => screen.paint(line, tone)) : lines).join('\n'),
        width: widths[j] + 2,
      };
    });
    ui.div(...cells);
  });
  return ui
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n');
}

function textOf(cell: Cell): string | number {
  return typeof cell === 'object' ? cell.text : cell;
}

/** The widths of the columns, in characters. Columns of text become narrower until the table fits, if it can. */
function fitting(columns: Column[], widest: number[], available: number): number[] {
  const widths = [...widest];
  const gaps = 2 * (columns.length - 1);
  let excess = widths.reduce((sum, width) => sum + width, gaps) - available;
  while (excess > 0) {
    let chosen = -1;
    for (let j = 0; j < widths.length; j++)
      if (!columns[j].right && widths[j] > NARROWEST && (chosen < 0 || widths[j] > widths[chosen]))
        chosen = j;
    if (chosen < 0) break;
    widths[chosen]--;
    excess--;
  }
  return widths;
}

/** A text in pieces of at most `width` characters, cut between words, and inside of a word that is longer. */
function pieces(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(rest[end] === ' ' ? end + 1 : end);
  }
  return [...lines, rest];
}
