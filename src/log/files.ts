/**
 * How the log uses files: opens one for one purpose, fills a buffer from it, reads a small one whole, lists segments.
 */
import type { Handle, Host, OpenMode } from './host.js';
import { segmentNumber } from './names.js';

/** Opens a file, uses it, closes it. An error of closing is ignored: what is read or synced needs no close to count. */
export async function using<T>(
  host: Host,
  path: string,
  mode: OpenMode,
  use: (handle: Handle) => Promise<T>,
): Promise<T> {
  const handle = await host.open(path, mode);
  try {
    return await use(handle);
  } finally {
    await handle.close().catch(() => undefined);
  }
}

/** The same for bytes that nobody syncs. Closing sends them to an NFS server, so an error of closing counts. */
export async function writing<T>(
  host: Host,
  path: string,
  mode: OpenMode,
  use: (handle: Handle) => Promise<T>,
): Promise<T> {
  const handle = await host.open(path, mode);
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

/** Fills the target from `position` on; the number of bytes read, which is less than asked for at the file's end only. */
export async function readFully(handle: Handle, target: Buffer, position: number): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const count = await handle.read(target, filled, target.length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** The text of a small file: its first `mostBytes`, by one read, so that a file that is being rewritten is one version. */
export function readSmall(host: Host, path: string, mostBytes: number): Promise<string> {
  return using(host, path, 'read', async handle => {
    const bytes = Buffer.alloc(mostBytes);
    return bytes.toString('utf8', 0, await handle.read(bytes, 0, mostBytes, 0));
  });
}

/** The numbers of the segments that exist, ascending; none if there is no folder. */
export async function listSegments(directory: string, host: Host): Promise<number[]> {
  const numbers = (await host.list(directory)).map(segmentNumber).filter(number => number !== undefined);
  return numbers.sort((a, b) => a - b);
}
