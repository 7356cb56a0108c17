/**
 * PowerTransformer as code. spt measures a power from a reference, so that it keeps more digits. With R = J(reference)
 * and e the exponent of its side (ml/transforms/power-fit.ts), the plain transform is t = R^e u + t(reference). So the
 * standard scores (u - shift) / scale are those of t, whose mean is R^e shift + t(reference) and whose deviation is
 * R^e scale.
 */
import { exp, expm1, log, log1p } from '../../kernels/math.js';
import type { PowerPart } from '../plan-transforms.js';
import { refusal } from '../refusal.js';
import { argumentsOf } from './parameters.js';
import { attribute, type StepCode } from './step-code.js';

/** The most that the rounding of scikit-learn's powers may change a standard score. */
const MOST_ROUNDING = 1e-6;

/** Throws InputError `not-exportable` where scikit-learn's powers have too few digits. */
export function powerCode(part: PowerPart): StepCode {
  const { step, params, lambda, inputs } = part;
  const [mean, deviation] = [new Float64Array(inputs), new Float64Array(inputs)];
  for (let j = 0; j < inputs; j++) [mean[j], deviation[j]] = plainScores(part, j);
  const scaler = [
    'step._scaler = StandardScaler(copy=False)',
    'step._scaler.mean_ = of["mean_"]',
    'step._scaler.scale_ = of["scale_"]',
    `step._scaler.n_features_in_ = ${inputs}`,
  ];
  const isScaled = params.standardize === true;
  return {
    className: step,
    imports: [`from sklearn.preprocessing import ${isScaled ? `${step}, StandardScaler` : step}`],
    args: argumentsOf(step, params, []),
    lines: [attribute('lambdas_'), ...(isScaled ? scaler : [])],
    numbers: { lambdas_: lambda, ...(isScaled && { mean_: mean, scale_: deviation }) },
  };
}

/** The mean and the deviation of the plain transform of feature j. */
function plainScores(
  { step, method, lambda, reference, shift, scale }: PowerPart,
  j: number,
): [mean: number, deviation: number] {
  const side = reference[j] < 0 ? -1 : 1;
  const exponent = side > 0 ? lambda[j] : 2 - lambda[j];
  const size = Math.abs(reference[j]);
  const logOfReference = method === 'box-cox' ? log(size) : log1p(size);
  const factor = exp(exponent * logOfReference);
  const ofReference = side * (exponent === 0 ? logOfReference : expm1(exponent * logOfReference) / exponent);
  const [mean, deviation] = [factor * shift[j] + ofReference, factor * scale[j]];
  // scikit-learn's yeo-johnson computes (J(x)^e - 1) / e, where the 1 costs digits of small values.
  const ofOne = method === 'box-cox' || exponent === 0 ? 0 : 1 / Math.abs(exponent);
  const rounding = (Number.EPSILON * (ofOne + Math.abs(ofReference) + Math.abs(mean))) / deviation;
  if (rounding < MOST_ROUNDING) return [mean, deviation];
  const why = `the power of its feature ${j + 1} is ${lambda[j]}, where scikit-learn's arithmetic has too few digits`;
  throw refusal(step, why, ['onnx', 'c']);
}
