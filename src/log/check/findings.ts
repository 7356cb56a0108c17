/** What checks find: verdicts on a file system, and findings of any kind. They are data; commands print them. */
import { basename } from 'node:path';
import type { LinePlace } from '../../events/ask/inspect.js';
import { segmentPath } from '../names.js';

/** `unsafe`: the log may lose what it acknowledged. `doubtful`: it depends. `note`: nothing to fear. */
export type Level = 'unsafe' | 'doubtful' | 'note';

/** What one option or property of a file system means for a log. */
export interface Verdict {
  level: Level;
  /** The option or property: `nolock`, `overlay`, `free space`. */
  about: string;
  message: string;
  /** What to change. */
  advice?: string;
}

/**
 * `problem`: something is wrong, and somebody must act. `warning`: something may be wrong, and its advice says how to
 * find out or to be safe. `note`: good to know, and there is nothing to do.
 */
export interface Finding {
  level: 'problem' | 'warning' | 'note';
  /** A stable word for programs: `fork`, `snapshot`, `dead-worker`, `nolock`. */
  kind: string;
  message: string;
  /** Where it is: a file of the log, and the line (from 1) and byte (from 0) in it. */
  place?: { file: string; line?: number; offset?: number };
  /** What to do, as a sentence. */
  advice?: string;
  /** The ids of the configs that it is about, all of them. */
  configs?: string[];
  /** The first bytes of a damaged line, not yet safe to print. */
  excerpt?: string;
}

export function placeOf({ segment, line, offset }: LinePlace): NonNullable<Finding['place']> {
  return { file: basename(segmentPath('', segment)), line, offset };
}

/** Whether nobody has to act. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== 'problem');
}
