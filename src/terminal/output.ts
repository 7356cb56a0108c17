/** Whether a command goes on after its output was closed. */
let optional = false;

/**
 * A worker calls this, so that a closed terminal, or `spt work | head`, does not end the training. log/status.log has
 * the same lines.
 */
export function makeOutputOptional(): void {
  optional = true;
}

export function isOutputOptional(): boolean {
  return optional;
}
