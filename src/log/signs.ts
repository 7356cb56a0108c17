/**
 * What a worker's sign of life says besides its counter, for people: how many threads it has, since when, and what they
 * train. Nothing that changes the log depends on it, and the files of older versions lack it.
 */
import { isObject } from '../events/format/event.js';
import { isWorkerId } from '../events/format/decode.js';
import { readSmall } from './files.js';
import type { Disk } from './host.js';
import { heartbeatPath, workersDirectory } from './names.js';

/** What a worker does now. */
export interface Activity {
  threads: number;
  /** When the worker started, in ms since 1970 by its clock. */
  sinceMs: number;
  /** What it trains: the ids of configs, and when their training began, in ms since 1970 by its clock. */
  training: readonly { id: string; sinceMs: number }[];
}

/** What a file says. Members that it lacks are undefined. */
export interface Sign {
  worker: string;
  host?: string;
  pid?: number;
  slurm?: { [name: string]: string };
  leaseMs?: number;
  threads?: number;
  /** In ms since 1970, by the worker's clock: when it started, and when it wrote this. */
  sinceMs?: number;
  atMs?: number;
  /** The first digits of the ids. The list may be cut, because a file is small. */
  training: { id: string; sinceMs: number }[];
}

/** How many digits of an id are written. */
const DIGITS = 8;
/** A file that is longer than this is not read further, in bytes. */
const LONGEST_FILE = 4096;

/**
 * The text of a sign of life with what the worker does. Of the configs in training, as many are told as leave the text
 * shorter than `bytes`, the oldest first.
 */
export function withActivity(
  members: { at: string } & object,
  { threads, sinceMs, training }: Activity,
  bytes: number,
): string {
  const oldest = [...training].sort((a, b) => a.sinceMs - b.sinceMs);
  const told = oldest.map(one => [one.id.slice(0, DIGITS), Math.round(one.sinceMs / 1000)]);
  for (;;) {
    const text = JSON.stringify({
      ...members,
      threads,
      since: new Date(sinceMs).toISOString(),
      training: told,
    });
    if (told.length === 0 || Buffer.byteLength(text) < bytes) return text;
    told.pop();
  }
}

/** The signs of all workers that have a file. A file that cannot be read is left out. */
export async function readSigns(directory: string, disk: Disk): Promise<Sign[]> {
  const names = await disk.list(workersDirectory(directory)).catch(() => []);
  const signs: Sign[] = [];
  for (const name of names.sort()) {
    const worker = name.replace(/\.json$/, '');
    if (worker === name || !isWorkerId(worker)) continue;
    const text = await readSmall(disk, heartbeatPath(directory, worker), LONGEST_FILE).catch(() => '');
    const sign = text === '' ? undefined : signOf(worker, text);
    if (sign) signs.push(sign);
  }
  return signs;
}

/** The text may be anything. */
function signOf(worker: string, text: string): Sign | undefined {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(members)) return undefined;
  const { host, pid, slurm, leaseMs, threads, since, at, training } = members;
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
  const timeOf = (value: unknown): number | undefined => {
    const ms = typeof value === 'string' ? Date.parse(value) : NaN;
    return Number.isNaN(ms) ? undefined : ms;
  };
  const isWords = isObject(slurm) && Object.values(slurm).every(value => typeof value === 'string');
  return {
    worker,
    host: typeof host === 'string' ? host : undefined,
    pid: isCount(pid) ? pid : undefined,
    slurm: isWords ? (slurm as { [name: string]: string }) : undefined,
    leaseMs: isCount(leaseMs) ? leaseMs : undefined,
    threads: isCount(threads) ? threads : undefined,
    sinceMs: timeOf(since),
    atMs: timeOf(at),
    training: (Array.isArray(training) ? training : []).flatMap(one => {
      if (!Array.isArray(one) || typeof one[0] !== 'string' || typeof one[1] !== 'number') return [];
      return [{ id: one[0], sinceMs: 1000 * one[1] }];
    }),
  };
}
