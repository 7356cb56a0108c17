import type { Json, Parameters, Step } from '../base/config.js';
import { canonicalJson } from '../base/json.js';
import { shareIn } from '../ml/parameters.js';
import { kept, type Axis, type Domain, type StepSpace } from './axis.js';

/**
 * The elements of a space as numbers. A method that learns from a search which parameters to try next needs them. Each
 * axis of the space has one number:
 *
 * - an axis with `values`: the place of the value in that list, from 0;
 * - an axis with `bounds`: the value itself;
 * - an axis of a map that the element does not use: NaN.
 *
 * A parameter with one value has no axis, because there is nothing to choose. A step that is a union of several maps of
 * parameters has one more axis, which comes before those of its maps and chooses among them.
 */
export interface Coordinates {
  readonly axes: readonly SpaceAxis[];
  /**
   * The numbers of an element. Where two maps of a union share it, the first map is taken. Throws RangeError for steps
   * that are not an element.
   */
  encode(steps: readonly Step[]): number[];
  /**
   * The element of these numbers. The numbers of unused maps do not matter. Throws RangeError where the count of the
   * numbers is wrong or a number lies outside of its axis.
   */
  decode(numbers: readonly number[]): Step[];
}

/** An axis of a space, with the step and the parameter that it belongs to. */
export type SpaceAxis = AxisPlace & Domain;

interface AxisPlace {
  /** `SVC.C`; `SVC` for the axis that chooses among the maps of a union. */
  name: string;
  /** The place of the step in the pipeline, from 0. */
  step: number;
  /** Absent for the axis that chooses among the maps of a union. */
  parameter?: string;
  /** The place of the parameter's map in its union, from 0. Absent where the step has one map. */
  part?: number;
}

/** The coordinates of the product of these steps. */
export function coordinatesOf(steps: readonly StepSpace[]): Coordinates {
  const coders = steps.map((step, place) => new StepCoder(step, place));
  const axes = coders.flatMap(coder => coder.axes);
  return {
    axes,
    encode(elements) {
      if (elements.length !== coders.length) throw new RangeError(`there are ${coders.length} steps`);
      return coders.flatMap((coder, i) => coder.encode(elements[i]));
    },
    decode(numbers) {
      if (numbers.length !== axes.length) throw new RangeError(`there are ${axes.length} axes`);
      let first = 0;
      return coders.map(coder => {
        const own = numbers.slice(first, first + coder.axes.length);
        first += own.length;
        return coder.decode(own);
      });
    },
  };
}

/** Codes the parameters of one step. */
class StepCoder {
  readonly axes: SpaceAxis[] = [];
  private readonly parts: AxisCoder[][];

  constructor(
    private readonly step: StepSpace,
    place: number,
  ) {
    const { name, parts } = step;
    const isUnion = parts.length > 1;
    if (isUnion) this.axes.push({ name, step: place, kind: 'choice', values: parts.map((_, part) => part) });
    parts.forEach((axes, part) => {
      for (const { parameter, domain } of axes.filter(isFree)) {
        const own: AxisPlace = { name: `${name}.${parameter}`, step: place, parameter };
        this.axes.push({ ...own, ...(isUnion && { part }), ...domain });
      }
    });
    this.parts = parts.map(axes => axes.map(axis => new AxisCoder(axis)));
  }

  encode(element: Step): number[] {
    const { name, parts } = this.step;
    const parameters = Object.hasOwn(element, name) ? element[name] : undefined;
    const part = parts.findIndex((_, i) => parameters && this.numbersOf(i, parameters) !== undefined);
    if (part < 0) throw new RangeError(`the space has no such ${name}: ${JSON.stringify(element)}`);
    const numbers = parts.flatMap((axes, i) => {
      const found = i === part ? this.numbersOf(i, parameters!)! : axes.map(() => NaN);
      return found.filter((_, k) => isFree(axes[k]));
    });
    return parts.length > 1 ? [part, ...numbers] : numbers;
  }

  /** The numbers of all axes of a part; undefined where the parameters are not among its elements. */
  private numbersOf(part: number, parameters: Parameters): number[] | undefined {
    const axes = this.parts[part];
    if (Object.keys(parameters).length !== axes.length) return undefined;
    const numbers = axes.map(axis => axis.numberIn(parameters));
    return numbers.every(number => number !== undefined) ? numbers : undefined;
  }

  decode(numbers: readonly number[]): Step {
    const { name, parts } = this.step;
    const isUnion = parts.length > 1;
    const part = isUnion ? numbers[0] : 0;
    if (parts[part] === undefined) throw outside(name, part);
    let next = isUnion ? 1 : 0;
    for (const earlier of parts.slice(0, part)) next += earlier.filter(isFree).length;
    const entries = this.parts[part].map((axis): [string, Json] => [
      axis.parameter,
      isFree(axis) ? axis.valueOf(numbers[next++]) : axis.first,
    ]);
    return { [name]: Object.fromEntries(entries) };
  }
}

/** Whether an axis has a choice. */
const isFree = ({ size }: { size: number }): boolean => size > 1;

/** Codes the values of one axis. */
class AxisCoder {
  readonly parameter: string;
  readonly size: number;
  /** The value of an axis without a choice. */
  readonly first: Json;
  private readonly domain: Domain;
  /** The places of listed values, by their canonical JSON; made when first needed. */
  private places: Map<string, number> | undefined;

  constructor(axis: Axis) {
    this.parameter = axis.parameter;
    this.size = axis.size;
    this.first = axis.value(0);
    this.domain = axis.domain;
  }

  /** The number of the axis's own parameter; undefined where the axis does not have the value. */
  numberIn(parameters: Parameters): number | undefined {
    if (!Object.hasOwn(parameters, this.parameter)) return undefined;
    const value = parameters[this.parameter];
    const { domain } = this;
    if ('values' in domain) {
      this.places ??= new Map(domain.values.map((one, place) => [canonicalJson(one), place]));
      return this.places.get(canonicalJson(value));
    }
    const number = shareIn(value) ?? value;
    if (typeof number !== 'number' || !isWithin(domain, number)) return undefined;
    return canonicalJson(kept(number, domain.isShare)) === canonicalJson(value) ? number : undefined;
  }

  valueOf(number: number): Json {
    const { domain } = this;
    if ('values' in domain) {
      if (domain.values[number] === undefined) throw outside(this.parameter, number);
      return domain.values[number];
    }
    if (!isWithin(domain, number)) throw outside(this.parameter, number);
    return kept(number, domain.isShare);
  }
}

/** Whether a number lies in [low, high), and is whole where all numbers of the axis are. */
function isWithin(
  { kind, bounds: [low, high] }: Exclude<Domain, { values: unknown }>,
  number: number,
): boolean {
  return number >= low && number < high && (kind === 'real' || Number.isInteger(number));
}

function outside(name: string, number: number): RangeError {
  return new RangeError(`${name} has no value at ${number}`);
}
