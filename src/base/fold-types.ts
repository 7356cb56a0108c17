/** The types of cross-validation, and what each of them takes. */
import type { Target } from './dataset.js';

interface FoldTypeFacts {
  /** The key that names the metadata column from which the folds are made. */
  reads?: 'group' | 'by';
  /** Whether the samples can be shuffled before, and the folds drawn again. */
  shuffles?: true;
  /** Whether the data says how many folds there are, and not the key `folds`. */
  isCounted?: true;
  /** Whether the shares of the classes are as even over the folds as they can be. Then values cannot be predicted. */
  isStratified?: true;
}

const FOLD_TYPES = {
  stratified: { shuffles: true, isStratified: true },
  kfold: { shuffles: true },
  'stratified-group': { reads: 'group', shuffles: true, isStratified: true },
  group: { reads: 'group', shuffles: true },
  time: { reads: 'by' },
  predefined: { reads: 'by', isCounted: true },
  'leave-one-out': { isCounted: true },
  'leave-one-group-out': { reads: 'group', isCounted: true },
} as const satisfies { [type: string]: FoldTypeFacts };

export type FoldType = keyof typeof FOLD_TYPES;

export const foldTypes = Object.keys(FOLD_TYPES) as readonly FoldType[];

/** What a type takes. One that is not known takes nothing: another program may have written it into a log. */
export function foldTypeFacts(type: FoldType): FoldTypeFacts {
  return Object.hasOwn(FOLD_TYPES, type) ? FOLD_TYPES[type] : {};
}

/** What decides the type of folds. */
interface Typed {
  type?: FoldType;
  group?: string;
}

/** The type that a cross-validation without `type` has. */
export function defaultFoldType({ group }: Typed, target: Target['kind']): FoldType {
  if (target === 'values') return group === undefined ? 'kfold' : 'group';
  return group === undefined ? 'stratified' : 'stratified-group';
}

/** The type of a cross-validation. */
export function foldTypeOf(cv: Typed, target: Target['kind']): FoldType {
  return cv.type ?? defaultFoldType(cv, target);
}
