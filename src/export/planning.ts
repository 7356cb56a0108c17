/** The plan of a model or an ensemble: its pipelines in parts. */
import { isEnsemble, type AnyModel } from '../ml/any-model.js';
import type { Ensemble } from '../ml/ensemble.js';
import type { Model } from '../ml/model-file.js';
import type { FittedPipeline } from '../ml/pipeline.js';
import { lastPart } from './model-parts.js';
import {
  givesValues,
  type AnyPlan,
  type ClassParts,
  type ExportPlan,
  type MixturePlan,
  type PipelineParts,
} from './plan.js';
import { refusal } from './refusal.js';
import { transformPart } from './transform-parts.js';

/** The plan of a fitted model. Throws InputError `not-exportable`, which names the step. */
export function planOf(model: Model): ExportPlan {
  const { pipeline, calibration, threshold } = model;
  return {
    ...namesOf(model),
    ...partsOf(pipeline),
    ...((calibration || threshold) && { adjustment: { calibration, threshold } }),
  } as ExportPlan;
}

/** The plan of a model or an ensemble. Throws as `planOf` does. */
export function anyPlanOf(model: AnyModel): AnyPlan {
  return isEnsemble(model) ? mixturePlanOf(model) : planOf(model);
}

function mixturePlanOf(ensemble: Ensemble): MixturePlan {
  const { members } = ensemble;
  return {
    ...namesOf(ensemble),
    weights: Float64Array.from(members, ({ weight }) => weight),
    members: members.map(({ pipeline }) => classPartsOf(pipeline)),
  };
}

function namesOf({ columns, classes }: AnyModel): Pick<AnyPlan, 'features' | 'classes' | 'levels'> {
  const levels = columns.map(column => (column.kind === 'category' ? column.levels : null));
  return {
    features: columns.map(({ name }) => name),
    ...(levels.some(own => own !== null) && { levels }),
    classes: [...classes],
  };
}

function partsOf({ transforms, last }: FittedPipeline): PipelineParts {
  const [before, part] = [transforms.map(transformPart), lastPart(last)];
  return part.classes === undefined ? { transforms: before, last: part } : { transforms: before, last: part };
}

function classPartsOf(pipeline: FittedPipeline): ClassParts {
  const parts = partsOf(pipeline);
  if (givesValues(parts)) throw refusal('an ensemble of regressors', 'only probabilities are mixed so far');
  return parts;
}
