import type { Step } from '../base/config.js';
import { InputError, InputErrors } from '../base/errors.js';
import { Rng } from '../base/rng.js';
import { findStep } from '../ml/registry.js';
import type { Facts } from './facts.js';
import type { Pipeline } from './pipeline.js';

/**
 * What can be known of a search before anything is trained: parameters that the data of a split cannot serve, and steps
 * that take no missing values. Such configs would fail one by one; here the pipeline and the step are named once.
 */

/** The most configs of a pipeline that are looked at; of more, a sample. */
const MOST_CONFIGS = 100_000;

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
  /** The most features that are left. */
  features: number;
  gaps: boolean;
  /** Whether all values are those of the table. */
  raw: boolean;
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
      return found && { ...found, hint: 'Leave the step out, or write `k: all`.' };
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

/** Scores and transforms that take no negative values, where the values are those of the table. */
function outOfRange(
  name: string,
  parameters: Step[string],
  state: State,
  { least }: Facts,
): Obstacle | undefined {
  if (!state.raw) return undefined;
  const told = { step: name, value: least.value };
  const has = `and the feature ${least.feature} has ${least.value}`;
  if (parameters.score_func === 'chi2' && least.value < 0)
    return {
      ...told,
      what: `chi2 takes no negative values, ${has}`,
      hint: 'Write `score_func: f_classif`, or put a step `- MinMaxScaler` before it.',
    };
  if (parameters.method === 'box-cox' && least.value <= 0)
    return {
      ...told,
      what: `box-cox takes values above 0 only, ${has}`,
      hint: 'Write `method: yeo-johnson`.',
    };
  return undefined;
}

function badPriors(name: string, { priors }: Step[string], { classes }: Facts): Obstacle | undefined {
  if (!Array.isArray(priors) || priors.length === classes.length) return undefined;
  const expected = `a prior for each of ${classes.join(', ')}`;
  return {
    step: name,
    what: `${priors.length} priors for ${classes.length} classes`,
    value: priors,
    expected,
  };
}

function missingIn(name: string, state: State, { gaps }: Facts): Obstacle | undefined {
  if (!state.gaps || findStep(name).tags.missing) return undefined;
  const list =
    gaps.length > 5 ? `${gaps.slice(0, 5).join(', ')} and ${gaps.length - 5} more` : gaps.join(', ');
  const features = gaps.length === 1 ? '1 feature has' : `${gaps.length} features have`;
  return {
    step: name,
    what: `this step takes no missing values, and ${features} some: ${list}`,
    hint: `Put a step \`- SimpleImputer\` before ${name}.`,
  };
}

/** The first thing that stands against a config's steps. */
function obstacleTo(steps: readonly Step[], facts: Facts): Obstacle | undefined {
  const state: State = { features: facts.features, gaps: facts.gaps.length > 0, raw: true };
  for (const step of steps) {
    const [[name, parameters]] = Object.entries(step);
    const found =
      missingIn(name, state, facts) ??
      tooLarge(name, parameters, state, facts) ??
      outOfRange(name, parameters, state, facts) ??
      badPriors(name, parameters, facts);
    if (found) return found;
    if (name === 'SimpleImputer') state.gaps = false;
    else state.raw = false;
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
