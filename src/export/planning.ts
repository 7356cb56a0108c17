/** The plan of a model or an ensemble: its pipelines in parts. */
import { isEnsemble, type AnyModel } from '../ml/any-model.js';
import type { Ensemble } from '../ml/ensemble.js';
import type { Model } from '../ml/model-file.js';
import type { FittedPipeline } from '../ml/pipeline.js';
import { lastPart } from './model-parts.js';
import type { AnyPlan, ExportPlan, MixturePlan, PipelineParts } from './plan.js';
import { refusal } from './refusal.js';
import { transformPart } from './transform-parts.js';

/** The plan of a fitted model. Throws InputError `not-exportable`, which names the step. */
export function planOf(model: Model): ExportPlan {
  const { pipeline, calibration, threshold } = model;
  return {
    ...namesOf(model),
    ...partsOf(pipeline),
    ...((calibration || threshold) && { adjustment: { calibration, threshold } }),
  };
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
    members: members.map(({ pipeline }) => partsOf(pipeline)),
  };
}

function namesOf({ columns, classes }: AnyModel): Pick<AnyPlan, 'features' | 'classes'> {
  return { features: columns.map(({ name }) => name), classes: [...classes] };
}

function partsOf({ classes, transforms, last }: FittedPipeline): PipelineParts {
  if (classes === undefined)
    throw refusal(last.step.kind.name, 'only models of classes can be exported so far');
  return { transforms: transforms.map(transformPart), last: lastPart(last) };
}
