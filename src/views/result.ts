/** One config of a search at one moment, with all that its records say: what every view is made of. */
import type { Config } from '../base/config.js';
import type { Failed, Finished } from '../events/format/event.js';
import type { State, Status } from '../events/state/state.js';
import type { RowRecord } from '../log/records.js';

/** The status of a config as people say it: a claimed config is running. */
export type ShownStatus = Exclude<Status, 'claimed'> | 'running';

export interface Result {
  /** The config's place in the order in which configs were enqueued, from 0. */
  row: number;
  id: string;
  status: ShownStatus;
  pipeline: string;
  split: string;
  /** The metric that ranks. */
  scoring: string;
  /** The number of its setting. Scores of one setting may be compared, and no others. */
  setting: number;
  /** How often it failed, and how often it lost its worker, since it was enqueued or retried. */
  attempts: number;
  losses: number;
  /** Undefined where it was not asked for, or where its record is not sound. */
  config?: Config;
  enqueuedAt?: string;
  enqueuedBy?: string;
  /** The last outcome: only one of the two is there. A config that is queued or running again may have one. */
  finished?: Finished;
  failed?: Failed;
  /** When the last outcome was written, in ISO 8601 (UTC), and by which worker. */
  outcomeAt?: string;
  outcomeBy?: string;
  /** Why a record could not be read. */
  damage?: string;
}

export function shownStatus(state: State, row: number): ShownStatus {
  const status = state.statusOf(row);
  return status === 'claimed' ? 'running' : status;
}

/** The result of a row from its records. */
export function resultOf(state: State, setting: number, record: RowRecord): Result {
  const { row, config, enqueuedAt, enqueuedBy, outcome, damage } = record;
  const { pipeline, split, scoring } = state.groupOf(row);
  const event = outcome?.event;
  return {
    row,
    id: state.id(row),
    status: shownStatus(state, row),
    pipeline,
    split,
    scoring,
    setting,
    attempts: state.attempts[row],
    losses: state.losses[row],
    config,
    enqueuedAt,
    enqueuedBy,
    finished: event?.type === 'finished' ? event : undefined,
    failed: event?.type === 'failed' ? event : undefined,
    outcomeAt: outcome?.at,
    outcomeBy: outcome?.by,
    damage: damage?.message,
  };
}
