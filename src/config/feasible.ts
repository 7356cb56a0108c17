import type { CrossValidation, Step } from '../base/config.js';
import { InputError, InputErrors, type Place } from '../base/errors.js';
import { Rng } from '../base/rng.js';
import { oneOf } from '../base/suggest.js';
import { makeFolds } from '../ml/folds.js';
import { classCounts } from '../ml/matrix.js';
import { findStep } from '../ml/registry.js';
import type { Matrix, SplitData } from '../ml/types.js';
import { classWeights, weightsByCode, type ClassWeight } from '../ml/weights.js';
import type { Pipeline } from './pipeline.js';

/**
 * What can be known of a search before anything is trained: parameters that the data of a split cannot serve, and steps
 * that take no missing values. Such configs would fail one by one; here the pipeline and the step are named once.
 */

/** What is known of a split before it is trained on. */
export interface Facts {
  split: string;
  classes: string[];
  features: number;
  /** The samples of the smallest fit: of a fold, or of the whole split. */
  smallest: number;
  /** The features that lack values, in what is trained on or validated on. */
  gaps: string[];
  /** What a user should know of the folds. */
  notes: string[];
}

/** At most so many configs of a pipeline are looked at; of more, a sample. */
const MOST_CONFIGS = 100_000;

/** The folds of so many repeats are looked at. */
const MOST_REPEATS = 20;

const hasGaps = ({ rows, data }: Matrix, j: number): boolean => {
  for (let at = j * rows; at < (j + 1) * rows; at++) if (Number.isNaN(data[at])) return true;
  return false;
};

/** What is known of a split. Throws InputError for folds that cannot be made or trained on. */
export function factsOf(
  split: string,
  data: SplitData,
  cv: CrossValidation | undefined,
  seed: number,
  placeOf: (path: (string | number)[]) => Place,
): Facts {
  const { features, classes, train, validate } = data;
  const gaps = features.filter((_, j) => hasGaps(train.x, j) || (validate && hasGaps(validate.x, j)));
  const facts: Facts = {
    split,
    classes,
    features: features.length,
    smallest: train.y.length,
    gaps,
    notes: [],
  };
  if (cv === undefined) return facts;
  if (cv.group === undefined || !train.groups) {
    // Stratified folds are dealt like cards: none is larger by more than one, and each has every class.
    return { ...facts, smallest: train.y.length - Math.ceil(train.y.length / cv.folds) };
  }
  return { ...facts, ...groupFolds(data, cv, seed, placeOf(['cv', 'group'])) };
}

/** Folds of whole groups may lack a class: in what is scored there is no score then, and in what is trained no model. */
function groupFolds(
  { train, classes }: SplitData,
  cv: CrossValidation,
  seed: number,
  place: Place,
): Pick<Facts, 'smallest' | 'notes'> {
  const repeats = Math.min(cv.repeats ?? 1, MOST_REPEATS);
  const folds = makeFolds(
    { y: train.y, classes: classes.length, groups: train.groups },
    { ...cv, ...(cv.repeats && { repeats }) },
    seed,
  );
  const lacking = { train: new Map<string, string[]>(), test: new Map<string, string[]>() };
  for (const fold of folds) {
    const name = repeats > 1 ? `${fold.repeat}.${fold.fold}` : `${fold.fold}`;
    for (const part of ['train', 'test'] as const) {
      const counts = classCounts(
        fold[part].map(row => train.y[row]),
        classes.length,
      );
      const absent = classes.filter((_, code) => counts[code] === 0);
      if (part === 'train' && classes.length - absent.length < 2) {
        throw new InputError('one-class', `without fold ${name} only one class is left to train on`, {
          place,
          value: cv.group,
          expected: 'groups of which several have each class',
          hint: 'Group by another column, ask for fewer folds, or leave `group` out.',
        });
      }
      for (const name_ of absent) lacking[part].set(name_, [...(lacking[part].get(name_) ?? []), name]);
    }
  }
  const told = (part: 'train' | 'test', what: string): string[] =>
    [...lacking[part]].map(([name, where]) => {
      const list =
        where.length > 8 ? `${where.slice(0, 8).join(', ')} and ${where.length - 8} more` : where.join(', ');
      const noun = where.length === 1 ? 'fold' : 'folds';
      return `cv by ${cv.group}: ${noun} ${list} (of ${folds.length}) ${where.length === 1 ? 'has' : 'have'} no sample of ${name} ${what}`;
    });
  return {
    smallest: Math.min(...folds.map(fold => fold.train.length)),
    notes: [
      ...told(
        'test',
        'to score: a metric that needs every class, as roc_auc does, has no value there, and so none over all folds.',
      ),
      ...told('train', 'to train on.'),
    ],
  };
}

/** What stands against a config: in which step, and why. */
interface Obstacle {
  step: string;
  what: string;
  value?: unknown;
  expected?: string;
  hint?: string;
}

/** The state of the data on their way through the steps. */
interface State {
  /** At most so many features are left. */
  features: number;
  gaps: boolean;
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 1;

/** What a step does to the number of features, and what of its parameters is too large. */
function tooLarge(name: string, parameters: Step[string], state: State, facts: Facts): Obstacle | undefined {
  const refuse = (parameter: string, value: unknown, most: number, of: string): Obstacle | undefined =>
    isCount(value) && value > most
      ? {
          step: name,
          what: `${parameter} is ${value}`,
          value,
          expected: `${parameter} of at most ${most}: ${of}`,
        }
      : undefined;
  const { smallest } = facts;
  const samples = `${smallest} samples in the smallest fit`;
  const left = `${state.features} features are left there`;
  switch (name) {
    case 'SelectKBest': {
      const { k = 10 } = parameters;
      const found = refuse('k', k, state.features, left);
      if (isCount(k)) state.features = Math.min(state.features, k);
      return found && { ...found, hint: 'Leave it out, or write `all`.' };
    }
    case 'PCA': {
      const { n_components: n } = parameters;
      const most = Math.min(smallest, state.features);
      const found = refuse('n_components', n, most, most === smallest ? samples : left);
      state.features = isCount(n) ? Math.min(most, n) : most;
      return found;
    }
    case 'SimpleImputer':
      if (parameters.add_indicator === true) state.features *= 2;
      return undefined;
    case 'KNeighborsClassifier':
      return refuse('n_neighbors', parameters.n_neighbors ?? 5, smallest, samples);
    case 'RandomForestClassifier':
    case 'ExtraTreesClassifier':
      return refuse('max_samples', parameters.max_samples, smallest, samples);
    default:
      return undefined;
  }
}

function missingIn(name: string, state: State, { gaps }: Facts): Obstacle | undefined {
  if (!state.gaps || findStep(name).missing) return undefined;
  const list =
    gaps.length > 5 ? `${gaps.slice(0, 5).join(', ')} and ${gaps.length - 5} more` : gaps.join(', ');
  const features = gaps.length === 1 ? '1 feature has' : `${gaps.length} features have`;
  return {
    step: name,
    what: `it takes no missing values, and ${features} some: ${list}`,
    hint: `Put a step \`- SimpleImputer\` before ${name}.`,
  };
}

function badWeights(name: string, { class_weight }: Step[string], { classes }: Facts): Obstacle | undefined {
  if (class_weight == null || typeof class_weight !== 'object') return undefined;
  const nothing = { x: { rows: 0, columns: 0, data: new Float64Array(0) }, y: new Int32Array(0) };
  try {
    classWeights(weightsByCode(class_weight as ClassWeight, classes), {
      ...nothing,
      classes: classes.length,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { value, hint } = error.complaint;
    return { step: name, what: error.message, value, expected: oneOf(classes), hint };
  }
}

/** The first thing that stands against a config's steps. */
function obstacleTo(steps: readonly Step[], facts: Facts): Obstacle | undefined {
  const state: State = { features: facts.features, gaps: facts.gaps.length > 0 };
  for (const step of steps) {
    const [[name, parameters]] = Object.entries(step);
    const found =
      missingIn(name, state, facts) ??
      tooLarge(name, parameters, state, facts) ??
      badWeights(name, parameters, facts);
    if (found) return found;
    if (name === 'SimpleImputer') state.gaps = false;
  }
  return undefined;
}

/** Which configs of a space are looked at. */
function* looked({ name, space }: Pipeline): Generator<readonly Step[]> {
  if (space.size <= MOST_CONFIGS) {
    for (let i = 0; i < space.size; i++) yield space.at(i);
    return;
  }
  const rng = Rng.from('configs to look at', name);
  for (let i = 0; i < MOST_CONFIGS; i++) yield space.at(Math.floor(rng.float() * space.size));
}

/** Throws InputErrors where a pipeline has configs that cannot be trained on a split: one for each step of it. */
export function refuseInfeasible(pipelines: readonly Pipeline[], splits: readonly Facts[]): void {
  const errors = new Map<string, InputError>();
  for (const pipeline of pipelines) {
    for (const steps of looked(pipeline)) {
      for (const facts of splits) {
        const obstacle = obstacleTo(steps, facts);
        const key = obstacle && JSON.stringify([pipeline.name, obstacle.step, facts.split]);
        if (key === undefined || errors.has(key)) continue;
        const { step, what, value, expected, hint } = obstacle!;
        const message = `the pipeline ${pipeline.name} cannot be trained on ${facts.split}: ${step}: ${what}`;
        errors.set(
          key,
          new InputError('infeasible', message, { place: pipeline.place, value, expected, hint }),
        );
      }
    }
  }
  if (errors.size > 0) throw new InputErrors([...errors.values()]);
}
