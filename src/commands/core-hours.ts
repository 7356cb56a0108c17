/** What a search costs that is not done yet, from the seconds of its configs that are. */
import type { Config } from '../base/config.js';
import { counted } from '../base/listing.js';
import { CLAIMED, FINISHED, QUEUED } from '../events/state/state.js';
import type { Journal } from '../log/journal.js';

/** How many finished configs of a pipeline are read. */
const MOST_READ = 1000;

export interface Estimate {
  coreHours: number;
  /** How many configs are not done yet. */
  configs: number;
  /** How many finished ones were read. */
  from: number;
}

/** The configs of a pipeline: the rows of finished ones, and how many are not done. */
interface Known {
  finished: number[];
  left: number;
}

/**
 * Adds up the expected seconds of configs that are not done. A config is expected to take the mean of the finished
 * ones of its pipeline, or of all finished ones where its pipeline has none. A config runs on one core.
 */
export class CoreHours {
  private readonly pipelines = new Map<string, Known>();

  constructor(private readonly journal: Journal) {}

  add({ id, pipeline }: Pick<Config, 'id' | 'pipeline'>): void {
    const { state } = this.journal;
    const known = this.pipelines.get(pipeline) ?? { finished: [], left: 0 };
    this.pipelines.set(pipeline, known);
    const row = state.row(id);
    const status = row < 0 ? QUEUED : state.status[row];
    if (status === QUEUED || status === CLAIMED) known.left++;
    else if (status === FINISHED && known.finished.length < MOST_READ) known.finished.push(row);
  }

  /** The estimate; undefined where nothing is finished, or nothing is left. */
  async estimate(): Promise<Estimate | undefined> {
    const groups = [...this.pipelines.values()];
    const configs = groups.reduce((sum, { left }) => sum + left, 0);
    if (configs === 0) return undefined;
    const times: number[][] = [];
    for (const { finished } of groups) times.push(await this.secondsOf(finished));
    const all = times.flat();
    if (all.length === 0) return undefined;
    const seconds = groups.reduce(
      (sum, { left }, i) => sum + left * meanOf(times[i].length > 0 ? times[i] : all),
      0,
    );
    return { coreHours: seconds / 3600, configs, from: all.length };
  }

  private async secondsOf(rows: readonly number[]): Promise<number[]> {
    const records = await this.journal.readOutcomes(rows);
    return records.flatMap(({ outcome }) =>
      outcome?.event.type === 'finished' ? [outcome.event.seconds] : [],
    );
  }
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** `estimated 3.2 core hours for 480 configs, from 20 finished ones`. */
export function estimateText({ coreHours, configs, from }: Estimate): string {
  const hours = coreHours < 0.001 ? 'less than 0.001' : String(Number(coreHours.toPrecision(2)));
  const ones = from === 1 ? '1 finished one' : `${from.toLocaleString('en-US')} finished ones`;
  return `estimated ${hours} core hours for ${counted(configs, 'config')}, from ${ones} (the mean of each pipeline)`;
}
