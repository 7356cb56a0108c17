/**
 * Phrases for messages: counts, lists that are cut, quoted text. Every message of the house that lists or counts takes
 * its words from here.
 */

/** A count with its noun: "1 sample", "12,625 samples". */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** The first names of a list, and how many more there are: "a, b, c and 7 more". */
export function someOf(names: readonly string[], most = 5): string {
  const first = names.slice(0, most).join(', ');
  return names.length > most ? `${first} and ${names.length - most} more` : first;
}

/** The counts of a model, whose kinds are plurals, in words: "30 features, 50 support vectors", "1 feature". */
export function sizeWords(size: { readonly [kind: string]: number }): string {
  const nounOf = (kind: string): string =>
    kind.replace(/s$/, '').replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
  return Object.entries(size)
    .map(([kind, count]) => counted(count, nounOf(kind)))
    .join(', ');
}

/** The text cut to at most `length` characters, the last of them an ellipsis where something was cut. */
export function bounded(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** The most characters of a text that a message quotes. */
const MOST_QUOTED = 40;

/** Text in quotes, as JSON: control characters are escaped, and a long text is cut. */
export function quote(text: string): string {
  return JSON.stringify(bounded(text, MOST_QUOTED));
}
