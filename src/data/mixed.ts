import { InputError, InputErrors, type Place } from '../base/errors.js';
import { quote } from '../base/listing.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { plainForm } from './alike.js';
import type { Header } from './header.js';
import { dateColumns, freeText, rulesOf, textKind } from './kinds.js';
import { levelFinder, placeOfText, truthValue, type FeatureColumn } from './levels.js';
import { notBoolean } from './new-texts.js';
import { featureValue, missingMarkers, type MissingMarkers } from './numbers.js';
import { eachRows } from './rows.js';
import { presentTexts, TextColumn } from './text-column.js';
import type { TableFile } from './table.js';
import type { KindRule } from './types.js';
import type { WrongCells } from './wrong-cells.js';

/**
 * A table whose columns hold numbers and texts. A column of numbers is read as numbers, and its texts are not kept. A
 * column is read as text where `columns:` says so, or where its first cell is text. If text comes later, the table is
 * read once more for the texts of that column. What a column of texts holds is decided when all of it is known.
 */
export class MixedColumns {
  readonly missing: MissingMarkers;
  /** The columns that are read as numbers: their places in the table. */
  readonly numbers: Int32Array;
  /** The columns that are read as texts. */
  readonly texts: TextColumn[];
  /** Columns of numbers with cells of text. */
  private readonly late = new Set<number>();
  private readonly rules: Map<string, KindRule>;

  /** @param row the cells of the first row  @param features the places of the features */
  constructor(
    private readonly table: TableFile,
    private readonly header: Header,
    row: readonly string[],
    private readonly features: Int32Array,
    { missing, kinds = [] }: { missing: readonly string[]; kinds?: readonly KindRule[] },
  ) {
    this.missing = missingMarkers(missing);
    const names = Array.from(features, column => header.names[column]);
    this.rules = rulesOf(names, kinds, table.file);
    const isText = (column: number): boolean => {
      const kind = this.rules.get(header.names[column])?.kind;
      if (kind !== undefined) return kind !== 'number';
      return featureValue(row[column] ?? '', this.missing) === Infinity;
    };
    this.numbers = features.filter(column => !isText(column));
    this.texts = Array.from(features.filter(isText), column => new TextColumn(header.names[column], column));
  }

  get textPlaces(): Int32Array {
    return Int32Array.from(this.texts, ({ column }) => column);
  }

  addTexts(texts: readonly string[][], line: number): void {
    this.texts.forEach((column, place) => column.add(texts[place], line));
  }

  /** Takes a cell of text in a column of numbers. False where the column can only hold numbers. */
  takesText(column: number): boolean {
    if (this.rules.has(this.header.names[column])) return false;
    this.late.add(column);
    return true;
  }

  /**
   * The columns of the features in the order of the table. Wrong numbers are added to `wrong`. Throws InputErrors for
   * columns that cannot be learned from.
   */
  async decide(wrong: WrongCells): Promise<FeatureColumn[]> {
    const late = await this.readLate();
    const texts = new Map([...this.texts, ...late].map(cells => [cells.name, cells]));
    const places = new Map(Array.from(this.numbers, (column, place) => [column, place]));
    const decided = new Decisions(this.table.file, this.missing);
    const columns = Array.from(this.features, (column): FeatureColumn | undefined => {
      const name = this.header.names[column];
      const cells = texts.get(name);
      if (!cells) return { name, kind: 'number', place: places.get(column)! };
      return decided.columnOf(cells, this.rules.get(name));
    });
    decided.end(wrong);
    return columns.filter(column => column !== undefined);
  }

  /** The texts of the columns in which text came later. */
  private async readLate(): Promise<TextColumn[]> {
    const { names, short } = this.header;
    const late = [...this.late].sort((a, b) => a - b).map(column => new TextColumn(names[column], column));
    if (late.length === 0) return [];
    const texts = Int32Array.from(late, ({ column }) => column);
    const form = { width: names.length, short, name: -1, columns: new Int32Array(0), texts };
    await eachRows(this.table, {
      formOf: () => ({ ...form, missing: this.missing }),
      take: rows => late.forEach((column, place) => column.add(rows.texts[place], rows.line)),
    });
    return late;
  }
}

/** A text among numbers. */
interface WrongText {
  cells: TextColumn;
  code: number;
}

/** Decides what columns of texts hold, and collects those that cannot be learned from. */
class Decisions {
  private readonly wrong: WrongText[] = [];
  private readonly dates: WrongText[] = [];
  private readonly free: WrongText[] = [];

  constructor(
    private readonly file: string,
    private readonly missing: MissingMarkers,
  ) {}

  /** The column of some texts; undefined where it cannot be learned from. Throws InputError where a rule is not met. */
  columnOf(cells: TextColumn, rule: KindRule | undefined): FeatureColumn | undefined {
    const { name } = cells;
    if (rule?.kind === 'ordered') return this.ordered(cells, rule.levels!);
    if (rule?.kind === 'boolean') return this.truths(cells);
    const kind = rule ? 'category' : textKind(cells, this.missing);
    if (kind === 'category' || kind === 'boolean') return { name, kind, cells };
    const found = cells.texts
      .map((text, code) => ({ text, told: { cells, code } }))
      .filter(({ text }) => featureValue(text, this.missing) === Infinity)
      .map(({ told }) => told);
    // Beside decimal commas, numbers with points are wrong, and their texts are numbers.
    if (found.length === 0) found.push({ cells, code: 0 });
    if (kind === 'wrong numbers') for (const one of found) this.wrong.push(one);
    else (kind === 'dates' ? this.dates : this.free).push(found[0]);
    return undefined;
  }

  /** Throws InputErrors for columns of dates and of free text, and adds wrong numbers in the order of the table. */
  end(wrong: WrongCells): void {
    const errors: InputError[] = [];
    const told = (found: WrongText[]) => ({
      names: found.map(({ cells }) => cells.name),
      cell: found[0].cells.texts[found[0].code],
      place: this.placeOf(found[0]),
    });
    if (this.dates.length > 0) errors.push(dateColumns(told(this.dates)));
    if (this.free.length > 0) {
      const [{ cells }] = this.free;
      const present = presentTexts(cells, this.missing);
      const count = present.reduce((sum, code) => sum + cells.times[code], 0);
      errors.push(freeText(told(this.free), present.length, count));
    }
    const lineOf = ({ cells, code }: WrongText): number => cells.lines[code];
    this.wrong.sort((a, b) => lineOf(a) - lineOf(b) || a.cells.column - b.cells.column);
    for (const { cells, code } of this.wrong) {
      const name = `the column ${quote(cells.name)}`;
      const place = this.placeOf({ cells, code });
      wrong.add(cells.texts[code], { name, of: cells.name }, place, cells.times[code]);
    }
    if (errors.length === 0) return;
    if (wrong.count > 0) errors.unshift(wrong.error()!);
    throw errors.length === 1 ? errors[0] : new InputErrors(errors);
  }

  private placeOf({ cells, code }: WrongText): Place {
    return placeOfText(this.file, cells, code);
  }

  private ordered(cells: TextColumn, levels: readonly string[]): FeatureColumn {
    const placeOf = levelFinder(levels);
    const code = presentTexts(cells, this.missing).find(one => placeOf(cells.texts[one]) === undefined);
    if (code === undefined) return { name: cells.name, kind: 'category', cells, levels };
    const text = cells.texts[code];
    const near = levels.find(level => plainForm(level) === plainForm(text));
    throw new InputError(
      'unknown-level',
      `the column ${quote(cells.name)} holds ${quote(text)}, which is no level of it`,
      {
        place: this.placeOf({ cells, code }),
        value: text,
        expected: oneOf(levels),
        hint:
          near === undefined
            ? (didYouMean(text, levels) ?? 'Add it under `columns:` in its place, or to `missing:`.')
            : `Levels are compared letter by letter: write ${quote(near)}.`,
      },
    );
  }

  private truths(cells: TextColumn): FeatureColumn {
    const code = presentTexts(cells, this.missing).find(one => truthValue(cells.texts[one]) === undefined);
    if (code === undefined) return { name: cells.name, kind: 'boolean', cells };
    const text = cells.texts[code];
    const hint = 'Two other words are a category: write `category` under `columns:`.';
    throw notBoolean(cells.name, text, this.placeOf({ cells, code }), hint);
  }
}
