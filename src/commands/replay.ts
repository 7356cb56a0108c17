/** `spt replay`: derives the state from the log, now or at any past moment. */
import { Command, Option } from 'commander';
import { InputError } from '../base/errors.js';
import { rankingScore, summarize, type GroupSummary } from '../events/ask/summary.js';
import type { State } from '../events/state/state.js';
import type { Journal } from '../log/journal.js';
import { printable, safeJson } from '../terminal/printable.js';
import { screenOf } from '../terminal/screen.js';
import { score } from '../terminal/units.js';
import { shownStatus } from '../views/result.js';
import { failuresOf, unscoredOf, unscoredText } from './failures.js';
import { shortId } from './ids.js';
import { type BestDetails, Bests } from './bests.js';
import { isNamed } from './journal.js';
import { folders } from './place.js';
import { showConfig } from './show.js';
import { summaryText } from './output/summary-text.js';
import { changedSince } from './this-search.js';
import { openSearch, withView, type OpenSearch, type ViewOptions } from './view.js';

interface Options extends ViewOptions {
  summary?: boolean;
  follow?: boolean;
}

/** The time between two looks of --follow, in milliseconds. */
const FOLLOW_MS = 500;

const DETAILS = `
  spt replay --summary       how far the search is, what is best, and why
                             configs failed
  spt replay --summary -f    the same, drawn again whenever something changes
  spt replay 3f2a            everything about one config, as spt show 3f2a

The summary shows the search that configs/config.yaml describes now. Configs
with other data, folds or metrics stand in tables below it, because their scores
cannot be compared.`;

export function replay(): Command {
  const command = new Command('replay')
    .summary('derive the state of the search from the log, now or at any past moment')
    .description(
      'Derives the state of the search from the log. Prints one line for each config, in the order in which they ' +
        'were enqueued. With --summary, prints counts for each pipeline and split with the best score, its deviation ' +
        'over the folds and its parameters, the workers with the number of configs that each has claimed, and the ' +
        'failures by message.',
    )
    .argument('[configId]', 'the id of one config, or its first digits')
    .option('--summary', 'show counts, best scores, workers and failures')
    .addOption(new Option('-f, --follow', 'go on and show changes, until Ctrl-C').conflicts('at'))
    .addHelpText('after', DETAILS);
  return withView(command, 'print JSON: one object for each config, or one object with --summary').action(
    run,
  );
}

async function run(id: string | undefined, options: Options): Promise<void> {
  const { log } = folders(options);
  if (id !== undefined && (options.split || options.pipelines)) throw idBesideNames(id);
  const open = await openSearch(options);
  const { journal, host } = open;
  if (id !== undefined) return showConfig(id, journal, host, log, options);
  const show = options.summary ? summaryShower(open, options) : changesShower(journal, options);
  await show();
  while (options.follow) {
    const { n } = journal.state;
    await host.sleep(FOLLOW_MS);
    await journal.refresh();
    if (journal.state.n !== n) await show();
  }
}

function idBesideNames(id: string): InputError {
  return new InputError('one-config', 'an id cannot stand beside options that choose configs', {
    value: id,
    expected: 'the id of a config, or --split and --pipelines',
  });
}

/** Prints the summary; with --follow, in the place of the one before. */
function summaryShower({ host, look }: OpenSearch, options: Options): () => Promise<void> {
  const { log } = folders(options);
  const bests = new Bests();
  const screen = screenOf(process.stdout);
  return async () => {
    const search = await look();
    const { state } = search;
    const summary = summarize(state, search.beside, row => isNamed(state, row, options));
    const details = await bests.of(search, summary);
    const failures = await failuresOf(state, log, host, search.rows);
    const unscored = new Map<GroupSummary, string>();
    for (const group of summary.groups) {
      const rows = (group.unscored?.among ?? []).map(one => state.row(one));
      const why = unscoredText(await unscoredOf(state, log, host, rows), group.scoring);
      if (why.length > 0) unscored.set(group, why.join(', or '));
    }
    if (options.json) {
      const groups = summary.groups.map(group => withDetails(group, details.get(group)));
      console.log(safeJson({ ...summary, groups, failureMessages: failures }));
      return;
    }
    const notes = options.at ? [] : changedSince(options);
    const extras = { details, notes, failures, unscored, shortId: (id: string) => shortId(state, id) };
    const text = summaryText(summary, extras, screen);
    if (options.follow) screen.draw(text);
    else console.log(text);
  };
}

function withDetails(group: GroupSummary, details: BestDetails | undefined): object {
  if (!details || !group.best) return group;
  const { text: _, ...told } = details;
  return { ...group, best: { ...group.best, ...told } };
}

/** Prints a line for each config that is new or has changed since the last call. */
function changesShower(journal: Journal, options: Options): () => Promise<void> {
  let shown: Pick<State, 'status' | 'epoch'> = { status: new Uint8Array(0), epoch: new Uint8Array(0) };
  return async () => {
    const { state } = journal;
    for (let row = 0; row < state.size; row++) {
      if (state.status[row] === shown.status[row] && state.epoch[row] === shown.epoch[row]) continue;
      if (!isNamed(state, row, options)) continue;
      const line = configLine(state, row);
      process.stdout.write(`${options.json ? safeJson(line) : lineText(line)}\n`);
    }
    shown = { status: state.status.slice(0, state.size), epoch: state.epoch.slice(0, state.size) };
  };
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
    status: shownStatus(state, row),
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
