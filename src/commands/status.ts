/** `spt status`: how far a search is, who works on it, and how long it will take. */
import { Command, Option } from 'commander';
import { deadWorkers, makeObserver } from '../log/liveness.js';
import { readSigns } from '../log/signs.js';
import { safeJson } from '../terminal/printable.js';
import { screenOf } from '../terminal/screen.js';
import { progressOf, type Progress } from '../views/progress.js';
import type { Search } from '../views/search.js';
import type { Signs, WorkerProgress } from '../views/workers.js';
import { folders } from './place.js';
import { statusText } from './output/status-text.js';
import { positiveInteger } from './values.js';
import { openSearch, withView, type OpenSearch, type ViewOptions } from './view.js';

interface Options extends ViewOptions {
  watch?: boolean;
  threads?: number;
}

/** The least time between two looks of --watch, in milliseconds, and as a multiple of what a look takes. */
const WATCH_MS = 2000;
const WATCH_LOOKS = 4;

const DETAILS = `
  spt status                 how far the search is, who works, and how long it
                             will take
  spt status --watch         the same, drawn again every 2 s, until Ctrl-C
  spt status --threads 300   also how long it would take with 300 threads
  spt status --json          every number, for programs

"left" is the median of 200 simulated ends, with the interval that holds 80% of
them. The seconds of configs are regressed on their parameters, and what is left
is put on the threads that live, in the order of the queue. "better left" is the
chance that a config that is not done yet is better than the best so far: of n
that are done and m that are not, m / (n + m), because the queue is in random
order. It is a range where configs lag behind others that were begun later, and
too small where better configs take much longer.

With --split or --pipelines, the time that is left is that of these configs
alone on all threads.`;

export function status(): Command {
  const command = new Command('status')
    .summary('show how far the search is, who works on it, and how long it will take')
    .description(
      'Shows how far the search is: counts for each pipeline and split, the workers and what they train, the speed, ' +
        'the time that is left with an interval, and the chance that what is left holds a better config.',
    )
    .addOption(new Option('-w, --watch', 'go on and draw it again every 2 s, until Ctrl-C').conflicts('at'))
    .option('--threads <n>', 'also tell the time that is left with this number of threads', positiveInteger)
    .addHelpText('after', DETAILS);
  return withView(command).action(run);
}

async function run(options: Options): Promise<void> {
  const opened = await openSearch(options);
  const { journal, host } = opened;
  const { log } = folders(options);
  const screen = screenOf(process.stdout);
  const observer = makeObserver(log, host);
  const lost = new Set<string>();
  for (let n = -1; ;) {
    const lookedMs = host.monotonicMs();
    if (options.watch) {
      const holders = journal.state.holders().map(({ id }) => id);
      lost.clear();
      for (const { worker } of await observer.look(holders)) lost.add(worker);
    }
    if (process.stdout.isTTY || journal.state.n !== n) {
      n = journal.state.n;
      const search = await opened.look();
      const signs = options.at ? undefined : await signsOf(opened, log, lost);
      const nowMs = options.at ? momentOf(options) : host.wallMs();
      const progress = await progressOf(search, { nowMs, signs, threads: options.threads });
      const text = options.json
        ? safeJson(jsonOf(progress, search))
        : statusText(progress, search.state, screen, options.at !== undefined);
      if (options.watch && !options.json) screen.draw(text);
      else console.log(text);
    }
    if (!options.watch) return;
    await host.sleep(Math.max(WATCH_MS, WATCH_LOOKS * (host.monotonicMs() - lookedMs)));
    await journal.refresh();
  }
}

/** The moment of --at, if it is a time, in ms since 1970. */
function momentOf({ at }: Options): number | undefined {
  return at?.time === undefined ? undefined : Date.parse(at.time);
}

/** The signs of life of the workers, and those of them that are known to be dead or silent. */
export async function signsOf(
  { host }: OpenSearch,
  log: string,
  silent: ReadonlySet<string>,
): Promise<Signs> {
  const signs = await readSigns(log, host);
  const dead = await deadWorkers(
    log,
    host,
    signs.map(({ worker }) => worker),
  );
  return { signs, dead, silent: new Set([...silent].filter(id => !dead.has(id))), host: host.identity.host };
}

/** Everything, with ids in the place of rows and times in ISO 8601. */
function jsonOf({ nowMs, workers, left, ...rest }: Progress, { state }: Search): object {
  const time = (ms: number): string => new Date(ms).toISOString();
  const plain = ({ worker, liveness, threads, sinceMs, training, waiting }: WorkerProgress): object => ({
    ...{ worker, liveness, threads, since: time(sinceMs) },
    training: training.map(one => ({
      config: state.id(one.row),
      ...(one.sinceMs !== undefined && { since: time(one.sinceMs) }),
    })),
    waiting: waiting.map(row => state.id(row)),
  });
  return {
    at: time(nowMs),
    ...rest,
    workers: workers.map(plain),
    ...(left && { timeLeft: left.now, timeLeftWithThreads: left.asked, expectedFrom: left.bases }),
  };
}
