import type { Json, Parameters, Step } from '../base/config.js';
import { canonicalJson } from '../base/json.js';
import { shareIn } from '../ml/parameters.js';
import {
  kept,
  PASSTHROUGH,
  type Axis,
  type Chain,
  type Nested,
  type Part,
  type PlainDomain,
} from './axis.js';
import type { Slot, StepSpace } from './axis.js';
import { present } from './chain.js';

/**
 * The elements of a space as numbers. A method that learns from a search which parameters to try next needs them. Each
 * axis of the space has one number:
 *
 * - an axis with `values`: the place of the value in that list, from 0;
 * - an axis with `bounds`: the value itself;
 * - an axis of a map or of a step that the element does not use: NaN.
 *
 * A parameter with one value has no axis, because there is nothing to choose. A step that is a union of several maps of
 * parameters has one more axis, which comes before those of its maps and chooses among them. So has a choice between
 * steps. The steps inside of a step have axes as the steps of a pipeline have.
 */
export interface Coordinates {
  readonly axes: readonly SpaceAxis[];
  /**
   * The numbers of an element. Where two maps of a union share it, the first map is taken. Throws RangeError for steps
   * that are not an element.
   */
  encode(steps: readonly Step[]): number[];
  /**
   * The element of these numbers. The numbers of unused maps and steps do not matter. Throws RangeError where the count
   * of the numbers is wrong or a number lies outside of its axis.
   */
  decode(numbers: readonly number[]): Step[];
}

/** An axis of a space, with the step and the parameter that it belongs to. */
export type SpaceAxis = AxisPlace & PlainDomain;

interface AxisPlace {
  /**
   * `SVC.C`; `SVC` for the axis that chooses among the maps of a union; `StandardScaler|passthrough` for a choice
   * between steps; `SelectFromModel.estimator.LogisticRegression.C` for a step inside of a step.
   */
  name: string;
  /** The place in the pipeline of the step or of the choice, from 0. */
  step: number;
  /** Absent for an axis that chooses among the maps of a union or among steps. */
  parameter?: string;
  /** The place of the parameter's map in its union, from 0. Absent where the step has one map. */
  part?: number;
}

/** The coordinates of the product of these steps. */
export function coordinatesOf(steps: Chain): Coordinates {
  const coder = new ChainCoder(steps, '');
  return {
    axes: coder.axes,
    encode(elements) {
      const numbers = coder.encode(elements);
      if (numbers) return numbers;
      throw new RangeError(`the space has no such steps: ${JSON.stringify(elements)}`);
    },
    decode(numbers) {
      if (numbers.length !== coder.axes.length) throw new RangeError(`there are ${coder.axes.length} axes`);
      return coder.decode(numbers);
    },
  };
}

/** Codes values of one kind. */
interface Coder<T> {
  readonly axes: readonly SpaceAxis[];
  /** The numbers of a value; undefined where the value is none of the coder's. */
  encode(value: T): number[] | undefined;
  decode(numbers: readonly number[]): T;
}

/** Cuts numbers into those of each coder, and decodes them. */
function decodeEach<T>(coders: readonly Coder<T>[], numbers: readonly number[]): T[] {
  let first = 0;
  return coders.map(coder => {
    const own = numbers.slice(first, first + coder.axes.length);
    first += own.length;
    return coder.decode(own);
  });
}

/** Codes one of several kinds of values. Of more than one kind, the first axis says which. */
class UnionCoder<T> implements Coder<T> {
  readonly axes: readonly SpaceAxis[];

  constructor(
    private readonly members: readonly Coder<T>[],
    private readonly choice: SpaceAxis & { values: readonly Json[] },
  ) {
    const axes = members.flatMap(member => member.axes);
    this.axes = members.length > 1 ? [choice, ...axes] : axes;
  }

  encode(value: T): number[] | undefined {
    for (const [k, member] of this.members.entries()) {
      const found = member.encode(value);
      if (!found) continue;
      if (this.members.length === 1) return found;
      return [k, ...this.members.flatMap((one, i) => (i === k ? found : one.axes.map(() => NaN)))];
    }
    return undefined;
  }

  decode(numbers: readonly number[]): T {
    if (this.members.length === 1) return this.members[0].decode(numbers);
    const [k, ...others] = numbers;
    if (this.members[k] === undefined) throw outside(this.choice.name, k);
    let first = 0;
    for (const earlier of this.members.slice(0, k)) first += earlier.axes.length;
    return this.members[k].decode(others.slice(first, first + this.members[k].axes.length));
  }
}

/** Codes the steps of a chain. */
class ChainCoder implements Coder<readonly Step[]> {
  readonly axes: readonly SpaceAxis[];
  private readonly slots: { coder: UnionCoder<Step>; mayBeEmpty: boolean }[];

  /** @param prefix what stands before the names of the axes */
  constructor(chain: Chain, prefix: string, place?: number) {
    this.slots = chain.map((slot, k) => ({
      coder: slotCoder(slot, prefix, place ?? k),
      mayBeEmpty: slot.some(({ name }) => name === PASSTHROUGH),
    }));
    this.axes = this.slots.flatMap(({ coder }) => coder.axes);
  }

  encode(steps: readonly Step[]): number[] | undefined {
    return this.encodeFrom(0, steps);
  }

  /** The numbers of the slots from `k` on, whose elements are all of the steps. */
  private encodeFrom(k: number, steps: readonly Step[]): number[] | undefined {
    if (k === this.slots.length) return steps.length === 0 ? [] : undefined;
    const { coder, mayBeEmpty } = this.slots[k];
    const [first, ...others] = steps;
    const own = first && coder.encode(first);
    const rest = own && this.encodeFrom(k + 1, others);
    if (rest) return [...own, ...rest];
    const later = mayBeEmpty ? this.encodeFrom(k + 1, steps) : undefined;
    return later && [...coder.encode({ [PASSTHROUGH]: {} })!, ...later];
  }

  decode(numbers: readonly number[]): Step[] {
    return present(
      decodeEach(
        this.slots.map(({ coder }) => coder),
        numbers,
      ),
    );
  }
}

function slotCoder(slot: Slot, prefix: string, place: number): UnionCoder<Step> {
  const names = slot.map(({ name }) => name);
  return new UnionCoder(
    slot.map(step => new StepCoder(step, prefix, place)),
    { name: `${prefix}${names.join('|')}`, step: place, kind: 'choice', values: names },
  );
}

/** Codes the parameters of one step. */
class StepCoder implements Coder<Step> {
  readonly axes: readonly SpaceAxis[];
  private readonly parts: UnionCoder<Parameters>;

  constructor(
    private readonly step: StepSpace,
    prefix: string,
    place: number,
  ) {
    const name = `${prefix}${step.name}`;
    const { parts } = step;
    this.parts = new UnionCoder(
      parts.map(
        (part, k) => new PartCoder(part, name, { step: place, ...(parts.length > 1 && { part: k }) }),
      ),
      { name, step: place, kind: 'choice', values: parts.map((_, k) => k) },
    );
    this.axes = this.parts.axes;
  }

  encode(element: Step): number[] | undefined {
    const { name } = this.step;
    return Object.hasOwn(element, name) ? this.parts.encode(element[name]) : undefined;
  }

  decode(numbers: readonly number[]): Step {
    return { [this.step.name]: this.parts.decode(numbers) };
  }
}

/** Codes one map of parameters. */
class PartCoder implements Coder<Parameters> {
  readonly axes: readonly SpaceAxis[];
  private readonly coders: Coder<Json>[];

  constructor(
    private readonly part: Part,
    step: string,
    place: Omit<AxisPlace, 'name'>,
  ) {
    this.coders = part.map(axis =>
      axis.domain.kind === 'steps'
        ? new NestedCoder(axis.domain, step, place.step)
        : new AxisCoder(axis, axis.domain, {
            ...place,
            name: `${step}.${axis.parameter}`,
            parameter: axis.parameter,
          }),
    );
    this.axes = this.coders.flatMap(coder => coder.axes);
  }

  encode(parameters: Parameters): number[] | undefined {
    if (Object.keys(parameters).length !== this.part.length) return undefined;
    const numbers = this.part.map(({ parameter }, k) =>
      Object.hasOwn(parameters, parameter) ? this.coders[k].encode(parameters[parameter]) : undefined,
    );
    return numbers.every(own => own !== undefined) ? numbers.flat() : undefined;
  }

  decode(numbers: readonly number[]): Parameters {
    const values = decodeEach(this.coders, numbers);
    return Object.fromEntries(this.part.map(({ parameter }, k) => [parameter, values[k]]));
  }
}

/** Codes a value that is made of chains of steps. */
class NestedCoder implements Coder<Json> {
  readonly axes: readonly SpaceAxis[];
  private readonly chains: ChainCoder[];

  constructor(
    private readonly nested: Nested,
    step: string,
    place: number,
  ) {
    const { chains, names } = nested;
    this.chains = chains.map((chain, k) => new ChainCoder(chain, `${step}.${names[k]}.`, place));
    this.axes = this.chains.flatMap(coder => coder.axes);
  }

  encode(value: Json): number[] | undefined {
    const elements = this.nested.split(value);
    const numbers = elements?.map((element, k) => this.chains[k].encode(element));
    return numbers?.every(own => own !== undefined) ? numbers.flat() : undefined;
  }

  decode(numbers: readonly number[]): Json {
    return this.nested.join(decodeEach<Step[]>(this.chains as Coder<Step[]>[], numbers));
  }
}

/** Codes the values of one axis. An axis with one value has no number. */
class AxisCoder implements Coder<Json> {
  readonly axes: readonly SpaceAxis[];
  /** The places of listed values, by their canonical JSON; made when first needed. */
  private places: Map<string, number> | undefined;

  constructor(
    private readonly axis: Axis,
    private readonly domain: PlainDomain,
    place: AxisPlace,
  ) {
    this.axes = axis.size > 1 ? [{ ...place, ...domain }] : [];
  }

  encode(value: Json): number[] | undefined {
    const number = this.numberOf(value);
    if (number === undefined) return undefined;
    return this.axes.length > 0 ? [number] : [];
  }

  /** The number of a value; undefined where the axis does not have the value. */
  private numberOf(value: Json): number | undefined {
    const { domain } = this;
    if ('values' in domain) {
      this.places ??= new Map(domain.values.map((one, place) => [canonicalJson(one), place]));
      return this.places.get(canonicalJson(value));
    }
    const number = shareIn(value) ?? value;
    if (typeof number !== 'number' || !isWithin(domain, number)) return undefined;
    return canonicalJson(kept(number, domain.isShare)) === canonicalJson(value) ? number : undefined;
  }

  decode([number]: readonly number[]): Json {
    const { axis, domain } = this;
    if (this.axes.length === 0) return axis.value(0);
    if ('values' in domain) {
      if (domain.values[number] === undefined) throw outside(axis.parameter, number);
      return domain.values[number];
    }
    if (!isWithin(domain, number)) throw outside(axis.parameter, number);
    return kept(number, domain.isShare);
  }
}

/** Whether a number lies in [low, high), and is whole where all numbers of the axis are. */
function isWithin(
  { kind, bounds: [low, high] }: Exclude<PlainDomain, { values: unknown }>,
  number: number,
): boolean {
  return number >= low && number < high && (kind === 'real' || Number.isInteger(number));
}

function outside(name: string, number: number): RangeError {
  return new RangeError(`${name} has no value at ${number}`);
}
