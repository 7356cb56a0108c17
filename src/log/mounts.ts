/**
 * Whether a file system can carry a log, as far as its mount options tell. Locks must exclude processes on all
 * machines, taking one must refresh the cache, and fsync must tell the truth.
 */

export type Verdict = 'safe' | 'doubtful' | 'unsafe';

/** What is known about one property of the file system. */
export interface Finding {
  verdict: Verdict;
  message: string;
  /** What to change. */
  hint?: string;
}

export interface Mount {
  point: string;
  type: string;
  /** What is mounted: a device, or server:path. */
  source: string;
  options: string[];
}

/** The mount that a path lies on, from the text of /proc/self/mountinfo (proc(5)); the path must be resolved. */
export function mountOf(path: string, mountinfo: string): Mount | undefined {
  let found: Mount | undefined;
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    if (!after) continue;
    const fields = before.split(' ');
    const point = unescaped(fields[4]);
    const isInside = path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`);
    // Of two mounts on one point, the later one is seen.
    if (!isInside || (found && point.length < found.point.length)) continue;
    const [type, source, superOptions] = after.split(' ');
    const options = [...fields[5].split(','), ...(superOptions ?? '').split(',')];
    found = { point, type, source: unescaped(source), options };
  }
  return found;
}

/** Octal escapes, as the kernel writes blanks in paths. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

const LOCAL = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'zfs', 'f2fs', 'overlay', 'bcachefs']);
const CLUSTERED = new Set(['ceph', 'gpfs', 'ocfs2', 'gfs2', 'panfs', 'wekafs', 'pvfs2']);

/** What the options of a mount mean for a log on it; at least one finding. */
export function judgeMount({ type, options }: Mount): Finding[] {
  const has = (option: string): boolean => options.includes(option);
  if (has('ro')) return [unsafe('the file system is mounted read-only', 'name another log with --log')];
  if (type === 'nfs' || type === 'nfs4') return judgeNfs(has);
  if (type === 'lustre') return judgeLustre(has);
  if (type === 'cifs' || type === 'smb3') return judgeSmb(has);
  if (type === 'beegfs') {
    const hint =
      'set tuneUseGlobalFileLocks = true in beegfs-client.conf on every node, then spt doctor --probe on two';
    return [doubtful('BeeGFS locks within one machine only, unless its client is told otherwise', hint)];
  }
  if (type === 'tmpfs' || type === 'ramfs') {
    return [
      doubtful(`${type} is memory: the log is gone when the machine restarts`, 'use a disk for what matters'),
    ];
  }
  if (type === 'fuse.sshfs')
    return [unsafe('sshfs has no locks between machines', 'use the file system itself')];
  if (LOCAL.has(type)) return [safe(`${type} is a local file system: fit for processes of one machine`)];
  if (CLUSTERED.has(type)) return [safe(`${type} keeps locks and caches in step between machines`)];
  return [
    doubtful(`${type} is not known here`, 'run spt doctor --probe PATH on two machines at the same time'),
  ];
}

function judgeNfs(has: (option: string) => boolean): Finding[] {
  const findings: Finding[] = [];
  const remount = 'remount with the default options: -o hard, and neither nolock, local_lock nor nocto';
  if (has('nolock')) findings.push(unsafe('nolock: locks exclude nobody on other machines', remount));
  if (has('local_lock=all') || has('local_lock=flock')) {
    findings.push(unsafe('local_lock: flock excludes nobody on other machines', remount));
  }
  if (has('nocto')) findings.push(unsafe('nocto: opening a file does not show what others wrote', remount));
  if (has('soft') || has('softerr')) {
    findings.push(doubtful('soft: when the server is slow, writes fail whose outcome is unknown', remount));
  }
  if (has('vers=3')) {
    const message =
      'NFS 3 keeps locks with a daemon of its own (lockd), which must run on server and clients';
    findings.push(doubtful(message, 'prefer vers=4.1 or later'));
  }
  return findings.length > 0 ? findings : [safe('NFS with locks that hold between machines')];
}

function judgeLustre(has: (option: string) => boolean): Finding[] {
  const hint = 'remount with -o flock';
  if (has('localflock')) return [unsafe('localflock: flock excludes nobody on other machines', hint)];
  if (has('noflock') || !has('flock')) return [unsafe('this Lustre mount gives no flock', hint)];
  return [safe('Lustre with flock')];
}

function judgeSmb(has: (option: string) => boolean): Finding[] {
  if (has('nobrl')) return [unsafe('nobrl: locks are not sent to the server', 'remount without nobrl')];
  const message = 'SMB: flock becomes mandatory locks, and caches may lag';
  return [doubtful(message, 'mount with cache=none, and run spt doctor --probe PATH on two machines')];
}

function safe(message: string): Finding {
  return { verdict: 'safe', message };
}

function doubtful(message: string, hint: string): Finding {
  return { verdict: 'doubtful', message, hint };
}

function unsafe(message: string, hint: string): Finding {
  return { verdict: 'unsafe', message, hint };
}
