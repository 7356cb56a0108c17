import cliui from 'cliui';
import { printable } from './printable.js';

/** A column of a table: its head, and whether its cells stand on the right, as numbers do. */
export interface Column {
  head: string;
  right?: boolean;
}

/** A table as lines of text; columns are as wide as their widest cell. Cells are made printable. */
export function table(columns: Column[], rows: (string | number)[][]): string {
  const cells = [
    columns.map(column => column.head),
    ...rows.map(row => row.map(cell => printable(String(cell), 120))),
  ];
  const widths = columns.map((_, j) => Math.max(...cells.map(row => row[j].length)));
  const total = widths.reduce((sum, width) => sum + width + 2, 2);
  const ui = cliui({ width: total, wrap: false });
  for (const row of cells) {
    ui.div(
      ...row.map((text, j) => ({
        text: columns[j].right ? text.padStart(widths[j]) : text,
        width: widths[j] + 2,
      })),
    );
  }
  return ui
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n');
}
