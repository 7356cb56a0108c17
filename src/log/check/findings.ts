/** What checks find: judgements on a file system, and findings of any kind. They are data; commands print them. */
import { basename } from 'node:path';
import type { LinePlace } from '../../events/ask/inspect.js';
import { segmentPath } from '../names.js';

/** `unsafe`: the log may lose what it acknowledged. `doubtful`: this is not known. `note`: the log is safe. */
export type Level = 'unsafe' | 'doubtful' | 'note';

/** What one option or property of a file system means for a log. */
export interface Judgement {
  level: Level;
  /** The option or property: `nolock`, `overlay`, `free space`. */
  about: string;
  message: string;
  /** What to change. */
  advice?: string;
}

/**
 * `problem`: something is wrong, and a person must act. `warning`: something may be wrong, and the advice says how to
 * find out or how to be safe. `note`: good to know, and there is nothing to do.
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
  /** The ids of all configs that it is about. */
  configs?: string[];
  /** The first bytes of a damaged line, not yet safe to print. */
  excerpt?: string;
}

export function placeOf({ segment, line, offset }: LinePlace): NonNullable<Finding['place']> {
  return { file: basename(segmentPath('', segment)), line, offset };
}

/** Whether there is no problem, so that no person has to act. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== 'problem');
}
