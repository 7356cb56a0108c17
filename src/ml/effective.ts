import { traitsOf } from './definition.js';
import type { Estimator, Transform } from './types.js';

/**
 * The effective parameters of a step. Parameters without effect beside the others are left out, and equal meanings get
 * one spelling. Steps with the same effective parameters learn the same model, bit for bit. Each step states its own
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

/** The effective parameters of a step on a target with that number of classes. `params` has the defaults filled in. */
export function effective(kind: Transform | Estimator, params: Effective, classes: number): Effective {
  const idle = Object.keys(params).filter(name => traitsOf(kind.params, name).unused);
  const read = without(params, ...idle);
  return kind.effective?.(read, classes) ?? read;
}
