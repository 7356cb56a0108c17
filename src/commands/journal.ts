/** What commands ask of a log: opening it, finding a config by its first digits, refusing unknown names. */
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { InputError } from '../base/errors.js';
import { shellWord } from '../base/shell.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import type { State } from '../events/state/state.js';
import type { Host } from '../log/host.js';
import { Journal, type JournalOptions } from '../log/journal.js';
import { segmentPath } from '../log/names.js';
import { nodeHost } from '../log/node-host.js';
import { printable } from '../terminal/printable.js';

/** Opens the log in a folder to write to it. A folder that does not exist yet is an empty log. */
export async function openLog(
  folder: string,
  options: JournalOptions = {},
): Promise<{ journal: Journal; host: Host }> {
  const host = await nodeHost();
  return { host, journal: await Journal.open(folder, host, options) };
}

/** Opens the log in an existing folder. Throws InputError. */
export async function existingLog(
  folder: string,
  options: JournalOptions = {},
): Promise<{ journal: Journal; host: Host }> {
  if (!existsSync(folder)) {
    const root = searchAbove(folder);
    throw new InputError('no-such-log', `there is no log ${folder}`, {
      value: folder,
      expected: 'the folder of a log',
      hint:
        root === undefined
          ? 'Run spt enqueue first, or name the log with --log, or the folder of the search with --root.'
          : `There is a log in a folder above. This option means it: --root ${shellWord(root)}`,
    });
  }
  const opened = await openLog(folder, options);
  refuseFuture(opened.journal.state.n, options.until?.n);
  return opened;
}

/** Refuses a record that the log does not have, because another moment would be taken for it. Throws InputError. */
function refuseFuture(n: number, asked: number | undefined): void {
  if (n === 0 || asked === undefined || asked <= n) return;
  throw new InputError('no-such-record', `the log has no record ${asked}`, {
    value: asked,
    expected: 'the number of a record, or a time',
    hint: `The last record before it is ${n}. Without --at, the present is shown.`,
  });
}

/** The nearest folder above the one of a missing log that has a log, relative to this folder; undefined if none has. */
function searchAbove(log: string): string | undefined {
  for (let folder = dirname(dirname(log)); ; folder = dirname(folder)) {
    if (existsSync(segmentPath(join(folder, 'log'), 1))) return relative(process.cwd(), folder) || '.';
    if (folder === dirname(folder)) return undefined;
  }
}

/** The row of the one config whose id begins with the given digits, as in git. Throws InputError. */
export function rowOf({ state }: Journal, prefix: string): number {
  const found = state.find(prefix.toLowerCase());
  if (found.length === 1) return found[0];
  const complaint = { value: prefix, expected: 'the id of a config, or the first digits of one' };
  if (found.length === 0) {
    const hint = 'spt replay lists the configs and their ids.';
    throw new InputError('no-such-config', `no config has the id ${printable(prefix, 40)}`, {
      ...complaint,
      hint,
    });
  }
  const ids = found.map(row => state.id(row)).join(', ');
  const hint = `Give more digits: ${ids}${found.length >= 10 ? ', ...' : ''}`;
  throw new InputError('ambiguous-id', `several configs begin with ${prefix}`, { ...complaint, hint });
}

/** The splits and the pipelines that a command is about; absent means all. */
export interface Names {
  split?: readonly string[];
  pipelines?: readonly string[];
}

/** Whether a row has one of the names that were asked for. */
export function isNamed(state: State, row: number, { split, pipelines }: Names): boolean {
  const group = state.groupOf(row);
  return (split?.includes(group.split) ?? true) && (pipelines?.includes(group.pipeline) ?? true);
}

/** The words of a message before a name that configs share. */
const SHARED_NAMES = {
  split: 'has the split',
  pipeline: 'has the pipeline',
  scoring: 'is ranked by the metric',
};

/** Refuses names that no config of the log has, because they are typing errors. Throws InputError. */
export function refuseUnknownNames(
  { groups }: State,
  asked: { [what in keyof typeof SHARED_NAMES]?: readonly (string | undefined)[] },
): void {
  for (const what of ['split', 'pipeline', 'scoring'] as const) {
    const known = new Set(groups.map(group => group[what]));
    const name = asked[what]?.find(name => name !== undefined && !known.has(name));
    if (name === undefined) continue;
    throw new InputError('no-such-name', `no config of the log ${SHARED_NAMES[what]} ${name}`, {
      value: name,
      expected: oneOf(known),
      hint: didYouMean(name, known),
    });
  }
}
