/** The features of a config as a table of files: one row a feature, the one that matters most first. */
import type { Cell, Head } from '../../base/cells.js';
import { PAPER_START } from '../../tables/paper.js';
import type { Explanation } from '../explaining.js';

/** The name of the config in a file that says what it is. */
export const ABOUT = 'spt.explain';

export interface FeatureTable {
  heads: Head[];
  rows: Cell[][];
}

export function featureTable({ lines, found: { outputs } }: Explanation): FeatureTable {
  const heads: Head[] = [{ name: 'feature', kind: 'text' }];
  const rows: Cell[][] = lines.map(({ feature }) => [feature]);
  const add = (name: string, of: (i: number) => number | null | undefined): void => {
    const values = lines.map((_, i) => of(i));
    if (values.every(value => value === undefined)) return;
    heads.push({ name, kind: 'number', isMeasured: true });
    values.forEach((value, i) => rows[i].push(value ?? null));
  };
  for (const part of ['mean', 'error', 'low', 'high'] as const)
    add(part === 'mean' ? 'drop' : `drop_${part}`, i => lines[i].drop?.[part]);
  add('selected', i => lines[i].selected);
  add('importance', i => lines[i].importance?.value);
  for (const part of ['least', 'most'] as const) add(`importance_${part}`, i => lines[i].importance?.[part]);
  outputs.forEach((output, o) => {
    const of = output === '' ? '' : `_${output}`;
    add(`coefficient${of}`, i => lines[i].coefficients?.[o].value);
    add(`per_sd${of}`, i => lines[i].coefficients?.[o].perDeviation);
    add(`same_sign${of}`, i => lines[i].coefficients?.[o].sameSign);
    add(`not_zero${of}`, i => lines[i].coefficients?.[o].nonZero);
  });
  return { heads, rows };
}

/** Whether an existing file is such a table. @param start its first bytes; @param end its last bytes */
export function isFeatureTable(start: Buffer, end: Buffer): boolean {
  if (start.subarray(0, 4).toString('latin1') === 'PAR1') return end.includes(ABOUT);
  const text = start.toString('utf8');
  const paper = `${PAPER_START}, ${ABOUT} `;
  if (text.startsWith(`<!-- ${paper}`) || text.startsWith(`% ${paper}`)) return true;
  return /^(feature[,\t\r\n]|(\[\n)?\{"feature":)/.test(text);
}
