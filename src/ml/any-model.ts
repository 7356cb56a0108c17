/** What a model file may hold: one model, or an ensemble of several. */
import type { Matrix } from '../base/dataset.js';
import { answersOf, type Predictions } from './apply.js';
import { mixedPredictions, type Ensemble } from './ensemble.js';
import type { Model } from './model-file.js';

export type AnyModel = Model | Ensemble;

export function isEnsemble(model: AnyModel): model is Ensemble {
  return 'members' in model;
}

/** The predictions for an m x p matrix whose columns have the given names. Throws as `predictionsOf` does. */
export function anyAnswersOf(model: AnyModel, x: Matrix, names: readonly string[]): Predictions {
  return isEnsemble(model) ? mixedPredictions(model, x, names) : answersOf(model, x, names);
}
