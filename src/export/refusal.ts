/** The error for a pipeline that a format cannot hold. */
import { InputError } from '../base/errors.js';
import { isMixture, type AnyPlan, type ExportPlan } from './plan.js';

/**
 * The InputError `not-exportable`. `why` follows the name of the step and a colon. `instead` are other values of --to
 * that can hold it.
 */
export function refusal(step: string, why: string, instead: readonly string[] = []): InputError {
  const hint = instead.length > 0 ? { hint: `Use --to ${instead.join(' or --to ')}.` } : {};
  return new InputError('not-exportable', `${step} cannot be exported: ${why}`, { value: step, ...hint });
}

/** Formats that hold every plan. */
const HOLD_ALL = ['onnx', 'c'];

/** The plan, for a format that holds one pipeline and nothing behind it. Throws InputError `not-exportable`. */
export function plainPlan(plan: AnyPlan, to: string): ExportPlan {
  const only = `a file of ${to} holds the pipeline of one model only`;
  if (isMixture(plan)) throw refusal('an ensemble', only, HOLD_ALL);
  const found = (['calibration', 'threshold'] as const).find(name => plan.adjustment?.[name]);
  if (found) throw refusal(`a model with a ${found}`, only, HOLD_ALL);
  return plan;
}
