/**
 * The union of events and their form as a line of the log; src/log/README.md describes each member. Pure: numbers,
 * names and times come from the caller.
 */
import type { Config, FitWarning, Json, ModelSize, Scores } from '../../base/config.js';
import { crc32, hex8 } from '../../base/crc.js';

/** Who claims: enough to find the process again. */
export interface Worker {
  id: string;
  host: string;
  pid: number;
  slurm?: { [name: string]: string };
}

export const FAILURE_KINDS = ['error', 'timeout', 'memory', 'lost'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Where an event stood first, before `spt merge` took it over into this log. */
export interface Origin {
  /** The event's own id there. */
  id: string;
  /** When it was written, by the clock of its author. */
  at: string;
  /** Its author. */
  by: string;
}

export interface Enqueued {
  type: 'enqueued';
  config: Config;
  origin?: Origin;
}

export interface Claimed {
  type: 'claimed';
  configs: string[];
  /** For people: the number of the attempt, from 1, for each of `configs`. Replay does not read it. */
  attempts?: number[];
  worker: Worker;
  origin?: Origin;
}

export interface Finished {
  type: 'finished';
  config: string;
  /** The epoch: the number `n` of the claim's record. */
  claim: number;
  seconds: number;
  /** The model's digest. */
  digest: string;
  /** The scores are reported and do not rank, because some fit did not reach its optimum. */
  unranked?: true;
  scores: Scores;
  versions: { [name: string]: string };
  /** The size of the model that was fitted on all samples. */
  size?: ModelSize;
  warnings?: FitWarning[];
  origin?: Origin;
}

export interface Failed {
  type: 'failed';
  config: string;
  claim: number;
  kind: FailureKind;
  message: string;
  /** Whether the config is queued again; the author knows how many attempts there may be. */
  retry: boolean;
  seconds?: number;
  origin?: Origin;
}

/**
 * Gives configs of a claim back: all, unless some are named. For `retry`: queues failed configs again, without a claim.
 */
export interface Released {
  type: 'released';
  claim?: number;
  configs?: string[];
  why: 'signal' | 'deadline' | 'lost' | 'retry' | (string & {});
  /** Whose claim it was. */
  worker?: string;
}

/** The last record of a segment. */
export interface Sealed {
  type: 'sealed';
  segment: number;
  /** The size of the segment up to this record, in bytes. */
  bytes: number;
}

/** A type that this version does not know. */
export interface Unknown {
  type: 'unknown';
  name: string;
}

/** What callers may append. */
export type Draft = Enqueued | Claimed | Finished | Failed | Released;
export type Event = Draft | Sealed | Unknown;

/** The members in front of the payload. */
export interface Head {
  n: number;
  /** The CRC of the record before. */
  previous: number;
  id: string;
  /** ISO 8601, UTC. */
  at: string;
  by: string;
}

/** A line that was understood. */
export interface Entry extends Head {
  crc: number;
  event: Event;
}

/** `{"crc":"........",` */
export const CRC_PREFIX_BYTES = 18;

/**
 * Characters that JSON does not escape, and that a terminal may act upon or an editor may take for the end of a line.
 */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * The payload with its members in the order of the format. In a config and in scores, the members that replay needs
 * come first, so that replay can skip the rest.
 */
function ordered(event: Draft | Sealed): object {
  const { type, ...payload } = event;
  switch (type) {
    case 'enqueued': {
      const { id, pipeline, split, scoring, direction, ...rest } = event.config;
      return { config: { id, pipeline, split, scoring, direction, ...rest }, origin: event.origin };
    }
    case 'claimed':
      return {
        configs: event.configs,
        attempts: event.attempts,
        worker: event.worker,
        origin: event.origin,
      };
    case 'finished': {
      const { config, claim, seconds, digest, unranked, versions, size, warnings, origin } = event;
      const { validate, cv, ...others } = event.scores;
      const scores = { validate, cv, ...others };
      // Where scores do not follow the digest, the walk over the bytes (scan.ts) leaves the line to JSON.parse.
      return { config, claim, seconds, digest, unranked, scores, versions, size, warnings, origin };
    }
    default:
      return payload;
  }
}

/** The bytes of one line, with its newline. */
export function encode(event: Draft | Sealed, head: Head): Buffer {
  const { n, previous, id, at, by } = head;
  const members = { n, p: hex8(previous), id, at, by, type: event.type, ...ordered(event) };
  const rest = Buffer.from(JSON.stringify(members).slice(1).replace(UNSAFE, escaped), 'utf8');
  return Buffer.concat([Buffer.from(`{"crc":"${hex8(crc32(rest))}",`), rest, Buffer.from('\n')]);
}

/** The CRC that a line carries, read back from the bytes that `encode` made. */
export function crcOf(line: Buffer): number {
  return parseInt(line.toString('latin1', 8, 16), 16);
}

/** Whether a JSON value is an object with members. */
export function isObject(value: unknown): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
