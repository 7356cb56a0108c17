/**
 * Checks a run of lines at once. One CRC-32 over all lines tells whether each line has the CRC that stands in front of
 * it (assembly/runs.ts). This takes half the time of one CRC per line.
 */
import { crc32 } from '../../base/crc.js';
import { module } from './module.js';

/** Lines whose CRCs are right. */
export interface Run {
  count: number;
  /** Where each line ends, before its newline, counted from the start of the run. */
  ends: Uint32Array;
  crcs: Uint32Array;
}

/** Lines of fewer bytes are checked one by one, because that is as fast. */
const SHORTEST_BYTES = 1024;
/** As in assembly/runs.ts. */
const MOST_LINES = 8192;
const NEWLINE = 10;

const run: Run | undefined = module && {
  count: 0,
  ends: new Uint32Array(module.memory.buffer, module.ENDS.value, MOST_LINES),
  crcs: new Uint32Array(module.memory.buffer, module.CRCS.value, MOST_LINES),
};

/**
 * The complete lines at the start of `bytes`, if the CRCs of all are right. Undefined if a CRC is wrong, or if the
 * lines cannot be checked together: then each line is to be checked. The result is lent until the next call.
 */
export function soundRun(bytes: Buffer): Run | undefined {
  if (!module || !run || bytes.length < SHORTEST_BYTES || bytes.buffer !== module.memory.buffer)
    return undefined;
  const end = 1 + bytes.lastIndexOf(NEWLINE);
  if (end < SHORTEST_BYTES) return undefined;
  const promised = module.promised(bytes.byteOffset, bytes.byteOffset + end);
  if (promised < 0 || crc32(bytes, 0, 0, end) !== promised) return undefined;
  run.count = module.lineCount();
  return run;
}
