import { decimal } from '../data/numbers.js';
import type { Condition, Filter, Scalar } from '../data/types.js';
import type { Where } from './schema.js';
import type { Path } from './yaml.js';

/**
 * A split's filter as it was written. A number that is not written in decimals (`0x10`) is text, because it must equal
 * a cell with the same letters.
 */
export function writtenFilter(
  where: Where,
  path: Path,
  sourceOf: (path: Path) => string | undefined,
): Filter {
  const written = <T>(value: T, at: Path): T => {
    if (Array.isArray(value)) return value.map((item, i) => written(item, [...at, i])) as T;
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, written(item, [...at, key])]),
      ) as T;
    const text = typeof value === 'number' ? sourceOf(at) : undefined;
    return text === undefined || decimal(text) !== undefined ? value : (text as Scalar as T);
  };
  return Object.fromEntries(
    Object.entries(where).map(([name, condition]) => [
      name,
      written(condition as Condition, [...path, name]),
    ]),
  );
}
