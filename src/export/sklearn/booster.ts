/**
 * The JSON model of xgboost, version 1.7 (doc/model.schema of its repository). Newer versions read it. What predictions
 * do not need is 0: gains, sums of second derivatives, and the weights of splits.
 */
import type { BoostedPart } from '../plan.js';

/** Marks a text that stands in the JSON without quotes. No other text of the model begins with it. */
const RAW = '@';

/** Numbers as xgboost takes them for floating-point ones: `0E0`, because it refuses 0. */
function floats(values: readonly number[]): string {
  return `${RAW}[${values.map(value => value.toExponential().replace('e+', 'E').replace('e', 'E')).join(',')}]`;
}

/** What xgboost has as the parent of a root. */
const NO_PARENT = 2147483647;

/** The text of the model. Features have no names in it. */
export function boosterText(part: BoostedPart): string {
  const { inputs, classes, outputs, trees, baseScore } = part;
  const { roots } = trees;
  const isBinary = outputs === 1;
  const objective = isBinary
    ? { name: 'binary:logistic', reg_loss_param: { scale_pos_weight: '1' } }
    : { name: 'multi:softprob', softmax_multiclass_param: { num_class: String(classes) } };
  const model = {
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: [],
      gradient_booster: {
        model: {
          gbtree_model_param: {
            num_parallel_tree: '1',
            num_trees: String(roots.length),
            size_leaf_vector: '0',
          },
          tree_info: Array.from(roots, (_, tree) => tree % outputs),
          trees: Array.from(roots, (_, tree) => treeOf(part, tree)),
        },
        name: 'gbtree',
      },
      learner_model_param: {
        base_score: String(baseScore),
        boost_from_average: '1',
        num_class: isBinary ? '0' : String(classes),
        num_feature: String(inputs),
        num_target: '1',
      },
      objective,
    },
    version: [1, 7, 4],
  };
  return JSON.stringify(model).replace(/"@([^"]*)"/g, '$1');
}

function treeOf({ trees, value, inputs }: BoostedPart, tree: number): object {
  const { roots, feature, threshold, left, right, missingLeft } = trees;
  const start = roots[tree];
  const end = tree + 1 < roots.length ? roots[tree + 1] : feature.length;
  const nodes = Array.from({ length: end - start }, (_, at) => start + at);
  const isSplit = (at: number): boolean => feature[at] >= 0;
  const none = nodes.map(() => 0);
  const noNumbers = floats(none);
  const parents = nodes.map(() => NO_PARENT);
  for (const at of nodes.filter(isSplit)) parents[left[at] - start] = parents[right[at] - start] = at - start;
  return {
    base_weights: noNumbers,
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: nodes.map(at => (isSplit(at) ? missingLeft![at] : 0)),
    id: tree,
    left_children: nodes.map(at => (isSplit(at) ? left[at] - start : -1)),
    loss_changes: noNumbers,
    parents,
    right_children: nodes.map(at => (isSplit(at) ? right[at] - start : -1)),
    split_conditions: floats(nodes.map(at => (isSplit(at) ? threshold[at] : value[at]))),
    split_indices: nodes.map(at => (isSplit(at) ? feature[at] : 0)),
    split_type: none,
    sum_hessian: noNumbers,
    tree_param: {
      num_deleted: '0',
      num_feature: String(inputs),
      num_nodes: String(nodes.length),
      size_leaf_vector: '0',
    },
  };
}
