/**
 * The model file of XGBoost 1.7 in JSON, as its `save_model` writes it (doc/model.schema). Sums of second derivatives
 * and gains of splits are not known here, and are 0. So the file predicts, and has no importances.
 */
import type { BoostedPart, TreeTable } from '../plan.js';
import type { About } from '../writer.js';

/** The version of XGBoost whose file this is. */
const VERSION = [1, 7, 4];
/** What stands for the parent of a root. */
const NO_PARENT = 2147483647;

/**
 * A number of f32 in as few digits as give it back. XGBoost tells numbers from integers by a point or an exponent. It
 * reads Infinity, which stands where a split parts missing values from all others.
 */
function single(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 1; digits <= 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return /[.e]/.test(text) ? text : `${text}E0`;
  }
  throw new Error(`${value} is no number of f32`);
}

/** Names that xgboost for Python refuses: it reads these signs, and equal names, in another way. */
export function hasPlainNames(features: readonly string[]): boolean {
  return (
    new Set(features).size === features.length && features.every(name => !/[[\]<]/.test(name) && name !== '')
  );
}

/** The nodes of a tree, which lie together from its root on. */
function nodesOf({ roots, feature }: TreeTable, tree: number): Int32Array {
  const end = tree + 1 < roots.length ? roots[tree + 1] : feature.length;
  return Int32Array.from({ length: end - roots[tree] }, (_, at) => roots[tree] + at);
}

function treeText({ trees, value, inputs }: BoostedPart, tree: number): string {
  const nodes = nodesOf(trees, tree);
  const root = trees.roots[tree];
  const isSplit = (at: number): boolean => trees.feature[at] >= 0;
  const parents = new Int32Array(nodes.length).fill(NO_PARENT);
  for (const at of nodes) {
    if (!isSplit(at)) continue;
    parents[trees.left[at] - root] = at - root;
    parents[trees.right[at] - root] = at - root;
  }
  const list = (write: (at: number) => string | number): string => `[${Array.from(nodes, write).join(',')}]`;
  const zeros = list(() => '0E0');
  const child = (children: Int32Array) => list(at => (isSplit(at) ? children[at] - root : -1));
  const members = {
    base_weights: list(at => (isSplit(at) ? '0E0' : single(value[at]))),
    categories: '[]',
    categories_nodes: '[]',
    categories_segments: '[]',
    categories_sizes: '[]',
    default_left: list(at => (isSplit(at) ? trees.missingLeft![at] : 0)),
    id: String(tree),
    left_children: child(trees.left),
    loss_changes: zeros,
    parents: `[${parents.join(',')}]`,
    right_children: child(trees.right),
    split_conditions: list(at => single(isSplit(at) ? trees.threshold[at] : value[at])),
    split_indices: list(at => (isSplit(at) ? trees.feature[at] : 0)),
    split_type: list(() => 0),
    sum_hessian: zeros,
    tree_param: JSON.stringify({
      num_deleted: '0',
      num_feature: String(inputs),
      num_nodes: String(nodes.length),
      size_leaf_vector: '0',
    }),
  };
  const texts = Object.entries(members).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
  return `{${texts.join(',')}}`;
}

/** What XGBClassifier.load_model of xgboost looks for, and what spt says of the model. */
function attributesOf(
  { trees, outputs, classes }: BoostedPart,
  objective: string,
  names: string[],
  about: About,
) {
  const scikitLearn = {
    n_estimators: trees.roots.length / outputs,
    objective,
    classes_: names.map((_, code) => code),
    n_classes_: classes,
    _estimator_type: 'classifier',
  };
  const spt = { version: about.spt, config: about.config, digest: about.digest };
  return {
    scikit_learn: JSON.stringify(scikitLearn),
    spt: JSON.stringify(spt),
    spt_classes: JSON.stringify(names),
  };
}

/** The text of the file. `features` are written where xgboost takes such names, else it numbers them. */
export function modelJson(part: BoostedPart, features: string[], classes: string[], about: About): string {
  const isBinary = part.outputs === 1;
  const objective = isBinary ? 'binary:logistic' : 'multi:softprob';
  const count = part.trees.roots.length;
  const [numClass, numFeature] = [String(isBinary ? 0 : part.classes), String(part.inputs)];
  const trees = Array.from({ length: count }, (_, tree) => treeText(part, tree));
  const text = JSON.stringify({
    learner: {
      attributes: attributesOf(part, objective, classes, about),
      feature_names: hasPlainNames(features) ? features : [],
      feature_types: [],
      gradient_booster: {
        model: {
          gbtree_model_param: {
            num_parallel_tree: '1',
            num_trees: String(count),
            size_leaf_vector: '0',
          },
          tree_info: trees.map((_, tree) => tree % part.outputs),
          trees: 0,
        },
        name: 'gbtree',
      },
      learner_model_param: {
        base_score: single(Math.fround(part.baseScore)),
        boost_from_average: '0',
        num_class: numClass,
        num_feature: numFeature,
        num_target: '1',
      },
      objective: {
        name: objective,
        ...(isBinary
          ? { reg_loss_param: { scale_pos_weight: '1' } }
          : { softmax_multiclass_param: { num_class: numClass } }),
      },
    },
    version: VERSION,
  });
  // The trees are text already, because JSON.stringify would write numbers of f32 with all digits of f64.
  return text.replace('"trees":0', () => `"trees":[${trees.join(',\n')}]`);
}
