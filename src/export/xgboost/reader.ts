/** The trees of a model file of XGBoost, as a part. */
import { log } from '../../kernels/math.js';
import type { BoostedPart } from '../plan.js';

interface TreeJson {
  default_left: number[];
  left_children: number[];
  right_children: number[];
  split_conditions: number[];
  split_indices: number[];
}

interface ModelJson {
  learner: {
    gradient_booster: { model: { trees: TreeJson[] } };
    learner_model_param: { base_score: string; num_class: string; num_feature: string };
  };
}

/** The margin that a base score stands for: for two classes its log odds in f32, as XGBoost computes them. */
function marginOf(score: number, isBinary: boolean): number {
  const base = Math.fround(score);
  return isBinary ? Math.fround(-log(Math.fround(Math.fround(1 / base) - 1))) : base;
}

export function readModelJson(text: string): BoostedPart {
  // JSON.parse knows no Infinity, and reads a number that is too large as one.
  const { learner } = JSON.parse(text.replaceAll(/(?<=[[,]-?)Infinity(?=[,\]])/g, '1e999')) as ModelJson;
  const { trees } = learner.gradient_booster.model;
  const { base_score, num_class, num_feature } = learner.learner_model_param;
  const outputs = Math.max(1, Number(num_class));
  const roots: number[] = [];
  let count = 0;
  for (const { left_children } of trees) {
    roots.push(count);
    count += left_children.length;
  }
  const joined = (of: (tree: TreeJson, at: number) => number): number[] =>
    trees.flatMap(tree => tree.left_children.map((_, at) => of(tree, at)));
  const child = (children: 'left_children' | 'right_children'): Int32Array =>
    Int32Array.from(
      trees.flatMap((tree, t) => tree[children].map(place => (place < 0 ? -1 : roots[t] + place))),
    );
  const isSplit = ({ left_children }: TreeJson, at: number): boolean => left_children[at] >= 0;
  const single = ({ split_conditions }: TreeJson, at: number): number => Math.fround(split_conditions[at]);
  return {
    kind: 'boosted',
    step: 'XGBClassifier',
    params: {},
    inputs: Number(num_feature),
    missing: true,
    classes: outputs === 1 ? 2 : outputs,
    outputs,
    base: marginOf(Number(base_score), outputs === 1),
    baseScore: Number(base_score),
    value: Float32Array.from(joined((tree, at) => (isSplit(tree, at) ? 0 : single(tree, at)))),
    trees: {
      roots: Int32Array.from(roots),
      feature: Int32Array.from(joined((tree, at) => (isSplit(tree, at) ? tree.split_indices[at] : -1))),
      threshold: Float64Array.from(joined((tree, at) => (isSplit(tree, at) ? single(tree, at) : 0))),
      left: child('left_children'),
      right: child('right_children'),
      missingLeft: Uint8Array.from(joined((tree, at) => tree.default_left[at])),
      singles: true,
      rule: '<',
    },
  };
}
