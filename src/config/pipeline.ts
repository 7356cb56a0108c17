import { InputError, type Complaint, type Place } from '../base/errors.js';
import { oneOf } from '../base/suggest.js';
import { PASSTHROUGH, type Chain } from './axis.js';
import { chainSize } from './chain.js';
import type { PipelinesFile } from './schema.js';
import { MAX_DIMENSIONS } from './sobol.js';
import { dimensionsOf, spaceOf, type Search, type Space } from './space.js';
import { chainOf, StepReader, type Registry } from './step-reader.js';
import { valueErrors } from './step-values.js';
import { everyChain, everyStep, sameSteps, type NamedSlot, type NamedStep } from './written.js';
import type { Path, YamlFile } from './yaml.js';

/**
 * A pipeline whose written steps were checked. Every step is known. The last step, and no other one, is a classifier.
 * Every value of a parameter satisfies the step's schema. A large space is checked without being expanded.
 */
export interface Pipeline {
  name: string;
  space: Space;
  /** The steps as they were written. */
  written: NamedSlot[];
  place: Place;
}

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

/** Reads one pipeline that satisfies `pipelinesSchema`. Mistakes go to `errors`. */
export class PipelineReader {
  private readonly steps: StepReader;

  constructor(
    private readonly reading: Reading,
    private readonly name: string,
  ) {
    this.steps = new StepReader(reading.file, reading.registry);
  }

  get errors(): InputError[] {
    return this.steps.errors;
  }

  /** The pipeline; undefined where something is wrong. */
  read(written: PipelinesFile[string]): Pipeline | undefined {
    const { name, reading } = this;
    const { file, needsProbabilities } = reading;
    const listed = Array.isArray(written);
    const items = listed ? written : written.steps;
    const slots = this.steps.readChain(items, listed ? [name] : [name, 'steps']);
    if (slots.length === items.length) this.checkOrder(slots);
    const search: Search = listed
      ? { method: 'grid', n: Infinity, seed: 0 }
      : {
          method: written.search.method,
          n: written.search.n ?? Infinity,
          seed: written.search.seed ?? reading.seed,
        };
    const all = [...everyStep(slots)];
    if (search.method === 'grid') this.refuseDistributions(all.map(({ step }) => step));
    for (const { step, isOuter } of all)
      this.errors.push(...valueErrors(file, step, needsProbabilities && isOuter));
    if (this.errors.length > 0) return undefined;
    const place = file.placeOfKey([name]);
    this.refuseAmbiguous(slots);
    const space = this.errors.length > 0 ? undefined : this.boundedSpace(place, chainOf(slots), search);
    return space && { name, space, written: slots, place };
  }

  private complain(code: string, message: string, complaint: Complaint): undefined {
    return this.steps.complain(code, message, complaint);
  }

  /** Checks that there are only transforms before the last step, and that the last step is a classifier. */
  private checkOrder(slots: readonly NamedSlot[]): void {
    slots.forEach((slot, i) => {
      const last = i === slots.length - 1;
      for (const step of slot.steps)
        if (last !== (step.kind.kind === 'estimator')) this.refuseStep(step, last);
      if (last && slot.mayBeLeftOut) this.refuseNoClassifier(PASSTHROUGH, slot.path);
    });
  }

  private refuseStep({ name, path }: NamedStep, last: boolean): void {
    if (last) return this.refuseNoClassifier(name, path);
    const wrong = { place: this.reading.file.placeOfKey(path), value: name };
    const message = 'a classifier stands before the last step';
    this.complain('classifier-inside', message, { ...wrong, expected: 'a transform' });
  }

  private refuseNoClassifier(value: string, path: Path): void {
    const { file, registry } = this.reading;
    const classifiers = [...registry.values()].filter(one => one.kind === 'estimator');
    const expected = oneOf(classifiers.map(one => one.name));
    const place = file.placeOfKey(path);
    this.complain('no-classifier', 'the last step is not a classifier', { place, value, expected });
  }

  private refuseDistributions(steps: readonly NamedStep[]): void {
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

  /** Refuses choices that make the same steps in two ways, because they would make equal configs. */
  private refuseAmbiguous(slots: readonly NamedSlot[]): void {
    for (const chain of everyChain(slots)) {
      const twice = sameSteps(chain);
      if (!twice) continue;
      this.complain('same-steps', 'two choices make the same steps', {
        place: this.reading.file.placeOfKey(chain.find(({ mayBeLeftOut }) => mayBeLeftOut)!.path),
        value: twice.join(', ') || 'no step',
        expected: 'choices that differ in their steps',
        hint: 'Write one choice fewer, or a pipeline for each order of the steps.',
      });
    }
  }

  /** The pipeline's space; undefined where it is too large to be searched. */
  private boundedSpace(place: Place, steps: Chain, search: Search): Space | undefined {
    const size = chainSize(steps);
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
    const dimensions = dimensionsOf(steps);
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
    return spaceOf(steps, search);
  }
}
