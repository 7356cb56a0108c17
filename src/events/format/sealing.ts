/**
 * When a segment of the log ends: the record that brings it to its size is followed by one that seals it, and the next
 * record begins the next segment.
 */
import type { Sealed } from './event.js';

/** The size of a segment unless another one is asked for. */
export const SEGMENT_BYTES = 64 * 1024 * 1024;

/** The record that seals a segment of `bytes` bytes; undefined while the segment has not reached its size. */
export function sealOf(segment: number, bytes: number, segmentBytes: number): Sealed | undefined {
  return bytes < segmentBytes ? undefined : { type: 'sealed', segment, bytes };
}
