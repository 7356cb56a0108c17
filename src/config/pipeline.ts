import type { Parameters } from '../base/config.js';
import { InputError, type Complaint, type Place } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { bounded } from '../base/listing.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { traitsOf } from '../ml/definition.js';
import type { Estimator, Transform } from '../ml/types.js';
import type { Part, StepSpace, WrittenAxis } from './axis.js';
import { AxisReader } from './axis-reader.js';
import type { PipelinesFile, WrittenStep } from './schema.js';
import { MAX_DIMENSIONS } from './sobol.js';
import { dimensionsOf, disjoint, gridSize, partSize, spaceOf, type Search, type Space } from './space.js';
import { valueErrors } from './step-values.js';
import type { Path, YamlFile } from './yaml.js';

/**
 * A pipeline whose written steps were checked. Every step is known. The last step, and no other one, is a classifier.
 * Every value of a parameter satisfies the step's schema. A large space is checked without being expanded.
 */
export interface Pipeline {
  name: string;
  /** The steps' names, in order. */
  steps: string[];
  space: Space;
  /** The steps as they were written. */
  written: NamedStep[];
  place: Place;
}

/** Every step a pipeline may name. */
export type Registry = ReadonlyMap<string, Transform | Estimator>;

/** The largest number of configs of one pipeline on one split. */
export const MAX_SPACE = 50_000_000;

/**
 * The largest finite grid of each method. Random draws number the elements, and these numbers must be exact. Sobol's
 * points need no numbers.
 */
const MOST = { grid: MAX_SPACE, random: Number.MAX_SAFE_INTEGER, sobol: Infinity };

/** What a PipelineReader needs to know. */
export interface Reading {
  file: YamlFile;
  registry: Registry;
  /** The seed of searches without `seed`. */
  seed: number;
  /** Whether the metric that ranks is computed from probabilities. */
  needsProbabilities: boolean;
}

/** One written step, once its name is known. */
export interface NamedStep {
  name: string;
  path: Path;
  kind: Transform | Estimator;
  /** The maps of parameters whose axes are right. */
  parts: Part<WrittenAxis>[];
}

/** What users of scikit-learn look for under another name. */
const ELSEWHERE = new Map([['passthrough', 'Leave the step out, or write a second pipeline without it.']]);

/** Reads one pipeline that satisfies `pipelinesSchema`. Mistakes go to `errors`. */
export class PipelineReader {
  readonly errors: InputError[] = [];

  constructor(
    private readonly reading: Reading,
    private readonly name: string,
  ) {}

  /** The pipeline; undefined where something is wrong. */
  read(written: PipelinesFile[string]): Pipeline | undefined {
    const { name, reading } = this;
    const { file, needsProbabilities } = reading;
    const listed = Array.isArray(written);
    const path: Path = listed ? [name] : [name, 'steps'];
    const items = listed ? written : written.steps;
    const steps = items.map((item, i) => this.readStep(item, [...path, i]));
    const known = steps.filter(step => step !== undefined);
    if (known.length === items.length) this.checkOrder(known);
    const search: Search = listed
      ? { method: 'grid', n: Infinity, seed: 0 }
      : {
          method: written.search.method,
          n: written.search.n ?? Infinity,
          seed: written.search.seed ?? reading.seed,
        };
    if (search.method === 'grid') this.refuseDistributions(known);
    for (const step of known) this.errors.push(...valueErrors(file, step, needsProbabilities));
    if (this.errors.length > 0) return undefined;
    const place = file.placeOfKey([name]);
    const space = this.boundedSpace(place, known, search);
    return space && { name, steps: known.map(step => step.name), space, written: known, place };
  }

  private complain(code: string, message: string, complaint: Complaint): undefined {
    this.errors.push(new InputError(code, message, complaint));
  }

  private readStep(item: WrittenStep, path: Path): NamedStep | undefined {
    const { file, registry } = this.reading;
    const name = typeof item === 'string' ? item : Object.keys(item)[0];
    const place = typeof item === 'string' ? file.placeOf(path) : file.placeOfKey([...path, name]);
    const kind = registry.get(name);
    if (!kind) {
      const plain = name.slice(name.lastIndexOf('.') + 1);
      return this.complain('unknown-step', `there is no step \`${bounded(name, 80)}\``, {
        place,
        value: bounded(name, 80),
        expected: oneOf(registry.keys()),
        hint: ELSEWHERE.get(name) ?? didYouMean(plain, registry.keys()),
      });
    }
    if (typeof item === 'string') return { name, path, kind, parts: [[]] };
    const written = item[name] as Parameters | Parameters[] | null;
    const inside: Path = [...path, name];
    const maps = Array.isArray(written) ? written : [written ?? {}];
    const parts = maps.map((map, i) =>
      this.readPart(kind, map, Array.isArray(written) ? [...inside, i] : inside),
    );
    return { name, path: inside, kind, parts: parts.filter(part => part !== undefined) };
  }

  /** The axes of one map of parameters; undefined where one of them is wrong. */
  private readPart(
    { params }: Transform | Estimator,
    written: Parameters,
    path: Path,
  ): Part<WrittenAxis> | undefined {
    const axes = Object.entries(written).map(([parameter, value]) => {
      const { countOrShare, unused } = traitsOf(params, parameter);
      const reader = new AxisReader(this.reading.file, [...path, parameter], parameter, countOrShare);
      const axis = reader.read(value);
      this.errors.push(...reader.errors);
      if (axis && axis.size > 1 && unused) this.refuseIdle(axis);
      return axis;
    });
    const right = axes.filter(axis => axis !== undefined);
    return right.length === axes.length ? right : undefined;
  }

  /** Refuses several values of a parameter without effect, because they would give the same model. */
  private refuseIdle(axis: WrittenAxis): void {
    this.complain('no-effect', `\`${axis.parameter}\` has no effect here, and it has several values`, {
      place: axis.placeOf(0),
      value: axis.size === Infinity ? axis.distribution : `${axis.size} values`,
      expected: 'one value',
    });
  }

  /** Checks that there are only transforms before the last step, and that the last step is a classifier. */
  private checkOrder(steps: NamedStep[]): void {
    const { file, registry } = this.reading;
    steps.forEach(({ name, kind, path }, i) => {
      const last = i === steps.length - 1;
      if (last === (kind.kind === 'estimator')) return;
      const wrong = { place: file.placeOfKey(path), value: name };
      if (last) {
        const classifiers = [...registry.values()].filter(one => one.kind === 'estimator');
        const expected = oneOf(classifiers.map(one => one.name));
        this.complain('no-classifier', 'the last step is not a classifier', { ...wrong, expected });
      } else {
        const message = 'a classifier stands before the last step';
        this.complain('classifier-inside', message, { ...wrong, expected: 'a transform' });
      }
    });
  }

  private refuseDistributions(steps: NamedStep[]): void {
    for (const axis of steps.flatMap(({ parts }) => parts.flat())) {
      if (axis.distribution === undefined) continue;
      this.complain('distribution-in-grid', `a grid cannot have a \`${axis.distribution}\``, {
        place: axis.placeOf(0),
        value: axis.distribution,
        expected: 'a list, logspace, linspace or range',
        hint: 'Or draw: write `search: {method: random, n: 100}`, and the steps under `steps:`.',
      });
    }
  }

  /** The pipeline's space; undefined where it is too large to be searched. */
  private boundedSpace(place: Place, steps: NamedStep[], search: Search): Space | undefined {
    const spaces = steps.map(stepSpace);
    const size = gridSize(spaces);
    const most = MOST[search.method];
    if (size > most && size < Infinity) {
      return this.complain('space-too-large', `the grid of \`${this.name}\` is too large`, {
        place,
        value: `${size} configs`,
        expected: `at most ${most}`,
        hint:
          search.method === 'grid'
            ? 'Draw from it: write `search: {method: random, n: 1000}`, and the steps under `steps:`.'
            : undefined,
      });
    }
    const dimensions = dimensionsOf(spaces);
    if (search.method === 'sobol' && dimensions > MAX_DIMENSIONS) {
      return this.complain(
        'too-many-dimensions',
        "Sobol's sequence has no numbers for this many parameters",
        {
          place,
          value: dimensions,
          expected: `at most ${MAX_DIMENSIONS}`,
          hint: 'Use `method: random`.',
        },
      );
    }
    return spaceOf(spaces, search);
  }
}

/** Whether a parameter belongs into a config: it has an effect, and it is not the default written as null. */
function saysSomething({ params }: NamedStep['kind'], { parameter, size, value }: WrittenAxis): boolean {
  const { unused, nullIsDefault } = traitsOf(params, parameter);
  return !unused && !(nullIsDefault && size === 1 && value(0) === null);
}

/**
 * The space of a step, without the parameters that have no effect. If all parts are finite, every combination is
 * equally likely, so none may occur twice. If a part is infinite, each part has an equal share of the draws, and the
 * parts stay as they were written.
 */
function stepSpace({ name, kind, parts: written }: NamedStep): StepSpace {
  const parts = written.map(part => part.filter(axis => saysSomething(kind, axis)));
  if (parts.some(part => partSize(part) === Infinity)) return { name, parts };
  return { name, parts: disjoint(parts, (axis, choice) => canonicalJson(axis.value(choice))) };
}
