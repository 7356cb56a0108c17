import type { Step } from '../base/config.js';
import { categoryNames } from '../base/dataset.js';
import { InputError, InputErrors, type Place } from '../base/errors.js';
import { counted, someOf } from '../base/listing.js';
import { Rng } from '../base/rng.js';
import type { InnerStep } from '../ml/compose/inner-step.js';
import { passage } from '../ml/compose/passage.js';
import { defaultsOf, holdsSteps } from '../ml/definition.js';
import type { Obstacle, Shape } from '../ml/needs.js';
import { findStep } from '../ml/registry.js';
import type { Facts } from './facts.js';
import type { Pipeline } from './pipeline.js';
import { everyStep } from './written.js';

/**
 * Refuses configs that cannot be trained on the data of a split. They would fail one by one in the workers. Here each
 * pipeline and step is named once, before anything is enqueued. Each step states what it needs and what it leaves to
 * the next step (ml/needs.ts).
 */

/** The largest number of configs of a pipeline that are looked at. Of a larger pipeline a sample is looked at. */
const MOST_CONFIGS = 100_000;

type Kind = ReturnType<typeof findStep>;

const DEFAULTS = new Map<Kind, object>();

/** A config's step with its defaults. Its parameters were checked when they were read. */
function planned(step: Step): InnerStep {
  const [[name, written]] = Object.entries(step);
  const kind = findStep(name);
  if (holdsSteps(kind.params)) return { kind, params: kind.params.parse(written) as InnerStep['params'] };
  let filled = DEFAULTS.get(kind);
  if (!filled) DEFAULTS.set(kind, (filled = defaultsOf(kind.params)));
  return { kind, params: { ...filled, ...written } };
}

/** What is known of the data that reach the first step. */
function shapeOf({ smallest, classes, columns, gaps, least }: Facts): Shape {
  return {
    samples: smallest,
    features: columns.length,
    ...{ classes, columns, gaps, categories: categoryNames(columns), least },
  };
}

/** The obstacle of an estimator that cannot weigh samples, where they have weights. */
function unweighed({ kind, params }: InnerStep, hasWeights: boolean): Obstacle | undefined {
  if (!hasWeights || kind.kind === 'transform' || kind.tags.weights(params) !== 'none') return undefined;
  return {
    what: 'this step cannot weigh samples, and config.yaml names a column of `weights`',
    value: undefined,
    hint: `Leave this pipeline out with --pipelines, or remove \`weights\`.`,
  };
}

/** The obstacle of a regressor that does not take the values of the target. */
function outOfRange({ kind, params }: InnerStep, least: number | undefined): Obstacle | undefined {
  if (least === undefined || kind.kind === 'transform' || kind.task === 'classification') return undefined;
  const range = kind.tags.values(params);
  if (range === 'any' || least > 0 || (range === 'at least 0' && least === 0)) return undefined;
  return {
    what: `it learns values ${range} only, and the target has ${least}`,
    value: least,
    expected: `a target ${range}`,
    hint: 'Choose another objective, or leave this pipeline out with --pipelines.',
  };
}

/** The first step of a config that cannot be fitted, and why. */
function obstacleTo(steps: readonly Step[], facts: Facts): (Obstacle & { step: string }) | undefined {
  const all = steps.map(planned);
  const last = all.at(-1)!;
  const found = unweighed(last, facts.hasWeights) ?? outOfRange(last, facts.leastValue);
  return passage(all, shapeOf(facts)).obstacle ?? (found && { ...found, step: last.kind.name });
}

/** The configs of a space that are looked at. */
function* looked({ name, space }: Pipeline): Generator<readonly Step[]> {
  if (space.size <= MOST_CONFIGS) {
    for (let i = 0; i < space.size; i++) yield space.at(i);
    return;
  }
  const rng = Rng.from('configs to look at', name);
  for (let i = 0; i < MOST_CONFIGS; i++) yield space.at(Math.floor(rng.float() * space.size));
}

/**
 * Refuses pipelines with configs that cannot be trained on a split. Throws InputErrors with one `infeasible` for each
 * pipeline, step and split.
 */
export function refuseInfeasible(pipelines: readonly Pipeline[], splits: readonly Facts[]): void {
  const errors = new Map<string, InputError>();
  for (const pipeline of pipelines) {
    for (const steps of looked(pipeline)) {
      for (const facts of splits) {
        const obstacle = obstacleTo(steps, facts);
        const key = obstacle && JSON.stringify([pipeline.name, obstacle.step, facts.split]);
        if (key === undefined || errors.has(key)) continue;
        const { step, what, value, expected, hint, path } = obstacle!;
        const place = (path && placeIn(pipeline, step, path)) ?? pipeline.place;
        const message = `the pipeline ${pipeline.name} cannot be trained on ${facts.split}: ${step}: ${what}`;
        errors.set(key, new InputError('infeasible', message, { place, value, expected, hint }));
      }
    }
  }
  if (errors.size > 0) throw new InputErrors([...errors.values()]);
}

/** Where a value of a step's parameters was written. */
function placeIn(
  { written }: Pipeline,
  name: string,
  [parameter, ...inside]: (string | number)[],
): Place | undefined {
  const axes = [...everyStep(written)].flatMap(({ step }) => (step.name === name ? step.parts.flat() : []));
  return axes.find(axis => axis.parameter === parameter)?.placeOf(0, inside);
}

/** Of a pipeline, configs are looked at for columns that are dropped. They differ in their groups only by choices. */
const MOST_FOR_NOTES = 500;

/** A note for each pipeline that drops columns because no group of a ColumnTransformer takes them. */
export function droppedNotes(pipelines: readonly Pipeline[], facts: Facts): string[] {
  return pipelines.flatMap(({ name, space }) => {
    const found = new Set<string>();
    for (let i = 0; i < Math.min(space.size, MOST_FOR_NOTES); i++) {
      const steps = space.at(i).map(planned);
      const at = steps.findIndex(({ kind }) => kind.kind === 'transform' && kind.dropped);
      if (at < 0) continue;
      const before = passage(steps.slice(0, at), shapeOf(facts));
      const { kind, params } = steps[at];
      if (before.obstacle || kind.kind !== 'transform') continue;
      const columns = kind.dropped!(params, before.shape);
      if (columns.length > 0)
        found.add(
          `${name}: ${kind.name} drops ${counted(columns.length, 'column')}: ${someOf(columns)}. ${KEEP}`,
        );
    }
    return [...found];
  });
}

const KEEP = 'No group takes them. `remainder: passthrough` keeps them.';
