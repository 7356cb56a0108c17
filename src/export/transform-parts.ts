/** From what a transform has learned to its part of the plan. */
import type { FittedStep } from '../ml/pipeline.js';
import { findStep } from '../ml/registry.js';
import type { Document, Transform } from '../ml/types.js';
import { plainReference, type Method } from '../ml/transforms/power-fit.js';
import { refusal } from './refusal.js';
import type { EncodePart, GroupsPart, TransformPart } from './plan-transforms.js';

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

/** The table of an encoder, from the categories of each column. */
function encode(
  head: Head,
  categories: readonly Float64Array[],
  own: Pick<EncodePart, 'places' | 'others' | 'refuses' | 'widths'>,
): EncodePart {
  const starts = new Int32Array(categories.length + 1);
  categories.forEach((values, j) => (starts[j + 1] = starts[j] + values.length));
  const outputs = own.widths?.reduce((sum, width) => sum + width, 0) ?? head.inputs;
  return { ...head, kind: 'encode', outputs, starts, categories: joined(categories), ...own };
}

function joined(lists: readonly ArrayLike<number>[]): Float64Array {
  return Float64Array.from(lists.flatMap(list => Array.from(list)));
}

/** What OneHotEncoder keeps for a column that refuses other categories (ml/transforms/one-hot.ts). */
const REFUSES = -2;

/** How the document of each transform is read. */
const READERS: { [step: string]: Reader } = {
  VarianceThreshold: select,
  SelectKBest: select,
  SelectPercentile: select,
  SelectFromModel: select,
  RFE: select,
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
  OneHotEncoder: (head, { categories, places, width, others }) =>
    encode(head, categories, {
      places: joined(places),
      others: Float64Array.from(others),
      refuses: others.includes(REFUSES),
      widths: width,
    }),
  OrdinalEncoder: (head, { categories, unknown, missing, isRefusing }) =>
    encode(head, categories, {
      places: joined(
        categories.map((own: Float64Array) => own.map((value, at) => (Number.isNaN(value) ? missing : at))),
      ),
      others: new Float64Array(head.inputs).fill(unknown),
      refuses: isRefusing,
      widths: null,
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
  return partOf(step.kind, step.params, fitted.serialize());
}

function partOf({ name, tags }: Transform, params: Parameters, document: Document): TransformPart {
  if (name === 'ColumnTransformer') return groupsPart(name, params, document);
  const read = READERS[name];
  if (!read) throw refusal(name, 'no format of spt export knows it yet');
  const { features, learned } = document as unknown as TransformDocument;
  return read({ step: name, params, inputs: features, missing: tags.missing }, learned);
}

/** As `serialize` of a ColumnTransformer gives it (ml/compose/column-transformer.ts). */
interface GroupsDocument {
  features: number;
  groups: { name: string; places: Int32Array; steps: { name: string; fitted: Document }[] }[];
}

/** The parameters of a ColumnTransformer that its part needs: those of the steps of each group. */
interface GroupsParameters {
  transformers: { name: string; steps: { [step: string]: Parameters }[] }[];
}

function groupsPart(step: string, params: Parameters, document: Document): TransformPart {
  const { features, groups: fitted } = document as unknown as GroupsDocument;
  const { transformers } = params as unknown as GroupsParameters;
  const groups = fitted.map(({ name, places, steps }): GroupsPart['groups'][number] => {
    const written = transformers.find(group => group.name === name)?.steps ?? [];
    const parts = steps.map((inner, at) =>
      partOf(findStep(inner.name) as Transform, written[at][inner.name], inner.fitted),
    );
    return { name, places, parts };
  });
  const outputs = groups.reduce(
    (sum, { places, parts }) => sum + (parts.at(-1)?.outputs ?? places.length),
    0,
  );
  return { step, params, inputs: features, missing: true, kind: 'groups', outputs, groups };
}
