/** Ids as people read them. */
import type { State } from '../events/state/state.js';

/** The first digits of an id, at least eight, that no other id begins with. */
export function shortId(state: State, id: string): string {
  let digits = 8;
  while (digits < id.length && state.find(id.slice(0, digits), 2).length > 1) digits++;
  return id.slice(0, digits);
}
