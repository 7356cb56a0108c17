/**
 * How much memory this process may take: the smallest limit of its control groups (cgroups(7)). Batch systems and
 * containers set these limits. The kernel kills a process beyond its limit without a warning, so a worker stays below
 * it.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A limit of at least this number of bytes means "no limit" in version 1 of control groups. */
const NO_LIMIT_BYTES = 2 ** 60;

/** How much of its limit a worker uses, in bytes. The kernel also counts memory that is not resident in the process. */
export function usableMemory(limitBytes: number): number {
  return 0.9 * limitBytes;
}

/** The limit in bytes; undefined where there is none. Only the suites give another `root` than /. */
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

/** The limits of a group and of all groups around it, in bytes. A group that cannot be seen from here has no limit. */
function limitsAlong(mount: string, path: string, file: string): number[] {
  const found: number[] = [];
  for (let group = path; ; group = dirname(group)) {
    const limit = Number(readText(join(mount, group, file)) ?? NaN);
    if (limit > 0 && limit < NO_LIMIT_BYTES) found.push(limit);
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
