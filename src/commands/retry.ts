import { Command, Option } from 'commander';
import { InputError } from '../base/errors.js';
import { FAILURE_KINDS, type State } from '../events/state.js';
import { safeJson } from '../terminal/printable.js';
import { count } from '../terminal/units.js';
import { statusLog } from '../worker/status-log.js';
import { existingLog, rowOf } from './journal.js';
import { type PlaceOptions, folders, withPlace } from './place.js';

interface Options extends PlaceOptions {
  kind?: string;
  pipelines?: string[];
  splits?: string[];
  all?: boolean;
  json?: boolean;
}

/** `spt retry`: puts failed configs back into the queue, with fresh attempts. */
export function retry(): Command {
  const command = new Command('retry')
    .summary('put failed configs back into the queue')
    .description(
      'Puts failed configs back into the queue, with fresh attempts: those that are named, or all that match.',
    )
    .argument('[configIds...]', 'ids, which may be shortened while they are unique')
    .option('--all', 'every config that failed')
    .addOption(new Option('--kind <kind>', 'those that failed in this way').choices(FAILURE_KINDS))
    .option('--pipelines <names...>', 'those of these pipelines')
    .option('--splits <names...>', 'those of these splits')
    .option('--json', 'print one JSON object');
  return withPlace(command, 'log').action(run);
}

async function run(ids: string[], options: Options): Promise<void> {
  const { log } = folders(options);
  const { journal, host } = await existingLog(log);
  if (ids.length === 0 && !options.all && !options.kind && !options.pipelines && !options.splits) {
    throw new InputError('nothing-named', 'nothing says which configs are to be tried again', {
      expected: 'ids of configs, --all, --kind, --pipelines or --splits',
    });
  }
  const named = ids.map(id => journal.state.id(rowOf(journal, id)));
  const [written] = await journal.transact(state => {
    const configs = failedConfigs(state, options, named);
    return configs.length === 0 ? [] : [{ type: 'released', configs, why: 'retry' }];
  });
  const retried = written?.event.type === 'released' ? written.event.configs!.length : 0;
  statusLog(log, `${host.identity.host}:${host.identity.pid}`)(`retry     ${count(retried, 'config')}`);
  if (options.json) console.log(safeJson({ retried }));
  else console.log(`${count(retried, 'failed config')} put back into the queue.`);
}

function failedConfigs(state: State, { kind, pipelines, splits }: Options, named: string[]): string[] {
  const wanted = named.length > 0 ? new Set(named) : undefined;
  const found: string[] = [];
  for (let row = 0; row < state.size; row++) {
    if (state.statusOf(row) !== 'failed') continue;
    const { pipeline, split } = state.groupOf(row);
    if (kind !== undefined && state.failureOf(row) !== kind) continue;
    if (pipelines && !pipelines.includes(pipeline)) continue;
    if (splits && !splits.includes(split)) continue;
    if (wanted && !wanted.has(state.id(row))) continue;
    found.push(state.id(row));
  }
  return found;
}
