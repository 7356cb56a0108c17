/** Fitted classifiers as code of Python. */
import type { ClassPart, ClassPlan, GaussianPart, LinearPart, NeighborsPart, NetworkPart } from '../plan.js';
import type { About } from '../writer.js';
import { refusal } from '../refusal.js';
import { boostedCode } from './boosted.js';
import { forestCode } from './forest.js';
import { machineCode } from './machine.js';
import { rowMajor } from '../row-major.js';
import { argument, argumentsOf } from './parameters.js';
import { layersCode } from './layers.js';
import { attribute, matrixAttribute, type StepCode } from './step-code.js';

/** The code of a classifier. Throws InputError `not-exportable`. */
export function classifierCode({ last, classes }: ClassPlan, about: About): StepCode {
  switch (last.kind) {
    case 'linear':
      return linearCode(last, classes);
    case 'machine':
      return machineCode(last, classes);
    case 'forest':
      return forestCode(last, classes);
    case 'boosted':
      return boostedCode(last, classes, about);
    case 'network':
      return networkCode(last, classes);
    case 'neighbors':
      return neighborsCode(last, classes);
    case 'gaussian':
      return gaussianCode(last, classes);
  }
}

const MODULES: { [step: string]: string } = {
  LogisticRegression: 'sklearn.linear_model',
  RidgeClassifier: 'sklearn.linear_model',
  LinearSVC: 'sklearn.svm',
  LinearDiscriminantAnalysis: 'sklearn.discriminant_analysis',
  MLPClassifier: 'sklearn.neural_network',
  GaussianNB: 'sklearn.naive_bayes',
};

/** What the code of a classifier has before its numbers. */
function named({ step, params }: ClassPart, classes: readonly string[], without: string[] = []) {
  return {
    className: step,
    imports: [`from ${MODULES[step]} import ${step}`],
    args: argumentsOf(step, params, classes, without),
  };
}

function linearCode(part: LinearPart, classes: readonly string[]): StepCode {
  const { step, coef, intercept, inputs } = part;
  if (!intercept.every(Number.isFinite)) {
    throw refusal(step, 'a class had no sample in the training', ['onnx', 'c']);
  }
  const weights = [matrixAttribute('coef_', inputs), attribute('intercept_')];
  const numbers = { coef_: coef, intercept_: intercept };
  if (step === 'LogisticRegression')
    return { ...logisticCode(part, classes), lines: [NAMED, ...weights], numbers };
  if (step !== 'RidgeClassifier') return { ...named(part, classes), lines: [NAMED, ...weights], numbers };
  const binarizer = [
    'step._label_binarizer = binarizer(-1)',
    '# Old versions take the classes from there.',
    `if not hasattr(RidgeClassifier, "classes_"):`,
    `    ${NAMED}`,
  ];
  return { ...named(part, classes), lines: [...binarizer, ...weights], numbers, helpers: ['binarizer'] };
}

/** The line that names the classes. */
const NAMED = 'step.classes_ = CLASSES';

/**
 * `multi_class` stands where probabilities depend on it. Newer versions of scikit-learn do not have it, and take it as
 * multinomial for three or more classes. spt has one solver for all penalties, and scikit-learn's default refuses some.
 */
function logisticCode(part: LinearPart, classes: readonly string[]) {
  const { params, link } = part;
  const start = named(part, classes, ['multi_class']);
  const ways: { [link: string]: string } = { 'sigmoid-twice': 'multinomial', 'sigmoid-shared': 'ovr' };
  const way = ways[link];
  const solver = params.solver === 'lbfgs' && ['l1', 'elasticnet'].includes(params.penalty as string);
  return {
    ...start,
    imports: [...start.imports, ...(way ? ['from inspect import signature'] : [])],
    before: way
      ? [
          'if "multi_class" not in signature(LogisticRegression).parameters:',
          `    raise RuntimeError("multi_class='${way}' is needed, which this version of scikit-learn does not have")`,
        ]
      : [],
    args: [
      ...start.args,
      ...(solver ? [argument('solver', 'saga')] : []),
      ...(way ? [argument('multi_class', way)] : []),
    ],
  };
}

function gaussianCode(part: GaussianPart, classes: readonly string[]): StepCode {
  const { step, inputs, unit, priors } = part;
  const theta_ = part.mean.map(value => value / unit);
  const var_ = part.variance.map(value => value / unit / unit);
  if (!var_.every(value => value > 0 && value < Infinity)) {
    throw refusal(step, 'its variances are beyond the range of numbers', ['onnx', 'c']);
  }
  return {
    ...named(part, classes),
    lines: [
      NAMED,
      attribute('class_prior_'),
      matrixAttribute('theta_', inputs),
      matrixAttribute('var_', inputs),
    ],
    numbers: { class_prior_: priors, theta_, var_ },
  };
}

function networkCode(part: NetworkPart, classes: readonly string[]): StepCode {
  const { lines, numbers } = layersCode(part, classes.length === 2 ? 'logistic' : 'softmax');
  return {
    ...named(part, classes),
    lines: [NAMED, 'step._label_binarizer = binarizer(0)', ...lines],
    numbers,
    helpers: ['binarizer'],
  };
}

/** The samples stand in a tree, because its distances are exact. `brute` loses digits, and `auto` may take it. */
function neighborsCode(part: NeighborsPart, classes: readonly string[]): StepCode {
  const { params, inputs, sampleCount, unit, samples, codes } = part;
  const algorithm = params.algorithm === 'ball_tree' ? 'ball_tree' : 'kd_tree';
  const metric = part.power === Infinity ? argument('metric', 'chebyshev') : argument('p', part.power);
  const weights = params.weights === 'distance' ? [argument('weights', 'distance')] : [];
  const others = named(part, classes, ['algorithm', 'weights', 'metric', 'p']);
  return {
    ...others,
    imports: [],
    helpers: ['neighbors'],
    args: [...others.args, metric, ...weights, argument('algorithm', algorithm)],
    lines: [`step.fit(of["samples"].reshape(-1, ${inputs}), of["codes"])`, NAMED],
    numbers: {
      samples: rowMajor({ rows: sampleCount, columns: inputs, data: samples.map(value => value / unit) }),
      codes,
    },
  };
}
