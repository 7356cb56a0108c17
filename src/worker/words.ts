/** Phrases of the status log about a worker's configs. */
import type { Config } from '../base/config.js';
import { counted } from '../base/listing.js';
import { plainName } from '../terminal/printable.js';
import { duration } from '../terminal/units.js';

/** The short form of an id, for people. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

export function aboutOf({ config }: { config: Config }): string {
  return `${shortId(config.id)}  ${plainName(config.pipeline)} ${plainName(config.split)}`;
}

/** What happens to the running configs of a worker that starts nothing new, for people. */
export function drainingWords(running: number, seconds: number, isStopped: boolean): string {
  if (running === 0) return 'nothing is running';
  const configs = counted(running, 'running config');
  if (seconds <= 0) return `${configs} given back`;
  const time = seconds === Infinity ? 'until done' : `for ${duration(seconds)}`;
  const signal = isStopped ? 'a second signal' : 'a signal to stop';
  return `${configs} may go on ${time}; ${signal} ends ${running === 1 ? 'it' : 'them'}`;
}
