/** Patterns of names, in which `*` stands for any letters: `gene_*`. */

export const isPattern = (text: string): boolean => text.includes('*');

/** The regular expression of a pattern. */
export function patternOf(text: string): RegExp {
  const parts = text.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
