/** A lock that is tried on one machine. */
import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuseUnsafe, tryFlock } from '../../../src/log/check/flock.js';
import type { Host } from '../../../src/log/host.js';
import { nodeHost } from '../../../src/log/node-host.js';
import { nfsMount, withLocks } from '../../../support/findings.js';
import { inFolder } from '../../../support/log-helpers.js';

const Flock = suite('flock');
const host = await nodeHost();

Flock('a lock that does not exclude, or that is not there, is refused', () =>
  inFolder(async folder => {
    assert.equal(await tryFlock(folder, host), []);
    const refusal = async (one: Host): Promise<string> =>
      refuseUnsafe(folder, one).then(
        () => 'none',
        error => `${error.code}: ${error.message}`,
      );
    assert.is(await refusal(host), 'none');
    assert.match(await refusal(withLocks(host, async () => true)), /^unsafe-file-system: .*a second time/);
    assert.match(await refusal(withLocks(host, async () => false)), /^unsafe-file-system: .*is not given/);
    const noLocks = withLocks(host, async () =>
      Promise.reject(Object.assign(new Error('no locks'), { code: 'ENOLCK' })),
    );
    assert.match(await refusal(noLocks), /^unsafe-file-system: .*no lock can be taken/);
    const error = await refuseUnsafe(folder, host, nfsMount('nolock')).catch(error => error);
    assert.match(error.message, /nfs4 at \/mnt.*nolock/);
    assert.match(error.hint, /--force/);
    assert.equal(readdirSync(folder), [], 'nothing is left behind');
  }),
);

Flock.run();
