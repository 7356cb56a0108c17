/** The doctor tells dead, silent and living workers apart. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { examineClaims } from '../../../src/log/check/claims.js';
import { Journal } from '../../../src/log/journal.js';
import { startHeartbeat } from '../../../src/log/liveness.js';
import { nodeHost } from '../../../src/log/node-host.js';
import { briefly } from '../../../support/findings.js';
import { claim, enqueue, inFolder, makeWorker } from '../../../support/log-helpers.js';

const Claims = suite('the claims of a log');
const host = await nodeHost();

Claims('of workers that hold configs, the dead, the silent and the living are told apart', () =>
  inFolder(async folder => {
    const journal = await Journal.open(folder, host);
    await journal.transact(() => enqueue(1, 2, 3));
    await journal.transact(() => [claim('alive', 1), claim('silent', 2), claim('dead', 3)]);
    const alive = await startHeartbeat(folder, host, makeWorker('alive'), 1000);
    const other = { ...host, identity: { ...host.identity, boot: 'elsewhere' } };
    await startHeartbeat(folder, other, makeWorker('silent'), 1000);
    const gone = { ...host, identity: { ...host.identity, start: '1' } };
    await startHeartbeat(folder, gone, makeWorker('dead'), 1000);
    const timer = setInterval(() => void alive.bump(), 100);
    try {
      const quick = await examineClaims(folder, host, journal.state, { leaseMs: 1000, watchMs: 600 });
      assert.equal(briefly(quick).sort(), ['dead-worker', 'quiet-worker']);
      const quiet = quick.find(({ kind }) => kind === 'quiet-worker')!;
      assert.equal([quiet.level, quiet.configs!.length], ['warning', 1]);
      assert.is(quiet.advice, 'Watch for longer than its lease: spt doctor --watch 120s');
      const findings = await examineClaims(folder, host, journal.state, { leaseMs: 1000, watchMs: 10_000 });
      assert.equal(briefly(findings).sort(), ['dead-worker', 'silent-worker']);
      assert.ok(findings.every(({ message }) => /holds 1 config/.test(message)));
    } finally {
      clearInterval(timer);
    }
  }),
);

Claims.run();
