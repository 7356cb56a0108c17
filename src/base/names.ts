/** The longest name of a split or a pipeline, in characters. */
export const MAX_NAME = 64;
/** The form of a plain name, apart from its length. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Whether the name has only letters, digits and `_.-`, which no shell, terminal or file system interprets. */
export function isPlainName(name: string): boolean {
  return name.length <= MAX_NAME && NAME.test(name);
}
