/** What a supervisor holds: a config that was claimed by this worker under an epoch. */
import type { Config } from '../base/config.js';
import type { Draft } from '../events/format/event.js';
import { plainName } from '../terminal/printable.js';
import { count, duration } from '../terminal/units.js';

export interface Job {
  config: Config;
  claim: number;
  attempt: number;
  /** How long it was expected to take when it was claimed. */
  expectedSeconds: number;
  /** When its training began, by the supervisor's clock; 0 before. */
  startedAtMs: number;
}

export function aboutOf({ config }: Job): string {
  return `${config.id.slice(0, 8)}  ${plainName(config.pipeline)} ${plainName(config.split)}`;
}

/** `released` events for these jobs, one for each claim. */
export function releases(jobs: readonly Job[], why: string, worker: string): Draft[] {
  const byClaim = new Map<number, string[]>();
  for (const { claim, config } of jobs) byClaim.set(claim, [...(byClaim.get(claim) ?? []), config.id]);
  return [...byClaim].map(([claim, configs]) => ({ type: 'released', claim, configs, why, worker }));
}

/** What a person reads when a worker starts nothing new: what becomes of the configs that run. */
export function drainingWords(running: number, seconds: number, isStopped: boolean): string {
  if (running === 0) return 'nothing is running';
  const configs = count(running, 'running config');
  if (seconds <= 0) return `${configs} given back`;
  const time = seconds === Infinity ? 'until done' : `for ${duration(seconds)}`;
  const signal = isStopped ? 'a second signal' : 'a signal to stop';
  return `${configs} may go on ${time}; ${signal} ends ${running === 1 ? 'it' : 'them'}`;
}
