/** The names of the log's files. */
import { join } from 'node:path';

const SEGMENT = /^events-(\d{6,15})\.jsonl$/;
const SNAPSHOT = /^snapshot-(\d{6,15})\.bin$/;

export function segmentPath(directory: string, segment: number): string {
  return join(directory, `events-${String(segment).padStart(6, '0')}.jsonl`);
}

/** The number of a segment's file name; undefined for other files. */
export function segmentNumber(name: string): number | undefined {
  const match = SEGMENT.exec(name);
  return match ? Number(match[1]) : undefined;
}

export function snapshotPath(directory: string, segment: number): string {
  return join(directory, `snapshot-${String(segment).padStart(6, '0')}.bin`);
}

/** The number of the segment in a snapshot's file name; undefined for other files. */
export function snapshotNumber(name: string): number | undefined {
  const match = SNAPSHOT.exec(name);
  return match ? Number(match[1]) : undefined;
}

export function workersDirectory(directory: string): string {
  return join(directory, 'workers');
}

export function heartbeatPath(directory: string, worker: string): string {
  return join(workersDirectory(directory), `${worker}.json`);
}
