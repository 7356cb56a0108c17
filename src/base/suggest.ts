/**
 * What a person probably meant: the known name nearest to a mistyped one, by the number of letters to insert, delete,
 * replace or swap (optimal string alignment; Boytsov 2011, section 2.1).
 */
import { someOf } from './listing.js';

/** Longer names are not compared letter by letter, because the work grows with the square of their length. */
const MAX_LENGTH = 64;

/** How many names a list of known names shows. */
const MAX_LISTED = 30;

/** The number of edits that turn one word into the other; swapping two neighbors is one. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}

/** Letter case and separators say little: `standard_scaler` means StandardScaler. */
const plain = (name: string): string => name.toLowerCase().replace(/[-_. ]/g, '');

/**
 * The known name that `name` was probably meant to be: at most a third of its letters wrong, or else the only one that
 * contains it whole. The first of equals; undefined where none is near.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length === 0 || name.length > MAX_LENGTH) return undefined;
  const wanted = plain(name);
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  const containing: string[] = [];
  for (const candidate of known) {
    const there = plain(candidate);
    if (there.length > MAX_LENGTH) continue;
    if (wanted.length >= 3 && there.includes(wanted)) containing.push(candidate);
    const edits = editDistance(wanted, there);
    // Words of one or two letters are near each other only if they share a letter.
    if (edits >= fewest || edits >= Math.max(wanted.length, there.length)) continue;
    best = candidate;
    fewest = edits;
  }
  return best ?? (containing.length === 1 ? containing[0] : undefined);
}

/** "Did you mean `StandardScaler`?", or undefined where nothing is near. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const near = nearest(name, known);
  return near === undefined ? undefined : `Did you mean \`${near}\`?`;
}

/** Names as a phrase: "one of a, b, c"; "a" alone; a long list is cut. */
export function oneOf(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return 'none: no name is defined here';
  if (all.length === 1) return all[0];
  return `one of ${someOf(all, MAX_LISTED)}`;
}
