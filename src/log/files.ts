/**
 * How the log uses files: opens one for one purpose, fills a buffer from it, reads a small one whole, lists segments.
 */
import type { Disk, Handle, OpenMode } from './host.js';
import { segmentNumber } from './names.js';

/**
 * Opens a file, uses it, closes it. An error of closing is ignored, because what was read or synced does not depend on
 * it.
 */
export async function using<T>(
  disk: Disk,
  path: string,
  mode: OpenMode,
  use: (handle: Handle) => Promise<T>,
): Promise<T> {
  const handle = await disk.open(path, mode);
  try {
    return await use(handle);
  } finally {
    await handle.close().catch(() => undefined);
  }
}

/** Like `using`, for bytes that are not synced. Closing sends them to an NFS server, so an error of closing counts. */
export async function writing<T>(
  disk: Disk,
  path: string,
  mode: OpenMode,
  use: (handle: Handle) => Promise<T>,
): Promise<T> {
  const handle = await disk.open(path, mode);
  let result: T;
  try {
    result = await use(handle);
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
  await handle.close();
  return result;
}

/**
 * Fills the target from `position` on. Gives the number of bytes read. It is smaller than the target at the file's end.
 */
export async function readFully(handle: Handle, target: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const count = await handle.read(target, filled, target.length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** The text of a small file: its first `mostBytes`, by one read, so that a rewrite meanwhile does not mix two texts. */
export function readSmall(disk: Disk, path: string, mostBytes: number): Promise<string> {
  return using(disk, path, 'read', async handle => {
    const bytes = Buffer.alloc(mostBytes);
    return bytes.toString('utf8', 0, await handle.read(bytes, 0, mostBytes, 0));
  });
}

/** The numbers of the segments that exist, ascending; none if there is no folder. */
export async function listSegments(directory: string, disk: Disk): Promise<number[]> {
  const numbers = (await disk.list(directory)).map(segmentNumber).filter(number => number !== undefined);
  return numbers.sort((a, b) => a - b);
}
