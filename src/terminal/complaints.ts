/** From errors to the lines that people read, to JSON for programs, and to exit codes. */
import { Failure, InputError, InputErrors, type Place } from '../base/errors.js';
import { printable, safeJson, shown } from './printable.js';
import { hanging, wrapped } from './screen.js';

/** The exit codes of `spt`. */
export const EXIT_CODES = { done: 0, failed: 1, badInput: 2 } as const;

/** The most complaints that are written out; the rest are counted. */
const MOST_COMPLAINTS = 20;

/** The most commands that are offered, and the most characters of one. A line that is cut cannot be copied. */
const MOST_COMMANDS = 20;
const LONGEST_COMMAND = 4000;

function at({ file, line, column }: Place): string {
  return [printable(file), line, line === undefined ? undefined : column]
    .filter(part => part !== undefined)
    .join(':');
}

const INDENT = '       ';

/** What went wrong. Its further lines stand where the other lines do. */
function first(text: string, width: number): string {
  if (width === Infinity) return `spt: ${text}`;
  return `spt: ${wrapped(text, width, INDENT).slice(INDENT.length)}`;
}

/** The lines for one piece of bad input: place, message, value, what was expected, what to do. */
function complaintLines(error: InputError, width: number): string[] {
  const { place, excerpt, value, expected, hint, commands = [] } = error.complaint;
  const lines = [first(`${place ? `${at(place)}: ` : ''}${printable(error.message, 500)}`, width)];
  if (excerpt) lines.push(...excerptLines(excerpt));
  if (value !== undefined) lines.push(hanging(`${INDENT}value:    `, shown(value), width));
  if (expected !== undefined) lines.push(hanging(`${INDENT}expected: `, printable(expected, 500), width));
  if (hint !== undefined) lines.push(hanging(INDENT, printable(hint, 500), width));
  for (const command of commands.slice(0, MOST_COMMANDS))
    lines.push(`  ${printable(command, LONGEST_COMMAND)}`);
  return lines;
}

/** A part of a text, with carets below what is wrong. */
function excerptLines(excerpt: NonNullable<InputError['complaint']['excerpt']>): string[] {
  const [before, marked, rest] = [excerpt.before, excerpt.marked, excerpt.rest].map(text => printable(text));
  const text = `${before}${marked}${rest}`;
  return [`       ${text}`, `       ${' '.repeat(before.length)}${'^'.repeat(Math.max(1, marked.length))}`];
}

/** Messages for errors of the system that no part of the program has explained. */
const SYSTEM_TROUBLES: { [errno: string]: string } = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the quota of the disk is used up',
  ENAMETOOLONG: 'the name is too long',
  ENOTDIR: 'a part of the path is not a folder',
  ELOOP: 'the path has too many symbolic links',
  EMFILE: 'too many files are open (ulimit -n)',
  EIO: 'the disk reports an error',
};

function systemTrouble(error: unknown): string | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  const words = syscall === undefined ? undefined : SYSTEM_TROUBLES[code ?? ''];
  return words && `${words}: ${syscall}${path === undefined ? '' : ` ${path}`} (${code})`;
}

/**
 * The lines that a person reads, and the exit code. An unforeseen error shows its stack.
 * @param width of the terminal, in columns; without one, a sentence is one line
 */
export function explain(error: unknown, width = Infinity): { lines: string[]; code: number } {
  if (error instanceof InputError) return { lines: complaintLines(error, width), code: EXIT_CODES.badInput };
  if (error instanceof InputErrors) {
    const lines = error.errors.slice(0, MOST_COMPLAINTS).flatMap(one => complaintLines(one, width));
    const rest = error.errors.length - MOST_COMPLAINTS;
    if (rest > 0) lines.push(`spt: and ${rest} more ${rest === 1 ? 'error' : 'errors'}`);
    return { lines, code: EXIT_CODES.badInput };
  }
  if (error instanceof Failure) {
    const lines = [first(printable(error.message, 500), width)];
    if (error.hint !== undefined) lines.push(hanging(INDENT, printable(error.hint, 500), width));
    return { lines, code: EXIT_CODES.failed };
  }
  const trouble = systemTrouble(error);
  if (trouble !== undefined)
    return { lines: [first(printable(trouble, 500), width)], code: EXIT_CODES.failed };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    lines: [
      'spt: this error should not happen. Please report it with these lines:',
      ...stack.split('\n').map(line => printable(line)),
    ],
    code: EXIT_CODES.failed,
  };
}

/** An error for programs (`--json`): one JSON object. */
export function explainJson(error: unknown): string {
  const tell = (one: unknown) =>
    one instanceof InputError
      ? { code: one.code, message: one.message, ...one.complaint }
      : one instanceof Failure
        ? { code: one.code, message: one.message, hint: one.hint }
        : { code: systemTrouble(one) === undefined ? 'unexpected' : 'system', message: String(one) };
  const errors = error instanceof InputErrors ? error.errors.map(tell) : [tell(error)];
  return safeJson({ errors });
}
