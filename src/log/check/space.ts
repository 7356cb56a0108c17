/** Judges how much space is left for a log. */
import { statfsSync } from 'node:fs';
import type { Judgement } from './findings.js';
import { nearestFolder } from './mounts.js';

const LITTLE_BYTES = 1024 ** 3;
const TOO_LITTLE_BYTES = 64 * 1024 ** 2;

/** How much space is left, by statfs. */
export interface Space {
  freeBytes: number;
  /** How many files can still be made; undefined where their number is not limited. */
  freeFiles?: number;
}

export function spaceUnder(folder: string): Space {
  const { bavail, bsize, files, ffree } = statfsSync(nearestFolder(folder));
  return { freeBytes: bavail * bsize, ...(files > 0 && { freeFiles: ffree }) };
}

export function judgeSpace({ freeBytes, freeFiles }: Space): Judgement[] {
  const about = 'free space';
  const advice = 'Free some space. A full disk stops the workers, but nothing that was acknowledged is lost.';
  const megabytes = Math.floor(freeBytes / 1024 ** 2);
  const judgements: Judgement[] = [];
  if (freeBytes < TOO_LITTLE_BYTES)
    judgements.push({ level: 'unsafe', about, message: `only ${megabytes} MB are left`, advice });
  else if (freeBytes < LITTLE_BYTES)
    judgements.push({ level: 'doubtful', about, message: `only ${megabytes} MB are left`, advice });
  if (freeFiles !== undefined && freeFiles < 1000) {
    const level = freeFiles < 10 ? 'unsafe' : 'doubtful';
    judgements.push({
      level,
      about: 'free inodes',
      message: `only ${freeFiles} more files can be made`,
      advice,
    });
  }
  return judgements;
}
