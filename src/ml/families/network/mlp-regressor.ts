/**
 * MLPRegressor: the network of MLPClassifier with one output, which is the value. Half of the mean squared error is
 * minimized, and early stopping looks at r2.
 */
import { PENALIZED } from '../../invariances.js';
import type { Regressor, RegressorKind } from '../../types.js';
import { documentOf, type FittedNetwork, fitNetwork, fromDocument, logitsOfMatrix, sizeOf } from './fit.js';
import { effectiveNetwork, type MlpParams, networkParameters } from './parameters.js';

export const mlpRegressor: RegressorKind<MlpParams> = {
  kind: 'estimator',
  task: 'regression',
  name: 'MLPRegressor',
  summary: 'a neural network of dense layers for values, trained by adam, sgd or lbfgs',
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
    values: () => 'any',
  },
  fit: (problem, params, context) => networkModel(fitNetwork('MLPRegressor', problem, 1, params, context)),
  load: document => networkModel(fromDocument(document)),
};

function networkModel(fitted: FittedNetwork): Regressor {
  return {
    predict: x => logitsOfMatrix(fitted, x),
    size: () => sizeOf(fitted),
    serialize: () => documentOf(fitted),
  };
}
