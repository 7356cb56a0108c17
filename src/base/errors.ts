/**
 * The errors that a person can act on. Errors are data here; terminal/complaints.ts formats them.
 */

/** Where a wrong value stands: a file, and a line and column in it (both from 1). */
export interface Place {
  file: string;
  line?: number;
  column?: number;
}

/** What is known about a piece of bad input, besides its message. */
export interface Complaint {
  place?: Place;
  /** The offending value, as it was met. */
  value?: unknown;
  /** What would have been accepted, as a phrase: "one of l1, l2, elasticnet". */
  expected?: string;
  /** What to do about it, as a sentence. */
  hint?: string;
  /** The part of a text that is wrong, and what stands around it. A mark is printed below the part. */
  excerpt?: { before: string; marked: string; rest: string };
  /** Commands that do what was meant: lines to copy, printed below the hint. */
  commands?: string[];
}

/** Bad usage or bad input: exit code 2, and nothing was appended to the log. */
export class InputError extends Error {
  override name = 'InputError';
  constructor(
    /** A stable word for programs: `unknown-key`, `bad-cell`, `no-such-split`. */
    readonly code: string,
    message: string,
    readonly complaint: Complaint = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Several pieces of bad input that were found together. Each is printed. */
export class InputErrors extends Error {
  override name = 'InputErrors';
  constructor(readonly errors: readonly InputError[]) {
    super(`${errors.length} errors in the input`);
  }
}

/** The input was fine and the work failed (a full disk, a model that does not match its digest): exit code 1. */
export class Failure extends Error {
  override name = 'Failure';
  constructor(
    readonly code: string,
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
