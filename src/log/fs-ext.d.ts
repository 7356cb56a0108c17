/** The types of the part of fs-ext that the log uses. The package has no types. */
declare module 'fs-ext' {
  /** Throws an error with an errno `code`; EAGAIN where a non-blocking lock is held by another. */
  export function flockSync(fd: number, operation: 'sh' | 'ex' | 'shnb' | 'exnb' | 'un'): void;
}
