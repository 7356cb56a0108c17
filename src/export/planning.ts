/** The plan of a model: its pipeline in parts. */
import type { Model } from '../ml/model-file.js';
import { lastPart } from './model-parts.js';
import type { ExportPlan } from './plan.js';
import { transformPart } from './transform-parts.js';

/** The plan of a fitted model. Throws InputError `not-exportable`, which names the step. */
export function planOf({ columns, classes, pipeline }: Model): ExportPlan {
  return {
    features: columns.map(({ name }) => name),
    classes: [...classes],
    transforms: pipeline.transforms.map(transformPart),
    last: lastPart(pipeline.last),
  };
}
