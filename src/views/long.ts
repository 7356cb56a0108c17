/** Long forms of the table: one line for each score of each fold, or for each metric. R and plots want them. */
import type { Cell, Head } from '../base/cells.js';
import type { Column, Row } from './columns.js';
import { foldsIn, members } from './shape.js';
import { correctedError } from '../statistics/folds.js';
import { sampleDeviation } from '../statistics/sample.js';

/** What is written of each row: its columns, and its lines. */
export interface Form {
  heads: readonly Head[];
  linesOf(row: Row): Cell[][];
}

/** One line a row. */
export function wideForm(columns: readonly Column[]): Form {
  return { heads: columns, linesOf: row => [columns.map(column => column.of(row))] };
}

/** One line for each metric and fold: the given columns, then metric, repeat, fold and value. */
export function foldsForm(columns: readonly Column[]): Form {
  const heads: Head[] = [
    ...columns,
    { name: 'metric', kind: 'text' },
    { name: 'repeat', kind: 'integer' },
    { name: 'fold', kind: 'integer' },
    { name: 'value', kind: 'number', isMeasured: true },
  ];
  const linesOf = (row: Row): Cell[][] => {
    const own = columns.map(column => column.of(row));
    const { config } = row.result;
    return members(scoresOf(row)?.cv).flatMap(([metric, scores]) =>
      foldsIn(scores).map((value, i): Cell[] => {
        const folds = config?.cv?.folds;
        // Another program may have written a config that does not tell its folds.
        if (folds === undefined || !Number.isSafeInteger(folds) || folds < 1)
          return [...own, metric, null, i, value];
        return [...own, metric, Math.floor(i / folds), i % folds, value];
      }),
    );
  };
  return { heads, linesOf };
}

/** One line for each metric and each set of samples (cv, validate, train) that has a score. */
export function metricsForm(columns: readonly Column[]): Form {
  const measured = { kind: 'number', isMeasured: true } as const;
  const heads: Head[] = [
    ...columns,
    { name: 'metric', kind: 'text' },
    { name: 'on', kind: 'text' },
    ...['value', 'sd', 'se'].map((name): Head => ({ name, ...measured })),
  ];
  const linesOf = (row: Row): Cell[][] => {
    const own = columns.map(column => column.of(row));
    const { cv, validate, train } = scoresOf(row) ?? {};
    const drawn = row.result.config?.cv;
    const lines: Cell[][] = [];
    for (const [metric, scores] of members(cv)) {
      const { mean } = (scores ?? {}) as { mean?: unknown };
      const folds = foldsIn(scores);
      if (typeof mean === 'number')
        lines.push([...own, metric, 'cv', mean, sampleDeviation(folds), correctedError(folds, drawn)]);
    }
    for (const [on, scores] of [['validate', validate] as const, ['train', train] as const])
      for (const [metric, value] of members(scores))
        if (typeof value === 'number') lines.push([...own, metric, on, value, null, null]);
    return lines;
  };
  return { heads, linesOf };
}

function scoresOf({ result }: Row) {
  return result.status === 'finished' ? result.finished?.scores : undefined;
}
