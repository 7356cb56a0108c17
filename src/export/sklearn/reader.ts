/** The file of numbers, read back: the parts of the pipeline that the program makes of it. */
import { largestSize, inUnit, unitFor } from '../../ml/algebra/units.js';
import { findStep } from '../../ml/registry.js';
import { fromText } from '../../ml/serialize.js';
import { plainReference, type Method } from '../../ml/transforms/power-fit.js';
import type { ClassPart, Layers, LinearPart, PipelineParts, ValuePart } from '../plan.js';
import type { EncodePart, GroupsPart, TransformPart } from '../plan-transforms.js';
import { readModelJson } from '../xgboost/reader.js';
import { columnMajor } from '../row-major.js';
import { machineOf } from './machine-reader.js';

/** A step in the file. `learned` holds arrays by scikit-learn's names, and what the makers of the program read. */
interface StepEntry {
  class: string;
  inputs: number;
  params: any;
  learned: any;
}

type Head = Pick<TransformPart, 'step' | 'params' | 'inputs' | 'missing'>;

/** The parts of a file's text, for evaluatePlan. */
export function readNumbers(text: string): PipelineParts {
  const { steps, classes } = fromText(text) as unknown as { steps: StepEntry[]; classes: number };
  const transforms = steps.slice(0, -1).map(step => TRANSFORMS[step.class](headOf(step), step));
  const entry = steps.at(-1)!;
  const head = headOf(entry);
  if (classes === 0) return { transforms, last: VALUE_LAST[entry.class](head, entry) };
  return { transforms, last: LAST[entry.class]({ ...head, classes }, entry) };
}

function headOf({ class: step, inputs, params }: StepEntry): Head {
  return { step, params, inputs, missing: true };
}

function filled(length: number, value: number): Float64Array {
  return new Float64Array(length).fill(value);
}

function shiftAndScale(head: Head, shift: Float64Array | undefined, scale: Float64Array | undefined) {
  const { inputs } = head;
  return {
    ...head,
    kind: 'shift-scale' as const,
    outputs: inputs,
    shift: shift ?? filled(inputs, 0),
    scale: scale ?? filled(inputs, 1),
  };
}

function selection(head: Head, { learned }: StepEntry) {
  return { ...head, kind: 'select' as const, outputs: learned.kept.length, kept: learned.kept };
}

/** How many features come out of groups. */
function widthOf(groups: GroupsPart['groups']): number {
  return groups.reduce((sum, { places, parts }) => sum + (parts.at(-1)?.outputs ?? places.length), 0);
}

function encoder(head: Head, { learned }: StepEntry): EncodePart {
  const { starts, categories, places, others } = learned;
  const widths: Int32Array | null = learned.widths ?? null;
  const outputs = widths?.reduce((sum, width) => sum + width, 0) ?? head.inputs;
  return { ...head, kind: 'encode', outputs, starts, categories, places, others, refuses: false, widths };
}

const TRANSFORMS: { [step: string]: (head: Head, entry: StepEntry) => TransformPart } = {
  VarianceThreshold: selection,
  SelectKBest: selection,
  SelectPercentile: selection,
  StandardScaler: (head, { learned }) => shiftAndScale(head, learned.mean_, learned.scale_),
  RobustScaler: (head, { learned }) => shiftAndScale(head, learned.center_, learned.scale_),
  MaxAbsScaler: (head, { learned }) => shiftAndScale(head, undefined, learned.scale_),
  MinMaxScaler: (head, { params, learned }) => ({
    ...head,
    kind: 'scale-shift',
    outputs: head.inputs,
    factor: learned.scale_,
    offset: learned.min_,
    clip: params.clip ? { low: params.feature_range[0], high: params.feature_range[1] } : null,
  }),
  Normalizer: (head, { params }) => ({ ...head, kind: 'norm', outputs: head.inputs, norm: params.norm }),
  SimpleImputer(head, { learned }) {
    const all: Float64Array = learned.statistics_;
    const kept = Int32Array.from(all.keys()).filter(j => !Number.isNaN(all[j]));
    const marked: Int32Array = learned.marked ?? new Int32Array();
    const fill = Float64Array.from(kept, j => all[j]);
    return { ...head, kind: 'impute', outputs: kept.length + marked.length, kept, fill, marked };
  },
  PowerTransformer: (head, { params, learned }) => ({
    ...shiftAndScale(head, learned.mean_, learned.scale_),
    kind: 'power',
    method: params.method,
    lambda: learned.lambdas_,
    reference: filled(head.inputs, plainReference(params.method as Method)),
  }),
  OneHotEncoder: encoder,
  OrdinalEncoder: encoder,
  ColumnTransformer(head, { learned }) {
    const groups = learned.groups.map(({ name, places, steps }: any) => ({
      name,
      places,
      parts: steps.map((step: StepEntry) => TRANSFORMS[step.class](headOf(step), step)),
    }));
    return { ...head, kind: 'groups', outputs: widthOf(groups), groups };
  },
  PCA(head, { params, learned }) {
    const variance: Float64Array = learned.explained_variance_;
    return {
      ...head,
      kind: 'project',
      outputs: variance.length,
      mean: learned.mean_,
      components: learned.components_,
      scale: params.whiten ? variance.map(Math.sqrt) : filled(variance.length, 1),
      variance,
    };
  },
};

type LastHead = Head & { classes: number };
type LastReader = (head: LastHead, entry: StepEntry) => ClassPart;
type ValueReader = (head: Head, entry: StepEntry) => ValuePart;

/** A linear classifier with that link. */
function linear(linkOf: (entry: StepEntry, classes: number) => LinearPart['link']): LastReader {
  return (head, entry) => ({
    ...head,
    kind: 'linear',
    coef: entry.learned.coef_,
    intercept: entry.learned.intercept_,
    link: linkOf(entry, head.classes),
  });
}

function logisticLink({ params }: StepEntry, classes: number): LinearPart['link'] {
  const { multi_class, solver } = params;
  if (classes === 2) return multi_class === 'multinomial' ? 'sigmoid-twice' : 'sigmoid';
  const isOneVersusRest = multi_class === 'ovr' || (multi_class === 'auto' && solver === 'liblinear');
  return isOneVersusRest ? 'sigmoid-shared' : 'softmax';
}

const forest: LastReader = (head, { learned }) => ({
  ...head,
  kind: 'forest',
  trees: {
    roots: learned.roots,
    feature: learned.feature,
    threshold: Float64Array.from(learned.threshold as Float32Array),
    left: learned.left,
    right: learned.left.map((left: number) => (left < 0 ? -1 : left + 1)),
    missingLeft: null,
    singles: true,
    rule: '<=',
  },
  leaf: learned.leaf,
  shares: learned.shares,
});

const linearValue: ValueReader = (head, { learned }) => ({
  ...head,
  kind: 'linear-value',
  coef: learned.coef_,
  intercept: learned.intercept_[0],
});

/** The layers of a network. */
function layersOf({ inputs }: Head, { params, learned }: StepEntry): Layers {
  return {
    activation: params.activation,
    units: [inputs, ...learned.intercepts_.map((own: Float32Array) => own.length)],
    coefs: learned.coefs_,
    intercepts: learned.intercepts_,
  };
}

const VALUE_LAST: { [step: string]: ValueReader } = {
  LinearRegression: linearValue,
  Ridge: linearValue,
  Lasso: linearValue,
  ElasticNet: linearValue,
  MLPRegressor: (head, entry) => ({ ...head, kind: 'network-value', ...layersOf(head, entry) }),
  LinearSVR: linearValue,
};

const LAST: { [step: string]: LastReader } = {
  LogisticRegression: linear(logisticLink),
  RidgeClassifier: linear(() => 'none'),
  LinearSVC: linear(() => 'none'),
  LinearDiscriminantAnalysis: linear((_, classes) => (classes === 2 ? 'sigmoid-rest' : 'softmax')),
  DecisionTreeClassifier: forest,
  RandomForestClassifier: forest,
  ExtraTreesClassifier: forest,
  XGBClassifier: (_, { learned }) => readModelJson(learned.booster),
  SVC: (head, { params, learned }) => machineOf(head, params, learned),
  MLPClassifier: (head, entry) => ({ ...head, kind: 'network', ...layersOf(head, entry) }),
  KNeighborsClassifier(head, { params, learned }) {
    const samples = columnMajor(learned.samples, head.inputs);
    const unit = unitFor(largestSize(samples.data));
    const { power } = findStep(head.step).effective!(params, head.classes);
    return {
      ...head,
      kind: 'neighbors',
      neighbors: params.n_neighbors,
      byDistance: params.weights === 'distance',
      power: (power as number | null) ?? Infinity,
      unit,
      samples: inUnit(samples, unit).data,
      sampleCount: samples.rows,
      codes: learned.codes,
    };
  },
  GaussianNB: (head, { learned }) => ({
    ...head,
    kind: 'gaussian',
    unit: 1,
    priors: learned.class_prior_,
    mean: learned.theta_,
    variance: learned.var_,
  }),
};
