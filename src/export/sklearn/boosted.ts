/** XGBClassifier as code of Python: xgboost reads its own JSON. */
import type { BoostedPart } from '../plan.js';
import type { About } from '../writer.js';
import { modelJson } from '../xgboost/json.js';
import { argument, argumentsOf } from './parameters.js';
import type { StepCode } from './step-code.js';

export function boostedCode(part: BoostedPart, classes: readonly string[], about: About): StepCode {
  const { step, params, trees, outputs } = part;
  const rounds = trees.roots.length / outputs;
  const others = argumentsOf(step, params, classes, [
    'objective',
    'n_estimators',
    // spt holds samples out by itself, and xgboost asks for them.
    'early_stopping_rounds',
    'validation_fraction',
  ]);
  return {
    className: step,
    imports: ['import xgboost'],
    args: [
      argument('n_estimators', rounds),
      ...(classes.length > 2 ? [argument('objective', 'multi:softprob')] : []),
      ...others,
    ],
    lines: [
      'step._Booster = xgboost.Booster(model_file=bytearray(of["booster"], "utf-8"))',
      `step.n_classes_ = ${classes.length}`,
    ],
    numbers: { booster: modelJson(part, [], [...classes], about) },
    helpers: ['xgboost'],
    countsFeatures: false,
  };
}
