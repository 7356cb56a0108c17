/**
 * The pitfalls of a search that its results show. Every check is a watcher: it sees each result once, keeps what it
 * needs of it, and then tells what it found. So a log of any length takes one pass and little memory.
 */
import type { Place } from '../base/errors.js';
import { EdgeWatch, type CheckedPart } from './check-edges.js';
import { FoldWatch } from './check-folds.js';
import { ShareWatch } from './check-shares.js';
import type { Result } from './result.js';
import type { Search } from './search.js';

/** Something that a user should know about a search. */
export interface Finding {
  /** A problem makes scores wrong or wastes most of a pipeline. A note may be intended. */
  level: 'problem' | 'note';
  /** A stable word for programs: `edge`, `fold-unlike`, `equal-rows`, ... */
  kind: string;
  split: string;
  /** The number of its setting, where it is about the scores of one. */
  setting?: number;
  pipeline?: string;
  /** What was found, with its numbers, as a sentence. */
  message: string;
  /** What to do, as sentences. */
  advice: string;
  /** Where it stands in a YAML file, if it is about one. */
  place?: Place;
  /** The numbers of the message, for programs. */
  numbers: { [name: string]: number };
  /** Configs that are examples, or samples that are meant. */
  configs?: string[];
  samples?: string[];
}

/** A check that sees each result once. */
export interface Watch {
  see(result: Result): void;
  findings(): Finding[];
}

/** Whether two settings of one split may be meant: results of older settings are not looked at. */
export function isOfNow(search: Search, setting: number): boolean {
  return search.differences(setting).length === 0;
}

/**
 * What the results of a search show. Results whose setting differs from the search that the files describe now are
 * left out.
 * @param parts the axes of the pipelines, as the YAML file has them; none where there is no file
 */
export async function checkResults(search: Search, parts: readonly CheckedPart[]): Promise<Finding[]> {
  const watches: Watch[] = [new EdgeWatch(search, parts), new FoldWatch(search), new ShareWatch()];
  const rows = search.rows.filter(row => isOfNow(search, search.settingOf(row)));
  for await (const results of search.results(rows, { configs: parts.length > 0 })) {
    for (const result of results) for (const watch of watches) watch.see(result);
  }
  return watches.flatMap(watch => watch.findings());
}
