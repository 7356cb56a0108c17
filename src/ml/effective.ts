import { traitsOf } from './definition.js';
import type { Estimator, Transform } from './types.js';

/**
 * What the parameters of a step come to. Parameters that change nothing beside the others are left out, and of several
 * spellings of one thing one is kept. Steps that come to the same learn the same, bit for bit. Each step states its own
 * rule (`StepKind.effective`) with the two functions below.
 */

/** Parameters that make a difference, by name. */
export type Effective = { [name: string]: unknown };

/** The parameters without those names. */
export function without<P extends object>(params: P, ...names: (keyof P & string)[]): Partial<P> {
  const left = Object.entries(params).filter(([name]) => !(names as string[]).includes(name));
  return Object.fromEntries(left) as Partial<P>;
}

/** The parameters, without those names unless the step reads them. */
export function unless<P extends object>(
  isRead: boolean,
  params: P,
  ...names: (keyof P & string)[]
): Partial<P> {
  return isRead ? params : without(params, ...names);
}

/** What a step's parameters, defaults filled in, come to on a target with that number of classes. */
export function effective(kind: Transform | Estimator, params: Effective, classes: number): Effective {
  const idle = Object.keys(params).filter(name => traitsOf(kind.params, name).unused);
  const read = without(params, ...idle);
  return kind.effective?.(read, classes) ?? read;
}
