/**
 * The setting of a config: all that its score depends on besides its steps. Only scores of one setting may be compared.
 * Other folds, other tables, or another positive class (it is a part of the data) give other scores. Pure.
 */
import type { Config, CrossValidation } from '../../base/config.js';
import { foldTypeFacts, type FoldType } from '../../base/fold-types.js';

export interface Setting {
  split: string;
  scoring: string;
  /** The digest of the prepared data; absent where it could not be read. */
  data?: string;
  /** The folds, with all defaults written out; absent without cross-validation. */
  cv?: Folds;
}

/** Cross-validation in one form: equal folds are equal JSON. */
export interface Folds {
  folds: number;
  /** How often the folds are drawn, and the seed of the drawing; absent where they are not shuffled. */
  repeats?: number;
  seed?: number;
  group?: string;
  /** The type of the folds, where it is not the default, and what it takes. */
  type?: FoldType;
  by?: string;
  gap?: number;
}

/** The members of a config that make its setting. */
export type SettingSource = Partial<Pick<Config, 'data' | 'cv' | 'seed'>>;

export function settingOf(split: string, scoring: string, { data, cv, seed }: SettingSource): Setting {
  const known = typeof data === 'string' ? { data } : {};
  return { split, scoring, ...known, ...(cv && { cv: foldsOf(cv, seed ?? 0) }) };
}

/** The folds of a cross-validation in one form. `seed` replaces a missing `cv.seed`, as in `ml/folds.ts`. */
export function foldsOf(cv: CrossValidation, seed: number): Folds {
  const { folds, shuffle, repeats, group, type, by, gap } = cv;
  return {
    folds,
    ...(shuffle && { repeats: repeats ?? 1, seed: cv.seed ?? seed }),
    ...(group !== undefined && { group }),
    ...(type !== undefined && { type }),
    ...(by !== undefined && { by }),
    ...(gap !== undefined && { gap }),
  };
}

/** A text that is equal for settings whose scores may be compared. */
export function settingKey({ split, scoring, data, cv }: Setting): string {
  return JSON.stringify([split, scoring, data, cv]);
}

/**
 * The folds as a phrase: `5 folds`, `5 folds shuffled 10 times (seed 3), grouped by Patient`, `leave-one-out folds`.
 * Where the data tells how many folds there are, the phrase does not.
 */
export function foldsText(cv: Folds | undefined): string {
  if (!cv) return 'no cross-validation';
  const { folds, repeats, seed, group, type, by, gap } = cv;
  const isCounted = type !== undefined && foldTypeFacts(type).isCounted === true;
  const times = repeats === 1 ? '' : ` ${wordOf(repeats)} times`;
  return [
    !isCounted && `${wordOf(folds)} `,
    type !== undefined && type !== 'time' && `${wordOf(type)} `,
    type === 'time' ? 'folds in time' : 'folds',
    repeats !== undefined && ` shuffled${times} (seed ${wordOf(seed)})`,
    group !== undefined && `, grouped by ${wordOf(group)}`,
    by !== undefined && ` by ${wordOf(by)}`,
    gap !== undefined && `, with a gap of ${wordOf(gap)}`,
  ]
    .filter(part => part !== false)
    .join('');
}

/** A number or a name. Another program may have written something else into the log. */
function wordOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '(unknown)';
}

/** What differs between a setting and the setting of now, as phrases. */
export function differences(setting: Setting, now: Setting): string[] {
  const words: string[] = [];
  if (setting.scoring !== now.scoring) words.push(`ranked by ${setting.scoring}, not ${now.scoring}`);
  const [then, current] = [foldsText(setting.cv), foldsText(now.cv)];
  if (then !== current) words.push(`${then}, not ${current}`);
  if (setting.data !== now.data) words.push(`other data (${(setting.data ?? 'unknown').slice(0, 8)})`);
  return words;
}
