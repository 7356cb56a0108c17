/** Who lives in a simulated world, what they call, and what happens to a call. */
import type { Identity } from '../../src/log/host.js';
import type { CachedFile, Inode, OpenFile } from './files.js';

export type CallName =
  | ('open' | 'size' | 'read' | 'write' | 'sync' | 'lock' | 'close')
  | ('list' | 'makeDirectory' | 'syncDirectory' | 'rename' | 'remove' | 'sleep' | 'isProvenDead');

/** A call that is about to be made. */
export interface Call {
  process: Process;
  name: CallName;
  path: string;
  /** The number of bytes of a write, or of those that a read finds. */
  length: number;
}

/** What happens to a call. Bytes are those that a write still writes. */
export type Interference =
  | { kind: 'kill'; when: 'before' | 'after'; bytes?: number }
  | { kind: 'power'; bytes?: number }
  | { kind: 'error'; code: string; bytes?: number }
  | { kind: 'short'; bytes: number }
  | { kind: 'pause'; ms: number }
  | { kind: 'cut-off'; ms: number };

export interface Machine {
  name: string;
  /** How far its wall clock is off, in ms. */
  skewMs: number;
  /** How fast its monotonic clock runs: 1 is exact. */
  rate: number;
  /** How often it was started. */
  boot: number;
  cache: Map<Inode, CachedFile>;
  /** Until then it reaches no file, in ms. */
  cutOffUntilMs: number;
}

export interface Process {
  name: string;
  machine: Machine;
  identity: Identity;
  alive: boolean;
  /** Until then it does nothing, in ms. */
  pausedUntilMs: number;
  files: Set<OpenFile>;
  /** The error that ended it. */
  error?: unknown;
  ended: boolean;
}
