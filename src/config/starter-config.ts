import { counted, quote, someOf } from '../base/listing.js';
import type { OutlineColumn } from '../data/outline.js';
import { yamlWord } from '../data/selection.js';
import { DEFAULT_MISSING } from './defaults.js';
import { yamlValue, type Starter } from './starter.js';

/** The text of a commented config.yaml for a table. Pure. */

/** How many columns are told. */
const MOST_TOLD = 30;
/** How many different values of a column are told. */
const MOST_VALUES = 6;
/** Where comments begin, if what stands before them is not longer. */
const COMMENT_AT = 30;

const withComment = (text: string, comment: string): string =>
  `${text.padEnd(COMMENT_AT)} # ${safe(comment)}`;
/** Text of a table in a comment of one line. */
const safe = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');

/**
 * The text of config.yaml.
 * @param table the path of the table, relative to the folder of the search
 */
export function starterConfig(starter: Starter, table: string): string {
  const parts = [
    ...[heading, (one: Starter) => dataLines(one, table), columnLines, targetLines],
    ...[missingLines, splitLines, foldLines, scoringLines, endLines],
  ];
  return `${parts.map(part => part(starter).join('\n')).join('\n\n')}\n`;
}

const heading = ({ outline: { rows, columns } }: Starter): string[] => [
  '# What is learned from what, and how it is judged. How it is learned stands in pipe_configs.yaml.',
  `# spt init wrote this file for a table of ${counted(rows, 'row')} and ${counted(columns.length, 'column')}.`,
  '# What it guessed is yours to change. `spt enqueue --dry-run --splits all --cv` checks every key.',
];

function dataLines({ aside, index, outline }: Starter, table: string): string[] {
  const lines = ['data:', `  table: ${/^[\w./-]+$/.test(table) ? table : JSON.stringify(table)}`];
  if (aside.length > 0) {
    lines.push('  features:', '    except:                    # columns that are no features');
    lines.push(...aside.map(({ name, reason }) => withComment(`      - ${yamlWord(name)}`, reason)));
  } else {
    lines.push('  # All columns but the target are features. Name those that are none:');
    lines.push("  # features: { except: [Comment, 'Date*'] }");
  }
  if (index !== undefined)
    return [...lines, '', withComment(`index: ${yamlWord(index)}`, 'the id of each sample')];
  const ids = outline.hasRowNames ? 'The ids are the row names.' : 'The samples are numbered from 1.';
  return [...lines, '', `# ${ids} If a column holds ids, write index: NAME.`];
}

/** What was found of the features. */
function columnLines({ features }: Starter): string[] {
  const lines = features
    .slice(0, MOST_TOLD)
    .map(column => `#   ${safe(`${column.name}: ${lookOf(column)}`)}`);
  if (features.length > MOST_TOLD)
    lines.push(`#   and ${counted(features.length - MOST_TOLD, 'column')} more`);
  return [
    '# What the features were found to be. `columns:` says it where you know better, as in',
    '# columns: { Site: category, Grade: { ordered: [low, mid, high] }, Smoker: boolean, Age: number }',
    ...lines,
  ];
}

function lookOf({ kind, counts, isWhole, missing }: OutlineColumn): string {
  const gaps = missing > 0 ? `, ${missing} missing` : '';
  if (kind === 'number') {
    const codes = counts && isWhole && counts.size > 2 && counts.size <= MOST_VALUES;
    const few = codes ? ` (only ${shown([...counts.keys()].sort((a, b) => Number(a) - Number(b)))})` : '';
    return `number${few}${gaps}`;
  }
  if (kind === 'boolean') return `boolean, ${shown([...counts!.keys()])}${gaps}`;
  return `category of ${counted(counts!.size, 'level')}, ${shown([...counts!.keys()])}${gaps}`;
}

const shown = (values: readonly string[]): string =>
  someOf(
    values.map(value => quote(value).slice(1, -1)),
    MOST_VALUES,
  );

function targetLines({ target, found, classes, positive, isDoubtful }: Starter): string[] {
  const why = found === 'told' ? 'the column to predict' : `the column to predict, guessed ${found}`;
  const lines = [withComment(`target: ${yamlWord(target.name)}`, why)];
  if (!classes) {
    lines.push(
      withComment('task: regression', 'its numbers are values; `classification` takes them as classes'),
    );
    return lines;
  }
  const sizes = classes.map(({ name, samples }) => `${quote(name).slice(1, -1)} (${samples})`);
  if (isDoubtful) {
    lines.push(
      withComment('task: classification', 'its numbers are classes; `regression` takes them as values'),
    );
  }
  lines.push(`# classes: ${safe(someOf(sizes, 20))}`);
  if (positive !== undefined) {
    const other = classes.find(({ name }) => name !== positive)!.name;
    lines.push(
      withComment(`positive: ${yamlValue(positive)}`, `the class that scores are about, not ${quote(other)}`),
    );
  }
  return lines;
}

function missingLines({ target, features }: Starter): string[] {
  const words = new Set([target, ...features].flatMap(column => column.words));
  const markers = [...DEFAULT_MISSING, ...[...words].filter(word => !DEFAULT_MISSING.includes(word))];
  const list = `missing: [${markers.map(word => JSON.stringify(word)).join(', ')}]`;
  return [withComment(list, 'cells that have no value')];
}

/** Samples without a class are left out, and classes with one sample. */
function splitLines({ target, tiny }: Starter): string[] {
  const gaps = target.missing > 0 ? [...DEFAULT_MISSING, ...target.words] : [];
  const not = [...new Set([...gaps, ...tiny])];
  const where =
    not.length === 0 ? '{}' : `{ ${yamlWord(target.name)}: { not: [${not.map(yamlValue).join(', ')}] } }`;
  const why = [
    ...(target.missing > 0
      ? [`${counted(target.missing, 'sample')} without a value of the target left out`]
      : []),
    ...(tiny.length > 0
      ? [`${tiny.length === 1 ? '1 class' : `${tiny.length} classes`} of one sample left out`]
      : []),
  ];
  return [
    '# A split is a filter over the columns: { where: { Site: X, Age: { gte: 40 }, Batch: [1, 2] } }.',
    '# train_A1 and validate_A1 are a pair: `--splits A1 --validate` trains on one and scores on the other.',
    'splits:',
    ...why.map(one => `  # ${one}`),
    `  all: { where: ${where} }`,
  ];
}

function foldLines({ folds, groups, classes }: Starter): string[] {
  const few = folds < 5 ? ', fewer than 5 because a class is small' : '';
  const cv = classes ? `cv: { folds: ${folds} }` : `cv: { folds: ${folds}, shuffle: true }`;
  const lines = [
    withComment(
      cv,
      classes ? `stratified folds in the order of the samples${few}` : 'folds of shuffled samples',
    ),
  ];
  if (groups.length > 0) {
    lines.push(`# If samples with the same ${safe(groups[0])} belong together, one fold must have them all:`);
    lines.push(`# cv: { folds: ${folds}, group: ${yamlWord(groups[0])} }`);
    if (groups.length > 1) lines.push(`# The same may hold for ${safe(someOf(groups.slice(1)))}.`);
  }
  return lines;
}

function scoringLines({ classes }: Starter): string[] {
  const [scoring, metrics] = !classes
    ? ['r2', 'rmse, mae, spearman']
    : classes.length === 2
      ? ['roc_auc', 'accuracy, balanced_accuracy, f1, log_loss, mcc']
      : ['balanced_accuracy', 'accuracy, roc_auc_ovr, log_loss, mcc'];
  return [
    withComment(`scoring: ${scoring}`, 'the metric that ranks'),
    withComment(`metrics: [${metrics}]`, 'computed beside it'),
  ];
}

const endLines = (): string[] => [
  withComment('seed: 0', 'of everything random: models, folds, the order of the queue'),
];
