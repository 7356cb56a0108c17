import type { Step } from '../base/config.js';
import { InputError, InputErrors } from '../base/errors.js';
import { someOf } from '../base/listing.js';
import { Rng } from '../base/rng.js';
import type { Obstacle, Shape } from '../ml/needs.js';
import { findStep } from '../ml/registry.js';
import type { Estimator, Transform } from '../ml/types.js';
import type { Facts } from './facts.js';
import type { Pipeline } from './pipeline.js';

/**
 * Refuses configs that cannot be trained on the data of a split. They would fail one by one in the workers. Here each
 * pipeline and step is named once, before anything is enqueued. Each step states what it needs and what it leaves to
 * the next step (ml/needs.ts).
 */

/** The largest number of configs of a pipeline that are looked at. Of a larger pipeline a sample is looked at. */
const MOST_CONFIGS = 100_000;

const DEFAULTS = new Map<Transform | Estimator, object>();

/** The parameters of a config's step with its defaults. They were checked when they were read. */
function withDefaults(kind: Transform | Estimator, parameters: object): object {
  let filled = DEFAULTS.get(kind);
  if (!filled) DEFAULTS.set(kind, (filled = kind.params.parse({}) as object));
  return { ...filled, ...parameters };
}

/** The obstacle of a step that takes no missing values, where some reach it. */
function missingIn({ name, tags }: Transform | Estimator, { gaps }: Shape): Obstacle | undefined {
  if (tags.missing || gaps.length === 0) return undefined;
  const features = gaps.length === 1 ? '1 feature has' : `${gaps.length} features have`;
  return {
    what: `this step takes no missing values, and ${features} some: ${someOf(gaps)}`,
    value: undefined,
    hint: `Put a step \`- SimpleImputer\` before ${name}.`,
  };
}

/** The obstacle of an estimator that cannot weigh samples, where they have weights. */
function unweighed(kind: Transform | Estimator, params: object, hasWeights: boolean): Obstacle | undefined {
  if (!hasWeights || kind.kind === 'transform' || kind.tags.weights(params) !== 'none') return undefined;
  return {
    what: 'this step cannot weigh samples, and config.yaml names a column of `weights`',
    value: undefined,
    hint: `Leave this pipeline out with --pipelines, or remove \`weights\`.`,
  };
}

/** The obstacle of a regressor that does not take the values of the target. */
function outOfRange(
  kind: Transform | Estimator,
  params: object,
  least: number | undefined,
): Obstacle | undefined {
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
function obstacleTo(
  steps: readonly Step[],
  { smallest, features, classes, gaps, least, leastValue, hasWeights }: Facts,
): (Obstacle & { step: string }) | undefined {
  let shape: Shape = { samples: smallest, features, classes, gaps, least };
  for (const step of steps) {
    const [[name, written]] = Object.entries(step);
    const kind = findStep(name);
    const leaves = kind.kind === 'transform' ? kind.leaves : undefined;
    const params = withDefaults(kind, written);
    const found =
      missingIn(kind, shape) ??
      unweighed(kind, params, hasWeights) ??
      outOfRange(kind, params, leastValue) ??
      kind.needs?.(params, shape);
    if (found) return { ...found, step: name };
    shape = leaves ? leaves(params, shape) : { ...shape, least: undefined };
  }
  return undefined;
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
