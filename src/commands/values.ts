import { InvalidArgumentError } from 'commander';
import { DURATION_EXPECTED, parseDuration } from '../config/duration.js';

/** Parsers of option values; what they throw becomes a usage error that names the option. */

export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a positive whole number.');
  return Number(text);
}

/** A duration such as `90s`, in milliseconds. */
export function milliseconds(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) throw new InvalidArgumentError(`Expected ${DURATION_EXPECTED}.`);
  return duration;
}
