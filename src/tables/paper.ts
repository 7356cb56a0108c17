/**
 * A table for a paper or a page: Markdown, or LaTeX with booktabs. Scores and seconds have four decimals. Texts never
 * act as markup.
 */
import type { Cell, Head } from '../base/cells.js';
import { printable } from '../terminal/printable.js';
import type { About, TableWriter } from './formats.js';
import type { Sink } from './sink.js';

/** The longest text of a cell, in characters. */
const LONGEST = 500;

/** A cell as people read it; a dash where there is none. */
export function readable({ isMeasured }: Head, cell: Cell): string {
  if (cell === null) return '-';
  if (typeof cell === 'number' && isMeasured) return cell.toFixed(4);
  return printable(String(cell), LONGEST);
}

const isNumeric = ({ kind }: Head): boolean => kind === 'number' || kind === 'integer';

export class Markdown implements TableWriter {
  constructor(
    private readonly heads: readonly Head[],
    private readonly sink: Sink,
    about: About,
  ) {
    sink.write(`<!-- ${aboutText(about).replaceAll('--', '- -')} -->\n\n`);
    this.line(heads.map(({ name }) => markdownText(name)));
    this.line(heads.map(head => (isNumeric(head) ? '---:' : '---')));
  }

  rows(rows: readonly Cell[][]): void {
    for (const row of rows) this.line(row.map((cell, j) => markdownText(readable(this.heads[j], cell))));
  }

  end(): void {}

  private line(cells: readonly string[]): void {
    this.sink.write(`| ${cells.join(' | ')} |\n`);
  }
}

/** Text with all characters escaped that Markdown or HTML may act upon. */
function markdownText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_{}[\]()#+!|~>:$]/g, character => (character === '>' ? '&gt;' : `\\${character}`));
}

export class Latex implements TableWriter {
  constructor(
    private readonly heads: readonly Head[],
    private readonly sink: Sink,
    about: About,
  ) {
    sink.write(`% ${aboutText(about)}\n% It needs \\usepackage{booktabs}.\n`);
    sink.write(`\\begin{tabular}{${heads.map(head => (isNumeric(head) ? 'r' : 'l')).join('')}}\n\\toprule\n`);
    this.line(heads.map(({ name }) => latexText(name)));
    sink.write('\\midrule\n');
  }

  rows(rows: readonly Cell[][]): void {
    for (const row of rows) this.line(row.map((cell, j) => latexCell(this.heads[j], cell)));
  }

  end(): void {
    this.sink.write('\\bottomrule\n\\end{tabular}\n');
  }

  private line(cells: readonly string[]): void {
    this.sink.write(`${cells.join(' & ')} \\\\\n`);
  }
}

function latexCell(head: Head, cell: Cell): string {
  if (cell === null) return '--';
  const text = readable(head, cell);
  return typeof cell === 'number' ? text.replace(/^-/, '$-$') : latexText(text);
}

const LATEX: { [character: string]: string } = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
};

function latexText(text: string): string {
  return text.replace(/[\\~^<>|"&%$#_{}[\]]/g, character =>
    '[]'.includes(character) ? `{${character}}` : (LATEX[character] ?? `\\${character}`),
  );
}

/** How every file of this kind begins, so that a later run may write over it. */
export const PAPER_START = 'spt results';

function aboutText(about: About): string {
  return [PAPER_START, ...about.map(({ name, text }) => `${name} ${printable(text)}`)].join(', ');
}
