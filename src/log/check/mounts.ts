/**
 * Judges the type and the options of a mount. A log needs three promises: flock excludes other machines, taking a lock
 * refreshes what a client has cached, and fsync reaches the disk. Sources: proc(5), nfs(5), mount.lustre(8),
 * mount.cifs(8).
 */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errnoOf } from '../host.js';
import type { Level, Judgement } from './findings.js';

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
 * Lines of another form are left out.
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

/** Blanks, tabs, newlines and backslashes are written as octal escapes. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

/** The mount that an absolute path lies on: the longest mount point that holds it. Of equal ones, the last counts. */
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
  /** Applies when the mount has this option. A rule without an option applies to all mounts of its types. */
  option?: RegExp;
  /** Applies when the mount does not have this option. */
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
    message: 'locks stay on this machine. Other machines do not see them, and appends overwrite each other',
    advice: 'Mount it without nolock. With NFS 3, rpc.statd must run on the clients.',
  },
  {
    types: NFS,
    option: /^local_lock=(all|flock)$/,
    level: 'unsafe',
    message: 'flock stays on this machine. Other machines do not see it, and appends overwrite each other',
    advice: 'Mount it with local_lock=none.',
  },
  {
    types: NFS,
    option: /^local_lock=posix$/,
    level: 'note',
    message: 'only POSIX locks stay on this machine. The log uses flock, which the server arbitrates',
  },
  {
    types: NFS,
    option: /^(soft|softerr)$/,
    level: 'doubtful',
    message:
      'calls fail while a server is slow or restarts. Workers then stop with an error, and nothing is lost',
    advice: 'Mount it with hard.',
  },
  {
    types: NFS,
    option: /^nocto$/,
    level: 'doubtful',
    message: 'what others wrote is seen late. Workers may be taken for lost while they live',
    advice: 'Mount it without nocto.',
  },
  {
    types: NFS,
    option: /^(noac|sync|actimeo=0|acregmax=0)$/,
    level: 'note',
    message: 'attributes are not cached, or writes are not delayed. This is slow and does not replace locks',
  },
  {
    types: NFS,
    option: /^(vers|nfsvers)=[23](\.\d)?$/,
    level: 'note',
    message: 'NFS 3 and older use a separate lock protocol, which stalls for up to a minute after a restart',
    advice: 'NFS 4.1 or newer is quicker.',
  },
  {
    types: NFS,
    option: /^(vers|nfsvers)=4\.0$/,
    level: 'note',
    message: 'NFS 4.0 asks for a lock again and again, so a wait takes up to some seconds',
    advice: 'NFS 4.1 or newer is quicker.',
  },
  {
    types: /^lustre$/,
    option: /^localflock$/,
    level: 'unsafe',
    message: 'flock stays on this machine. Other machines do not see it',
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
    option: /^nobrl$/,
    level: 'unsafe',
    message: 'locks are not sent to the server. Another machine does not see them',
    advice: 'Mount it without nobrl.',
  },
  {
    types: CIFS,
    option: /^cache=loose$/,
    level: 'unsafe',
    message: 'what others wrote may never be seen',
    advice: 'Mount it with cache=strict.',
  },
  {
    types: CIFS,
    level: 'doubtful',
    message: 'locks of SMB are mandatory. Readers fail while somebody appends, and servers differ',
    advice: 'Prove it by spt doctor --probe on two machines. NFS is the better choice.',
  },
  {
    types: /^fuse\.(sshfs|s3fs|rclone|gcsfuse|goofys|blobfuse2?|mount-s3|davfs2?)$|^davfs$/,
    level: 'unsafe',
    message: 'it has no locks between machines, and others see appends late',
    advice: 'Put the log on NFS, Lustre or another file system with flock.',
  },
  {
    types: /^9p$|^virtiofs$|^(vboxsf|vmhgfs|fuse\.vmhgfs-fuse|drvfs|prl_fs)$/,
    level: 'doubtful',
    message: 'locks may stay inside this virtual machine. Its host and other guests then do not see them',
    advice: 'Run workers inside this one machine only, or prove it by spt doctor --probe.',
  },
  {
    types: /^(overlay|overlayfs|aufs|fuse\.fuse-overlayfs)$/,
    level: 'doubtful',
    message:
      'this is the layer of a container. It is deleted with the container, and other containers do not see it',
    advice: 'Mount a volume or a folder of the host at the log.',
  },
  {
    types: /^(tmpfs|ramfs|devtmpfs)$/,
    level: 'doubtful',
    message: 'it is in memory. It is gone when the machine restarts, and no other machine sees it',
    advice: 'Put the log on a disk.',
  },
  {
    types: LOCAL,
    option: /^(nobarrier|barrier=0)$/,
    level: 'doubtful',
    message: 'fsync does not reach the disk. A loss of power may cost what was acknowledged',
    advice: 'Mount it with barriers.',
  },
  { types: LOCAL, level: 'note', message: 'a disk of this machine, safe for all workers of this machine' },
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
    message: 'the server arbitrates locks',
    advice: 'Prove it once by spt doctor --probe on two machines.',
  },
];

const KNOWN = /^(nfs4?|lustre|beegfs.*|cifs|smb3|smbfs)$/;

/** What the type and the options of a mount mean for a log. The worst comes first. */
export function judgeMount(mount: Mount): Judgement[] {
  const judgements = RULES.filter(({ types }) => types.test(mount.type)).flatMap(rule => {
    const { option, unless, level, message, advice } = rule;
    const met = option && mount.options.find(one => option.test(one));
    if (option && met === undefined) return [];
    if (unless && mount.options.some(one => unless.test(one))) return [];
    return [{ level, about: met ?? mount.type, message, ...(advice && { advice }) }];
  });
  if (judgements.every(({ about }) => about === 'ro') && !KNOWN.test(mount.type)) {
    const message = 'spt does not know this type of file system';
    const advice = 'Prove it by spt doctor --probe on two machines.';
    judgements.push({ level: 'doubtful', about: mount.type, message, advice });
  }
  const order: readonly Level[] = ['unsafe', 'doubtful', 'note'];
  return judgements.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}
