/** Fitted regressors as code of Python. */
import type { LinearValuePart, NetworkValuePart, ValuePart } from '../plan.js';
import { refusal } from '../refusal.js';
import { layersCode } from './layers.js';
import { argumentsOf } from './parameters.js';
import { attribute, type StepCode } from './step-code.js';

/** The code of a regressor. */
export function regressorCode(last: ValuePart): StepCode {
  switch (last.kind) {
    case 'linear-value':
      return linearCode(last);
    case 'network-value':
      return networkCode(last);
    case 'forest-value':
    case 'boosted-value':
      throw refusal(last.step, 'this format does not hold trees of values yet', ['onnx', 'c']);
  }
}

function linearCode({ step, params, coef, intercept }: LinearValuePart): StepCode {
  return {
    className: step,
    imports: [`from sklearn.${step === 'LinearSVR' ? 'svm' : 'linear_model'} import ${step}`],
    args: argumentsOf(step, params, []),
    lines: [attribute('coef_'), 'step.intercept_ = of["intercept_"][0]'],
    numbers: { coef_: coef, intercept_: Float64Array.of(intercept) },
  };
}

function networkCode(part: NetworkValuePart): StepCode {
  const { step, params } = part;
  return {
    className: step,
    imports: [`from sklearn.neural_network import ${step}`],
    args: argumentsOf(step, params, []),
    ...layersCode(part, 'identity'),
  };
}
