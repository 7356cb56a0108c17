/** One pass over the results of a search: the columns of each setting, the failures by message, and who worked when. */
import type { FailureLine } from '../page/document.js';
import type { Result } from '../views/result.js';
import type { Search } from '../views/search.js';
import { RowsBuilder } from './rows.js';
import { TimelineBuilder } from './timeline.js';

/** The longest message that is kept of a failure, in characters. */
const LONGEST_MESSAGE = 2000;
/** How many different messages are kept. */
const MOST_MESSAGES = 200;

/** The configs of one setting. */
export interface Gathered {
  /** The number of the setting. */
  setting: number;
  /** What differs from the search of now. */
  differs: readonly string[];
  rows: RowsBuilder;
}

export interface Gathering {
  search: Search;
  /** Those of this search first; among equals, in the order of their names. */
  settings: Gathered[];
  failures: FailureLine[];
  timeline: TimelineBuilder;
  /** How many configs have a record that could not be read. */
  damaged: number;
}

class Failures {
  private readonly lines = new Map<string, FailureLine>();

  add({ failed, id, pipeline }: Result): void {
    if (!failed) return;
    const { kind } = failed;
    const message = String(failed.message).slice(0, LONGEST_MESSAGE);
    const key = JSON.stringify([kind, message]);
    const known = this.lines.get(key);
    if (known) {
      known.configs++;
      if (!known.pipelines.includes(pipeline)) known.pipelines.push(pipeline);
    } else if (this.lines.size < MOST_MESSAGES)
      this.lines.set(key, { kind, message, configs: 1, id, pipelines: [pipeline] });
    else this.addToRest(id, pipeline);
  }

  private addToRest(id: string, pipeline: string): void {
    const rest = this.lines.get('') ?? {
      kind: 'error',
      message: '(other messages)',
      configs: 0,
      id,
      pipelines: [pipeline],
    };
    rest.configs++;
    this.lines.set('', rest);
  }

  /** The most frequent one first. */
  get all(): FailureLine[] {
    return [...this.lines.values()].sort((a, b) => b.configs - a.configs);
  }
}

export async function gather(search: Search): Promise<Gathering> {
  const settings = new Map<number, Gathered>();
  const failures = new Failures();
  const timeline = new TimelineBuilder();
  let damaged = 0;
  for await (const batch of search.results()) {
    for (const result of batch) {
      const { setting } = result;
      const known = settings.get(setting) ?? {
        setting,
        differs: search.differences(setting),
        rows: new RowsBuilder(search, setting),
      };
      settings.set(setting, known);
      known.rows.add(result);
      timeline.add(result);
      if (result.status === 'failed') failures.add(result);
      if (result.damage !== undefined) damaged++;
    }
  }
  const named = ({ setting }: Gathered): string => {
    const { split, scoring } = search.setting(setting);
    return JSON.stringify([split, scoring]);
  };
  const sorted = [...settings.values()].sort(
    (a, b) =>
      Number(a.differs.length > 0) - Number(b.differs.length > 0) ||
      (named(a) < named(b) ? -1 : named(a) > named(b) ? 1 : b.setting - a.setting),
  );
  return { search, settings: sorted, failures: failures.all, timeline, damaged };
}
