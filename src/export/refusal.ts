/** The error for a pipeline that a format cannot hold. */
import { InputError } from '../base/errors.js';

/**
 * The InputError `not-exportable`. `why` follows the name of the step and a colon. `instead` are other values of --to
 * that can hold it.
 */
export function refusal(step: string, why: string, instead: readonly string[] = []): InputError {
  const hint = instead.length > 0 ? { hint: `Use --to ${instead.join(' or --to ')}.` } : {};
  return new InputError('not-exportable', `${step} cannot be exported: ${why}`, { value: step, ...hint });
}
