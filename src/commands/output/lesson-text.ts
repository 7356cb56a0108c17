/** What `--calibrate` and `--threshold` have learned, and what they change, as text. */
import { counted } from '../../base/listing.js';
import type { Adjustment } from '../../ml/calibration/adjustment.js';
import { printable } from '../../terminal/printable.js';
import { table, type Column } from '../../terminal/table.js';
import { score } from '../../terminal/units.js';
import type { Change, Lesson, Told } from '../adjusting.js';

/** An adjustment in words, a line for each part, for people who predict with it. */
export function adjustmentLines(
  { calibration, threshold }: Adjustment,
  classes: readonly string[],
): string[] {
  const lines: string[] = [];
  if (calibration)
    lines.push(`probabilities calibrated by ${calibration.method}, from the ${calibration.of}`);
  if (threshold) {
    const { of, value, rule } = threshold;
    const at = Math.abs(value) === Infinity ? `${value}` : String(Number(value.toPrecision(6)));
    const always = value === -Infinity ? ': always' : value === Infinity ? ': never' : '';
    lines.push(`${classes[1]} where its ${of} is at least ${at} (${rule})${always}`);
  }
  return lines.map(line => printable(line, 400));
}

/** The lines of `spt rebuild` about an adjustment. */
export function lessonText(lesson: Lesson, classes: readonly string[]): string {
  const { samples, folds, validate } = lesson;
  const [first, ...others] = adjustmentLines(lesson, classes);
  const heads = ['folds', 'after', ...(validate ? ['validate', 'after'] : [])];
  const columns: Column[] = [{ head: '' }, ...heads.map(head => ({ head, right: true }))];
  const rows = folds.flatMap((change, i) => rowsOf([change, ...(validate ? [validate[i]] : [])]));
  const how = [
    `learned from the out-of-fold predictions of ${counted(samples, 'sample')};`,
    'each fold is scored with what the other folds teach',
  ];
  return [
    `adjusted ${first}`,
    ...[...others, ...table(columns, rows).split('\n'), ...how].map(line => `         ${line}`),
  ].join('\n');
}

/** The row of a number before and after, on one or two kinds of samples, and the row of its interval. */
function rowsOf(changes: readonly Change[]): string[][] {
  const told = changes.flatMap(({ before, after }) => [before, after]);
  const row = [changes[0].name, ...told.map(({ value }) => score(value))];
  if (told.every(({ low }) => low === undefined)) return [row];
  return [row, ['  95% interval', ...told.map(intervalText)]];
}

function intervalText({ low, high }: Told): string {
  return low === undefined || high === undefined ? '-' : `[${low.toFixed(2)}, ${high.toFixed(2)}]`;
}
