/** `spt show`: prints everything about one config. */
import { Command } from 'commander';
import type { Config, FoldScores, Scores } from '../base/config.js';
import { sizeWords } from '../base/listing.js';
import type { Entry, Finished, Worker } from '../events/format/event.js';
import { foldsOf, foldsText } from '../events/ask/setting.js';
import type { State } from '../events/state/state.js';
import { historyOf } from '../log/history.js';
import type { Host } from '../log/host.js';
import type { Journal } from '../log/journal.js';
import { deadWorkers } from '../log/liveness.js';
import { printable, safeJson } from '../terminal/printable.js';
import { hanging, screenOf, wrapped } from '../terminal/screen.js';
import { table } from '../terminal/table.js';
import { duration, score } from '../terminal/units.js';
import { shownStatus } from '../views/result.js';
import { foldsIn, members } from '../views/shape.js';
import { correctedError } from '../statistics/folds.js';
import { sampleDeviation } from '../statistics/sample.js';
import { existingLog, rowOf } from './journal.js';
import { atOption, type Moment } from './moment.js';
import { type PlaceOptions, folders, withPlace } from './place.js';

interface Options extends PlaceOptions {
  at?: Moment;
  json?: boolean;
}

const DETAILS = `
  spt show 3f2a            the config whose id begins with 3f2a
  spt show 3f2a --at 500   what was known of it after record 500

sd is the sample deviation over the folds (it divides by n - 1), and se the
corrected standard error of the mean (Nadeau and Bengio 2003).`;

export function show(): Command {
  const command = new Command('show')
    .summary('show everything about one config: parameters, scores, attempts, warnings')
    .description(
      'Shows everything that the log knows about one config: its parameters, every metric on every fold, who trained ' +
        'it, when and for how long, the warnings of its fits, and why it failed.',
    )
    .argument('<configId>', 'the id of a config, or its first digits')
    .addOption(atOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', DETAILS);
  return withPlace(command, 'log').action(run);
}

async function run(id: string, options: Options): Promise<void> {
  const { log } = folders(options);
  const { journal, host } = await existingLog(log, { until: options.at });
  await showConfig(id, journal, host, log, options);
}

/** Something that happened to a config. */
interface Step {
  at: string;
  what: 'enqueued' | 'claimed' | 'finished' | 'failed' | 'released';
  /** Who wrote it: a worker's id, or host:pid. */
  by: string;
  worker?: Worker;
  seconds?: number;
  /** Of a failure: its kind, its message, and whether the config was queued again. */
  kind?: string;
  message?: string;
  retry?: boolean;
  /** Why the config was given back. */
  why?: string;
}

interface Spread {
  sd: number | null;
  se: number | null;
}

interface Shown {
  config: Config;
  status: string;
  attempts: number;
  losses: number;
  /** The worker that holds it now; `dead` where its process is known to have ended. */
  worker?: Worker & { dead?: true };
  finished?: Omit<Finished, 'type' | 'config'>;
  /** By metric: the sample deviation over the folds and the corrected standard error of the mean. */
  spread?: { [metric: string]: Spread };
  history: Step[];
}

/** Prints the one config whose id begins with the given digits. */
export async function showConfig(
  id: string,
  journal: Journal,
  host: Host,
  log: string,
  { at, json }: { at?: Moment; json?: boolean },
): Promise<void> {
  const row = rowOf(journal, id);
  const { state } = journal;
  const config = await journal.readConfig(row);
  const history = await historyOf(log, host, config.id, state.n);
  const outcome = (await journal.readOutcome(row))?.event;
  const shown: Shown = {
    config,
    status: shownStatus(state, row),
    attempts: state.attempts[row],
    losses: state.losses[row],
    ...(await holderOf(state, row, host, log, at !== undefined)),
    ...(outcome?.type === 'finished' && {
      finished: withoutNames(outcome),
      spread: spreadOf(outcome.scores, config),
    }),
    history: history.map(stepOf),
  };
  console.log(json ? safeJson(shown) : textOf(shown));
}

function withoutNames({ type: _, config: __, ...rest }: Finished): Omit<Finished, 'type' | 'config'> {
  return rest;
}

function spreadOf({ cv }: Scores, { cv: drawn }: Config): { [metric: string]: Spread } {
  const spreads = members(cv).map(([metric, scores]) => {
    const folds = foldsIn(scores);
    return [metric, { sd: sampleDeviation(folds), se: correctedError(folds, drawn) }];
  });
  return Object.fromEntries(spreads);
}

/** The worker that holds a row. Whether its process is alive is known for the present only. */
async function holderOf(
  state: State,
  row: number,
  host: Host,
  log: string,
  isPast: boolean,
): Promise<Pick<Shown, 'worker'>> {
  const worker = state.statusOf(row) === 'claimed' ? state.claims.get(state.epoch[row])?.worker : undefined;
  if (!worker) return {};
  const dead = isPast ? new Set() : await deadWorkers(log, host, [worker.id]);
  return { worker: { ...worker, ...(dead.has(worker.id) && { dead: true as const }) } };
}

function stepOf({ at, by, event }: Entry): Step {
  switch (event.type) {
    case 'claimed':
      return { at, what: event.type, by, worker: event.worker };
    case 'finished':
      return { at, what: event.type, by, seconds: event.seconds };
    case 'failed': {
      const { kind, message, retry, seconds } = event;
      return { at, what: event.type, by, kind, message, retry, ...(seconds !== undefined && { seconds }) };
    }
    case 'released':
      return { at, what: event.type, by, why: event.why };
    default:
      return { at, what: 'enqueued', by };
  }
}

function textOf({ config, status, attempts, losses, worker, finished, spread, history }: Shown): string {
  const { width } = screenOf(process.stdout);
  const { id, pipeline, split, train, validate, scoring, seed, data } = config;
  const line = (name: string, text: string): string => hanging(name.padEnd(9), printable(text, 4000), width);
  const tries =
    (attempts > 0 ? `, failed ${times(attempts)}` : '') +
    (losses > 0 ? `, lost with its worker ${times(losses)}` : '');
  const dead = worker?.dead ? ', which is dead' : '';
  const holder = worker ? ` by worker ${worker.id} on ${worker.host}, pid ${worker.pid}${dead}` : '';
  const parts = [
    [
      line('config', id),
      line('status', `${status}${holder}${tries}`),
      line('pipeline', pipeline),
      ...config.steps.map(step => line('', stepJson(step, width))),
      line('split', `${split}: trained on ${train}${validate ? `, scored on ${validate}` : ''}`),
      line('folds', foldsText(config.cv && foldsOf(config.cv, seed))),
      line('ranked by ', scoring),
      line('seed', String(seed)),
      line('data', data),
    ].join('\n'),
  ];
  if (finished) {
    parts.push(scoresTable(finished.scores, spread ?? {}, config), ...foldsTexts(finished.scores, width));
    parts.push(...undefinedText(finished.scores));
    if (finished.unranked) parts.push('No score ranks this config, because its fit did not converge.');
    parts.push(
      [
        ...(finished.size ? [line('size', sizeWords(finished.size))] : []),
        line('digest', finished.digest),
        line('versions', versionsText(finished.versions)),
      ].join('\n'),
    );
    for (const { code, message, step, where } of finished.warnings ?? []) {
      const place = [step, where].filter(Boolean).join(', ');
      parts.push(wrapped(printable(`warning (${place || code}): ${message}`, 1000), width));
    }
  }
  parts.push(history.map(step => stepText(step, width)).join('\n'));
  return parts.join('\n\n');
}

/** A step as JSON; on a terminal with spaces, at which a long line is broken. */
function stepJson(step: object, width: number): string {
  return width === Infinity ? JSON.stringify(step) : JSON.stringify(step, null, 1).replace(/\n */g, ' ');
}

function times(n: number): string {
  return n === 1 ? 'once' : `${n} times`;
}

function versionsText(versions: { [name: string]: string }): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

/** Why a metric has no score over the folds. */
function undefinedText({ cv }: Scores): string[] {
  if (!members(cv).some(([, scores]) => scores === null)) return [];
  const why = '-: not defined for this model or these samples. spt metrics tells what a metric needs.';
  return [wrapped(why, 80)];
}

/** The scores of the folds, as a text for each metric. */
function foldsTexts({ cv }: Scores, width: number): string[] {
  const texts = members(cv).flatMap(([metric, scores]) => {
    const folds = foldsIn(scores);
    if (folds.length === 0) return [];
    return wrapped(printable(`${metric} by fold: ${folds.map(score).join(' ')}`, 4000), Math.min(width, 80));
  });
  return texts.length > 0 ? [texts.join('\n')] : [];
}

/** A line for each metric, the ranking one first. */
function scoresTable(
  { cv, validate, train }: Scores,
  spread: { [metric: string]: Spread },
  { scoring, metrics }: Config,
): string {
  const names = [...new Set([scoring, ...metrics])];
  const sets = [cv, validate, train].map(set => set ?? {}) as [
    { [metric: string]: FoldScores | null },
    ...{ [metric: string]: number | null }[],
  ];
  const rows = names.map(name => {
    const [folds, held, seen] = sets.map(set => (Object.hasOwn(set, name) ? set[name] : null));
    const { sd, se } = Object.hasOwn(spread, name) ? spread[name] : { sd: null, se: null };
    const numbers = [(folds as FoldScores | null)?.mean, sd, se, held as number, seen as number];
    return [name, ...numbers.map(score)];
  });
  const columns = [
    { head: 'metric' },
    ...['cv', 'sd', 'se', 'validate', 'train'].map(head => ({ head, right: true })),
  ];
  return table(columns, rows);
}

function stepText({ at, what, by, worker, seconds, kind, message, retry, why }: Step, width: number): string {
  const parts: string[] = [what];
  if (worker) parts.push(`by worker ${worker.id} on ${worker.host}, pid ${worker.pid}`);
  else parts.push(`by ${by}`);
  if (seconds !== undefined) parts.push(`after ${duration(seconds)}`);
  if (why !== undefined) parts.push(`(${why})`);
  if (kind !== undefined) parts.push(`(${kind}${retry ? ', queued again' : ''})`);
  const head = hanging(`${printable(at)}  `, printable(parts.join(' '), 400), width);
  return message === undefined ? head : `${head}\n${wrapped(printable(message, 2000), width, '    ')}`;
}
