/** Finds configs that can never finish: they failed for good, this version refuses them, or their data is missing. */
import type { Config } from '../../base/config.js';
import { counted } from '../../base/listing.js';
import type { Visitor } from '../../events/ask/inspect.js';
import { CLAIMED, QUEUED, type State } from '../../events/state/state.js';
import type { Host } from '../host.js';
import { survey } from '../survey.js';
import type { Finding } from './findings.js';

/**
 * The checks of the ML tower, which the log tower is given: why a config is refused, and what is wrong with its data.
 */
export interface Trainability {
  /** Why this version cannot train a config; undefined if it can. */
  refusalOf(config: Config): string | undefined;
  /** Why the prepared data of a digest cannot be used; undefined if it can. */
  dataComplaintOf(digest: string): string | undefined;
}

/** Configs that failed for good, by kind. */
export function failedFindings(state: State): Finding[] {
  const byKind = new Map<string, string[]>();
  for (let row = 0; row < state.size; row++)
    if (state.statusOf(row) === 'failed') addTo(byKind, state.failureOf(row) ?? 'error', state.id(row));
  return [...byKind].map(([kind, configs]) => ({
    level: 'problem',
    kind: `failed-${kind}`,
    message: `${counted(configs.length, 'config')} failed for good (${kind})`,
    configs,
    advice: `spt replay --summary shows why. spt retry --kind ${kind} puts them back into the queue.`,
  }));
}

/** Configs that are queued or claimed, whose steps this version refuses or whose data is missing. */
export async function openFindings(
  directory: string,
  host: Host,
  state: State,
  { refusalOf, dataComplaintOf }: Trainability,
): Promise<Finding[]> {
  if (state.count('queued') + state.count('claimed') === 0) return [];
  const refused = new Map<string, string[]>();
  const users = new Map<string, string[]>();
  const seen = new Set<number>();
  const visitor: Visitor = {
    entry({ event }) {
      if (event.type !== 'enqueued') return;
      const row = state.row(event.config.id);
      if (seen.has(row) || (state.status[row] !== QUEUED && state.status[row] !== CLAIMED)) return;
      seen.add(row);
      const message = refusalOf(event.config);
      if (message !== undefined) addTo(refused, message, event.config.id);
      addTo(users, String(event.config.data), event.config.id);
    },
    damaged() {},
  };
  await survey(directory, host, visitor);
  const findings = [...refused].map(([message, configs]) => refusedFinding(message, configs));
  for (const [digest, configs] of users) {
    const complaint = dataComplaintOf(digest);
    if (complaint !== undefined) findings.push(dataFinding(complaint, configs));
  }
  return findings;
}

function refusedFinding(message: string, configs: string[]): Finding {
  return {
    level: 'problem',
    kind: 'refused',
    message: `${counted(configs.length, 'open config')} cannot be trained by this version: ${message}`,
    configs,
    advice:
      'In pipe_configs.yaml, write these steps in the words of this version and run spt enqueue. Or use the version ' +
      'that enqueued them.',
  };
}

function dataFinding(complaint: string, configs: string[]): Finding {
  return {
    level: 'problem',
    kind: 'data',
    message: `${counted(configs.length, 'open config')} cannot be trained: ${complaint}`,
    advice: 'Run the same spt enqueue again. It stores the data again, and adds no config twice.',
    configs,
  };
}

function addTo(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
