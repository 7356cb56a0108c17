/** All steps that a pipeline may name. CONTRIBUTING.md lists what a new one needs. */
import { InputError } from '../base/errors.js';
import { didYouMean, oneOf } from '../base/suggest.js';
import { columnTransformer } from './compose/column-transformer.js';
import { rfe, selectFromModel } from './compose/selection.js';
import { transformedTargetRegressor } from './compose/transformed-target.js';
import { adaBoostClassifier } from './families/trees/ada-boost.js';
import { dummyClassifier } from './families/baseline/dummy-classifier.js';
import { dummyRegressor } from './families/baseline/dummy-regressor.js';
import { decisionTreeRegressor } from './families/trees/decision-tree-regressor.js';
import { elasticNet, lasso } from './families/linear/elastic-net.js';
import { linearRegression } from './families/linear/linear-regression.js';
import { ridge } from './families/linear/ridge-regressor.js';
import { decisionTreeClassifier } from './families/trees/decision-tree.js';
import { extraTreesClassifier } from './families/trees/extra-trees.js';
import { bernoulliNB } from './families/bayes/bernoulli-nb.js';
import { multinomialNB } from './families/bayes/multinomial-nb.js';
import { quadraticDiscriminantAnalysis } from './families/discriminant/quadratic-discriminant.js';
import { gaussianNB } from './families/bayes/gaussian-nb.js';
import { kNeighborsClassifier } from './families/neighbors/k-neighbors.js';
import { kNeighborsRegressor } from './families/neighbors/k-neighbors-regressor.js';
import { linearDiscriminantAnalysis } from './families/discriminant/linear-discriminant.js';
import { linearSvc } from './families/linear/linear-svc.js';
import { linearSvr } from './families/linear/linear-svr.js';
import { logisticRegression } from './families/linear/logistic-regression.js';
import { mlpClassifier } from './families/network/mlp.js';
import { mlpRegressor } from './families/network/mlp-regressor.js';
import { extraTreesRegressor, randomForestRegressor } from './families/trees/value-forests.js';
import { randomForestClassifier } from './families/trees/random-forest.js';
import { ridgeClassifier } from './families/linear/ridge-classifier.js';
import { svc } from './families/svm/svc.js';
import { svr } from './families/svm/svr.js';
import { xgbRegressor } from './families/trees/xgb-regressor.js';
import { xgbClassifier } from './families/trees/xgb.js';
import { simpleImputer } from './transforms/imputer.js';
import { iterativeImputer } from './transforms/iterative-imputer.js';
import { kBinsDiscretizer } from './transforms/bins.js';
import { knnImputer } from './transforms/knn-imputer.js';
import { missingIndicator } from './transforms/missing-indicator.js';
import { oneHotEncoder } from './transforms/one-hot.js';
import { ordinalEncoder } from './transforms/ordinal.js';
import { polynomialFeatures } from './transforms/polynomial.js';
import { quantileTransformer } from './transforms/quantiles.js';
import { pca } from './transforms/pca.js';
import { powerTransformer } from './transforms/power.js';
import { targetEncoder } from './transforms/target-encoder.js';
import {
  maxAbsScaler,
  minMaxScaler,
  normalizer,
  robustScaler,
  standardScaler,
} from './transforms/scalers.js';
import { selectKBest, selectPercentile, varianceThreshold } from './transforms/selection.js';
import type { Estimator, Transform } from './types.js';

const steps: readonly (Transform | Estimator)[] = [
  simpleImputer,
  varianceThreshold,
  standardScaler,
  minMaxScaler,
  robustScaler,
  maxAbsScaler,
  normalizer,
  powerTransformer,
  selectKBest,
  selectPercentile,
  pca,
  columnTransformer(findStep),
  selectFromModel(findStep),
  rfe(findStep),
  oneHotEncoder,
  ordinalEncoder,
  targetEncoder,
  missingIndicator,
  knnImputer,
  iterativeImputer,
  kBinsDiscretizer,
  polynomialFeatures,
  quantileTransformer,
  logisticRegression,
  ridgeClassifier,
  linearSvc,
  svc,
  decisionTreeClassifier,
  randomForestClassifier,
  extraTreesClassifier,
  xgbClassifier,
  mlpClassifier,
  kNeighborsClassifier,
  gaussianNB,
  linearDiscriminantAnalysis,
  bernoulliNB,
  multinomialNB,
  quadraticDiscriminantAnalysis,
  adaBoostClassifier,
  kNeighborsRegressor,
  svr,
  mlpRegressor,
  dummyClassifier,
  transformedTargetRegressor(findStep),
  dummyRegressor,
  linearRegression,
  ridge,
  lasso,
  elasticNet,
  linearSvr,
  decisionTreeRegressor,
  randomForestRegressor,
  extraTreesRegressor,
  xgbRegressor,
];

/** Every step a pipeline may name, by its scikit-learn name. */
export const registry: ReadonlyMap<string, Transform | Estimator> = new Map(
  steps.map(step => [step.name, step]),
);

/** The step of that name. Throws InputError `unknown-step`. */
export function findStep(name: string): Transform | Estimator {
  const found = registry.get(name);
  if (found) return found;
  throw new InputError('unknown-step', `there is no step "${name}"`, {
    value: name,
    expected: oneOf(registry.keys()),
    hint: didYouMean(name, registry.keys()),
  });
}
