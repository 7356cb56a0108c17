/** The last step as code of Python. */
import { givesValues, type ExportPlan } from '../plan.js';
import type { About } from '../writer.js';
import { classifierCode } from './classifiers.js';
import { regressorCode } from './regressors.js';
import type { StepCode } from './step-code.js';

/** The code of the last step. Throws InputError `not-exportable`. */
export function lastCode(plan: ExportPlan, about: About): StepCode {
  return givesValues(plan) ? regressorCode(plan.last) : classifierCode(plan, about);
}
