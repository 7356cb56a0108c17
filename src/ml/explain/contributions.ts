/**
 * How much each column contributes to what a model says of a sample. The contributions of all columns and the base add
 * up to it.
 *
 * Linear models: coef_j (x_j - mean_j) of each term (see route.ts), summed over the terms of a column. The base is the
 * mean of what the model says of the training samples: a decision or a value. These are the Shapley values of
 * independent features (Lundberg and Lee 2017, corollary 1). Trees: Shapley values of the path-dependent game
 * (tree-shap.ts).
 */
import type { Matrix } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import { column } from '../algebra/matrix.js';
import { columnMoments } from '../algebra/statistics.js';
import type { LinearInside, TreesInside } from '../inside.js';
import { type FittedPipeline } from '../pipeline.js';
import { routeOf, through, weightsOfTerms, type Route } from './route.js';
import { shapleyOfTrees } from './tree-shap.js';

/** What contributions need of the training samples. A model file has it beside the model. */
export interface Training {
  /** Of a linear model: the mean of each term. */
  means?: Float64Array;
  /** Of trees: the weight of the training samples in each node. */
  covers?: Float64Array;
}

/** What the contributions add up to. */
export type Scale = 'decision' | TreesInside['scale'];

export interface Contributions {
  /** m x outputs x p, row-major. Two classes have one output, for class 1; more classes have one each. */
  values: Float64Array;
  /** For each output: what is said where no column is known. */
  base: Float64Array;
}

export interface Explainer {
  scale: Scale;
  outputs: number;
  /** The contributions to what the model says of m samples. */
  contributions(x: Matrix): Contributions;
}

/** What explaining will need of the training samples of a fitted pipeline; undefined where it cannot be explained. */
export function trainingOf(model: FittedPipeline, x: Matrix, names: readonly string[]): Training | undefined {
  const inside = model.last.model.inside?.();
  if (inside === undefined) return undefined;
  if (inside.kind === 'trees') return inside.trees.covers && { covers: inside.trees.covers };
  return { means: columnMoments(through(routeOf(model.transforms, names).before, x)).means };
}

/**
 * What explains the predictions of a model with these columns. Throws InputError: `not-explained` for a model whose
 * contributions are not known, `no-training` for an older model file.
 */
export function explainerOf(
  model: FittedPipeline,
  names: readonly string[],
  training: Training | undefined,
): Explainer {
  const step = model.last.step.kind.name;
  const inside = model.last.model.inside?.();
  if (inside === undefined) throw notExplained(`${step} does not add its features up`);
  const route = routeOf(model.transforms, names);
  if (inside.kind === 'linear') return linearExplainer(model, inside, route, training?.means, names.length);
  if (route.behind.length > 0)
    throw notExplained(`${route.behind[0].step.kind.name} mixes the features before ${step}`);
  return treesExplainer(inside, route, training?.covers, names.length);
}

function notExplained(why: string): InputError {
  return new InputError('not-explained', `the contributions of features are not known, because ${why}`, {
    expected: 'a linear model, a decision tree, a forest or boosted trees of the engine spt',
    hint: 'Leave --explain out. `spt explain ID` tells how much the config relies on each feature.',
  });
}

function noTraining(what: string): InputError {
  return new InputError('no-training', `the model file does not hold ${what}`, {
    hint: '`spt rebuild ID --out FILE` writes the model again, with what --explain needs.',
  });
}

function linearExplainer(
  model: FittedPipeline,
  { coef, features, pairs }: LinearInside,
  route: Route,
  means: Float64Array | undefined,
  columns: number,
): Explainer {
  const step = model.last.step.kind.name;
  if (pairs) throw notExplained(`${step} decides between more than two classes by the votes of their pairs`);
  const weights = weightsOfTerms(route, coef);
  if (weights === undefined) throw notExplained(`${mixingStep(route)} mixes the features before ${step}`);
  const { terms } = route;
  if (means?.length !== terms.length) throw noTraining('the means of the training samples');
  const outputs = coef.length / features;
  const atMeans = through(route.behind, { rows: 1, columns: means.length, data: means });
  const last = model.last.model;
  const base = last.classes === undefined ? last.predict(atMeans) : last.decision!(atMeans);
  return {
    scale: last.classes === undefined ? 'value' : 'decision',
    outputs,
    contributions(x) {
      const values = new Float64Array(x.rows * outputs * columns);
      const found = through(route.before, x);
      terms.forEach(({ column: j }, t) => {
        const own = column(found, t);
        for (let o = 0; o < outputs; o++) {
          const weight = weights[o * terms.length + t];
          if (weight === 0) continue;
          for (let i = 0; i < x.rows; i++)
            values[(i * outputs + o) * columns + j] += weight * (own[i] - means[t]);
        }
      });
      return { values, base };
    },
  };
}

/** The first step behind the terms whose features are not linear in those that go in. */
function mixingStep({ behind }: Route): string {
  const mixing = behind.find(({ fitted }) => fitted.flow().kind !== 'linear');
  return (mixing ?? behind[0]).step.kind.name;
}

function treesExplainer(
  { trees, scale }: TreesInside,
  { before, terms }: Route,
  known: Float64Array | undefined,
  columns: number,
): Explainer {
  const covers = known ?? trees.covers;
  if (covers?.length !== trees.feature.length) throw noTraining('the weights of the nodes');
  const { outputs, features } = trees;
  return {
    scale,
    outputs,
    contributions(x) {
      const found = shapleyOfTrees({ ...trees, covers }, through(before, x));
      const values = new Float64Array(x.rows * outputs * columns);
      for (let row = 0; row < x.rows * outputs; row++)
        terms.forEach(({ column: j }, t) => {
          values[row * columns + j] += found.values[row * features + t];
        });
      return { values, base: found.base };
    },
  };
}
