import { meansNoValue } from './cells.js';
import { eachRow } from './header.js';
import { textKind, type TextKind } from './kinds.js';
import { decimal, missingMarkers, type MissingMarkers } from './numbers.js';
import { isNoText, presentTexts, TextColumn } from './text-column.js';
import { openTable, type TableFile } from './table.js';

/**
 * What a table holds, for somebody who begins a search on it and has not said anything of it yet. The kinds of columns
 * are those that the reader of the features finds.
 */
export interface Outline {
  table: TableFile;
  /** How many samples there are. */
  rows: number;
  /** The columns without that of row names. */
  columns: OutlineColumn[];
  hasRowNames: boolean;
}

/** `empty`: no cell has a value. */
type OutlineKind = TextKind | 'number' | 'empty';

export interface OutlineColumn {
  name: string;
  kind: OutlineKind;
  /** How many cells have a value, and how many have none. */
  present: number;
  missing: number;
  /** Each different value and its number of cells; undefined where there are too many numbers to keep. */
  counts?: ReadonlyMap<string, number>;
  /** Whether all values are whole numbers. */
  isWhole: boolean;
  /** Words among numbers that usually mean that there is no value. */
  words: string[];
  /** A cell that shows why the column is no feature, and its line. */
  odd?: { text: string; line: number };
}

/** Of a column behind the first one, so many different numbers are kept. */
const MOST_NUMBERS = 5000;

/**
 * Reads a table whose rows are samples.
 * @param markers the cells that mean a missing value
 * @throws InputError where the file cannot be read or is no such table
 */
export async function outlineOf(file: string, markers: readonly string[]): Promise<Outline> {
  const table = await openTable(file);
  const missing = missingMarkers(markers);
  let sketches: Sketch[] = [];
  let rows = 0;
  const { header } = await eachRow(table, undefined, {
    onHeader: ({ names, index }) => {
      sketches = names.flatMap((name, place) => (place === index ? [] : [new Sketch(name, place, missing)]));
    },
    onRow(cells, line) {
      rows++;
      for (const sketch of sketches) sketch.add(cells[sketch.cells.column], line);
    },
  });
  return { table, rows, columns: sketches.map(sketch => sketch.outline()), hasRowNames: header.index >= 0 };
}

/** A column as it is read. */
class Sketch {
  readonly cells: TextColumn;
  private numbers = 0;
  private missing = 0;
  private present = 0;
  private isWhole = true;
  private isComplete = true;

  constructor(
    name: string,
    place: number,
    private readonly markers: MissingMarkers,
  ) {
    this.cells = new TextColumn(name, place);
  }

  add(cell: string, line: number): void {
    if (isNoText(cell, this.markers)) {
      this.missing++;
      return;
    }
    this.present++;
    const value = decimal(cell);
    const isNumber = value !== undefined && Number.isFinite(value);
    if (isNumber) this.numbers++;
    this.isWhole &&= isNumber && Number.isInteger(value);
    const { column, texts } = this.cells;
    if (isNumber && column > 0 && texts.length >= MOST_NUMBERS) this.isComplete = false;
    else this.cells.add([cell], line);
  }

  outline(): OutlineColumn {
    const { cells, isComplete } = this;
    const others = presentTexts(cells, this.markers).filter(code => !isFinite(decimal(cells.texts[code])));
    const isNumber = this.numbers > 0 && others.every(code => meansNoValue(cells.texts[code]));
    const words = isNumber ? others.map(code => cells.texts[code].trim()) : [];
    const without = isNumber ? others.reduce((sum, code) => sum + cells.times[code], 0) : 0;
    const [odd = cells.texts.length > 0 ? 0 : undefined] = others;
    return {
      name: cells.name,
      kind: this.present === 0 ? 'empty' : isNumber ? 'number' : textKind(cells, this.markers),
      present: this.present - without,
      missing: this.missing + without,
      counts: isComplete ? countsOf(cells, words) : undefined,
      isWhole: this.isWhole,
      words,
      ...(odd !== undefined && { odd: { text: cells.texts[odd], line: cells.lines[odd] } }),
    };
  }
}

const isFinite = (value: number | undefined): boolean => value !== undefined && Number.isFinite(value);

function countsOf({ texts, times }: TextColumn, without: readonly string[]): Map<string, number> {
  const left = new Set(without);
  return new Map(
    texts.flatMap((text, code): [string, number][] => (left.has(text.trim()) ? [] : [[text, times[code]]])),
  );
}
