/** A search of every transform and estimator, run here and trained again by another Node or processor. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcomeText, outcomesOf, runProgram, type Ended, type Outcomes } from './machines.js';
import { root } from './root.js';
import { makeSearch, type Run, type Search } from './search.js';

const configsFolder = join(root, 'test/fixtures/every-step/configs');

/** The pipelines of that search, as they are written. */
export const everyStepPipes = readFileSync(join(configsFolder, 'pipe_configs.yaml'), 'utf8');

const TABLES = ['breast_cancer_features.csv', 'breast_cancer_metadata.csv'];

/** The search in a new folder, before anything is enqueued. */
export function everyStepSearch(): Search {
  const config = readFileSync(join(configsFolder, 'config.yaml'), 'utf8');
  const search = makeSearch({ config, pipes: everyStepPipes });
  for (const name of TABLES) cpSync(join(root, 'data', name), join(search.root, 'data', name));
  return search;
}

/** Runs the search with the Node that runs here, and gives it to `use`. Throws where a config does not finish. */
export async function withEveryStep<T>(use: (search: Search) => Promise<T>): Promise<T> {
  const search = everyStepSearch();
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
