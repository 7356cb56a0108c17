/** From what a transform has learned to its part of the plan. */
import type { FittedStep } from '../ml/pipeline.js';
import { plainReference, type Method } from '../ml/transforms/power-fit.js';
import { refusal } from './refusal.js';
import type { TransformPart } from './plan.js';

type Parameters = TransformPart['params'];

/** What a part has that does not depend on the kind of transform. */
interface Head {
  step: string;
  params: Parameters;
  inputs: number;
  missing: boolean;
}

/** As `serialize` of a transform gives it (ml/transforms/define.ts). */
interface TransformDocument {
  features: number;
  learned: any;
}

type Reader = (head: Head, learned: any) => TransformPart;

const select: Reader = (head, { kept }) => ({ ...head, kind: 'select', outputs: kept.length, kept });

const shiftScale: Reader = (head, { shift, scale }) => ({
  ...head,
  kind: 'shift-scale',
  outputs: head.inputs,
  shift,
  scale,
});

/** How the document of each transform is read. */
const READERS: { [step: string]: Reader } = {
  VarianceThreshold: select,
  SelectKBest: select,
  SelectPercentile: select,
  StandardScaler: shiftScale,
  RobustScaler: shiftScale,
  MaxAbsScaler: shiftScale,
  SimpleImputer: (head, { kept, fill, marked }) => ({
    ...head,
    kind: 'impute',
    outputs: kept.length + marked.length,
    kept,
    fill,
    marked,
  }),
  MinMaxScaler: (head, { scale, offset, low, high, clip }) => ({
    ...head,
    kind: 'scale-shift',
    outputs: head.inputs,
    factor: scale,
    offset,
    clip: clip ? { low, high } : null,
  }),
  Normalizer: (head, { norm }) => ({ ...head, kind: 'norm', outputs: head.inputs, norm }),
  PowerTransformer: (head, { method, lambda, reference, shift, scale }) => ({
    ...head,
    kind: 'power',
    outputs: head.inputs,
    method,
    lambda,
    reference: reference ?? new Float64Array(head.inputs).fill(plainReference(method as Method)),
    shift,
    scale,
  }),
  PCA: (head, { mean, scale, variance, components }) => ({
    ...head,
    kind: 'project',
    outputs: scale.length,
    mean,
    components,
    scale,
    variance,
  }),
};

/** The part of a fitted transform. Throws InputError `not-exportable` for a step that has no part. */
export function transformPart({ step, fitted }: FittedStep): TransformPart {
  const { name, tags } = step.kind;
  const read = READERS[name];
  if (!read) throw refusal(name, 'no format of spt export knows it yet');
  const { features, learned } = fitted.serialize() as unknown as TransformDocument;
  return read({ step: name, params: step.params, inputs: features, missing: tags.missing }, learned);
}
