/** The plan of a model: its pipeline in parts. */
import { InputError } from '../base/errors.js';
import type { Model } from '../ml/model-file.js';
import { lastPart } from './model-parts.js';
import type { ExportPlan } from './plan.js';
import { transformPart } from './transform-parts.js';

/** The plan of a fitted model. Throws InputError `not-exportable`, which names the step. */
export function planOf(model: Model): ExportPlan {
  const { columns, classes, pipeline } = model;
  refuseAdjusted(model);
  return {
    features: columns.map(({ name }) => name),
    classes: [...classes],
    transforms: pipeline.transforms.map(transformPart),
    last: lastPart(pipeline.last),
  };
}

/** A calibration and a threshold change what a pipeline says, and no format holds them. */
function refuseAdjusted(model: Model): void {
  const found = (['calibration', 'threshold'] as const).find(name => model[name] !== undefined);
  if (found === undefined) return;
  throw new InputError('not-exportable', `the model has a ${found}, and no format of spt export holds it`, {
    hint: 'Give spt export the id of the config: it exports the model without it. Apply it to what the export gives.',
  });
}
