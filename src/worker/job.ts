/** What a supervisor holds: a config that was claimed by this worker under an epoch. */
import type { Config } from '../base/config.js';

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
  return `${config.id.slice(0, 8)}  ${config.pipeline} ${config.split}`;
}
