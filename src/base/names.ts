/** The longest name of a split or a pipeline. */
export const MAX_NAME = 64;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Whether the name is one that means nothing to a shell, a terminal or a file system. */
export function isPlainName(name: string): boolean {
  return name.length <= MAX_NAME && NAME.test(name);
}
