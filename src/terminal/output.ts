/** Whether what a command prints is only for company: it goes on when nobody reads it any more. */
let optional = false;

/** A worker says so: a closed terminal, or `spt work | head`, ends no training; log/status.log tells the same. */
export function makeOutputOptional(): void {
  optional = true;
}

export function isOutputOptional(): boolean {
  return optional;
}
