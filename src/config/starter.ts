import { InputError } from '../base/errors.js';
import { counted, quote, someOf } from '../base/listing.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { sortedLabels } from '../data/labels.js';
import { decimal } from '../data/numbers.js';
import type { Outline, OutlineColumn } from '../data/outline.js';
import { yamlWord } from '../data/selection.js';
import { DEFAULT_CV } from './defaults.js';

/**
 * What a search on a table begins with: the column to predict, those that are no features, and how the samples are
 * split. It is a guess for the user to change, and each part says where it comes from. Pure.
 */
export interface Starter {
  outline: Outline;
  target: OutlineColumn;
  /** How the target was found. */
  found: 'told' | 'by its name' | 'because it is the last column';
  /** The column of ids. Without it, row names are the ids, or the samples are numbered. */
  index?: string;
  features: OutlineColumn[];
  /** The columns that are no features, each with the reason. */
  aside: { name: string; reason: string }[];
  /** Columns whose equal values may belong to one person or one place. */
  groups: string[];
  /** The classes in their order, with their numbers of samples; undefined where values are predicted. */
  classes?: { name: string; samples: number }[];
  /** Of two classes, the one that scores are about. */
  positive?: string;
  /** Whether numbers are predicted, which may be classes or values. */
  isDoubtful: boolean;
  /** Classes with one sample, which no two folds can share. */
  tiny: string[];
  folds: number;
}

/** Names that columns to predict usually have, from the most certain one on. */
const TARGETS = [
  ...['target', 'y', 'class', 'label', 'labels', 'outcome', 'response', 'condition', 'diagnosis', 'species'],
  ...['status', 'event', 'survived', 'type', 'low', 'case', 'disease', 'group', 'result', 'price', 'medv'],
];
/** Names of ids, of which none is a feature. */
const ID =
  /^(id|ids|index|row|rownames|no|nr|code)$|[_. -](id|no|nr)$|[a-z]I[Dd]$|^(patient|subject|sample|run)$/i;
/** Names of what several samples may share. */
const SHARED =
  /patient|subject|person|animal|family|hospital|clinic|site|cent(er|re)|batch|plate|stratum|inst$/i;
/** Classes that scores are usually about. */
const POSITIVE =
  /^(yes|y|true|t|case|cases|sick|ill|ad|disease[d]?|positive|pos|malignant|dead|died|d|event|relapse|spam|abnormal)$/i;

/** More different numbers than this are values. */
const MOST_CLASSES = 20;
/** Numbers are classes where each has at least so many samples. */
const SAMPLES_OF_A_CLASS = 5;

/**
 * What a search on a table begins with.
 * @param told the name of the column to predict; without it, one is guessed
 * @throws InputError `no-such-column`, `bad-target`, `no-features`, or `ambiguous-label`
 */
export function starterOf(outline: Outline, told?: string): Starter {
  if (outline.columns.length < 2) throw tooNarrow(outline);
  const index = indexOf(outline, told);
  const { target, found } = targetOf(outline, index, told);
  const classes = classesIn(target);
  const tiny = (classes ?? []).filter(({ samples }) => samples === 1).map(({ name }) => name);
  const kept = classes?.filter(({ samples }) => samples > 1);
  const rest = outline.columns.filter(({ name }) => name !== target.name && name !== index);
  const reasons = rest.map(column => ({ column, reason: reasonAgainst(column) }));
  const features = reasons.filter(({ reason }) => reason === undefined).map(({ column }) => column);
  if (features.length === 0) throw tooNarrow(outline);
  const samples = kept ? kept.map(one => one.samples) : [target.present];
  return {
    ...{ outline, target, found, index, features, tiny, classes: kept },
    aside: reasons.flatMap(({ column: { name }, reason }) => (reason ? [{ name, reason }] : [])),
    groups: rest.filter(column => isShared(column, outline.rows)).map(({ name }) => name),
    positive: kept?.length === 2 ? positiveOf(kept.map(({ name }) => name)) : undefined,
    isDoubtful: target.kind === 'number' && !(target.counts?.size === 2),
    folds: Math.min(DEFAULT_CV.folds!, ...samples),
  };
}

function tooNarrow({ table, columns }: Outline): InputError {
  return new InputError('no-features', 'the table has no column to learn from', {
    place: { file: table.file },
    expected: 'a column to predict, and at least one column of numbers or categories besides',
    hint: `The table has ${someOf(columns.map(({ name }) => quote(name)))}.`,
  });
}

/** Whether each sample has a value of its own. */
const isUnique = ({ counts, present }: OutlineColumn, rows: number): boolean =>
  counts?.size === rows && present === rows;

/** The first column, where it holds ids by its name, or texts of which none occurs twice. */
function indexOf(
  { columns: [first], hasRowNames, rows }: Outline,
  told: string | undefined,
): string | undefined {
  if (hasRowNames || first.name === told || !isUnique(first, rows)) return undefined;
  return ID.test(first.name) || first.kind === 'free text' ? first.name : undefined;
}

function targetOf(
  { columns, table }: Outline,
  index: string | undefined,
  told: string | undefined,
): Pick<Starter, 'target' | 'found'> {
  const others = columns.filter(({ name }) => name !== index);
  if (told !== undefined) {
    const target = columns.find(({ name }) => name === told);
    const names = columns.map(({ name }) => name);
    if (!target) {
      throw new InputError('no-such-column', `the table has no column ${quote(told)}, the target`, {
        place: { file: table.file },
        value: told,
        expected: oneOf(names),
        hint: didYouMean(told, names),
      });
    }
    const fault = faultOf(target);
    if (fault === undefined) return { target, found: 'told' };
    throw badTarget(table.file, `the column ${quote(told)} cannot be predicted: ${fault}`, told);
  }
  const possible = others.filter(column => faultOf(column) === undefined);
  const byName = TARGETS.map(wanted => possible.find(({ name }) => name.toLowerCase() === wanted));
  const named = byName.find(column => column !== undefined);
  if (named) return { target: named, found: 'by its name' };
  const last = possible.at(-1);
  if (last) return { target: last, found: 'because it is the last column' };
  throw badTarget(table.file, 'no column of the table can be predicted');
}

function badTarget(file: string, message: string, value?: string): InputError {
  return new InputError('bad-target', message, {
    place: { file },
    value,
    expected: 'a column of numbers, or one of classes that have at least two samples each',
    hint: 'Name another column with --target.',
  });
}

/** Why a column cannot be predicted. */
function faultOf(column: OutlineColumn): string | undefined {
  const { kind, counts } = column;
  if (kind === 'dates') return 'it holds dates or times';
  if (kind === 'wrong numbers')
    return `it holds numbers with text among them, such as ${quote(column.odd!.text)}`;
  if (kind === 'empty') return 'no cell has a value';
  if (counts?.size === 1) return `it has one value only, ${quote([...counts.keys()][0])}`;
  if (kind === 'number') return undefined;
  const shared = [...counts!.values()].filter(samples => samples > 1).length;
  return shared < 2 ? 'nearly every sample has a class of its own' : undefined;
}

/** The classes of a target; undefined where it holds values. */
function classesIn({ kind, counts, isWhole, name }: OutlineColumn): Starter['classes'] {
  if (kind === 'number') {
    if (!counts || counts.size > MOST_CLASSES || !isWhole) return undefined;
    const isSmall = [...counts.values()].some(samples => samples < SAMPLES_OF_A_CLASS);
    if (isSmall && counts.size > 2) return undefined;
  }
  return sortedLabels(counts!.keys(), name).map(label => ({ name: label, samples: counts!.get(label)! }));
}

const positiveOf = (names: readonly string[]): string =>
  names.find(name => POSITIVE.test(name.trim())) ?? names.at(-1)!;

/** Why a column is no feature. */
function reasonAgainst({
  name,
  kind,
  counts,
  missing,
  odd,
  present,
  isWhole,
}: OutlineColumn): string | undefined {
  if (kind === 'empty') return 'no cell has a value';
  if (kind === 'dates')
    return `dates or times, such as ${quote(odd!.text)}: write days or hours from a start`;
  if (kind === 'wrong numbers') {
    const where = `${quote(odd!.text)} in line ${odd!.line}`;
    return `numbers with text among them, such as ${where}: mend it, or make it a category`;
  }
  if (kind === 'free text')
    return `free text: ${counts!.size} different texts in ${counted(present, 'cell')}`;
  if (ID.test(name) && (kind !== 'number' || isWhole)) return 'ids, by its name';
  if (counts?.size === 1 && missing === 0) return 'the same value in all samples';
  return undefined;
}

/** Whether values occur several times, and have the name of what samples share. */
function isShared({ name, kind, counts, isWhole }: OutlineColumn, rows: number): boolean {
  if (!counts || counts.size < 2 || counts.size >= rows || (kind === 'number' && !isWhole)) return false;
  if (kind === 'dates' || kind === 'empty') return false;
  return ID.test(name) || SHARED.test(name);
}

/** A value as YAML writes it, so that it means the same cells. */
export const yamlValue = (text: string): string =>
  decimal(text) !== undefined && String(Number(text)) === text ? text : yamlWord(text);
