/** How much room is left for a log. */
import { statfsSync } from 'node:fs';
import type { Verdict } from './findings.js';
import { nearestFolder } from './mounts.js';

const LITTLE_BYTES = 1024 ** 3;
const TOO_LITTLE_BYTES = 64 * 1024 ** 2;

/** How much room is left, by statfs. */
export interface Space {
  freeBytes: number;
  /** Names that can still be made; undefined where that is not limited. */
  freeFiles?: number;
}

export function spaceUnder(folder: string): Space {
  const { bavail, bsize, files, ffree } = statfsSync(nearestFolder(folder));
  return { freeBytes: bavail * bsize, ...(files > 0 && { freeFiles: ffree }) };
}

export function judgeSpace({ freeBytes, freeFiles }: Space): Verdict[] {
  const about = 'free space';
  const advice = 'Make room. A full disk stops the workers, but nothing that was acknowledged is lost.';
  const megabytes = Math.floor(freeBytes / 1024 ** 2);
  const verdicts: Verdict[] = [];
  if (freeBytes < TOO_LITTLE_BYTES)
    verdicts.push({ level: 'unsafe', about, message: `only ${megabytes} MB are left`, advice });
  else if (freeBytes < LITTLE_BYTES)
    verdicts.push({ level: 'doubtful', about, message: `only ${megabytes} MB are left`, advice });
  if (freeFiles !== undefined && freeFiles < 1000) {
    const level = freeFiles < 10 ? 'unsafe' : 'doubtful';
    verdicts.push({
      level,
      about: 'free inodes',
      message: `only ${freeFiles} more files can be made`,
      advice,
    });
  }
  return verdicts;
}
