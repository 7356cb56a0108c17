/** What `spt explain` prints for people, in 80 columns. */
import { counted } from '../../base/listing.js';
import { foldsText } from '../../events/ask/setting.js';
import { printable } from '../../terminal/printable.js';
import { SENTENCE_WIDTH, wrapped, type Screen } from '../../terminal/screen.js';
import { table, type Column } from '../../terminal/table.js';
import { strongest, type FeatureLine } from '../../views/explanation.js';
import { SHOWN_FEATURES, type Explanation } from '../explaining.js';

export interface Asked {
  repeats: number;
  alpha: number;
  /** Whether the whole table was written to a file. */
  isWritten: boolean;
}

export function explainText(explanation: Explanation, asked: Asked, screen: Screen): string {
  const { config, found, lines, notes } = explanation;
  const width = Math.min(screen.width, SENTENCE_WIDTH);
  const columns = new Set(found.names);
  const [ofColumns, others] = [true, false].map(own => lines.filter(one => columns.has(one.feature) === own));
  const parts = [
    [
      `config   ${config.id}  ${printable(config.pipeline, 40)} ${printable(config.split, 40)}`,
      '         scores and digest are those of the log, bit for bit',
      ...aboutOf(explanation, asked).map(words => wrapped(words, width)),
    ],
    tableOf(ofColumns, explanation, asked, { ...screen, width }),
    ...(others.length > 0 ? [tableOf(others, explanation, asked, { ...screen, width })] : []),
    notes.map(note => wrapped(printable(`note: ${note}`, 1000), width)),
  ];
  return parts
    .filter(one => one.length > 0)
    .map(one => one.join('\n'))
    .join('\n\n');
}

/** The first of these lines as a table, and how many are left. */
function tableOf(
  lines: readonly FeatureLine[],
  explanation: Explanation,
  { isWritten }: Asked,
  screen: Screen,
): string[] {
  const columns = columnsOf(explanation).filter(({ of }) => lines.some(one => of(one) !== undefined));
  const shown = lines.slice(0, SHOWN_FEATURES);
  const rows = shown.map(one => columns.map(({ of }) => of(one) ?? ''));
  const rest = lines.length - shown.length;
  const all = isWritten ? '' : ' (-o FILE.csv writes all)';
  return [
    table(columns, rows, screen),
    ...(rest > 0 ? [`and ${rest.toLocaleString('en-US')} more${all}`] : []),
  ];
}

/** What the columns of the table mean. */
function aboutOf({ config, found, lines }: Explanation, { repeats, alpha }: Asked): string[] {
  const { heldOut, kind, outputs } = found;
  const words: string[] = [];
  const level = `${Math.round(100 * (1 - alpha))}%`;
  if (heldOut) {
    const where =
      heldOut === 'folds' ? `the held-out samples of ${foldsText(config.cv)}` : 'the validation samples';
    const interval = heldOut === 'folds' ? `, with its ${level} interval` : '';
    words.push(
      `drop: how much worse ${printable(config.scoring)} gets when a column is shuffled among ${where} ` +
        `(${counted(repeats, 'shuffle')}${interval})`,
    );
  }
  if (kind === 'linear')
    words.push(
      'per sd: the coefficient for one standard deviation of the feature' +
        (outputs.length > 1 ? ', of the class where it is largest' : '') +
        '; same sign, not 0: the share of fold models',
    );
  if (kind === 'trees')
    words.push('gain: the importance by what splits gain, as a share of all; range: that of the folds');
  if (lines.some(({ selected }) => selected !== undefined))
    words.push('selected: the share of fold models that the column reaches');
  return words;
}

interface Shown extends Column {
  of(line: FeatureLine): string | undefined;
}

const number = (value: number, digits = 4): string => value.toFixed(digits).replace(/^-(0\.0+)$/, '$1');
const percent = (share: number | null | undefined): string | undefined =>
  share === undefined ? undefined : share === null ? '-' : `${Math.round(100 * share)}%`;
const range = (low: number | undefined, high: number | undefined, digits = 4): string | undefined =>
  low === undefined || high === undefined ? undefined : `[${number(low, digits)}, ${number(high, digits)}]`;

/** The columns of the table. One without any value is left out. */
function columnsOf({ found }: Explanation): Shown[] {
  const right = true;
  return [
    { head: 'feature', of: ({ feature }) => feature },
    { head: 'drop', right, of: ({ drop }) => (drop === null ? '-' : drop && number(drop.mean)) },
    { head: 'interval', right, of: ({ drop }) => range(drop?.low, drop?.high) },
    { head: 'gain', right, of: ({ importance }) => importance && number(importance.value, 3) },
    { head: 'range', right, of: ({ importance }) => range(importance?.least, importance?.most, 2) },
    ...(found.outputs.length > 1
      ? [{ head: 'class', of: (line: FeatureLine) => strongest(line)?.output }]
      : []),
    { head: 'per sd', right, of: line => strongest(line) && number(strongest(line)!.perDeviation, 3) },
    { head: 'same sign', right, of: line => percent(strongest(line)?.sameSign) },
    { head: 'not 0', right, of: line => percent(strongest(line)?.nonZero) },
    { head: 'selected', right, of: ({ selected }) => percent(selected) },
  ];
}
