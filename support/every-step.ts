/** Searches of every transform and estimator, run here and trained again by another Node or processor. */
import { cpSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { outcomeText, outcomesOf, runProgram, type Ended, type Outcomes } from './machines.js';
import { root } from './root.js';
import { makeSearch, type Run, type Search } from './search.js';

const folder = join(root, 'test/fixtures/every-step');

/**
 * The searches: of classes, of values, and of classes whose samples have weights. The features of the last two are
 * numbers and categories.
 */
export const everyStepSearches = ['classes', 'values', 'weights'] as const;
export type EveryStepSearch = (typeof everyStepSearches)[number];

/** Where the fixtures of a search stand. */
export const everyStepFolder = (which: EveryStepSearch): string => join(folder, which);

const readConfigs = (which: EveryStepSearch, name: string): string =>
  readFileSync(join(everyStepFolder(which), 'configs', name), 'utf8');

/** The pipelines of all searches, as they are written. */
export const everyStepPipes = everyStepSearches
  .map(which => readConfigs(which, 'pipe_configs.yaml'))
  .join('\n');

const TABLES = [
  join(root, 'data/breast_cancer_features.csv'),
  join(root, 'data/breast_cancer_metadata.csv'),
  join(folder, 'houses.csv'),
];

/** A search in a new folder, before anything is enqueued. */
export function everyStepSearch(which: EveryStepSearch): Search {
  const config = readConfigs(which, 'config.yaml');
  const search = makeSearch({ config, pipes: readConfigs(which, 'pipe_configs.yaml') });
  for (const table of TABLES) cpSync(table, join(search.root, 'data', basename(table)));
  return search;
}

/** Runs a search with the Node that runs here, and gives it to `use`. Throws where a config does not finish. */
export async function withEveryStep<T>(
  which: EveryStepSearch,
  use: (search: Search) => Promise<T>,
): Promise<T> {
  const search = everyStepSearch(which);
  try {
    mustRun(search.spt('enqueue', '--splits', 'A1', '--cv', '--validate'));
    mustRun(search.spt('work', '-j', '2', '--quiet'));
    const { configs, finished } = JSON.parse(mustRun(search.spt('replay', '--summary', '--json')));
    if (finished !== configs) throw new Error(`${finished} of ${configs} configs finished`);
    return await use(search);
  } finally {
    search.remove();
  }
}

/** What a run of `spt` printed. Throws where it did not end well. */
function mustRun({ code, out, err }: Run): string {
  if (code !== 0) throw new Error(`the search of every step did not run: ${out}${err}`);
  return out;
}

/** Starts `node` with some arguments, here or as another processor. */
export type StartNode = (...args: string[]) => Promise<Ended>;

/** What the configs of a search come to when another Node trains them. Throws where it cannot. */
export async function trainAgain(search: Search, start: StartNode): Promise<Outcomes> {
  const enqueued = search.events().filter(({ type }) => type === 'enqueued');
  search.write('configs.json', JSON.stringify(enqueued.map(({ config }) => config)));
  const program = join(root, 'dist/support/rebuild-all.js');
  const { ok, text } = await start(
    program,
    join(search.root, 'data/.prepared'),
    join(search.root, 'configs.json'),
  );
  if (!ok) throw new Error(`the configs could not be trained again: ${text}`);
  const lines = text.split('\n').filter(line => line.startsWith('{"config"'));
  return new Map(lines.map(line => JSON.parse(line)).map(found => [found.config, outcomeText(found)]));
}

/** What the log of a search says. */
export const outcomesIn = (search: Search): Outcomes => outcomesOf(search.events());

/** The Node that runs here. */
export const startHere: StartNode = (...args) => runProgram(process.execPath, args);
