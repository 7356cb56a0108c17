/** A state as JSON that does not depend on the program that derived it. The states of old logs are committed like this. */
import type { State } from '../src/events/state/state.js';

const orNull = (score: number): number | null => (Number.isNaN(score) ? null : score);

/** Everything that replay promises: each config with its outcome, who holds it, and the troubles of the log. */
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
