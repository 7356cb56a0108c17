/**
 * MLPClassifier: a multi-layer perceptron trained by Adam, by stochastic gradient descent or by L-BFGS, with
 * scikit-learn's parameters, defaults and stopping rules. The arithmetic is f32 and losses are f64, as scikit-learn's
 * are for f32 features. network.ts states what is minimized.
 */
import type { Matrix } from '../../../base/dataset.js';
import { codesOfProba } from '../../algebra/matrix.js';
import { PENALIZED } from '../../invariances.js';
import { sigmoidRows, softmaxRows } from '../../outputs/probabilities.js';
import { codingOf } from '../../targets/coding.js';
import type { ClassifierKind, Classifier } from '../../types.js';
import { documentOf, type FittedNetwork, fitNetwork, fromDocument, logitsOfMatrix, sizeOf } from './fit.js';
import { effectiveNetwork, type MlpParams, networkParameters } from './parameters.js';

export const mlpClassifier: ClassifierKind<MlpParams> = {
  kind: 'estimator',
  task: 'classification',
  name: 'MLPClassifier',
  summary: 'a neural network of dense layers, trained by adam, sgd or lbfgs',
  params: networkParameters,
  // Training starts from random weights, so it depends on the units and the order of the features.
  invariances: () => ({ ...PENALIZED, shift: 'no', featureOrder: 'no', sampleOrder: 'no' }),
  effective: effectiveNetwork,
  tags: {
    missing: false,
    weights: () => 'none',
    deterministic: () => false,
    opaque: () => true,
    ordersFeatures: true,
    decision: false,
    proba: () => true,
  },
  fit(problem, params, context) {
    const { columns } = codingOf(problem.classes);
    return networkModel(problem.classes, fitNetwork('MLPClassifier', problem, columns, params, context));
  },
  load: document => networkModel((document as { classes: number }).classes, fromDocument(document)),
};

function networkModel(classes: number, fitted: FittedNetwork): Classifier {
  const { binary } = codingOf(classes);
  const proba = (x: Matrix): Float64Array => {
    const logits = logitsOfMatrix(fitted, x);
    return binary ? sigmoidRows(logits) : softmaxRows(logits, classes);
  };
  return {
    classes,
    predict: x => codesOfProba(proba(x), classes),
    proba,
    size: () => sizeOf(fitted),
    serialize: () => ({ classes, ...documentOf(fitted) }),
  };
}
