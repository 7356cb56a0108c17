/** Counts the configs that `spt enqueue` adds, by pipeline and split, and appends them. */
import type { Config } from '../base/config.js';
import { counted } from '../base/listing.js';
import type { Enumeration } from '../config/enumerate.js';
import type { Journal } from '../log/journal.js';
import type { CoreHours } from './core-hours.js';
import type { Twins } from './twins.js';

/** The number of events in one append, and the number of configs after which the status log gets a line. */
const EVENTS_PER_APPEND = 5000;
const CONFIGS_PER_LINE = 100_000;

/** Of each pipeline and split: how many configs there are, and how many of them are new. */
export type Tallies = Map<string, { pipeline: string; split: string; total: number; added: number }>;

const tallyKey = ({ pipeline, split }: { pipeline: string; split: string }) =>
  JSON.stringify([split, pipeline]);

function noTallies({ counts }: Enumeration): Tallies {
  return new Map(
    counts.map(({ pipeline, split, configs }) => {
      return [tallyKey({ pipeline, split }), { pipeline, split, total: configs, added: 0 }];
    }),
  );
}

/** What is told every config of a search. */
interface Listeners {
  /** Gets the new configs. */
  twins: Twins;
  /** Gets all configs of a log that has some. */
  hours: CoreHours;
}

/** Counts the configs that are not in the log yet. */
export function countNew({ state }: Journal, found: Enumeration, { twins, hours }: Listeners): Tallies {
  const tallies = noTallies(found);
  if (state.size === 0) for (const tally of tallies.values()) tally.added = tally.total;
  else
    for (const config of found.iterate()) {
      hours.add(config);
      if (state.row(config.id) >= 0) continue;
      tallies.get(tallyKey(config))!.added++;
      twins.add(config);
    }
  return tallies;
}

/**
 * Appends the configs that are not in the log yet, some thousand events at a time. If another process enqueues the same
 * configs at the same time, each is added once.
 */
export async function appendNew(
  journal: Journal,
  found: Enumeration,
  tell: (message: string) => void,
  { twins, hours }: Listeners,
): Promise<Tallies> {
  const tallies = noTallies(found);
  let batch: Config[] = [];
  const flush = async (): Promise<void> => {
    const written = await journal.transact(state =>
      batch.filter(({ id }) => state.row(id) < 0).map(config => ({ type: 'enqueued', config })),
    );
    for (const { applied, event } of written) {
      if (!applied || event.type !== 'enqueued') continue;
      tallies.get(tallyKey(event.config))!.added++;
      twins.add(event.config);
    }
    batch = [];
  };
  let done = 0;
  for (const config of found.iterate()) {
    hours.add(config);
    batch.push(config);
    if (batch.length === EVENTS_PER_APPEND) await flush();
    if (++done % CONFIGS_PER_LINE === 0 && done < found.total)
      tell(`enqueuing ${done.toLocaleString('en-US')} of ${counted(found.total, 'config')}`);
  }
  await flush();
  return tallies;
}
