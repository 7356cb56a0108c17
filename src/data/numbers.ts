/**
 * What the text of a cell means as a number.
 */

/** A decimal number: `1`, `+1`, `-.5`, `1.`, `1e5`, with white space around it. Not `0x10`, `1_000` or `Infinity`. */
const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The number that a cell holds, rounded to the nearest double; undefined where it is not a decimal number. */
export function decimal(cell: string): number | undefined {
  return DECIMAL.test(cell) ? Number(cell) : undefined;
}

/** The markers that stand for no value. One that is a number (`-999`) also means every other way to write it. */
export interface MissingMarkers {
  texts: ReadonlySet<string>;
  numbers: readonly number[];
}

export function missingMarkers(markers: readonly string[]): MissingMarkers {
  return {
    texts: new Set(markers.map(marker => marker.trim())),
    numbers: markers.map(decimal).filter(value => value !== undefined),
  };
}

export function isMissing(cell: string, missing: MissingMarkers): boolean {
  if (missing.texts.has(cell.trim())) return true;
  return missing.numbers.length > 0 && missing.numbers.includes(decimal(cell) ?? NaN);
}

/**
 * A feature's value: the double nearest to the decimal number in the cell, NaN where the value is missing, Infinity where
 * the cell holds neither. Most cells are fractions, and those never meet a regular expression: Number() takes more than
 * decimal numbers only where the value is an integer (`""`, `0x10`) or not finite.
 */
export function featureValue(cell: string, missing: MissingMarkers): number {
  const value = Number(cell);
  const sure = Number.isFinite(value) && (!Number.isInteger(value) || DECIMAL.test(cell));
  if (!sure) return missing.texts.has(cell.trim()) ? NaN : Infinity;
  return missing.numbers.length > 0 && missing.numbers.includes(value) ? NaN : value;
}
