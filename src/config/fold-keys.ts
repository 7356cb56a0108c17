import type { CrossValidation } from '../base/config.js';
import { foldTypeFacts, foldTypeOf, foldTypes, type FoldType } from '../base/fold-types.js';
import { oneOf } from '../base/suggest.js';
import type { CheckParams } from './complaints.js';

/** Which keys of `cv:` go together. The types of folds tell what they take (base/fold-types.ts). */

/** What is written under `cv:`. */
export interface WrittenFolds extends Partial<CrossValidation> {
  /** The number of outer folds of a nested cross-validation. */
  outer?: number;
}

/** The keys of `cv:`. Names of columns may be written as numbers. */
type Keys = { [key in keyof WrittenFolds]?: unknown } & Pick<WrittenFolds, 'type' | 'shuffle'>;

/** A key that does not go with the others, or that is missing. */
interface FoldComplaint extends CheckParams {
  at: keyof WrittenFolds;
  message: string;
}

type Check = (cv: Keys, type: FoldType) => FoldComplaint | undefined;

/** The types with some ability, as a phrase. */
const typesThat = (can: (type: FoldType) => boolean): string => oneOf(foldTypes.filter(can));

/** What the column of a type holds. */
const COLUMNS: { [type in FoldType]?: string } = {
  'stratified-group': 'the column of the groups that stay together',
  group: 'the column of the groups that stay together',
  time: 'the column of the times',
  predefined: 'the column of the numbers of the folds',
  'leave-one-group-out': 'the column of the groups',
};

const byWithoutType: Check = cv => {
  if (cv.by === undefined || cv.type !== undefined) return undefined;
  return {
    at: 'by',
    key: true,
    code: 'needs-type',
    message: '`by` needs a `type`',
    hint: 'Add `type: time` for a column of times, or `type: predefined` for a column of the numbers of folds.',
  };
};

const folds: Check = (cv, type) => {
  if (cv.folds === undefined || !foldTypeFacts(type).isCounted) return undefined;
  return {
    at: 'folds',
    key: true,
    code: 'folds-counted',
    message: `the data tells how many folds \`${type}\` has`,
    hint: 'Remove `folds`, or write another `type`.',
  };
};

/** `group` and `by` are there where the type reads them, and only there. */
const column =
  (key: 'group' | 'by'): Check =>
  (cv, type) => {
    const isRead = foldTypeFacts(type).reads === key;
    if (isRead && cv[key] === undefined) return { at: key, message: '', expected: COLUMNS[type] };
    if (isRead || cv[key] === undefined || cv.type === undefined) return undefined;
    return {
      at: key,
      key: true,
      code: 'unused-column',
      message: `\`${type}\` reads no \`${key}\``,
      expected: `with \`${key}\`, a type that is ${typesThat(one => foldTypeFacts(one).reads === key)}`,
      hint: `Remove \`${key}\`, or write another \`type\`.`,
    };
  };

const gap: Check = (cv, type) => {
  if (cv.gap === undefined || type === 'time') return undefined;
  return {
    at: 'gap',
    key: true,
    code: 'needs-time',
    message: '`gap` needs the type `time`',
    hint: 'Remove `gap`, or add `type: time` and `by: COLUMN`.',
  };
};

const shuffle: Check = (cv, type) => {
  if (!cv.shuffle || foldTypeFacts(type).shuffles) return undefined;
  return {
    at: 'shuffle',
    key: true,
    code: 'not-shuffled',
    message: `the folds of \`${type}\` are not shuffled`,
    expected: `with \`shuffle\`, a type that is ${typesThat(one => foldTypeFacts(one).shuffles === true)}`,
    hint: 'Remove `shuffle`.',
  };
};

const drawing =
  (key: 'seed' | 'repeats'): Check =>
  (cv, type) => {
    if (cv[key] === undefined || cv.shuffle === true) return undefined;
    const hint = foldTypeFacts(type).shuffles ? 'Add `shuffle: true`.' : `Remove \`${key}\`.`;
    return { at: key, key: true, code: 'needs-shuffle', message: `\`${key}\` needs \`shuffle\``, hint };
  };

const outer: Check = (cv, type) => {
  if (cv.outer === undefined || !foldTypeFacts(type).isCounted) return undefined;
  return {
    at: 'outer',
    key: true,
    code: 'outer-counted',
    message: `\`outer\` draws folds, and those of \`${type}\` are given by the data`,
    expected: `with \`outer\`, a type that is ${typesThat(one => !foldTypeFacts(one).isCounted)}`,
    hint: 'Remove `outer`, or write another `type`.',
  };
};

const CHECKS: readonly Check[] = [
  byWithoutType,
  folds,
  column('group'),
  column('by'),
  gap,
  shuffle,
  drawing('seed'),
  drawing('repeats'),
  outer,
];

/** What is wrong with the keys of `cv:` together. The target is not known here. */
export function foldComplaints(cv: Keys): FoldComplaint[] {
  const group = cv.group === undefined ? undefined : String(cv.group);
  const type = foldTypeOf({ type: cv.type, group }, 'classes');
  return CHECKS.map(check => check(cv, type)).filter(found => found !== undefined);
}
