/** Logs in new folders, which are removed when the process ends, and what stands in them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from '../src/events/format/decode.js';
import type { Entry } from '../src/events/format/event.js';
import { segmentPath } from '../src/log/names.js';
import { makeFolder, removeFolder } from './log-helpers.js';

const folders: string[] = [];
process.on('exit', () => folders.forEach(removeFolder));

/** The path of a log that does not exist yet. */
export function newLog(): string {
  const folder = makeFolder();
  folders.push(folder);
  return join(folder, 'log');
}

/** A log of one segment with the given bytes. */
export function newLogWith(bytes: Buffer): string {
  const log = newLog();
  mkdirSync(log);
  writeFileSync(segmentPath(log, 1), bytes);
  return log;
}

/** The bytes of all segments, in order. */
export function bytesOf(log: string): Buffer {
  const names = readdirSync(log).filter(name => name.endsWith('.jsonl'));
  return Buffer.concat(names.sort().map(name => readFileSync(join(log, name))));
}

/** The records of a sound log. */
export function recordsOf(log: string): Entry[] {
  const lines = bytesOf(log).toString().split('\n').slice(0, -1);
  return lines.map(line => decode(Buffer.from(line)) as Entry);
}
