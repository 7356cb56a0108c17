/** Fitted transforms as code of Python. */
import type { Document } from '../../ml/types.js';
import type { Levels } from '../plan.js';
import type {
  ImputePart,
  ProjectPart,
  ScaleShiftPart,
  SelectPart,
  ShiftScalePart,
  TransformPart,
} from '../plan-transforms.js';
import { refusal } from '../refusal.js';
import { encodeCode, textOf } from './encoders.js';
import { groupsCode } from './groups.js';
import { argumentsOf } from './parameters.js';
import { powerCode } from './power.js';
import { attribute, matrixAttribute, type StepCode } from './step-code.js';

/** The code of a transform of features with these levels. Throws InputError `not-exportable`. */
export function transformCode(part: TransformPart, levels: Levels): StepCode {
  switch (part.kind) {
    case 'select':
      return selectCode(part);
    case 'impute':
      return imputeCode(part, levels);
    case 'shift-scale':
      return shiftScaleCode(part);
    case 'scale-shift':
      return scaleShiftCode(part);
    case 'norm':
      return { ...named(part, 'sklearn.preprocessing'), lines: [], numbers: {} };
    case 'power':
      return powerCode(part);
    case 'encode':
      return encodeCode(part, levels);
    case 'groups':
      return groupsCode(part, levels, transformCode);
    case 'project':
      return projectCode(part);
  }
}

/** What the code of a transform has before its numbers: its class, from a module, and its arguments. */
function named({ step, params }: TransformPart, module: string, without: string[] = []) {
  return {
    className: step,
    imports: [`from ${module} import ${step}`],
    args: argumentsOf(step, params, [], without),
  };
}

/** The attributes of scikit-learn's scalers. Where the parameter is false, scikit-learn has None. */
const SCALERS: { [step: string]: { shift?: [string, string]; scale: [string, string | undefined] } } = {
  StandardScaler: { shift: ['mean_', 'with_mean'], scale: ['scale_', 'with_std'] },
  RobustScaler: { shift: ['center_', 'with_centering'], scale: ['scale_', 'with_scaling'] },
  MaxAbsScaler: { scale: ['scale_', undefined] },
};

function shiftScaleCode(part: ShiftScalePart): StepCode {
  const { step, params, shift, scale } = part;
  const names = SCALERS[step];
  const numbers: { [name: string]: Document } = {};
  const lines: string[] = [];
  const set = (name: string, parameter: string | undefined, values: Float64Array): void => {
    const isUsed = parameter === undefined || params[parameter] === true;
    if (isUsed) numbers[name] = values;
    lines.push(isUsed ? attribute(name) : `step.${name} = None`);
  };
  if (names.shift) set(...names.shift, shift);
  set(...names.scale, scale);
  return { ...named(part, 'sklearn.preprocessing'), lines, numbers };
}

function scaleShiftCode(part: ScaleShiftPart): StepCode {
  return {
    ...named(part, 'sklearn.preprocessing'),
    lines: [attribute('scale_'), attribute('min_')],
    numbers: { scale_: part.factor, min_: part.offset },
  };
}

function imputeCode(part: ImputePart, levels: Levels): StepCode {
  const statistics = new Float64Array(part.inputs).fill(NaN);
  part.kept.forEach((j, at) => (statistics[j] = part.fill[at]));
  const hasTexts = levels.some(own => own !== null);
  const texts = Array.from(statistics, (value, j) => textOf(value, levels[j]));
  const isMarking = part.params.add_indicator === true;
  const indicator = [
    'step.indicator_ = MissingIndicator(missing_values=numpy.nan, error_on_new=False)',
    'step.indicator_.features_ = of["marked"]',
    `step.indicator_.n_features_in_ = step.indicator_._n_features = ${part.inputs}`,
    'step.indicator_._precomputed = True',
  ];
  return {
    ...named(part, 'sklearn.impute'),
    imports: [`from sklearn.impute import ${isMarking ? 'MissingIndicator, ' : ''}SimpleImputer`],
    lines: [
      hasTexts
        ? `step.statistics_ = numpy.array([${texts.join(', ')}], dtype=object)`
        : attribute('statistics_'),
      ...(isMarking ? indicator : ['step.indicator_ = None']),
      `step._fit_dtype = step._fill_dtype = numpy.dtype("${hasTexts ? 'object' : 'float64'}")`,
    ],
    numbers: { statistics_: statistics, ...(isMarking && { marked: part.marked }) },
  };
}

/**
 * Which features are kept is known, and not why. So the scores are 1 for kept features and 0 for the others, and
 * variances are infinite for kept features.
 */
function selectCode(part: SelectPart): StepCode {
  const { step, params, inputs, kept } = part;
  // The estimator of such a step is not kept. VarianceThreshold keeps the same features, and needs none.
  if (params.estimator) return selectCode({ ...part, step: 'VarianceThreshold', params: {} });
  const { score_func, random_state } = params;
  const numbers = { kept };
  const check = [
    'if not numpy.array_equal(step.get_support(indices=True), of["kept"]):',
    `    raise RuntimeError("this scikit-learn selects other features in ${step}")`,
  ];
  if (step === 'VarianceThreshold') {
    const lines = [
      '# spt keeps which features were selected, but not their variances.',
      `step.variances_ = numpy.full(${inputs}, numpy.nan)`,
      'step.variances_[of["kept"]] = numpy.inf',
    ];
    return { ...named(part, 'sklearn.feature_selection'), lines: [...lines, ...check], numbers };
  }
  const code = named(part, 'sklearn.feature_selection', ['score_func', 'random_state']);
  const isSeeded = String(score_func).startsWith('mutual_info_') && random_state !== null;
  const scores = isSeeded ? `partial(${score_func}, random_state=${random_state})` : score_func;
  return {
    ...code,
    imports: [
      `from sklearn.feature_selection import ${step}, ${score_func}`,
      ...(isSeeded ? ['from functools import partial'] : []),
    ],
    args: [...(score_func === 'f_classif' ? [] : [`score_func=${scores}`]), ...code.args],
    lines: [
      '# spt keeps which features were selected, but not their scores. 1 stands for a selected one.',
      `step.scores_ = numpy.zeros(${inputs})`,
      'step.scores_[of["kept"]] = 1',
      'step.pvalues_ = None',
      ...check,
    ],
    numbers,
  };
}

/** Newer versions of scikit-learn replace smaller deviations when they whiten. */
const LEAST_DEVIATION = 1e-15;

/**
 * scikit-learn whitens by the roots of the variances. spt does not divide the scores of a component without variance,
 * so its variance is written as 1 then.
 */
function projectCode(part: ProjectPart): StepCode {
  const { step, params, inputs, outputs, mean, components, scale, variance } = part;
  if (params.whiten === true && !scale.every(deviation => deviation > LEAST_DEVIATION)) {
    throw refusal(step, 'scikit-learn does not whiten by deviations below 1e-15', ['onnx', 'c']);
  }
  const whitening = params.whiten === true ? variance.map((own, c) => (own > 0 ? own : scale[c])) : variance;
  return {
    ...named(part, 'sklearn.decomposition'),
    lines: [
      attribute('mean_'),
      matrixAttribute('components_', inputs),
      attribute('explained_variance_'),
      `step.n_components_ = ${outputs}`,
    ],
    numbers: { mean_: mean, components_: components, explained_variance_: whitening },
  };
}
