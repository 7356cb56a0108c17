/** From what an estimator has learned to the last part of the plan. */
import type { Matrix } from '../base/dataset.js';
import { inUnit, largestSize, unitFor } from '../ml/algebra/units.js';
import { weightsOf } from '../ml/families/svm/pairwise.js';
import type { FittedPipeline } from '../ml/pipeline.js';
import { refusal } from './refusal.js';
import type {
  BoostedValuePart,
  ClassPart,
  ForestValuePart,
  LastPart,
  LinearPart,
  MachinePart,
  PairOfClasses,
  TreeTable,
  ValuePart,
} from './plan.js';

/** What is known of a part before its document is read. */
type Start = Pick<LastPart, 'step' | 'params' | 'missing'>;

/** What a part has that does not depend on the kind of classifier. */
type Head = Start & Pick<ClassPart, 'inputs' | 'classes'>;

/** From a step's name without inputs and classes, its document and its parameters. */
type Reader = (head: Start, document: any, params: any) => ClassPart;
type ValueReader = (head: Start, document: any, params: any) => ValuePart;

/** Where an estimator has engines, the reader of each. The document of the model is then inside. */
type Engines = { [engine: string]: Reader };

function headOf(head: Start, { features, classes }: { features: number; classes: number }): Head {
  return { ...head, inputs: features, classes };
}

const linear: Reader = (head, document) => ({
  ...headOf(head, document),
  kind: 'linear',
  coef: document.coef,
  intercept: document.intercept,
  link: linkOf(document.probabilities, document.classes === 2),
});

function linkOf(probabilities: string, isBinary: boolean): LinearPart['link'] {
  if (probabilities === 'none') return 'none';
  if (probabilities === 'multinomial') return isBinary ? 'sigmoid-twice' : 'softmax';
  return isBinary ? 'sigmoid' : 'sigmoid-shared';
}

const discriminant: Reader = (head, document) => ({
  ...headOf(head, document),
  kind: 'linear',
  coef: document.coefficients,
  intercept: document.intercepts,
  link: document.classes === 2 ? 'sigmoid-rest' : 'softmax',
});

const machine: Reader = (head, document): MachinePart => {
  const { kernel, frame, vectors, features, pairs, breakTies, classes } = document;
  const { kind, gamma, coef0, degree } = kernel;
  const vectorCount = vectors.length / features;
  const matrix: Matrix = { rows: vectorCount, columns: features, data: vectors };
  return {
    ...headOf(head, document),
    kind: 'machine',
    kernel: kind,
    gamma,
    coef0,
    degree,
    unit: frame?.unit ?? 1,
    center: frame?.center ?? null,
    vectors,
    vectorCount,
    pairs: pairs.map((pair: PairOfClasses): PairOfClasses => ({
      ...ascending(pair),
      weights: kind === 'linear' ? weightsOf(pair, matrix) : null,
    })),
    votes: classes > 2 && !breakTies,
  };
};

/** The pair with its support vectors in the order of their places, in which the kernels add them. */
function ascending(pair: PairOfClasses): PairOfClasses {
  const { support, coefficients } = pair;
  const order = Int32Array.from(support.keys()).sort((a, b) => support[a] - support[b]);
  return {
    ...pair,
    support: order.map(s => support[s]),
    coefficients: Float64Array.from(order, s => coefficients[s]),
  };
}

/** ml-svm keeps the vectors of each pair by themselves, row by row. */
const machineOfPackage: Reader = (head, document): MachinePart => {
  const { kernel, gamma, coef0, degree, features, machines } = document;
  const counts: number[] = machines.map(({ coefficients }: PairOfClasses) => coefficients.length);
  const vectorCount = counts.reduce((sum, count) => sum + count, 0);
  const vectors = new Float64Array(vectorCount * features);
  let first = 0;
  const pairs = machines.map((own: PairOfClasses & { vectors: Float64Array }, at: number) => {
    const start = first;
    own.vectors.forEach((value, place) => {
      vectors[(place % features) * vectorCount + start + Math.floor(place / features)] = value;
    });
    first += counts[at];
    const support = Int32Array.from({ length: counts[at] }, (_, s) => start + s);
    return { ...own, vectors: undefined, support, weights: null, curve: null };
  });
  const values = { gamma, coef0, degree, unit: 1, center: null, vectors, vectorCount, pairs };
  return { ...headOf(head, document), kind: 'machine', kernel, ...values, votes: false };
};

const forest: Reader = (head, document) => ({
  ...headOf(head, document),
  kind: 'forest',
  ...forestTables(document),
  shares: document.leaves,
});

/** The nodes of a forest, and the places of its leaves. */
function forestTables({ roots, feature, threshold, next }: any): Pick<ForestValuePart, 'trees' | 'leaf'> {
  return {
    trees: {
      roots,
      feature,
      threshold: Float64Array.from(threshold as Float32Array),
      ...childrenOf(feature, next),
      missingLeft: null,
      singles: true,
      rule: '<=',
    },
    leaf: Int32Array.from(feature as Int32Array, (j, at) => (j >= 0 ? -1 : next[at])),
  };
}

/** The right child follows the left one, to which `next` leads. */
function childrenOf(feature: Int32Array, next: Int32Array): Pick<TreeTable, 'left' | 'right'> {
  return {
    left: Int32Array.from(feature, (j, at) => (j >= 0 ? next[at] : -1)),
    right: Int32Array.from(feature, (j, at) => (j >= 0 ? next[at] + 1 : -1)),
  };
}

/** ml-random-forest: the left child follows its parent, values are compared as f64, and a leaf votes for one class. */
const forestOfPackage: Reader = (head, document) => {
  const { classes, roots, feature, threshold, right } = document;
  const shares = new Float64Array(classes * classes);
  for (let c = 0; c < classes; c++) shares[c * classes + c] = 1;
  return {
    ...headOf(head, document),
    kind: 'forest',
    trees: {
      roots,
      feature,
      threshold,
      left: Int32Array.from(feature as Int32Array, (j, at) => (j >= 0 ? at + 1 : -1)),
      right: Int32Array.from(feature as Int32Array, (j, at) => (j >= 0 ? right[at] : -1)),
      missingLeft: null,
      singles: false,
      rule: '<',
    },
    leaf: Int32Array.from(feature as Int32Array, (j, at) => (j >= 0 ? -1 : right[at])),
    shares,
  };
};

const boosted: Reader = (head, document, params) => ({
  ...headOf(head, document),
  kind: 'boosted',
  ...boostedTables(document),
  outputs: document.classes === 2 ? 1 : document.classes,
  baseScore: params.base_score,
});

/** The nodes of boosted trees, the values of their leaves, and where their margins start. */
function boostedTables(document: any): Pick<BoostedValuePart, 'trees' | 'value' | 'base'> {
  const { base, roots, feature, value, missing_left, next } = document;
  const isSplit = (at: number): boolean => feature[at] >= 0;
  return {
    trees: {
      roots,
      feature,
      threshold: Float64Array.from(value as Float32Array, (own, at) => (isSplit(at) ? own : 0)),
      ...childrenOf(feature, next),
      missingLeft: missing_left,
      singles: true,
      rule: '<',
    },
    base,
    value: value.map((own: number, at: number) => (isSplit(at) ? 0 : own)),
  };
}

const bytesOfPackage: Reader = ({ step }) => {
  throw refusal(step, 'engine ml-xgboost keeps its trees as bytes that only this package reads');
};

const network: Reader = (head, { classes, activation, units, coefs, intercepts }) => ({
  ...headOf(head, { features: units[0], classes }),
  kind: 'network',
  activation,
  units: [...units],
  coefs,
  intercepts,
});

const neighbors: Reader = (head, document) => {
  const { features, samples, codes, power, byDistance } = document;
  const unit = unitFor(largestSize(samples));
  const stored: Matrix = { rows: codes.length, columns: features, data: samples };
  return {
    ...headOf(head, document),
    kind: 'neighbors',
    neighbors: document.neighbors,
    byDistance,
    power,
    unit,
    samples: inUnit(stored, unit).data,
    sampleCount: codes.length,
    codes,
  };
};

const gaussian: Reader = (head, document) => ({
  ...headOf(head, document),
  kind: 'gaussian',
  unit: document.unit ?? 1,
  priors: document.priors,
  mean: document.mean,
  variance: document.variance,
});

const linearValue: ValueReader = (head, { features, coef, intercept }) => ({
  ...head,
  inputs: features,
  kind: 'linear-value',
  coef,
  intercept,
});

const forestValue: ValueReader = (head, document) => ({
  ...head,
  inputs: document.features,
  kind: 'forest-value',
  ...forestTables(document),
  leaves: document.leaves,
});

const boostedValue: ValueReader = (head, document) => ({
  ...head,
  inputs: document.features,
  kind: 'boosted-value',
  ...boostedTables(document),
  link: ['count:poisson', 'reg:gamma'].includes(document.objective) ? 'exp' : 'identity',
});

const networkValue: ValueReader = (head, { activation, units, coefs, intercepts }) => ({
  ...head,
  inputs: units[0],
  kind: 'network-value',
  activation,
  units: [...units],
  coefs,
  intercepts,
});

/** How the document of each regressor is read. */
const VALUE_READERS: { [step: string]: ValueReader } = {
  DecisionTreeRegressor: forestValue,
  RandomForestRegressor: forestValue,
  ExtraTreesRegressor: forestValue,
  XGBRegressor: boostedValue,
  MLPRegressor: networkValue,
  LinearRegression: linearValue,
  Ridge: linearValue,
  Lasso: linearValue,
  ElasticNet: linearValue,
  LinearSVR: linearValue,
};

/** How the document of each classifier is read. */
const READERS: { [step: string]: Reader | Engines } = {
  LogisticRegression: linear,
  RidgeClassifier: linear,
  LinearSVC: linear,
  LinearDiscriminantAnalysis: discriminant,
  SVC: { spt: machine, 'ml-svm': machineOfPackage },
  DecisionTreeClassifier: forest,
  ExtraTreesClassifier: forest,
  RandomForestClassifier: { spt: forest, 'ml-random-forest': forestOfPackage },
  XGBClassifier: { spt: boosted, 'ml-xgboost': bytesOfPackage },
  MLPClassifier: network,
  KNeighborsClassifier: neighbors,
  GaussianNB: gaussian,
};

/** The part of a fitted estimator. Throws InputError `not-exportable` for a step that has no part. */
export function lastPart({ step, model }: FittedPipeline['last']): LastPart {
  const { name, tags } = step.kind;
  const head = { step: name, params: step.params, missing: tags.missing };
  const document: any = model.serialize();
  const valueReader = VALUE_READERS[name];
  if (valueReader) return valueReader(head, document, step.params);
  const reader = READERS[name];
  if (!reader) throw refusal(name, 'no format of spt export knows it yet');
  if (typeof reader === 'function') return reader(head, document, step.params);
  return reader[document.engine](head, document.model, step.params);
}
