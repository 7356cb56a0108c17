/**
 * The manifest of a search at a moment: the hash that `spt audit` prints. A table that carries it can be held against
 * the log later.
 */
import { createHash } from 'node:crypto';
import { compareText } from '../base/order.js';
import { FAILED, FINISHED } from '../events/state/state.js';
import { Digests } from '../log/digests.js';
import type { Search } from './search.js';

/** The SHA-256 over all configs of the log, as events/ask/audit.ts describes it: 64 hexadecimal digits. */
export async function manifestOf({ state, directory, disk }: Search): Promise<string> {
  const digests = await Digests.read(directory, disk, state);
  const { idHigh, idLow } = state;
  const rows = Uint32Array.from({ length: state.size }, (_, row) => row);
  rows.sort((a, b) => idHigh[a] - idHigh[b] || idLow[a] - idLow[b]);
  const hash = createHash('sha256');
  let lines: string[] = [];
  for (const row of rows) {
    const status = state.status[row];
    const outcome = status === FINISHED ? 'finished' : status === FAILED ? 'failed' : 'open';
    const models = status === FINISHED ? digests.of(row).sort(compareText).join(',') : '-';
    lines.push(`${state.id(row)} ${outcome} ${models}\n`);
    if (lines.length < LINES_AT_ONCE) continue;
    hash.update(lines.join(''));
    lines = [];
  }
  return hash.update(lines.join('')).digest('hex');
}

const LINES_AT_ONCE = 10_000;
