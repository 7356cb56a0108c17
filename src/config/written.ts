import type { Estimator, Transform } from '../ml/types.js';
import type { Part, WrittenAxis } from './axis.js';
import type { Path } from './yaml.js';

/** Steps as they were written, once their names are known. */

export interface NamedStep {
  name: string;
  path: Path;
  kind: Transform | Estimator;
  /** The maps of parameters whose axes are right. */
  parts: Part<WrittenAxis>[];
  /** The steps inside of this step. */
  inside: NamedChain[];
}

/** The steps inside of a step, and their name among its parameters: `estimator`, or the name of a group. */
export interface NamedChain {
  name: string;
  slots: NamedSlot[];
}

/** One place of a pipeline: a step, or a choice between several. */
export interface NamedSlot {
  path: Path;
  steps: NamedStep[];
  /** Whether the choice may leave the step out. */
  mayBeLeftOut: boolean;
}

/** A step, and what stands before its name in the names of its parameters (views/parameters.ts). */
export interface PlacedStep {
  step: NamedStep;
  prefix: string;
  /** Whether it stands in the pipeline itself, and not inside of a step. */
  isOuter: boolean;
}

/** All steps that were written, each before those inside of it. */
export function* everyStep(slots: readonly NamedSlot[], prefix = ''): Generator<PlacedStep> {
  const known = new Map<string, number>();
  for (const { steps } of slots) {
    for (const step of steps) {
      const time = (known.get(step.name) ?? 0) + 1;
      known.set(step.name, time);
      const name = time === 1 ? step.name : `${step.name}#${time}`;
      yield { step, prefix: `${prefix}${name}.`, isOuter: prefix === '' };
      for (const chain of step.inside) yield* everyStep(chain.slots, `${prefix}${name}.${chain.name}.`);
    }
  }
}

/** The slots of a pipeline, and those of each chain inside of its steps. */
export function* everyChain(slots: readonly NamedSlot[]): Generator<readonly NamedSlot[]> {
  yield slots;
  for (const { inside } of slots.flatMap(({ steps }) => steps))
    for (const chain of inside) yield* everyChain(chain.slots);
}

/** Longer lists of different steps are not made. Equal configs that they hide are enqueued once. */
const MOST_WAYS = 10_000;

/**
 * The names of steps that the choices of a chain make in two ways; undefined where each way gives other steps. Two ways
 * can give the same steps only where a name stands in two slots.
 */
export function sameSteps(slots: readonly NamedSlot[]): string[] | undefined {
  const all = slots.flatMap(({ steps }) => steps.map(({ name }) => name));
  if (new Set(all).size === all.length) return undefined;
  const counts = new Map([['', { names: [] as string[], ways: 1 }]]);
  for (const { steps, mayBeLeftOut } of slots) {
    if (counts.size > MOST_WAYS) return undefined;
    const before = [...counts.values()];
    if (!mayBeLeftOut) counts.clear();
    for (const { names, ways } of before)
      for (const { name } of steps) {
        const longer = [...names, name];
        const key = longer.join(' ');
        counts.set(key, { names: longer, ways: ways + (counts.get(key)?.ways ?? 0) });
      }
  }
  return [...counts.values()].find(({ ways }) => ways > 1)?.names;
}
