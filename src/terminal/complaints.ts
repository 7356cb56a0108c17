import { Failure, InputError, InputErrors, type Place } from '../base/errors.js';
import { printable, shown } from './printable.js';

/** The exit codes of `spt`. */
export const exitCode = { done: 0, failed: 1, badInput: 2 } as const;

/** At most this many complaints are written out; the rest are counted. */
const mostComplaints = 20;

function at({ file, line, column }: Place): string {
  return [printable(file), line, line === undefined ? undefined : column]
    .filter(part => part !== undefined)
    .join(':');
}

/** The lines that tell one piece of bad input: place, message, value, what was expected, what to do. */
function complaintLines(error: InputError): string[] {
  const { place, value, expected, hint } = error.complaint;
  const lines = [`spt: ${place ? `${at(place)}: ` : ''}${printable(error.message, 500)}`];
  if (value !== undefined) lines.push(`       value:    ${shown(value)}`);
  if (expected !== undefined) lines.push(`       expected: ${printable(expected, 500)}`);
  if (hint !== undefined) lines.push(`       ${printable(hint, 500)}`);
  return lines;
}

/** What a person reads of an error, and the code to exit with. An error nobody foresaw shows its stack. */
export function explain(error: unknown): { lines: string[]; code: number } {
  if (error instanceof InputError) return { lines: complaintLines(error), code: exitCode.badInput };
  if (error instanceof InputErrors) {
    const lines = error.errors.slice(0, mostComplaints).flatMap(complaintLines);
    const rest = error.errors.length - mostComplaints;
    if (rest > 0) lines.push(`spt: and ${rest} more`);
    return { lines, code: exitCode.badInput };
  }
  if (error instanceof Failure) {
    const lines = [`spt: ${printable(error.message, 500)}`];
    if (error.hint !== undefined) lines.push(`       ${printable(error.hint, 500)}`);
    return { lines, code: exitCode.failed };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    lines: [
      'spt: an error that should not happen; please report it with these lines',
      ...stack.split('\n').map(line => printable(line)),
    ],
    code: exitCode.failed,
  };
}

/** The same for programs (`--json`): one JSON object. */
export function explainJson(error: unknown): string {
  const tell = (one: unknown) =>
    one instanceof InputError
      ? { code: one.code, message: one.message, ...one.complaint }
      : one instanceof Failure
        ? { code: one.code, message: one.message, hint: one.hint }
        : { code: 'unexpected', message: String(one) };
  const errors = error instanceof InputErrors ? error.errors.map(tell) : [tell(error)];
  return JSON.stringify({ errors });
}
