/** Parts that change each feature by itself, as functions of one value. */
import { transformOf } from '../../ml/transforms/power-fit.js';
import type { PowerPart, ScaleShiftPart, ShiftScalePart, TransformPart } from '../plan-transforms.js';

/** A part whose feature c of the result depends on feature c alone. */
type FeaturePart = ShiftScalePart | ScaleShiftPart | PowerPart;

export function isFeaturePart(part: TransformPart): part is FeaturePart {
  return part.kind === 'shift-scale' || part.kind === 'scale-shift' || part.kind === 'power';
}

/** What becomes of the values of feature c. NaN stays NaN. */
export function featureFunction(part: FeaturePart, c: number): (value: number) => number {
  if (part.kind === 'shift-scale') {
    const [shift, scale] = [part.shift[c], part.scale[c]];
    return value => (value - shift) / scale;
  }
  if (part.kind === 'scale-shift') {
    const [factor, offset, { clip }] = [part.factor[c], part.offset[c], part];
    if (!clip) return value => value * factor + offset;
    return value => Math.min(Math.max(value * factor + offset, clip.low), clip.high);
  }
  const [shift, scale] = [part.shift[c], part.scale[c]];
  const power = transformOf({
    method: part.method,
    lambda: part.lambda[c],
    reference: part.reference[c],
  });
  return value => (power(value) - shift) / scale;
}
