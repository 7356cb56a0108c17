/**
 * Whether the file system under a log can keep its promises: that flock excludes others, that taking it refreshes what a
 * client has cached, that fsync tells the truth. The options of the mount say much (proc(5), nfs(5), mount.lustre(8),
 * mount.cifs(8)); a lock that is tried says the rest, as far as one machine can.
 *
 * Two processes of one machine exclude each other even where two machines do not, so that no test on one machine can
 * prove that a shared file system is safe: rendezvous.ts does that with two.
 */
import { readFileSync, realpathSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../../base/errors.js';
import { ioFailure } from '../failures.js';
import { errnoOf, type Handle, type Host } from '../host.js';

/** `unsafe`: the log may lose what it acknowledged. `doubtful`: it depends. `note`: nothing to fear. */
export type Level = 'unsafe' | 'doubtful' | 'note';

export interface Verdict {
  level: Level;
  /** The option or property that it is about: `nolock`, `overlay`, `free space`. */
  about: string;
  message: string;
  /** What to change. */
  advice?: string;
}

export interface Mount {
  /** Where it is mounted. */
  point: string;
  /** ext4, nfs4, lustre, fuse.sshfs, ... */
  type: string;
  source: string;
  /** Options of the mount and of the file system together, as `name` or `name=value`. */
  options: string[];
}

// ---- which mount it is ---------------------------------------------------------------------------------------------

/**
 * The mounts of /proc/self/mountinfo (proc(5)): `36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/root rw,x=y`.
 * Lines that are of another form are left out.
 */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap(line => {
    const fields = line.split(' ');
    const dash = fields.indexOf('-', 6);
    if (dash < 0 || fields.length < dash + 3) return [];
    const [type, source, superOptions = ''] = fields.slice(dash + 1);
    const options = [...fields[5].split(','), ...superOptions.split(',')].filter(option => option !== '');
    return [{ point: unescaped(fields[4]), type, source: unescaped(source), options: [...new Set(options)] }];
  });
}

/** Blanks and their like are written as octal escapes. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

/** The mount that an absolute path lies on: the longest mount point that holds it, and of equal ones the last. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) {
    const { point } = mount;
    const holds = path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`);
    if (holds && point.length >= (found?.point.length ?? 0)) found = mount;
  }
  return found;
}

/** The real path of the folder, or of the nearest one above that exists. */
export function nearestFolder(folder: string): string {
  for (let path = resolve(folder); ; path = dirname(path)) {
    try {
      return realpathSync(path);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || path === dirname(path)) throw error;
    }
  }
}

/** The mount under a folder; undefined where the kernel does not tell. */
export function mountUnder(folder: string): Mount | undefined {
  try {
    return mountOf(nearestFolder(folder), parseMounts(readFileSync('/proc/self/mountinfo', 'utf8')));
  } catch {
    return undefined;
  }
}

// ---- what its options mean -----------------------------------------------------------------------------------------

interface Rule {
  types: RegExp;
  /** Applies when there is such an option; without one, whenever the type fits. */
  option?: RegExp;
  /** Applies when there is no such option. */
  unless?: RegExp;
  level: Level;
  message: string;
  advice?: string;
}

const NFS = /^nfs4?$/;
const CIFS = /^(cifs|smb3|smbfs)$/;
const LOCAL = /^(ext[234]|xfs|btrfs|zfs|f2fs|jfs|bcachefs|apfs|hfs)$/;
const SHARED = /^(gpfs|ceph|gfs2|ocfs2|fuse\.glusterfs|fuse\.ceph|wekafs|panfs|orangefs|fuse\.juicefs)$/;

const RULES: readonly Rule[] = [
  {
    types: /./,
    option: /^ro$/,
    level: 'unsafe',
    message: 'the file system is mounted read-only',
    advice: 'Mount it with rw, or name another log with --log.',
  },
  {
    types: NFS,
    option: /^nolock$/,
    level: 'unsafe',
    message: 'locks stay on this machine: another one does not see them, and appends overwrite each other',
    advice: 'Mount it without nolock. With NFS 3, rpc.statd must run on the clients.',
  },
  {
    types: NFS,
    option: /^local_lock=(all|flock)$/,
    level: 'unsafe',
    message: 'flock stays on this machine: another one does not see it, and appends overwrite each other',
    advice: 'Mount it with local_lock=none.',
  },
  {
    types: NFS,
    option: /^local_lock=posix$/,
    level: 'note',
    message: 'only POSIX locks stay on this machine; the log uses flock, which the server arbitrates',
  },
  {
    types: NFS,
    option: /^(soft|softerr)$/,
    level: 'doubtful',
    message:
      'a server that is slow or restarts makes calls fail: workers stop with an error, nothing is lost',
    advice: 'Mount it with hard.',
  },
  {
    types: NFS,
    option: /^nocto$/,
    level: 'doubtful',
    message: 'what others wrote is seen late: workers may be taken for lost while they live',
    advice: 'Mount it without nocto.',
  },
  {
    types: NFS,
    option: /^(noac|sync|actimeo=0|acregmax=0)$/,
    level: 'note',
    message: 'attributes are not cached or writes not delayed: this is slow, and does not stand in for locks',
  },
  {
    types: NFS,
    option: /^(vers|nfsvers)=[23](\.\d)?$/,
    level: 'note',
    message: 'NFS 3 and older lock by a protocol of its own, which stalls for up to a minute after a restart',
    advice: 'NFS 4.1 or newer is quicker.',
  },
  {
    types: NFS,
    option: /^(vers|nfsvers)=4\.0$/,
    level: 'note',
    message: 'NFS 4.0 waits for locks by asking again and again, for up to some seconds',
    advice: 'NFS 4.1 or newer is quicker.',
  },
  {
    types: /^lustre$/,
    option: /^localflock$/,
    level: 'unsafe',
    message: 'flock stays on this machine: another one does not see it',
    advice: 'Mount it with flock.',
  },
  {
    types: /^lustre$/,
    option: /^noflock$/,
    level: 'unsafe',
    message: 'there is no flock',
    advice: 'Mount it with flock.',
  },
  {
    types: /^lustre$/,
    option: /^flock$/,
    level: 'note',
    message: 'a shared file system with locks between machines',
  },
  {
    types: /^lustre$/,
    unless: /^(flock|localflock|noflock)$/,
    level: 'doubtful',
    message: 'the mount does not say whether flock works between machines',
    advice: 'Mount it with flock, or prove it by spt doctor --probe on two machines.',
  },
  {
    types: /^beegfs/,
    level: 'doubtful',
    message: 'flock excludes other machines only with tuneUseGlobalFileLocks = true in beegfs-client.conf',
    advice: 'Set it, and prove it by spt doctor --probe on two machines.',
  },
  {
    types: CIFS,
    option: /^(nobrl|nosharesock,nobrl)$/,
    level: 'unsafe',
    message: 'locks are not sent to the server: another machine does not see them',
    advice: 'Mount it without nobrl.',
  },
  {
    types: CIFS,
    option: /^cache=loose$/,
    level: 'unsafe',
    message: 'what others wrote may not be seen at all',
    advice: 'Mount it with cache=strict.',
  },
  {
    types: CIFS,
    level: 'doubtful',
    message: 'locks of SMB are mandatory: readers fail while somebody appends, and servers differ',
    advice: 'Prove it by spt doctor --probe on two machines. NFS is the better choice.',
  },
  {
    types: /^fuse\.(sshfs|s3fs|rclone|gcsfuse|goofys|blobfuse2?|mount-s3|davfs2?)$|^davfs$/,
    level: 'unsafe',
    message: 'it has no locks between machines, and no appends that others see at once',
    advice: 'Put the log on NFS, Lustre or another file system with flock.',
  },
  {
    types: /^9p$|^virtiofs$|^(vboxsf|vmhgfs|fuse\.vmhgfs-fuse|drvfs|prl_fs)$/,
    level: 'doubtful',
    message: 'locks may stay inside of this virtual machine: its host and other guests do not see them',
    advice: 'Keep to workers inside of this one machine, or prove it by spt doctor --probe.',
  },
  {
    types: /^(overlay|overlayfs|aufs|fuse\.fuse-overlayfs)$/,
    level: 'doubtful',
    message: 'this is the layer of a container: it vanishes with it, and other containers do not see it',
    advice: 'Mount a volume or a folder of the host at the log.',
  },
  {
    types: /^(tmpfs|ramfs|devtmpfs)$/,
    level: 'doubtful',
    message: 'it is in memory: it is gone when the machine restarts, and no other machine sees it',
    advice: 'Put the log on a disk.',
  },
  {
    types: LOCAL,
    option: /^(nobarrier|barrier=0)$/,
    level: 'doubtful',
    message: 'fsync does not reach the disk: a loss of power may cost what was acknowledged',
    advice: 'Mount it with barriers.',
  },
  { types: LOCAL, level: 'note', message: 'a disk of this machine: safe for all workers of this machine' },
  {
    types: SHARED,
    level: 'note',
    message: 'a shared file system with locks between machines',
    advice: 'Prove it once by spt doctor --probe on two machines.',
  },
  {
    types: NFS,
    unless: /^(nolock|local_lock=(all|flock))$/,
    level: 'note',
    message: 'locks are arbitrated by the server',
    advice: 'Prove it once by spt doctor --probe on two machines.',
  },
];

const KNOWN = /^(nfs4?|lustre|beegfs.*|cifs|smb3|smbfs)$/;

/** What the type and the options of a mount mean for a log; the worst first. */
export function judgeMount(mount: Mount): Verdict[] {
  const verdicts = RULES.filter(({ types }) => types.test(mount.type)).flatMap(rule => {
    const { option, unless, level, message, advice } = rule;
    const met = option && mount.options.find(one => option.test(one));
    if (option && met === undefined) return [];
    if (unless && mount.options.some(one => unless.test(one))) return [];
    return [{ level, about: met ?? mount.type, message, ...(advice && { advice }) }];
  });
  if (verdicts.every(({ about }) => about === 'ro') && !KNOWN.test(mount.type)) {
    const message = 'a type of file system that is not known here';
    const advice = 'Prove it by spt doctor --probe on two machines.';
    verdicts.push({ level: 'doubtful', about: mount.type, message, advice });
  }
  const order: readonly Level[] = ['unsafe', 'doubtful', 'note'];
  return verdicts.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

// ---- space ---------------------------------------------------------------------------------------------------------

const LITTLE_BYTES = 1024 ** 3;
const TOO_LITTLE_BYTES = 64 * 1024 ** 2;

/** How much room is left, by statfs. */
export interface Space {
  freeBytes: number;
  /** Names that can still be made; undefined where that is not limited. */
  freeFiles?: number;
}

export function spaceUnder(folder: string): Space {
  const { bavail, bsize, files, ffree } = statfsSync(nearestFolder(folder));
  return { freeBytes: bavail * bsize, ...(files > 0 && { freeFiles: ffree }) };
}

export function judgeSpace({ freeBytes, freeFiles }: Space): Verdict[] {
  const about = 'free space';
  const advice = 'Make room. A full disk stops the workers, but nothing that was acknowledged is lost.';
  const megabytes = Math.floor(freeBytes / 1024 ** 2);
  const verdicts: Verdict[] = [];
  if (freeBytes < TOO_LITTLE_BYTES)
    verdicts.push({ level: 'unsafe', about, message: `only ${megabytes} MB are left`, advice });
  else if (freeBytes < LITTLE_BYTES)
    verdicts.push({ level: 'doubtful', about, message: `only ${megabytes} MB are left`, advice });
  if (freeFiles !== undefined && freeFiles < 1000) {
    const level = freeFiles < 10 ? 'unsafe' : 'doubtful';
    verdicts.push({
      level,
      about: 'free inodes',
      message: `only ${freeFiles} more files can be made`,
      advice,
    });
  }
  return verdicts;
}

// ---- one lock that is tried ----------------------------------------------------------------------------------------

/** What a file system answers that has no locks, or not these. */
const LOCK_ERRORS: ReadonlySet<string> = new Set(['ENOLCK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL']);

/**
 * Whether flock excludes a second descriptor of this process, and is given when the first is closed. Leaves nothing
 * behind in the folder, which must exist. Throws what opening a file there throws.
 */
export async function tryFlock(folder: string, host: Host): Promise<Verdict[]> {
  const path = join(folder, `probe-${host.newId()}.tmp`);
  const handles: Handle[] = [];
  const unsafe = (message: string, advice?: string): Verdict[] => {
    return [{ level: 'unsafe', about: 'flock', message, ...(advice && { advice }) }];
  };
  try {
    for (let i = 0; i < 2; i++) handles.push(await host.open(path, 'append'));
    const [first, second] = handles;
    if (!(await first.lock('exclusive'))) return unsafe('the lock of a new file is not given');
    if (await second.lock('exclusive')) return unsafe('a lock that is held is given a second time');
    await first.close();
    handles.shift();
    return (await second.lock('exclusive')) ? [] : unsafe('a lock that was given back is not given again');
  } catch (error) {
    if (!LOCK_ERRORS.has(errnoOf(error) ?? '')) throw error;
    const advice =
      errnoOf(error) === 'ENOLCK' ? 'Start the lock service of the mount: it does not run.' : undefined;
    return unsafe(`no lock can be taken: ${(error as Error).message}`, advice);
  } finally {
    for (const handle of handles) await handle.close().catch(() => undefined);
    await host.remove(path).catch(() => undefined);
  }
}

/**
 * Refuses a folder whose file system is known to lose what a log acknowledges: by the options of its mount, or because
 * a lock does not exclude. Takes some milliseconds. Throws Failure `unsafe-file-system`.
 */
export async function refuseUnsafe(
  folder: string,
  host: Host,
  mount: Mount | undefined = mountUnder(folder),
): Promise<void> {
  const verdicts = mount ? judgeMount(mount).filter(({ level }) => level === 'unsafe') : [];
  if (verdicts.length === 0) {
    try {
      await host.makeDirectory(folder);
      verdicts.push(...(await tryFlock(folder, host)));
    } catch (error) {
      throw ioFailure(error, folder);
    }
  }
  if (verdicts.length === 0) return;
  const { about, message, advice } = verdicts[0];
  const where = mount ? `${mount.type} at ${mount.point}` : 'its file system';
  throw new Failure(
    'unsafe-file-system',
    `the log ${folder} is not safe on ${where}: ${about}: ${message}`,
    `${advice ? `${advice} ` : ''}spt doctor says more. With --force, spt goes on all the same.`,
  );
}
