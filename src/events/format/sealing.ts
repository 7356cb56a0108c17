/**
 * When a segment of the log ends. A record brings the segment to its full size, a `sealed` record follows it, and the
 * next record begins the next segment.
 */
import type { Sealed } from './event.js';

/** The default size of a segment, in bytes. */
export const SEGMENT_BYTES = 64 * 1024 * 1024;

/** The record that seals a segment of `bytes` bytes; undefined while the segment has not reached its size. */
export function sealOf(segment: number, bytes: number, segmentBytes: number): Sealed | undefined {
  return bytes < segmentBytes ? undefined : { type: 'sealed', segment, bytes };
}
