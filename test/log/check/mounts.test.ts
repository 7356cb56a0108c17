/** What mounts, their options and their free space mean for a log. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeMount, mountOf, parseMounts } from '../../../src/log/check/mounts.js';
import { judgeSpace } from '../../../src/log/check/space.js';
import { nfsMount } from '../../../support/findings.js';

const Mounts = suite('mounts');

const worst = (options: string, type?: string): string => {
  const [{ level, about }] = judgeMount(nfsMount(options, type));
  return `${level} ${about}`;
};

Mounts('mounts are found by the longest point, and the last of equal ones', () => {
  const mounts = parseMounts(
    [
      '22 27 0:21 / / rw,relatime - ext4 /dev/vda rw',
      '36 22 98:0 /root /mnt\\040a rw,noatime master:1 shared:2 - nfs4 server:/x rw,vers=4.2,local_lock=none',
      '37 36 0:3 / /mnt\\040a/deep rw - tmpfs tmpfs rw,size=4k',
      '38 36 0:4 / /mnt\\040a/deep ro - xfs /dev/vdb rw',
      'nonsense',
      '',
    ].join('\n'),
  );
  assert.is(mounts.length, 4);
  const typeOf = (path: string): string => mountOf(path, mounts)!.type;
  assert.equal(['/', '/mnt ab', '/mnt a', '/mnt a/b', '/mnt a/deep/x'].map(typeOf), [
    'ext4',
    'ext4',
    'nfs4',
    'nfs4',
    'xfs',
  ]);
  assert.equal(mounts[1].options, ['rw', 'noatime', 'vers=4.2', 'local_lock=none']);
});

Mounts('options that break locks are unsafe, those that slow down or lag are not', () => {
  assert.is(worst('vers=4.2,hard,local_lock=none'), 'note nfs4');
  assert.is(worst('vers=3,nolock', 'nfs'), 'unsafe nolock');
  assert.is(worst('vers=3,local_lock=all', 'nfs'), 'unsafe local_lock=all');
  assert.is(worst('local_lock=flock'), 'unsafe local_lock=flock');
  assert.is(worst('local_lock=posix').split(' ')[0], 'note');
  assert.is(worst('soft'), 'doubtful soft');
  assert.is(worst('nocto'), 'doubtful nocto');
  assert.is(worst('noac'), 'note noac');
  assert.is(worst('flock', 'lustre'), 'note flock');
  assert.is(worst('x', 'lustre'), 'doubtful lustre');
  assert.is(worst('localflock', 'lustre'), 'unsafe localflock');
  assert.is(worst('noflock', 'lustre'), 'unsafe noflock');
  assert.is(worst('nobrl', 'cifs'), 'unsafe nobrl');
  assert.is(worst('x', 'fuse.sshfs'), 'unsafe fuse.sshfs');
  for (const type of ['tmpfs', 'overlay', 'beegfs', '9p', 'somethingfs'])
    assert.is(worst('x', type), `doubtful ${type}`);
  for (const type of ['ext4', 'xfs', 'btrfs', 'zfs', 'gpfs', 'ceph'])
    assert.is(worst('x', type), `note ${type}`);
  assert.is(judgeMount({ ...nfsMount('x', 'ext4'), options: ['ro'] })[0].level, 'unsafe');
});

Mounts('little room is told', () => {
  const levels = (freeBytes: number, freeFiles?: number): string[] =>
    judgeSpace({ freeBytes, freeFiles }).map(({ level }) => level);
  assert.equal(levels(2 ** 34), []);
  assert.equal(
    [levels(2 ** 29), levels(2 ** 20), levels(2 ** 34, 3)],
    [['doubtful'], ['unsafe'], ['unsafe']],
  );
});

Mounts.run();
