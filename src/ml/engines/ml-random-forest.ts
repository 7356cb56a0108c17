import { createRequire } from 'node:module';
import type { Matrix } from '../../base/dataset.js';
import { checkNewData, checkProblem, refuseWeights } from '../checks.js';
import { codesOfProba, toRows } from '../algebra/matrix.js';
import { treeSize } from '../outputs/size.js';
import { amountOf, type CountOrShare, featuresDrawn, type MaxFeatures } from '../parameters.js';
import type { Document, Classifier } from '../types.js';
import type { ClassWeight } from '../weights.js';
import { firstDifference, type Engine } from './engine.js';

/**
 * The npm package ml-random-forest (with its trees, ml-cart) behind RandomForestClassifier. It differs from
 * scikit-learn's forest in three ways. Features are drawn once for each tree, not at each node. A split is tried only
 * between neighboring values of different classes. Probabilities are shares of the trees' votes. The package is slow,
 * because every split copies its samples.
 *
 * The package uses arithmetic only, and a Mersenne Twister that is seeded here, so its models are the same bits
 * everywhere. Trees are kept as flat arrays (ForestDocument), and predictions are made from these arrays.
 */

/** The parameters of RandomForestClassifier that this engine looks at. */
export interface MlRandomForestParameters {
  n_estimators: number;
  criterion: string;
  max_depth: number | null;
  min_samples_split: CountOrShare;
  min_samples_leaf: number;
  min_weight_fraction_leaf: number;
  max_features: MaxFeatures;
  max_leaf_nodes: number | null;
  min_impurity_decrease: number;
  bootstrap: boolean;
  oob_score: boolean;
  class_weight: ClassWeight | 'balanced_subsample';
  ccp_alpha: number;
  max_samples: CountOrShare | null;
}

interface CartNode {
  left?: CartNode;
  right?: CartNode;
  splitColumn: number;
  splitValue: number;
  distribution?: { maxRowIndex(row: number): [number, number] };
}

interface Forest {
  train(x: number[][], y: number[]): void;
  indexes: number[][];
  estimators: { root: CartNode }[];
}

const { RandomForestClassifier } = createRequire(import.meta.url)('ml-random-forest') as {
  RandomForestClassifier: new (options: object) => Forest;
};

/**
 * All trees in one table of nodes. The root of tree t is at `roots[t]`. Node v splits on `feature[v]`: a sample goes
 * left, to v + 1, where its value is below `threshold[v]`, else right, to `right[v]`. A leaf has feature -1, and its
 * class in `right[v]`.
 */
type ForestDocument = {
  classes: number;
  features: number;
  roots: Int32Array;
  feature: Int32Array;
  threshold: Float64Array;
  right: Int32Array;
};

function wholeSamples(value: CountOrShare): [string, string] | undefined {
  return typeof value === 'object' || value < 1
    ? ['min_samples_split', 'takes a number of samples, not a share']
    : undefined;
}

export const mlRandomForest: Engine<MlRandomForestParameters> = {
  refuses: params =>
    wholeSamples(params.min_samples_split) ??
    firstDifference(params, {
      criterion: 'gini',
      min_samples_leaf: 1,
      min_weight_fraction_leaf: 0,
      max_leaf_nodes: null,
      min_impurity_decrease: 0,
      max_samples: null,
      ccp_alpha: 0,
      oob_score: false,
      class_weight: null,
    }),

  fit(problem, params, { rng }) {
    checkProblem(problem);
    refuseWeights(problem);
    const { x, y, classes } = problem;
    const forest = new RandomForestClassifier({
      nEstimators: params.n_estimators,
      maxFeatures: featuresDrawn(params.max_features, x.columns),
      replacement: false,
      useSampleBagging: params.bootstrap,
      seed: rng.uint32() | 0,
      noOOB: true,
      treeOptions: {
        maxDepth: params.max_depth ?? Infinity,
        minNumSamples: amountOf(params.min_samples_split, x.rows, Math.ceil) - 1,
        gainThreshold: 0,
      },
    });
    forest.train(toRows(x), Array.from(y));
    return forestModel(flatten(forest, classes, x.columns));
  },

  load: document => forestModel(document as ForestDocument),
};

function flatten(forest: Forest, classes: number, features: number): ForestDocument {
  const [roots, feature, threshold, right]: number[][] = [[], [], [], []];
  forest.estimators.forEach(({ root }, tree) => {
    roots.push(feature.length);
    // Nodes yet to be written, and the parents whose right branch they are.
    const waiting: { node: CartNode; parent: number }[] = [{ node: root, parent: -1 }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { node, parent } = next;
      const at = feature.length;
      if (parent >= 0) right[parent] = at;
      const splits = node.left !== undefined && node.right !== undefined;
      feature.push(splits ? forest.indexes[tree][node.splitColumn] : -1);
      threshold.push(splits ? node.splitValue : 0);
      right.push(splits ? -1 : node.distribution!.maxRowIndex(0)[1]);
      if (splits) waiting.push({ node: node.right!, parent: at }, { node: node.left!, parent: -1 });
    }
  });
  return {
    classes,
    features,
    roots: Int32Array.from(roots),
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    right: Int32Array.from(right),
  };
}

function forestModel(document: ForestDocument): Classifier {
  const { classes, features, roots, feature, threshold, right } = document;
  const proba = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    const votes = new Float64Array(x.rows * classes);
    for (const root of roots) {
      for (let i = 0; i < x.rows; i++) {
        let at = root;
        while (feature[at] >= 0) at = x.data[feature[at] * x.rows + i] < threshold[at] ? at + 1 : right[at];
        votes[i * classes + right[at]]++;
      }
    }
    return votes.map(count => count / roots.length);
  };
  return {
    classes,
    proba,
    predict: x => codesOfProba(proba(x), classes),
    size: () => treeSize(feature),
    serialize: () => document as unknown as Document,
  };
}
