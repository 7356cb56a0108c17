import { z } from 'zod';
import type { Rng } from '../base/rng.js';

/** The parameter `random_state`: how it is written, and the generator that it stands for. */

/** The description of `random_state` in every random step. */
export const RANDOM_STATE = 'the seed; null takes the seed of the search';

/** The parameter as most random steps take it. */
export const randomState = z.int().min(0).nullable().default(null).describe(RANDOM_STATE);

/** The seed of a step: its own `random_state`, or else the seed of the config. */
export function seedOf(params: { [name: string]: unknown }, seed: number): number {
  return typeof params.random_state === 'number' ? params.random_state : seed;
}

/**
 * The generator of a fit that has a `random_state`. The generator of the fit already depends on it. A given
 * `random_state` is mixed in once more, because the first version did so and digests must not change.
 */
export function ownGenerator(rng: Rng, random_state: number | null): Rng {
  return random_state === null ? rng : rng.child(random_state);
}
