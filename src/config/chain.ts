import type { Json, Step } from '../base/config.js';
import { PASSTHROUGH, type Axis, type Chain, type Nested, type Part, type Shape, type Slot } from './axis.js';
import type { StepSpace } from './axis.js';

/**
 * The sizes and the elements of chains of steps, and of all that they are made of. A chain is the product of its slots.
 * A slot is the union of its steps, a step is the union of its parts, and a part is the product of its axes. The values
 * of an axis may be made of chains again. So an element is a number in mixed radix, and the last axis of the last step
 * is its fastest digit.
 */

const product = (numbers: number[]): number => numbers.reduce((all, one) => all * one, 1);
export const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);

/** How many combinations a part has; Infinity with a continuous axis. */
export const partSize = (part: Part): number => product(part.map(axis => axis.size));
export const stepSize = (step: StepSpace): number => sum(step.parts.map(partSize));
export const slotSize = (slot: Slot): number => sum(slot.map(stepSize));
/** How many elements a chain has; Infinity with a continuous axis. */
export const chainSize = (chain: Chain): number => product(chain.map(slotSize));

/** The parameters of a part for one choice per axis. */
export function parametersOf(part: Part, choices: ArrayLike<number>): Step[string] {
  return Object.fromEntries(part.map((axis, k) => [axis.parameter, axis.value(choices[k])]));
}

/** The digits of number i in mixed radix, the last one fastest. */
function digitsOf(i: number, sizes: readonly number[]): number[] {
  const digits = new Array<number>(sizes.length);
  let rest = i;
  for (let k = sizes.length - 1; k >= 0; k--) {
    digits[k] = rest % sizes[k];
    rest = Math.floor(rest / sizes[k]);
  }
  return digits;
}

/** The choices of element i of a part, the last axis fastest. */
export function choicesOf(part: Part, i: number): number[] {
  return digitsOf(
    i,
    part.map(axis => axis.size),
  );
}

/** The member of a union that has element i, and the element's place in that member. */
function memberAt<T>(members: readonly T[], sizeOf: (member: T) => number, i: number): [T, number] {
  let rest = i;
  for (const member of members) {
    const size = sizeOf(member);
    if (rest < size) return [member, rest];
    rest -= size;
  }
  throw new RangeError(`there is no element ${i}`);
}

function stepAt(slot: Slot, i: number): Step {
  const [step, inStep] = memberAt(slot, stepSize, i);
  const [part, inPart] = memberAt(step.parts, partSize, inStep);
  return { [step.name]: parametersOf(part, choicesOf(part, inPart)) };
}

/** Element i of a finite chain. */
export function chainAt(chain: Chain, i: number): Step[] {
  const digits = digitsOf(i, chain.map(slotSize));
  return present(chain.map((slot, k) => stepAt(slot, digits[k])));
}

/** The steps without those that are left out. */
export function present(steps: readonly Step[]): Step[] {
  return steps.filter(step => !Object.hasOwn(step, PASSTHROUGH));
}

/** The values that are made of chains of steps. */
export function nestedShape(nested: Nested): Shape {
  const sizes = nested.chains.map(chainSize);
  return {
    size: product(sizes),
    value(choice): Json {
      const digits = digitsOf(choice, sizes);
      return nested.join(nested.chains.map((chain, k) => chainAt(chain, digits[k])));
    },
    domain: nested,
  };
}

/** Whether an axis draws from a continuum whatever else is chosen. Then no draw repeats an earlier one. */
function isEndlessAxis({ size, domain }: Axis): boolean {
  return domain.kind === 'steps' ? domain.chains.some(isEndless) : size === Infinity;
}

/** Whether no two draws of a chain are equal. */
export function isEndless(chain: Chain): boolean {
  return chain.some(slot => slot.every(step => step.parts.every(part => part.some(isEndlessAxis))));
}
