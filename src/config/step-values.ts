import { InputError, type Place } from '../base/errors.js';
import { Rng } from '../base/rng.js';
import type { Estimator, Transform } from '../ml/types.js';
import type { Part, WrittenAxis } from './axis.js';
import { complaintsOf, keysOf } from './complaints.js';
import { choicesOf, parametersOf, partSize } from './chain.js';
import type { NamedStep } from './written.js';
import type { YamlFile } from './yaml.js';

/**
 * Whether the values of a step's parameters satisfy its schema. A small grid is checked whole. Of a larger one, each
 * value is checked by itself, and some combinations at random.
 */

/** A part with at most this number of combinations is checked whole. */
const CHECKED_WHOLE = 512;
/** How many combinations of a larger part are checked besides each value by itself. */
const CHECKED_SAMPLES = 256;
/** The check of a part ends after this many errors, or this many combinations with an error. */
const MAX_PART_ERRORS = 25;
const MAX_PART_FAILURES = 1000;

/** The mistakes in the values of a step, each of them once. */
export function valueErrors(file: YamlFile, step: NamedStep, needsProbabilities: boolean): InputError[] {
  const parts = step.parts.map(part => part.map(withOneElement));
  return parts.flatMap(part => partErrors(file, step, part, needsProbabilities));
}

/** An axis of steps with one element only, because the steps inside are checked by themselves. */
function withOneElement(axis: WrittenAxis): WrittenAxis {
  return axis.domain.kind === 'steps' ? { ...axis, size: 1 } : axis;
}

function partErrors(
  file: YamlFile,
  step: NamedStep,
  part: Part<WrittenAxis>,
  needsProbabilities: boolean,
): InputError[] {
  const { kind } = step;
  const found = new Map<string, InputError>();
  let failures = 0;
  for (const choices of combinations(part)) {
    const parameters = parametersOf(part, choices);
    const checked = kind.params.safeParse(parameters);
    const errors = !checked.success
      ? complaintsOf(checked.error.issues, {
          schema: kind.params,
          value: parameters,
          nameOf: path => [step.name, ...path].join('.'),
          ...placesIn(file, step, part, choices),
        })
      : needsProbabilities && !hasProbabilities(kind, checked.data)
        ? [withoutProbabilities(file, step)]
        : [];
    for (const error of errors) {
      const { line, column } = error.complaint.place!;
      const key = `${line}:${column}:${error.code}:${error.message}`;
      if (!found.has(key)) found.set(key, error);
    }
    if (errors.length > 0) failures++;
    if (found.size >= MAX_PART_ERRORS || failures >= MAX_PART_FAILURES) break;
  }
  return [...found.values()];
}

/** Whether a step does not lack probabilities. Only classifiers can lack them. */
function hasProbabilities(kind: Transform | Estimator, params: object): boolean {
  return kind.kind === 'transform' || kind.task === 'regression' || kind.tags.proba(params);
}

/** Where the values of one combination stand. */
function placesIn(file: YamlFile, step: NamedStep, part: Part<WrittenAxis>, choices: number[]) {
  const home = file.placeOfKey(step.path);
  return {
    placeOf([parameter, ...inside]: (string | number)[]): Place {
      const k = part.findIndex(axis => axis.parameter === parameter);
      return k < 0 ? home : part[k].placeOf(choices[k], inside);
    },
    placeOfKey([parameter, ...inside]: (string | number)[]): Place {
      const k = part.findIndex(axis => axis.parameter === parameter);
      return k < 0 ? home : inside.length > 0 ? part[k].placeOf(choices[k], inside) : part[k].placeOfName();
    },
  };
}

/**
 * The choices to check: all of a small part. Of a larger part, each value together with the first values of the other
 * axes, and some combinations at random.
 */
export function* combinations(part: Part<WrittenAxis>): Generator<number[]> {
  const size = partSize(part);
  if (size <= CHECKED_WHOLE) {
    for (let i = 0; i < size; i++) yield choicesOf(part, i);
    return;
  }
  const first = part.map(axis => axis.samples[0]);
  yield first;
  for (const [k, axis] of part.entries())
    for (const choice of axis.samples.slice(1)) yield first.with(k, choice);
  const rng = Rng.from('combinations to check');
  for (let i = 0; i < CHECKED_SAMPLES; i++)
    yield part.map(axis => axis.samples[rng.below(axis.samples.length)]);
}

function withoutProbabilities(file: YamlFile, { kind, name, path }: NamedStep): InputError {
  return new InputError('no-probabilities', `\`scoring\` needs probabilities, and this ${name} has none`, {
    place: file.placeOfKey(path),
    value: name,
    hint: keysOf(kind.params).includes('probability')
      ? 'Write `probability: true`, or rank by a metric that needs none.'
      : 'Rank by a metric that needs none, or take another classifier.',
  });
}
