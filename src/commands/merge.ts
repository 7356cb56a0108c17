/** `spt merge`: joins the logs of clusters that share no network. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { Failure, InputError } from '../base/errors.js';
import { counted } from '../base/listing.js';
import { adopt, configsOf, type Adopted } from '../events/ask/adopt.js';
import type { Draft } from '../events/format/event.js';
import { join as joinFacts, type Facts } from '../events/ask/facts.js';
import { collectFacts, writeFacts } from '../log/collect.js';
import { refuseUnsafe } from '../log/check/flock.js';
import { nearestFolder } from '../log/check/mounts.js';
import { authorOf } from '../log/host.js';
import type { Journal, Written } from '../log/journal.js';
import { segmentNumber } from '../log/names.js';
import { nodeHost } from '../log/node-host.js';
import { printable, safeJson } from '../terminal/printable.js';
import { statusLog } from '../worker/status-log.js';
import { openLog } from './journal.js';
import { type PlaceOptions, folders, withPlace } from './place.js';

interface Options extends PlaceOptions {
  out?: string;
  force?: boolean;
  json?: boolean;
}

/** How many configs go into one append. */
const CONFIGS_PER_APPEND = 2000;
/** How often an append is tried. Other writers or an error of the disk may change its record numbers. */
const ROUNDS = 3;

const DETAILS = `
  spt merge --out both clusterA/log clusterB/log
      makes a new log from two; its bytes do not depend on the order of the
      logs, or on how often they are merged
  spt merge clusterB/log
      adds another log to the log of the search in this folder, which goes on

A config that is in several logs is one config. If several clusters finished it
with the same digest, that is one outcome. Another digest is kept beside it, and
spt audit names the hosts. Each outcome keeps its author, its time and its event
id: an event that this search takes over carries them as "origin". Configs that
are open stay open. To train them with spt work, also copy the data/.prepared/
of the other search. The given logs are not changed.`;

export function merge(): Command {
  const command = new Command('merge')
    .summary('join the logs of clusters that share no network')
    .description(
      'Joins logs by the ids of their configs: into a new log (--out), or into the log of this search, which may be ' +
        'in use.',
    )
    .argument('<logs...>', 'the folders of the logs to join')
    .option('-o, --out <dir>', 'write a new log to this folder, which must be empty or new')
    .option('--force', 'write even if the file system of the written log is not safe')
    .option('--json', 'print one JSON object')
    .addHelpText('after', DETAILS);
  return withPlace(command, 'log').action(run);
}

async function run(logs: string[], options: Options): Promise<void> {
  const place = folders(options);
  const paths = logs.map(asLog);
  const out = options.out === undefined ? undefined : asEmpty(options.out);
  if (out === undefined && !existsSync(place.log)) throw noSearch(place.log);
  const host = await nodeHost();
  const inputs: { log: string; configs: number; damaged: number; unknown: number }[] = [];
  let joined = joinFacts([]);
  for (const [i, path] of paths.entries()) {
    const collected = await collectFacts(path, host);
    joined = joinFacts([joined, collected.facts]);
    inputs.push({ log: logs[i], configs: collected.facts.configs.size, ...collected.skipped });
  }
  if (!options.force) await refuseUnsafe(out === undefined ? place.log : nearestFolder(out), host);
  if (out !== undefined) {
    await writeFacts(out, host, joined);
    tell(options, inputs, `written  ${out}`, { out, ...tally(joined) });
    return;
  }
  const { journal } = await openLog(place.log);
  const own = await collectFacts(place.log, host);
  const adopted = await adoptAll(journal, own.facts, joined);
  statusLog(
    place.log,
    authorOf(host.identity),
  )(`merged    ${adoptedText(adopted)} from ${counted(logs.length, 'log')}`);
  tell(options, inputs, `added    ${adoptedText(adopted)}`, { ...adopted });
}

function asLog(path: string): string {
  const folder = resolve(path);
  const segmentsIn = (one: string): boolean =>
    existsSync(one) &&
    statSync(one).isDirectory() &&
    readdirSync(one).some(name => segmentNumber(name) !== undefined);
  if (segmentsIn(folder)) return folder;
  const inside = segmentsIn(join(folder, 'log'));
  throw new InputError('no-such-log', `${printable(path)} is not the folder of a log`, {
    value: path,
    expected: 'a folder with files such as events-000001.jsonl',
    hint: inside ? `Did you mean ${join(path, 'log')}?` : 'Name the log/ of a search.',
  });
}

function noSearch(log: string): InputError {
  return new InputError('no-such-log', `there is no log ${printable(log)} to merge into`, {
    value: log,
    expected: 'the log of the search in this folder',
    hint: 'Nothing was written. Write a new log with --out DIR, or go to the folder of the search (--root).',
  });
}

function asEmpty(path: string): string {
  const folder = resolve(path);
  if (!existsSync(folder) || (statSync(folder).isDirectory() && readdirSync(folder).length === 0))
    return folder;
  throw new InputError('already-there', `${printable(path)} exists already`, {
    value: path,
    expected: 'an empty folder, or the name of a new one',
    hint: 'Nothing was written. To add to the log of a search, run spt merge in its folder without --out.',
  });
}

function tally({ configs }: Facts): { configs: number; finished: number; failed: number; disputed: number } {
  const tallied = { configs: 0, finished: 0, failed: 0, disputed: 0 };
  for (const { enqueued, finished, failed, reports } of configs.values()) {
    if (!enqueued) continue;
    tallied.configs++;
    if (finished) tallied.finished++;
    else if (failed) tallied.failed++;
    if (reports.size > 1) tallied.disputed++;
  }
  return tallied;
}

/** Adds the facts of others to a living log, some thousand configs at a time. Running it again adds nothing. */
async function adoptAll(journal: Journal, own: Facts, others: Facts): Promise<Adopted> {
  const total: Adopted = { enqueued: 0, finished: 0, failed: 0, noted: 0, busy: 0 };
  const ids = configsOf(others);
  for (let from = 0; from < ids.length; from += CONFIGS_PER_APPEND) {
    const some = ids.slice(from, from + CONFIGS_PER_APPEND);
    const adopted = await adoptSome(journal, own, others, some);
    for (const key of Object.keys(total) as (keyof Adopted)[]) total[key] += adopted[key];
  }
  return total;
}

async function adoptSome(journal: Journal, own: Facts, others: Facts, ids: string[]): Promise<Adopted> {
  for (let round = 1; ; round++) {
    let adopted!: Adopted;
    let promised = 0;
    const written = await journal.transact(state => {
      const adoption = adopt(state, own, others, ids);
      adopted = adoption.adopted;
      promised = state.n + 1;
      return adoption.drafts;
    });
    if (written.every(({ n }, i) => n === promised + i)) return adopted;
    // The append was in doubt, and it was made again with other numbers. So its claims have other epochs.
    await journal.transact(() => releasesOf(written));
    if (round === ROUNDS)
      throw new Failure(
        'merge-unsettled',
        'the log could not be written in one append',
        'Run the same command again.',
      );
  }
}

/** The events that release the claims of an append. */
function releasesOf(written: readonly Written[]): Draft[] {
  return written.flatMap(({ event, applied, n }) =>
    event.type === 'claimed' && applied && event.configs.length > 0
      ? [{ type: 'released', claim: n, why: 'merge' } as const]
      : [],
  );
}

function adoptedText({ enqueued, finished, failed, noted, busy }: Adopted): string {
  const parts = [`${counted(enqueued, 'new config')}`, `${finished} finished`, `${failed} failed`];
  if (noted > 0) parts.push(`${noted} other digests of finished configs`);
  if (busy > 0) parts.push(`${busy} left to the workers that train them now`);
  return parts.join(', ');
}

function tell(
  { json }: Options,
  inputs: { log: string; configs: number; damaged: number; unknown: number }[],
  line: string,
  result: { [name: string]: number | string },
): void {
  if (json) {
    console.log(safeJson({ ...result, inputs }));
    return;
  }
  for (const { log, configs, damaged, unknown } of inputs) {
    const skipped = [
      damaged > 0 && `${damaged} damaged lines`,
      unknown > 0 && `${unknown} events of unknown types`,
    ];
    const text = skipped.filter(part => part !== false).join(' and ');
    console.log(`read     ${printable(log)}: ${counted(configs, 'config')}${text && `, without ${text}`}`);
  }
  console.log(printable(line, 1000));
  if (result.disputed)
    console.log(`${result.disputed} configs have different models. spt audit names the hosts.`);
}
