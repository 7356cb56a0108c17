import type { DataColumn } from '../base/dataset.js';
import { InputError, type Place } from '../base/errors.js';
import { quote } from '../base/listing.js';
import { codeFinder, truthValue } from './levels.js';
import { type MissingMarkers } from './numbers.js';
import { isNoText } from './text-column.js';
import { TRUTH_EXPECTED } from './truth.js';

/** A category of new samples with levels that its model does not know. */
export interface Unseen {
  name: string;
  levels: string[];
  /** In how many cells they stand. */
  cells: number;
}

/** Whether tables write the values of a column as texts. */
export const isWritten = (column: DataColumn): boolean =>
  column.kind === 'category' || column.boolean === true;

/** The texts of one column of new samples. The model's columns give each text its number. */
export class NewTexts {
  private readonly unseen = new Set<string>();
  private unseenCells = 0;
  private readonly known = new Map<string, number>();
  private readonly find: (text: string) => number | undefined;

  constructor(
    private readonly column: DataColumn,
    missing: MissingMarkers,
  ) {
    this.find =
      column.kind === 'category'
        ? codeFinder(column.levels, missing)
        : text => (isNoText(text, missing) ? NaN : truthValue(text));
  }

  /** The number of a cell. Throws InputError `not-boolean`. */
  value(cell: string, placeOf: () => Place): number {
    const { column } = this;
    let value = this.known.get(cell);
    if (value === undefined) {
      value = this.find(cell);
      if (value === undefined) throw notBoolean(column.name, cell, placeOf());
      this.known.set(cell, value);
    }
    if (column.kind === 'category' && value === column.levels.length) {
      this.unseen.add(cell);
      this.unseenCells++;
    }
    return value;
  }

  /** What the model does not know; undefined where it knows all. */
  told(): Unseen | undefined {
    if (this.unseenCells === 0) return undefined;
    return { name: this.column.name, levels: [...this.unseen], cells: this.unseenCells };
  }
}

/** The error for a cell of a boolean column that is none of the words of truth. */
export function notBoolean(name: string, cell: string, place: Place, hint?: string): InputError {
  return new InputError(
    'not-boolean',
    `the column ${quote(name)} holds ${quote(cell)}, which is not true or false`,
    {
      place,
      value: cell,
      expected: TRUTH_EXPECTED,
      hint,
    },
  );
}
