import { z } from 'zod';
import { InputError } from '../../base/errors.js';
import type { Estimator, Transform } from '../types.js';

/**
 * Steps inside of a step: how they stand among its parameters, and what they are. The steps of this folder know the
 * others only through `FindStep`, because the registry knows the steps of this folder.
 */

/** The step of a name (registry.ts). Throws InputError `unknown-step`. */
export type FindStep = (name: string) => Transform | Estimator;

/** A step among parameters: its name and all of its parameters, defaults filled in. */
export type InnerParams = { [name: string]: { [parameter: string]: unknown } };

/** A step inside of a step. */
export interface InnerStep<K extends Transform | Estimator = Transform | Estimator> {
  kind: K;
  params: { [parameter: string]: unknown };
}

/** The step that stands among parameters. */
export function innerStep(find: FindStep, step: InnerParams): InnerStep {
  const [[name, params]] = Object.entries(step);
  return { kind: find(name), params };
}

/** The transforms that stand among parameters. Their schema has refused all other steps. */
export function innerTransforms(find: FindStep, steps: readonly InnerParams[]): InnerStep<Transform>[] {
  return steps.map(step => innerStep(find, step) as InnerStep<Transform>);
}

/**
 * The schema of a step among parameters: a map of one name. It fills in the defaults of the step. `isWanted` says
 * which steps may stand there, and `expected` says it in words.
 */
export function innerSchema(
  find: FindStep,
  isWanted: (kind: Transform | Estimator) => boolean,
  expected: string,
) {
  return z.record(z.string(), z.unknown()).transform((written, context): InnerParams => {
    const complain = (message: string, path: (string | number)[] = []): never => {
      context.addIssue({ code: 'custom', message, path, params: { expected } });
      return z.NEVER;
    };
    const names = Object.keys(written);
    if (names.length !== 1) return complain('a step is a map of one name');
    const [name] = names;
    let kind: Transform | Estimator;
    try {
      kind = find(name);
    } catch (error) {
      if (error instanceof InputError) return complain(error.message, [name]);
      throw error;
    }
    if (!isWanted(kind)) return complain(`${name} cannot stand here`, [name]);
    const checked = kind.params.safeParse(written[name] ?? {});
    if (checked.success) return { [name]: checked.data as { [parameter: string]: unknown } };
    const [{ message, path }] = checked.error.issues;
    return complain(`${[name, ...path].join('.')}: ${message}`, [name, ...path] as (string | number)[]);
  });
}
