import { mlpClassifier } from './estimators/mlp.js';
import type { Estimator, Transform } from './types.js';

/** Every step a pipeline may name, by its scikit-learn name. */
export const registry: ReadonlyMap<string, Transform | Estimator> = new Map(
  ([mlpClassifier] as (Transform | Estimator)[]).map(step => [step.name, step]),
);
