/** What the commands that read a search share: their options, and the search that the options ask for. */
import type { Command } from 'commander';
import type { Host } from '../log/host.js';
import type { Journal } from '../log/journal.js';
import { Search } from '../views/search.js';
import { rowsWhere } from './failures.js';
import { existingLog, isNamed, refuseUnknownNames, type Names } from './journal.js';
import { atOption, type Moment } from './moment.js';
import { type PlaceOptions, folders, withPlace } from './place.js';
import { besides } from './this-search.js';

export interface ViewOptions extends PlaceOptions, Names {
  at?: Moment;
  json?: boolean;
}

/** Adds the options that every view has: --at, --split, --pipelines, --json, and those of the place. */
export function withView(command: Command, json = 'print one JSON object'): Command {
  command
    .addOption(atOption())
    .option('--split <names...>', 'only configs of these splits')
    .option('--pipelines <names...>', 'only configs of these pipelines')
    .option('--config <file>', 'the config of the search (default: configs/config.yaml)')
    .option('--json', json);
  return withPlace(command, 'log');
}

/** A search that is read, and the way to read it again later. */
export interface OpenSearch {
  journal: Journal;
  host: Host;
  /** The search as far as the log was read last. `journal.refresh()` reads on. */
  look(): Promise<Search>;
}

/** Opens the search that the options name. Throws InputError where there is no log, or a name is unknown. */
export async function openSearch(options: ViewOptions): Promise<OpenSearch> {
  const { log } = folders(options);
  const { journal, host } = await existingLog(log, { until: options.at });
  const beside = besides(journal, host, options);
  const { split, pipelines } = options;
  if (journal.state.size > 0) refuseUnknownNames(journal.state, { split, pipeline: pipelines });
  const look = async (): Promise<Search> => {
    const { state } = journal;
    const known = await beside();
    const rows = rowsWhere(state, row => isNamed(state, row, options));
    // Whether a process is alive is known for the present only.
    const then = options.at ? { ...known, isDead: () => false } : known;
    return new Search(state, then, rows, log, host);
  };
  return { journal, host, look };
}
