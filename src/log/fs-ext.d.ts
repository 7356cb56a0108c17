/** What is used of fs-ext, which brings no types. */
declare module 'fs-ext' {
  export function flock(
    fd: number,
    operation: 'sh' | 'ex' | 'shnb' | 'exnb' | 'un',
    callback: (error: NodeJS.ErrnoException | null) => void,
  ): void;
}
