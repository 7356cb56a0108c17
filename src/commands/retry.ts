/** `spt retry`: puts failed configs back into the queue, with new attempts. */
import { Command, Option } from 'commander';
import { InputError, InputErrors } from '../base/errors.js';
import { counted } from '../base/listing.js';
import { FAILURE_KINDS } from '../events/format/event.js';
import type { State } from '../events/state/state.js';
import { authorOf } from '../log/host.js';
import { safeJson } from '../terminal/printable.js';
import { statusLog } from '../worker/status-log.js';
import { rowsWhere } from './failures.js';
import { shownStatus } from '../views/result.js';
import { existingLog, isNamed, refuseUnknownNames, rowOf } from './journal.js';
import { type PlaceOptions, folders, withPlace } from './place.js';

interface Options extends PlaceOptions {
  kind?: string;
  pipelines?: string[];
  splits?: string[];
  all?: boolean;
  json?: boolean;
}

export function retry(): Command {
  const command = new Command('retry')
    .summary('put failed configs back into the queue')
    .description(
      'Puts failed configs back into the queue, with new attempts. Name them by id, or choose them by options.',
    )
    .argument('[configIds...]', 'ids of configs, or their first digits')
    .option('--all', 'all configs that failed')
    .addOption(new Option('--kind <kind>', 'configs that failed in this way').choices(FAILURE_KINDS))
    .option('--pipelines <names...>', 'configs of these pipelines')
    .option('--splits <names...>', 'configs of these splits')
    .option('--json', 'print one JSON object');
  return withPlace(command, 'log').action(run);
}

async function run(ids: string[], options: Options): Promise<void> {
  const { log } = folders(options);
  const { journal, host } = await existingLog(log);
  if (ids.length === 0 && !options.all && !options.kind && !options.pipelines && !options.splits) {
    throw new InputError('nothing-named', 'no configs are named', {
      expected: 'ids of configs, --all, --kind, --pipelines or --splits',
    });
  }
  const rows = [...new Set(ids.map(id => rowOf(journal, id)))];
  refuseUnknownNames(journal.state, { pipeline: options.pipelines, split: options.splits });
  refuseOthers(journal.state, rows, options);
  const named = new Set(rows.map(row => journal.state.id(row)));
  const [written] = await journal.transact(state => {
    const configs = failedConfigs(state, options, named);
    return configs.length === 0 ? [] : [{ type: 'released', configs, why: 'retry' }];
  });
  const asked = written?.event.type === 'released' ? written.event.configs!.length : 0;
  // Configs that another process put back at the same moment did not apply.
  const retried = asked - (written?.missed?.length ?? 0);
  statusLog(log, authorOf(host.identity))(`retry     ${counted(retried, 'config')}`);
  if (options.json) console.log(safeJson({ retried }));
  else if (retried === 0 && named.size === 0)
    console.log('No failed config matches these options. Nothing was put back.');
  else console.log(`${counted(retried, 'failed config')} put back into the queue.`);
}

/** Refuses named configs that have not failed, or that the options exclude. */
function refuseOthers(state: State, rows: readonly number[], options: Options): void {
  const others = rows.filter(row => !fits(state, row, options));
  if (others.length === 0) return;
  const errors = others.map(row => {
    const { pipeline, split } = state.groupOf(row);
    const status = shownStatus(state, row);
    const isFailed = status === 'failed';
    const message = isFailed
      ? `config ${state.id(row)} does not match the options: ${pipeline}, ${split}, failed as ${state.failureOf(row)}`
      : `config ${state.id(row)} has not failed: it is ${status}`;
    return new InputError('not-failed', message, {
      expected: 'the id of a config that failed',
      hint: isFailed ? undefined : 'Nothing was put back. spt replay --summary shows what failed.',
    });
  });
  throw new InputErrors(errors);
}

function fits(state: State, row: number, { kind, pipelines, splits }: Options): boolean {
  if (state.statusOf(row) !== 'failed') return false;
  if (kind !== undefined && state.failureOf(row) !== kind) return false;
  return isNamed(state, row, { split: splits, pipelines });
}

/** The ids of the failed configs that match the options: of the named ones, or of all. */
function failedConfigs(state: State, options: Options, named: ReadonlySet<string>): string[] {
  return rowsWhere(
    state,
    row => fits(state, row, options) && (named.size === 0 || named.has(state.id(row))),
  ).map(row => state.id(row));
}
