/** Patterns of names, in which `*` stands for any letters: `gene_*`. */

export const isPattern = (text: string): boolean => text.includes('*');

/** Whether a text matches a pattern, or equals a text without `*`. The parts between the `*` have to stand in the text, one after the other. */
export function matchesPattern(text: string, pattern: string): boolean {
  if (!isPattern(pattern)) return text === pattern;
  const [first, ...others] = pattern.split('*');
  if (!text.startsWith(first)) return false;
  const last = others.pop()!;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
