/** What the tests of the doctor share. */
import type { Finding } from '../src/log/check/findings.js';
import { parseMounts, type Mount } from '../src/log/check/mounts.js';
import type { Handle, Host } from '../src/log/host.js';

/** The kinds of findings, with the line where there is one. */
export function briefly(findings: readonly Finding[]): string[] {
  return findings.map(({ kind, place }) => (place?.line ? `${kind} ${place.line}` : kind));
}

/** A mount of NFS, or of another type, with these options. */
export function nfsMount(options: string, type = 'nfs4'): Mount {
  return parseMounts(`36 35 0:50 / /mnt rw,relatime - ${type} server:/x rw,${options}`)[0];
}

/** A host with other locks: of a mount whose option keeps them elsewhere, or that has none. */
export function withLocks(host: Host, lock: (handle: Handle) => Promise<boolean>): Host {
  return {
    ...host,
    open: async (path, mode) => {
      const handle = await host.open(path, mode);
      return { ...handle, lock: () => lock(handle) };
    },
  };
}
