import type { Parameters } from '../base/config.js';
import { InputError, type Complaint, type Place } from '../base/errors.js';
import { canonicalJson } from '../base/json.js';
import { Rng } from '../base/rng.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { traitsOf } from '../ml/definition.js';
import type { Estimator, Transform } from '../ml/types.js';
import { readAxis, type WrittenAxis } from './axis.js';
import { complaintsOf, keysOf } from './complaints.js';
import type { PipelinesFile, WrittenStep } from './schema.js';
import { MAX_DIMENSIONS } from './sobol.js';
import { choicesOf, dimensionsOf, disjoint, gridSize, parametersOf, partSize, spaceOf } from './space.js';
import type { Part, Search, Space, StepSpace } from './space.js';
import type { Path, YamlFile } from './yaml.js';

/**
 * From the written steps of a pipeline to its space: every step must be known, the last and only the last is a
 * classifier, and every value of every parameter must satisfy the step's own schema, which is told where it stands.
 * A large space is checked without being expanded.
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

/** The most configs of one pipeline on one split. */
export const MAX_SPACE = 50_000_000;

/** The largest finite grid of each method: a number drawn from a grid must be exact, and Sobol's points need none. */
const MOST = { grid: MAX_SPACE, random: Number.MAX_SAFE_INTEGER, sobol: Infinity };

/** Parts of at most so many combinations are checked whole. */
const CHECKED_WHOLE = 512;
/** How many combinations of a larger part are checked besides each value by itself. */
const CHECKED_SAMPLES = 256;
/** After so many errors in one part, or so many combinations with an error, the rest follows from them. */
const MAX_PART_ERRORS = 25;
const MAX_PART_FAILURES = 1000;

/** What the reading of one pipeline needs to know and where it leaves what is wrong. */
export interface Reading {
  file: YamlFile;
  registry: Registry;
  /** The seed of searches that have none of their own. */
  seed: number;
  /** Whether the metric that ranks is computed from probabilities. */
  needsProbabilities: boolean;
  errors: InputError[];
}

/** One written step, once its name is known. */
export interface NamedStep {
  name: string;
  path: Path;
  kind: Transform | Estimator;
  /** Those whose axes are right. */
  parts: Part<WrittenAxis>[];
}

/** Reads one pipeline whose frame is right. Undefined where something is wrong; it is in `reading.errors` then. */
export function readPipeline(
  reading: Reading,
  name: string,
  written: PipelinesFile[string],
): Pipeline | undefined {
  const { file, errors } = reading;
  const before = errors.length;
  const listed = Array.isArray(written);
  const path: Path = listed ? [name] : [name, 'steps'];
  const items = listed ? written : written.steps;
  const steps = items.map((item, i) => readStep(reading, item, [...path, i]));
  const known = steps.filter(step => step !== undefined);
  if (known.length === items.length) checkOrder(reading, known);
  const search: Search = listed
    ? { method: 'grid', n: Infinity, seed: 0 }
    : {
        method: written.search.method,
        n: written.search.n ?? Infinity,
        seed: written.search.seed ?? reading.seed,
      };
  if (search.method === 'grid') refuseDistributions(reading, known);
  for (const step of known) checkValues(reading, step);
  if (errors.length > before) return undefined;
  const place = file.placeOfKey([name]);
  const space = boundedSpace(reading, name, place, known, search);
  return space && { name, steps: known.map(step => step.name), space, written: known, place };
}

function complain(reading: Reading, code: string, message: string, complaint: Complaint): undefined {
  reading.errors.push(new InputError(code, message, complaint));
}

/** What users of scikit-learn look for under another name. */
const ELSEWHERE = new Map([
  ['Lasso', 'A classifier with this penalty is `LogisticRegression: {penalty: l1}`.'],
  [
    'ElasticNet',
    'A classifier with this penalty is `LogisticRegression: {penalty: elasticnet, l1_ratio: 0.5}`.',
  ],
  ['Ridge', 'A classifier with this penalty is `LogisticRegression: {penalty: l2}`.'],
  ['passthrough', 'Leave the step out, or write a second pipeline without it.'],
]);

function readStep(reading: Reading, item: WrittenStep, path: Path): NamedStep | undefined {
  const { file, registry } = reading;
  const name = typeof item === 'string' ? item : Object.keys(item)[0];
  const place = typeof item === 'string' ? file.placeOf(path) : file.placeOfKey([...path, name]);
  const kind = registry.get(name);
  if (!kind) {
    const hint = ELSEWHERE.get(name) ?? didYouMean(name.slice(name.lastIndexOf('.') + 1), registry.keys());
    const expected = oneOf(registry.keys());
    return complain(reading, 'unknown-step', `there is no step \`${name.slice(0, 80)}\``, {
      place,
      value: name.slice(0, 80),
      expected,
      hint,
    });
  }
  if (typeof item === 'string') return { name, path, kind, parts: [[]] };
  const written = item[name] as Parameters | Parameters[] | null;
  const inside: Path = [...path, name];
  const maps = Array.isArray(written) ? written : [written ?? {}];
  const parts = maps.map((map, i) =>
    readPart(reading, kind, map, Array.isArray(written) ? [...inside, i] : inside),
  );
  return { name, path: inside, kind, parts: parts.filter(part => part !== undefined) };
}

/** The axes of one map of parameters; undefined where one of them is wrong. */
function readPart(
  { file, errors }: Reading,
  { params }: Transform | Estimator,
  written: Parameters,
  path: Path,
): Part<WrittenAxis> | undefined {
  const axes = Object.entries(written).map(([parameter, value]) => {
    const { countOrShare, unused } = traitsOf(params, parameter);
    const axis = readAxis(file, [...path, parameter], parameter, value, errors, countOrShare);
    if (axis && axis.size > 1 && unused) errors.push(refuseIdle(axis));
    return axis;
  });
  const right = axes.filter(axis => axis !== undefined);
  return right.length === axes.length ? right : undefined;
}

/** Several values of what has no effect would be one model several times. */
function refuseIdle(axis: WrittenAxis): InputError {
  return new InputError('no-effect', `\`${axis.parameter}\` has no effect here, and it has several values`, {
    place: axis.placeOf(0),
    value: axis.size === Infinity ? axis.distribution : `${axis.size} values`,
    expected: 'one value',
  });
}

/** Transforms, and one classifier at the end. */
function checkOrder(reading: Reading, steps: NamedStep[]): void {
  const { file } = reading;
  steps.forEach(({ name, kind, path }, i) => {
    const last = i === steps.length - 1;
    if (last === (kind.kind === 'estimator')) return;
    const place = file.placeOfKey(path);
    if (last) {
      const classifiers = [...reading.registry.values()].filter(one => one.kind === 'estimator');
      const expected = oneOf(classifiers.map(one => one.name));
      complain(reading, 'no-classifier', 'the last step is not a classifier', {
        place,
        value: name,
        expected,
      });
    } else {
      complain(reading, 'classifier-inside', 'a classifier stands before the last step', {
        place,
        value: name,
        expected: 'a transform',
      });
    }
  });
}

function refuseDistributions(reading: Reading, steps: NamedStep[]): void {
  for (const axis of steps.flatMap(({ parts }) => parts.flat())) {
    if (axis.distribution === undefined) continue;
    complain(reading, 'distribution-in-grid', `a grid cannot have a \`${axis.distribution}\``, {
      place: axis.placeOf(0),
      value: axis.distribution,
      expected: 'a list, logspace, linspace or range',
      hint: 'Or draw: write `search: {method: random, n: 100}`, and the steps under `steps:`.',
    });
  }
}

/** Checks the parameters of a step against its schema. */
function checkValues(reading: Reading, step: NamedStep): void {
  const { kind, parts } = step;
  for (const part of parts) {
    const told = new Set<string>();
    let failures = 0;
    for (const choices of combinations(part)) {
      const parameters = parametersOf(part, choices);
      const checked = kind.params.safeParse(parameters);
      const found = checked.success
        ? withoutProbabilities(reading, step, checked.data)
        : complaintsOf(checked.error.issues, {
            schema: kind.params,
            value: parameters,
            nameOf: path => [step.name, ...path].join('.'),
            ...placesIn(reading.file, step, part, choices),
          });
      for (const error of found) {
        const { line, column } = error.complaint.place!;
        const key = `${line}:${column}:${error.code}:${error.message}`;
        if (!told.has(key)) reading.errors.push(error);
        told.add(key);
      }
      if (found.length > 0) failures++;
      if (told.size >= MAX_PART_ERRORS || failures >= MAX_PART_FAILURES) break;
    }
  }
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

/** The choices to check: all of a small part; else each value beside the first of all others, and some at random. */
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

function withoutProbabilities(
  reading: Reading,
  { kind, name, path }: NamedStep,
  parameters: unknown,
): InputError[] {
  if (!reading.needsProbabilities || kind.kind !== 'estimator' || kind.tags.proba(parameters)) return [];
  return [
    new InputError('no-probabilities', `\`scoring\` needs probabilities, and this ${name} has none`, {
      place: reading.file.placeOfKey(path),
      value: name,
      hint: keysOf(kind.params).includes('probability')
        ? 'Write `probability: true`, or rank by a metric that needs none.'
        : 'Rank by a metric that needs none, or take another classifier.',
    }),
  ];
}

/** Whether a parameter belongs into a config: it does something, and it is not the default written as null. */
function saysSomething({ params }: NamedStep['kind'], { parameter, size, value }: WrittenAxis): boolean {
  const { unused, nullIsDefault } = traitsOf(params, parameter);
  return !unused && !(nullIsDefault && size === 1 && value(0) === null);
}

/**
 * The space of a step, of the parameters that change something. Where every combination is as likely as the next, none
 * may be there twice; where parts are drawn, each has its share of the draws, and so they stay as they were written.
 */
function stepSpace({ name, kind, parts: written }: NamedStep): StepSpace {
  const parts = written.map(part => part.filter(axis => saysSomething(kind, axis)));
  if (parts.some(part => partSize(part) === Infinity)) return { name, parts };
  return { name, parts: disjoint(parts, (axis, choice) => canonicalJson(axis.value(choice))) };
}

/** The pipeline's space, where it is small enough to be searched at all. */
function boundedSpace(
  reading: Reading,
  name: string,
  place: Place,
  steps: NamedStep[],
  search: Search,
): Space | undefined {
  const spaces = steps.map(stepSpace);
  const size = gridSize(spaces);
  const most = MOST[search.method];
  if (size > most && size < Infinity) {
    return complain(reading, 'space-too-large', `the grid of \`${name}\` is too large`, {
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
    return complain(
      reading,
      'too-many-dimensions',
      "Sobol's sequence has no numbers for so many parameters",
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
