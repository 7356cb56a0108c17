import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMount, isProbeClean, probeLocally, probeTogether } from '../src/log/doctor.js';
import { judgeMount, mountOf } from '../src/log/mounts.js';
import { nodeHost } from '../src/log/node-host.js';
import { makeFolder, removeFolder } from './log-helpers.js';

const MOUNTINFO = `22 1 252:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
36 22 0:30 / /home rw,relatime shared:9 - nfs4 server:/home rw,vers=4.2,hard,local_lock=none
37 22 0:31 / /home/scratch\\040space rw - lustre mgs@tcp:/fs rw,localflock
38 22 0:32 / /bad rw - nfs server:/x rw,vers=3,soft,nolock,local_lock=all
`;

test('the mount of a path is the longest that holds it', () => {
  assert.is(mountOf('/var/x', MOUNTINFO)?.type, 'ext4');
  assert.is(mountOf('/home/me/log', MOUNTINFO)?.source, 'server:/home');
  assert.is(mountOf('/homes', MOUNTINFO)?.type, 'ext4');
  assert.is(mountOf('/home/scratch space/log', MOUNTINFO)?.type, 'lustre');
  assert.is(mountOf('/x', ''), undefined);
});

test('mount options that break locks are named', () => {
  const verdictsOf = (type: string, ...options: string[]) =>
    judgeMount({ point: '/', type, source: 's', options: ['rw', ...options] }).map(({ verdict }) => verdict);
  assert.equal(
    judgeMount(mountOf('/home/x', MOUNTINFO)!).map(({ verdict }) => verdict),
    ['safe'],
  );
  assert.equal(verdictsOf('ext4'), ['safe']);
  assert.equal(judgeMount(mountOf('/bad/x', MOUNTINFO)!).length, 4);
  for (const option of ['nolock', 'local_lock=all', 'local_lock=flock', 'nocto']) {
    assert.equal(verdictsOf('nfs4', option), ['unsafe'], option);
  }
  assert.equal(verdictsOf('nfs4', 'soft'), ['doubtful']);
  assert.equal(verdictsOf('lustre', 'localflock'), ['unsafe']);
  assert.equal(verdictsOf('lustre', 'flock'), ['safe']);
  assert.equal(verdictsOf('lustre'), ['unsafe']);
  assert.equal(verdictsOf('cifs', 'nobrl'), ['unsafe']);
  assert.equal(verdictsOf('beegfs'), ['doubtful']);
  assert.equal(verdictsOf('fuse.sshfs'), ['unsafe']);
  assert.equal(verdictsOf('something'), ['doubtful']);
  assert.equal(judgeMount({ point: '/', type: 'ext4', source: 's', options: ['ro'] })[0].verdict, 'unsafe');
});

test('a live probe appends from several processes, finds nothing wrong, and leaves nothing', async () => {
  const folder = makeFolder();
  try {
    const host = await nodeHost();
    assert.ok((await checkMount(join(folder, 'not/there'))).length > 0);
    const result = await probeLocally(join(folder, 'log'), host);
    assert.ok(isProbeClean(result), JSON.stringify(result));
    assert.is(result.authors.length, 3);
    assert.is(result.acknowledged, 60);
    assert.equal(readdirSync(folder), []);
    const together = await probeTogether(join(folder, 'probe'), host, 0.1);
    assert.ok(isProbeClean(together) && together.acknowledged >= 5);
  } finally {
    removeFolder(folder);
  }
});

test.run();
