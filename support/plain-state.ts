/** What a state says, as JSON that outlives the program that derived it: the committed states of old logs are such. */
import type { State } from '../src/events/state/state.js';

const orNull = (score: number): number | null => (Number.isNaN(score) ? null : score);

/** All that replay promises: every config with its outcome, who holds what, and the troubles on the way. */
export function plainState(state: State) {
  const configs = Array.from({ length: state.size }, (_, row) => ({
    ...{ id: state.id(row), ...state.groupOf(row), status: state.statusOf(row) },
    ...{ attempts: state.attempts[row], losses: state.losses[row], epoch: state.epoch[row] },
    ...{
      failure: state.failureOf(row) ?? null,
      cv: orNull(state.cv[row]),
      validate: orNull(state.validate[row]),
    },
    ...{ place: state.place(row), outcome: state.outcomePlace(row) ?? null },
  }));
  const claims = state.claims.values().map(({ epoch, worker, at, rows, open }) => {
    const held = rows.filter(row => state.isHeld(row, epoch)).map(row => state.id(row));
    return { epoch, worker, at, open, configs: held };
  });
  const { n, chain, troubles } = state;
  return { n, chain, troubles: { ...troubles }, claims, configs };
}
