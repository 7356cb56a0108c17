/**
 * The setting of a config: all that its score depends on besides its steps. Only scores of one setting may be compared.
 * Other folds, other tables, or another positive class (it is a part of the data) give other scores. Pure.
 */
import type { Config, CrossValidation } from '../../base/config.js';

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
}

/** The members of a config that make its setting. */
export type SettingSource = Partial<Pick<Config, 'data' | 'cv' | 'seed'>>;

export function settingOf(split: string, scoring: string, { data, cv, seed }: SettingSource): Setting {
  const known = typeof data === 'string' ? { data } : {};
  return { split, scoring, ...known, ...(cv && { cv: foldsOf(cv, seed ?? 0) }) };
}

/** The folds of a cross-validation in one form. `seed` replaces a missing `cv.seed`, as in `ml/folds.ts`. */
export function foldsOf({ folds, shuffle, seed: own, repeats, group }: CrossValidation, seed: number): Folds {
  const drawn = shuffle ? { repeats: repeats ?? 1, seed: own ?? seed } : {};
  return { folds, ...drawn, ...(group !== undefined && { group }) };
}

/** A text that is equal for settings whose scores may be compared. */
export function settingKey({ split, scoring, data, cv }: Setting): string {
  return JSON.stringify([split, scoring, data, cv]);
}

/** The folds as a phrase: `5 folds`, `5 folds drawn 10 times (seed 3), by Patient`. */
export function foldsText(cv: Folds | undefined): string {
  if (!cv) return 'no cross-validation';
  const { folds, repeats, seed, group } = cv;
  const times = repeats === 1 ? '' : ` ${wordOf(repeats)} times`;
  const drawn = repeats === undefined ? '' : ` shuffled${times} (seed ${wordOf(seed)})`;
  return `${wordOf(folds)} folds${drawn}${group === undefined ? '' : `, grouped by ${wordOf(group)}`}`;
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
