/** Whether a command goes on when nobody reads its output any more. */
let optional = false;

/**
 * A worker calls this: a closed terminal, or `spt work | head`, ends no training. log/status.log has the same lines.
 */
export function makeOutputOptional(): void {
  optional = true;
}

export function isOutputOptional(): boolean {
  return optional;
}
