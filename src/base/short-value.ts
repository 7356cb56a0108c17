/** The value of a parameter in a line of many: the same text on the terminal, in a report and on the live page. */
import type { Json } from './config.js';

/** A whole number is whole, another one has at most four digits that count. The share of all is `1.0`, as in YAML. */
export function shortValue(value: Json): string {
  if (typeof value === 'number')
    return String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(4)));
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  if (!Array.isArray(value) && typeof value.share === 'number') return value.share.toFixed(1);
  return JSON.stringify(value);
}
