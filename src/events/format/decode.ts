/**
 * Decodes the bytes of a line into an entry, or into the reason why the line is quarantined. It never throws. The CRC
 * is checked first, so that only bytes that a writer wrote are parsed.
 */
import type { Config, Json, ModelSize, Scores } from '../../base/config.js';
import { crc32 } from '../../base/crc.js';
import {
  CRC_PREFIX_BYTES,
  FAILURE_KINDS,
  isObject,
  type Entry,
  type Event,
  type FailureKind,
  type Origin,
  type Worker,
} from './event.js';

/**
 * Why a line is quarantined: its CRC is missing or wrong; its content is wrong although its CRC is right; its length.
 */
export type Damage = 'checksum' | 'malformed' | 'overlong';

type Members = { [name: string]: Json };

const PREFIX = Buffer.from('{"crc":"');
const SUFFIX = Buffer.from('",');
const CONFIG_ID = /^[0-9a-f]{16}$/;
const WORKER_ID = /^[A-Za-z0-9_-]{1,64}$/;
const CRC = /^[0-9a-f]{8}$/;
/** The longest name, in UTF-16 code units. */
const NAME_LENGTH = 1024;

/** The CRC in front of the line `bytes[start..end)`; -1 if there is none, or if it is not the CRC of the rest. */
export function checkedCrc(bytes: Buffer, start: number, end: number): number {
  if (end - start <= CRC_PREFIX_BYTES) return -1;
  for (let i = 0; i < 8; i++) if (bytes[start + i] !== PREFIX[i]) return -1;
  if (bytes[start + 16] !== SUFFIX[0] || bytes[start + 17] !== SUFFIX[1]) return -1;
  let written = 0;
  for (let i = start + 8; i < start + 16; i++) {
    const digit = HEX_DIGITS[bytes[i]];
    if (digit < 0) return -1;
    written = (written << 4) | digit;
  }
  written >>>= 0;
  return crc32(bytes, 0, start + CRC_PREFIX_BYTES, end) === written ? written : -1;
}

/** The value of each byte as a lower-case hexadecimal digit, or -1. */
const HEX_DIGITS = Int8Array.from({ length: 256 }, (_, byte) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(byte)),
);

/** Decodes the line `bytes[start..end)`, without its newline. */
export function decode(bytes: Buffer, start = 0, end = bytes.length): Entry | Damage {
  const crc = checkedCrc(bytes, start, end);
  return crc < 0 ? 'checksum' : parse(bytes, start, end, crc);
}

/** The part of decoding after the CRC: JSON and shape. If a member is written twice, the last one counts. */
export function parse(bytes: Buffer, start: number, end: number, crc: number): Entry | Damage {
  const text = bytes.toString('utf8', start, end);
  if (hasManyLevels(text) && isDeep(bytes, start, end)) return 'malformed';
  let members: Json;
  try {
    members = JSON.parse(text);
  } catch {
    return 'malformed';
  }
  if (!isObject(members) || !areFinite(members)) return 'malformed';
  const { n, p, id, at, by, type } = members;
  if (!isCount(n) || n < 1 || typeof p !== 'string' || !CRC.test(p)) return 'malformed';
  if (!isName(id) || !isName(at) || !isName(by) || !isName(type)) return 'malformed';
  const event = eventOf(type, members);
  return event ? { crc, n, previous: parseInt(p, 16), id, at, by, event } : 'malformed';
}

/** The deepest nesting of lists and objects. A reader that walks over a record may rely on it. */
const MOST_LEVELS = 100;
const [QUOTE, BACKSLASH] = [34, 92];
/** By how much each byte changes the level. */
const STEPS = new Int8Array(256);
for (const byte of Buffer.from('[{')) STEPS[byte] = 1;
for (const byte of Buffer.from(']}')) STEPS[byte] = -1;

/**
 * Whether a text opens so many lists and objects that it may be deep. Few records do, and this takes a fifth of the
 * time of `isDeep`.
 */
function hasManyLevels(text: string): boolean {
  let opened = 0;
  for (const open of '[{') {
    for (let i = text.indexOf(open); i >= 0; i = text.indexOf(open, i + 1))
      if (++opened > MOST_LEVELS) return true;
  }
  return false;
}

function isDeep(bytes: Buffer, start: number, end: number): boolean {
  let level = 0;
  for (let i = start; i < end; i++) {
    if (bytes[i] === QUOTE) while (++i < end && bytes[i] !== QUOTE) if (bytes[i] === BACKSLASH) i++;
    level += STEPS[bytes[i]];
    if (level > MOST_LEVELS) return true;
  }
  return false;
}

/**
 * Whether all numbers in the value are finite. JSON.parse reads a number like 1e999 as infinite, which JSON cannot
 * write. A search for such numbers in the text would take six times as long as this walk.
 */
function areFinite(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (!areFinite(item)) return false;
    return true;
  }
  for (const name in value) if (!areFinite(value[name])) return false;
  return true;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= NAME_LENGTH;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whether the value is a config's id: 16 lower-case hexadecimal digits. */
export function isConfigId(value: unknown): value is string {
  return typeof value === 'string' && CONFIG_ID.test(value);
}

/** Whether the value may name a worker, and so a file. */
export function isWorkerId(value: unknown): value is string {
  return typeof value === 'string' && WORKER_ID.test(value);
}

function isConfigIds(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isConfigId);
}

function eventOf(type: string, members: Members): Event | undefined {
  switch (type) {
    case 'enqueued':
      return enqueued(members);
    case 'claimed':
      return claimed(members);
    case 'finished':
      return finished(members);
    case 'failed':
      return failed(members);
    case 'released':
      return released(members);
    case 'sealed':
      return isCount(members.segment) && isCount(members.bytes)
        ? { type, segment: members.segment, bytes: members.bytes }
        : undefined;
    default:
      return { type: 'unknown', name: type };
  }
}

/** The origin of an event, as a member to spread; nothing where the line has none. */
function originOf({ origin }: Members): { origin?: Origin } {
  if (!isObject(origin)) return {};
  const { id, at, by } = origin;
  return isName(id) && isName(at) && isName(by) ? { origin: { id, at, by } } : {};
}

function enqueued(members: Members): Event | undefined {
  const { config } = members;
  if (!isObject(config) || !isConfigId(config.id)) return undefined;
  if (!isName(config.pipeline) || !isName(config.split) || !isName(config.scoring)) return undefined;
  return { type: 'enqueued', config: config as unknown as Config, ...originOf(members) };
}

/**
 * Whether a config has the form that `spt enqueue` writes. Replay needs less, and takes every config. Code that trains
 * or compares configs asks this first.
 */
export function isWholeConfig({ steps, metrics, train, data, seed }: Config): boolean {
  const isStep = (step: unknown): boolean =>
    isObject(step) && Object.keys(step).length === 1 && Object.values(step).every(isObject);
  const isList = Array.isArray(steps) && steps.length > 0 && steps.every(isStep);
  return (
    isList &&
    Array.isArray(metrics) &&
    metrics.every(isName) &&
    isName(train) &&
    isName(data) &&
    isCount(seed)
  );
}

function claimed(members: Members): Event | undefined {
  const { configs, attempts, worker } = members;
  const who = asWorker(worker);
  if (!isConfigIds(configs) || !who) return undefined;
  const counts = Array.isArray(attempts) && attempts.every(isCount) ? attempts : undefined;
  return { type: 'claimed', configs, ...(counts && { attempts: counts }), worker: who, ...originOf(members) };
}

/** A worker from its JSON; undefined if it is not of the right shape. */
export function workerOf(text: string): Worker | undefined {
  try {
    return asWorker(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asWorker(worker: unknown): Worker | undefined {
  if (!isObject(worker)) return undefined;
  const { id, host, pid, slurm } = worker;
  if (!isWorkerId(id) || !isName(host) || !isCount(pid)) return undefined;
  if (slurm === undefined) return { id, host, pid };
  if (!isObject(slurm) || !Object.values(slurm).every(isName)) return undefined;
  return { id, host, pid, slurm: slurm as { [name: string]: string } };
}

function finished(members: Members): Event | undefined {
  const { config, claim, seconds, digest, unranked, scores, versions, size, warnings } = members;
  if (!isConfigId(config) || !isCount(claim) || typeof seconds !== 'number') return undefined;
  if (typeof digest !== 'string' || !isObject(scores)) return undefined;
  return {
    type: 'finished',
    config,
    claim,
    seconds,
    digest,
    ...(unranked === true && isBefore(members, 'unranked', 'scores') && { unranked }),
    scores: scores as unknown as Scores,
    versions: (isObject(versions) ? versions : {}) as { [name: string]: string },
    ...(isModelSize(size) && { size }),
    ...(Array.isArray(warnings) && { warnings: warnings as never }),
    ...originOf(members),
  };
}

/** Whether the value is the size of a model: counts, and among them the features. Other values are left out. */
function isModelSize(size: Json | undefined): size is ModelSize {
  return isObject(size) && Object.hasOwn(size, 'features') && Object.values(size).every(isSize);
}

/** Numbers of a record are finite: `parse` has refused all others. */
function isSize(value: Json): boolean {
  return typeof value === 'number' && value >= 0;
}

/** Whether one member stands before another. The scanner (scan.ts) does not read members behind the scores. */
function isBefore(members: Members, one: string, other: string): boolean {
  const names = Object.keys(members);
  return names.indexOf(one) < names.indexOf(other);
}

function failed(members: Members): Event | undefined {
  const { config, claim, kind, message, retry, seconds } = members;
  if (!isConfigId(config) || !isCount(claim) || typeof retry !== 'boolean') return undefined;
  if (!isFailureKind(kind) || typeof message !== 'string') return undefined;
  const told = { ...(typeof seconds === 'number' && { seconds }), ...originOf(members) };
  return { type: 'failed', config, claim, kind, message, retry, ...told };
}

function isFailureKind(kind: unknown): kind is FailureKind {
  return FAILURE_KINDS.some(one => one === kind);
}

function released({ claim, configs, why, worker }: Members): Event | undefined {
  if (typeof why !== 'string') return undefined;
  if (configs !== undefined && !isConfigIds(configs)) return undefined;
  if (claim !== undefined && !isCount(claim)) return undefined;
  if (why === 'retry' ? !configs : claim === undefined) return undefined;
  return {
    type: 'released',
    why,
    ...(claim !== undefined && { claim }),
    ...(configs && { configs }),
    ...(isWorkerId(worker) && { worker }),
  };
}
