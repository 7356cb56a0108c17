/** The pitfalls of a search that the prepared data of a split shows: samples, classes, folds and groups. */
import type { CrossValidation } from '../base/config.js';
import {
  classCounts,
  classNames,
  classesOf,
  featureNames,
  type SplitData,
  type Target,
} from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { counted, quote, someOf } from '../base/listing.js';
import { equalRows, pairsByChance } from '../data/equal-rows.js';
import { givenAway } from '../data/giveaway.js';
import { codesOf } from '../data/labels.js';
import { metadataCell, type Metadata } from '../data/metadata.js';
import { nearGroups } from '../data/near-groups.js';
import { makeFolds, type Fold } from '../ml/folds.js';
import type { Finding } from '../views/check.js';

/** A split with its data, and how it is cross-validated. */
export interface CheckedSplit {
  split: string;
  data: SplitData;
  /** With its seed, where the folds are shuffled. */
  cv?: CrossValidation;
}

/** Below this number of equal rows that are expected by chance, equal rows are the same sample. */
const BY_CHANCE = 0.01;
/** From this share of the samples on, samples that are fitted on and scored are a problem. */
const MOST_EQUAL = 0.01;
/** How many ids a finding names. */
const MOST_NAMED = 200;
/** More folds than this are not advised. */
const MOST_ADVISED = 20;
/** A class with fewer samples than this in a fold makes scores jump. */
const FEW_IN_FOLD = 5;

/** All that the data of a split shows. `metadata` is the table, where it could be read. */
export function checkData(
  checked: CheckedSplit,
  metadata: Metadata | undefined,
  columns: readonly string[],
): Finding[] {
  const folds = foldsOf(checked);
  return [
    ...giveaways(checked),
    ...sharedSamples(checked, folds),
    ...smallClasses(checked, folds),
    ...(metadata ? ignoredGroups(checked, metadata, columns) : []),
  ];
}

function foldsOf({ data, cv }: CheckedSplit): Fold[] {
  if (!cv) return [];
  try {
    return makeFolds(data.train, cv, cv.seed ?? 0);
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

/** The number of samples of the smallest fit: of a fold, or of the whole split. */
export function smallestFit(checked: CheckedSplit): number {
  const { rows } = checked.data.train.x;
  return Math.min(rows, ...foldsOf(checked).map(({ train }) => train.length));
}

/** How large a fold is, and how many samples of each class it has, as a sentence. */
export function foldText(checked: CheckedSplit, fold: number): string {
  const found = foldsOf(checked)[fold];
  if (!found) return '';
  const { target } = checked.data.train;
  if (target.kind === 'values') return valuesText(found, target.values);
  const { codes, k } = target;
  const of = (rows: ArrayLike<number>): Int32Array =>
    classCounts(
      Int32Array.from(rows, row => codes[row]),
      k,
    );
  const [inside, all] = [of(found.test), classCounts(codes, k)];
  const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)}%`;
  const shares = classNames(checked.data.target).map(
    (name, code) =>
      `${quote(name)} ${percent(inside[code], found.test.length)} (${percent(all[code], codes.length)} of all)`,
  );
  return ` It has ${counted(found.test.length, 'sample')}: ${someOf(shares)}.`;
}

/** How large a fold is, and what its values are on average, as a sentence. */
function valuesText({ test }: Fold, values: Float64Array): string {
  const meanOf = (some: ArrayLike<number>): number =>
    Array.from(some).reduce((a, b) => a + b, 0) / some.length;
  const [inside, all] = [meanOf(Array.from(test, row => values[row])), meanOf(values)];
  const shown = (value: number): string => String(Number(value.toPrecision(4)));
  return ` It has ${counted(test.length, 'sample')} with a mean target of ${shown(inside)} (${shown(all)} of all).`;
}

function giveaways({ split, data }: CheckedSplit): Finding[] {
  const names = featureNames(data);
  const found = givenAway(data.train.x, data.train.target, data.columns);
  if (found.length === 0) return [];
  const features = found.map(j => names[j]);
  const one = found.length === 1;
  const have = one ? 'one feature' : `each of ${found.length} features`;
  const what =
    data.target.kind === 'classes'
      ? `${one ? 'tells' : 'tell'} all classes apart`
      : `${one ? 'orders' : 'order'} all samples by their values`;
  return [
    {
      level: 'problem',
      kind: 'target-given-away',
      split,
      message: `${have} alone ${what}: ${someOf(features.map(quote), 8)}.`,
      advice:
        'Is it the target in other words, or was it measured after the target was known? Then remove the column from ' +
        'the features and enqueue again. Else the task is easy, and a simple model is enough.',
      numbers: { features: found.length },
    },
  ];
}

function sharedSamples({ split, data }: CheckedSplit, folds: Fold[]): Finding[] {
  const { train, validate } = data;
  const n = train.x.rows;
  const groups = equalRows(validate ? [train.x, validate.x] : [train.x]);
  if (groups.length === 0) return [];
  const id = (row: number): string => (row < n ? train.index[row] : validate!.index[row - n]);
  const expected = pairsByChance(train.x);
  const natural = expected >= BY_CHANCE;
  const findings: Finding[] = [];
  const tell = (kind: string, rows: number[], others: number[], of: number, what: string): void => {
    if (rows.length === 0) return;
    const isProblem = !natural && rows.length >= MOST_EQUAL * of;
    const pairs = rows.slice(0, 3).map((row, i) => `${quote(id(row))} = ${quote(id(others[i]))}`);
    const chance = natural
      ? ` About ${expected.toPrecision(2)} pairs are expected by chance, because the features have few values.`
      : '';
    findings.push({
      level: isProblem ? 'problem' : 'note',
      kind,
      split,
      message: `${what}: ${pairs.join(', ')}${rows.length > 3 ? ', ...' : ''}.${chance}`,
      advice: natural
        ? 'If they are copies of one sample, keep one of them in the tables, and enqueue again.'
        : 'Keep one of each in the tables. Or name a metadata column that equal samples share under ' +
          '`cv: { group: ... }`, and keep them on one side of the split. Then enqueue again.',
      numbers: {
        samples: rows.length,
        of,
        share: rows.length / of,
        groups: groups.length,
        pairsByChance: expected,
      },
      samples: rows.slice(0, MOST_NAMED).map(id),
    });
  };
  const held = groups.flatMap(group => {
    const fitted = group.find(row => row < n);
    return fitted === undefined ? [] : group.filter(row => row >= n).map(row => ({ row, other: fitted }));
  });
  const validated = validate?.x.rows ?? 0;
  tell(
    'equal-rows-validate',
    held.map(({ row }) => row),
    held.map(({ other }) => other),
    validated,
    `${held.length} of ${counted(validated, 'validation sample')} ` +
      `${held.length === 1 ? 'equals' : 'equal'} a sample that is trained on`,
  );
  const across = acrossFolds(groups, folds, n);
  tell(
    'equal-rows-folds',
    across.map(({ row }) => row),
    across.map(({ other }) => other),
    n,
    `${across.length} of ${counted(n, 'sample')} ${across.length === 1 ? 'is' : 'are'} scored by models that were ` +
      'fitted on an equal sample of another fold',
  );
  return findings;
}

/** The samples that equal a sample of another fold of one drawing, with that sample. */
function acrossFolds(groups: number[][], folds: Fold[], n: number): { row: number; other: number }[] {
  const otherOf = new Map<number, number>();
  for (const { train, test } of folds.filter(({ repeat }) => repeat === 0)) {
    const [fitted, scored] = [new Set(train), new Set(test)];
    for (const group of groups) {
      const other = group.find(row => fitted.has(row));
      if (other !== undefined) for (const row of group) if (scored.has(row)) otherOf.set(row, other);
    }
  }
  const inside = groups.flat().filter(row => row < n && otherOf.has(row));
  return inside.map(row => ({ row, other: otherOf.get(row)! }));
}

function smallClasses({ split, data, cv }: CheckedSplit, folds: Fold[]): Finding[] {
  if (data.target.kind === 'values') return [];
  const { names } = data.target;
  const findings: Finding[] = [];
  const { codes, k } = classesOf(data.train.target);
  const sizes = classCounts(codes, k);
  if (cv && folds.length > 0 && cv.type !== 'leave-one-out') {
    const perFold = folds.map(({ test }) =>
      classCounts(
        test.map(row => codes[row]),
        k,
      ),
    );
    names.forEach((name, code) => {
      const counts = perFold.map(found => found[code]);
      const [least, most] = [Math.min(...counts), Math.max(...counts)];
      if (least >= FEW_IN_FOLD) return;
      const fewer = Math.floor(sizes[code] / FEW_IN_FOLD);
      const less =
        fewer >= 2 && fewer < cv.folds && cv.group === undefined && cv.by === undefined
          ? `Ask for ${fewer} folds, or g`
          : 'G';
      findings.push({
        level: least <= 1 ? 'problem' : 'note',
        kind: 'small-class',
        split,
        message:
          `${quote(name)} has ${counted(sizes[code], 'sample')}, ` +
          `${least === most ? least : `${least} to ${most}`} in ` +
          `each of ${folds.length} folds: ` +
          (least === 0
            ? 'a fold without it has no score where the metric needs every class.'
            : `one sample more or less moves its recall in a fold by ${(1 / least).toFixed(2)}.`),
        advice:
          `${less}ather more samples of it. Read differences between configs with their errors: spt select ` +
          'shows them.',
        numbers: { samples: sizes[code], least, most, folds: folds.length },
      });
    });
  }
  if (!data.validate) return findings;
  const held = classCounts(classesOf(data.validate.target).codes, k);
  names.forEach((name, code) => {
    if (held[code] >= FEW_IN_FOLD) return;
    findings.push({
      level: held[code] === 0 ? 'problem' : 'note',
      kind: 'small-class-validate',
      split,
      message: `${quote(name)} has ${counted(held[code], 'validation sample')} of ${data.validate!.x.rows}.`,
      advice: 'Widen the filter of the validation split, so that each class has samples there.',
      numbers: { samples: held[code], of: data.validate!.x.rows },
    });
  });
  return findings;
}

/** A group column is told where the nearest samples are of one group far more often than by chance. */
const LEAST_Z = 5;
const LEAST_SHARE = 0.2;
const LEAST_FACTOR = 3;
/** From this share on, a group is as good as a copy. */
const MOST_ALIKE = 0.5;

/** Columns of the metadata whose equal values stand over several folds, and whose samples are alike. */
function ignoredGroups(
  { split, data, cv }: CheckedSplit,
  metadata: Metadata,
  columns: readonly string[],
): Finding[] {
  if (!cv || cv.group !== undefined || cv.by !== undefined) return [];
  const rowOf = new Map(metadata.ids.map((id, row) => [id, row]));
  const rows = data.train.index.map(id => rowOf.get(id));
  if (rows.some(row => row === undefined)) return [];
  const { target } = data.train;
  const n = data.train.index.length;
  // Samples with values are taken as samples of one class.
  const [y, k] = target.kind === 'classes' ? [target.codes, target.k] : [new Int32Array(n), 1];
  const nearest = target.kind === 'classes' ? 'sample of the same class' : 'sample';
  return columns.flatMap(name => {
    const column = metadata.header.placeOf.get(name)!;
    const cells = rows.map(row => metadataCell(metadata, row!, column)?.trim());
    if (cells.some(cell => cell === undefined || cell === '')) return [];
    const labels = [...new Set(cells as string[])];
    if (labels.length < 2 || labels.length > n / 2) return [];
    const groups = codesOf(cells as string[], labels);
    const found = nearGroups(data.train.x, y, groups, data.columns);
    const { share, byChance, samples, z } = found;
    if (z < LEAST_Z || share < LEAST_SHARE || share < LEAST_FACTOR * byChance) return [];
    return [
      {
        level: share >= MOST_ALIKE ? 'problem' : 'note',
        kind: 'groups-ignored',
        split,
        message:
          `samples with the same ${quote(name)} are alike and stand in different folds: the nearest ` +
          `${nearest} has the same ${quote(name)} for ${Math.round(100 * share)}% of ` +
          `${counted(samples, 'sample')} ` +
          `(${Math.round(100 * byChance)}% by chance). Scores are too good for new values of ${quote(name)}.`,
        advice: groupAdvice(name, { target, groups }, { codes: y, k }, cv),
        numbers: { groups: labels.length, share, byChance, samples, z },
      } satisfies Finding,
    ];
  });
}

/** Folds by groups, if they can be made with every class in each of them. */
function groupAdvice(
  name: string,
  input: { target: Target; groups: Int32Array },
  { codes, k }: { codes: Int32Array; k: number },
  { shuffle, seed, folds: most }: CrossValidation,
): string {
  for (let folds = Math.min(most, MOST_ADVISED); folds >= 2; folds--) {
    try {
      const made = makeFolds(input, { folds, shuffle, group: name }, seed ?? 0);
      const hasAll = made.every(({ test }) => {
        const counts = classCounts(
          test.map(row => codes[row]),
          k,
        );
        return counts.every(count => count > 0);
      });
      if (!hasAll) continue;
      const written = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
      return `Write \`cv: { folds: ${folds}, group: ${written} }\`, and enqueue again.`;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return (
    `No folds by ${quote(name)} have every class. Hold some of its values out in a validation split, and enqueue ` +
    'with --validate.'
  );
}
