/** A search at one moment: the state of its log, the configs that were asked for, and their records in batches. */
import type { Beside } from '../events/ask/summary.js';
import type { Setting } from '../events/ask/setting.js';
import { FINISHED, type State } from '../events/state/state.js';
import type { Disk } from '../log/host.js';
import { Forms } from '../log/forms.js';
import { readOutcomes, rowsOfNewForms } from '../log/records.js';
import { resultOf, type Result } from './result.js';

/** How many results are in memory at once. */
const RESULTS_AT_ONCE = 10_000;

export class Search {
  private byFolds: Set<number> | undefined;

  /**
   * @param beside what the log's state does not hold: settings, and what differs from the search of now
   * @param rows the configs that were asked for, ascending
   * @param directory the folder of the log
   */
  constructor(
    readonly state: State,
    readonly beside: Beside,
    readonly rows: readonly number[],
    readonly directory: string,
    readonly disk: Disk,
  ) {}

  /** The number of the setting of a row, as in `Result.setting`. */
  settingOf(row: number): number {
    return this.beside.settings.of(row);
  }

  /** The setting of a number: split, metric, data and folds. */
  setting(number: number): Setting {
    return this.beside.settings.all[number];
  }

  /**
   * Whether configs of a setting rank by their means over folds. They do if any config of the log has one. Else their
   * scores on the validation samples rank.
   */
  ranksByFolds(setting: number): boolean {
    if (!this.byFolds) {
      this.byFolds = new Set();
      const { size, status, cv } = this.state;
      for (let row = 0; row < size; row++)
        if (status[row] === FINISHED && !Number.isNaN(cv[row])) this.byFolds.add(this.settingOf(row));
    }
    return this.byFolds.has(setting);
  }

  /** The score that ranks a row within its setting; NaN if it has none. */
  scoreOf(row: number): number {
    const { status, cv, validate } = this.state;
    if (status[row] !== FINISHED) return NaN;
    return this.ranksByFolds(this.settingOf(row)) ? cv[row] : validate[row];
  }

  /** What differs between a setting and the search that the files describe now; empty where nothing does. */
  differences(number: number): readonly string[] {
    return this.beside.differs[number] ?? [];
  }

  /**
   * The results of rows in their order, in batches of at most 10,000. A damaged record costs its row only.
   * @param rows among them; by default all that were asked for
   * @param configs whether the configs are wanted; without them half as much is read
   */
  async *results(
    rows: readonly number[] = this.rows,
    { configs = true }: { configs?: boolean } = {},
  ): AsyncGenerator<Result[]> {
    const { state, directory, disk } = this;
    for (let first = 0; first < rows.length; first += RESULTS_AT_ONCE) {
      const batch = rows.slice(first, first + RESULTS_AT_ONCE);
      const records = await readOutcomes(directory, disk, state, batch, { configs });
      yield records.map(record => resultOf(state, this.settingOf(record.row), record));
    }
  }

  /**
   * The results of some of these rows, in their order: one for each form that records have, and all that are damaged.
   * Together they have every member that any of the rows has. This takes a third of the time of reading all.
   */
  async *examples(rows: readonly number[]): AsyncGenerator<Result[]> {
    const { state, directory, disk } = this;
    const forms = new Forms();
    for (let first = 0; first < rows.length; first += RESULTS_AT_ONCE) {
      const batch = rows.slice(first, first + RESULTS_AT_ONCE);
      yield* this.results(await rowsOfNewForms(directory, disk, state, batch, forms));
    }
  }
}
