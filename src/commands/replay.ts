import { Command, InvalidArgumentError, Option } from 'commander';
import { rankingScore, summarize, type Summary } from '../events/summary.js';
import type { State } from '../events/state.js';
import { printable, safeJson } from '../terminal/printable.js';
import { table } from '../terminal/table.js';
import { count, score } from '../terminal/units.js';
import { existingLog } from './journal.js';
import { type PlaceOptions, folders, withPlace } from './place.js';

interface Options extends PlaceOptions {
  summary?: boolean;
  at?: { n?: number; time?: string };
  follow?: boolean;
  json?: boolean;
}

/** Between two looks of --follow. */
const followMs = 500;

/** `spt replay`: the state that the log amounts to, now or at any past moment. */
export function replay(): Command {
  const command = new Command('replay')
    .summary('derive the state of the search from the log, now or at any past moment')
    .description(
      'Derives the state from the log. Without --summary: a line per config, in the order of being enqueued; with it: ' +
        'counts per pipeline and split, best scores, who works on what, and what failed.',
    )
    .option('--summary', 'counts, best scores, workers and failures')
    .option('--at <moment>', 'as it was at a time (2026-01-31T12:00:00Z) or after record number N', moment)
    .addOption(new Option('-f, --follow', 'go on: print what changes, as tail -f does').conflicts('at'))
    .option('--json', 'for programs: one JSON object with --summary, else one a line');
  return withPlace(command, 'log').action(run);
}

async function run(options: Options): Promise<void> {
  const { log } = folders(options);
  const { journal, host } = await existingLog(log, { until: options.at });
  const show = options.summary ? showSummary : changesShower();
  show(journal.state, options);
  while (options.follow) {
    const { n } = journal.state;
    await host.sleep(followMs);
    await journal.refresh();
    if (journal.state.n !== n) show(journal.state, options);
  }
}

function showSummary(state: State, { json }: Options): void {
  const summary = summarize(state);
  console.log(json ? safeJson(summary) : summaryText(summary));
}

/** Prints a line for each config that is new or has changed since the last call. */
function changesShower(): (state: State, options: Options) => void {
  let shown: Pick<State, 'status' | 'epoch'> = { status: new Uint8Array(0), epoch: new Uint8Array(0) };
  return (state, { json }) => {
    for (let row = 0; row < state.size; row++) {
      if (state.status[row] === shown.status[row] && state.epoch[row] === shown.epoch[row]) continue;
      const line = configLine(state, row);
      process.stdout.write(`${json ? safeJson(line) : lineText(line)}\n`);
    }
    shown = { status: state.status.slice(0, state.size), epoch: state.epoch.slice(0, state.size) };
  };
}

/** What `--at` names: a record's number or a time. */
function moment(text: string): { n?: number; time?: string } {
  if (/^\d{1,15}$/.test(text)) return { n: Number(text) };
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
    text,
  );
  const [, date, time = '00:00', zone = ''] = parts ?? [];
  // Date.parse takes a 30th of February for a day in March, and a day without a time for one of London.
  const isDay = date !== undefined && new Date(`${date}T00:00Z`).getUTCDate() === Number(date.slice(8));
  const milliseconds = isDay ? Date.parse(`${date}T${time}${zone}`) : NaN;
  if (Number.isNaN(milliseconds)) {
    throw new InvalidArgumentError(
      'Expected a time such as 2026-01-31T12:00:00Z (without a zone: local time), or the number of a record.',
    );
  }
  return { time: new Date(milliseconds).toISOString() };
}

interface ConfigLine {
  config: string;
  status: string;
  pipeline: string;
  split: string;
  attempts: number;
  losses: number;
  worker?: string;
  failure?: string;
  scoring: string;
  cv?: number;
  validate?: number;
}

function configLine(state: State, row: number): ConfigLine {
  const { pipeline, split, scoring } = state.groupOf(row);
  const status = state.statusOf(row);
  const line: ConfigLine = {
    config: state.id(row),
    status: status === 'claimed' ? 'running' : status,
    pipeline,
    split,
    attempts: state.attempts[row],
    losses: state.losses[row],
    scoring,
  };
  if (status === 'claimed') line.worker = state.claims.get(state.epoch[row])?.worker.id;
  if (status === 'failed') line.failure = state.failureOf(row);
  if (!Number.isNaN(rankingScore(state, row))) {
    if (!Number.isNaN(state.cv[row])) line.cv = state.cv[row];
    if (!Number.isNaN(state.validate[row])) line.validate = state.validate[row];
  }
  return line;
}

function lineText({
  config,
  status,
  pipeline,
  split,
  worker,
  failure,
  scoring,
  cv,
  validate,
}: ConfigLine): string {
  const parts = [config, status.padEnd(8), printable(`${pipeline} ${split}`)];
  if (worker) parts.push(`worker ${worker}`);
  if (failure) parts.push(failure);
  if (cv !== undefined) parts.push(`${printable(scoring)} cv ${score(cv)}`);
  if (validate !== undefined)
    parts.push(`${cv === undefined ? `${printable(scoring)} ` : ''}validate ${score(validate)}`);
  return parts.join('  ');
}

function summaryText(summary: Summary): string {
  const { n, configs, queued, running, finished, failed, groups, workers, failures } = summary;
  const parts = [
    `${count(configs, 'config')} after ${count(n, 'record')}: ${finished} finished, ${failed} failed, ${running} running, ${queued} queued`,
  ];
  if (groups.length > 0) parts.push(groupTable(groups));
  if (workers.length > 0) {
    const columns = [
      { head: 'worker' },
      { head: 'host' },
      { head: 'pid', right: true },
      { head: 'configs', right: true },
      { head: 'since' },
    ];
    parts.push(
      table(
        columns,
        workers.map(({ worker, configs: held, since }) => [
          worker.id,
          worker.host,
          worker.pid,
          held.length,
          since,
        ]),
      ),
    );
  }
  const kinds = Object.entries(failures).map(([kind, number]) => `${number} ${kind}`);
  if (kinds.length > 0) parts.push(`failed for good: ${kinds.join(', ')} (spt retry tries them again)`);
  const troubles = Object.entries(summary.troubles).filter(
    ([kind, number]) => number > 0 && kind !== 'ignored',
  );
  if (troubles.length > 0)
    parts.push(
      `met in the log and survived: ${troubles.map(([kind, number]) => `${number} ${kind}`).join(', ')}`,
    );
  return parts.join('\n\n');
}

function groupTable(groups: Summary['groups']): string {
  const columns = [
    { head: 'split' },
    { head: 'pipeline' },
    ...['finished', 'failed', 'running', 'queued'].map(head => ({ head, right: true })),
    { head: 'best by' },
    { head: 'cv', right: true },
    { head: 'validate', right: true },
    { head: 'config' },
  ];
  const rows = groups.map(({ split, pipeline, finished, failed, running, queued, scoring, best }) => [
    split,
    pipeline,
    finished,
    failed,
    running,
    queued,
    scoring,
    score(best?.cv),
    score(best?.validate),
    best?.config ?? '',
  ]);
  return table(columns, rows);
}
