/** Parsers of option values. An error that they throw becomes a usage error that names the option. */
import { InvalidArgumentError } from 'commander';
import { DURATION_EXPECTED, parseDuration } from '../config/duration.js';

export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return Number(text);
}

export function nonNegativeInteger(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of at least 0.');
  return Number(text);
}

/** An amount of memory such as `4G`, in bytes. */
export function bytes(text: string): number {
  const parts = /^(\d{1,9}(?:\.\d{1,3})?)([KMGT])$/.exec(text);
  const amount = parts ? Math.round(Number(parts[1]) * 1024 ** ('KMGT'.indexOf(parts[2]) + 1)) : 0;
  if (amount < 1) throw new InvalidArgumentError('Expected an amount of memory such as 500M or 4G.');
  return amount;
}

/** A duration in milliseconds, or no time at all: `0`, `0s`. */
export function millisecondsOrNone(text: string): number {
  return /^0+(\.0+)? ?(ms|s|m|h|d)?$/.test(text) ? 0 : milliseconds(text);
}

/** A duration such as `90s`, in milliseconds. */
export function milliseconds(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) throw new InvalidArgumentError(`Expected ${DURATION_EXPECTED}.`);
  return duration;
}
