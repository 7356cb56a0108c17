/** What is used of fs-ext, which brings no types. */
declare module 'fs-ext' {
  /** Throws an error with an errno `code`; EAGAIN where a non-blocking lock is held by another. */
  export function flockSync(fd: number, operation: 'sh' | 'ex' | 'shnb' | 'exnb' | 'un'): void;
}
