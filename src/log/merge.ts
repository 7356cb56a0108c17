/**
 * Brings what other logs know into one log; src/events/merge.ts says what that means.
 */
import type { Draft } from '../events/event.js';
import { importsOf, type Knowledge } from '../events/merge.js';
import type { Journal } from './journal.js';

/** How many configs are brought over in one append. */
const CHUNK = 500;

export interface MergeResult {
  /** Configs of the other log that were new here, and outcomes that were. */
  configs: number;
  outcomes: number;
  /** Configs that both logs finished, with models that differ: something is not as reproducible as it should be. */
  conflicts: { config: string; here: string; there: string }[];
}

/** Merges another log into this one; the other one is only read. Interrupted, it can simply be done again. */
export async function mergeInto(target: Journal, source: Journal): Promise<MergeResult> {
  const result: MergeResult = { configs: 0, outcomes: 0, conflicts: [] };
  for (let first = 0; first < source.state.size; first += CHUNK) {
    const knowledge: Knowledge[] = [];
    for (let row = first; row < Math.min(first + CHUNK, source.state.size); row++) {
      knowledge.push(await knowledgeOf(source, row));
    }
    const written = await target.transact(state => importsOf(state, knowledge));
    const applied = written.filter(one => one.applied).map(({ event }) => event);
    result.configs += applied.filter(({ type }) => type === 'enqueued').length;
    result.outcomes += applied.filter(isOutcome).length;
    for (const one of knowledge) await addConflict(result, target, one);
  }
  return result;
}

function isOutcome({ type }: Draft): boolean {
  return type === 'finished' || type === 'failed';
}

async function knowledgeOf(journal: Journal, row: number): Promise<Knowledge> {
  const enqueued = await journal.readEnqueued(row);
  const status = journal.state.statusOf(row);
  const isOver = status === 'finished' || status === 'failed';
  return { enqueued, outcome: isOver ? await journal.readOutcome(row) : undefined };
}

async function addConflict(
  result: MergeResult,
  target: Journal,
  { enqueued, outcome }: Knowledge,
): Promise<void> {
  if (outcome?.event.type !== 'finished') return;
  const config = enqueued.event.config.id;
  const row = target.state.row(config);
  const here = target.state.statusOf(row) === 'finished' ? (await target.readOutcome(row))?.event : undefined;
  const there = outcome.event.digest;
  if (here?.type === 'finished' && here.digest !== there)
    result.conflicts.push({ config, here: here.digest, there });
}
