/**
 * How much memory this process may take: the smallest limit of its control groups (cgroups(7)), as batch systems and
 * containers set them. Beyond it the kernel kills the process without a word; so a worker keeps some distance.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Version 1 says "no limit" by a number of this size. */
const noLimit = 2 ** 60;

/** What a worker takes of its limit: the kernel counts what it holds for the process beside what is resident. */
export function usableMemory(limitBytes: number): number {
  return 0.9 * limitBytes;
}

/** The limit in bytes; undefined where there is none, or no control groups. `root` is / but for the tests. */
export function controlGroupMemory(root = '/'): number | undefined {
  const limits = readText(join(root, 'proc/self/cgroup'))
    ?.split('\n')
    .flatMap(line => {
      const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      if (controllers === '') return limitsAlong(join(root, 'sys/fs/cgroup'), path, 'memory.max');
      if (controllers?.split(',').includes('memory'))
        return limitsAlong(join(root, 'sys/fs/cgroup/memory'), path, 'memory.limit_in_bytes');
      return [];
    });
  return limits && limits.length > 0 ? Math.min(...limits) : undefined;
}

/** The limits of a group and of all that it is in; a group that cannot be seen from in here is passed over. */
function limitsAlong(mount: string, path: string, file: string): number[] {
  const found: number[] = [];
  for (let group = path; ; group = dirname(group)) {
    const limit = Number(readText(join(mount, group, file)) ?? NaN);
    if (limit > 0 && limit < noLimit) found.push(limit);
    if (group === dirname(group)) return found;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
