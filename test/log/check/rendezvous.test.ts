/** Two processes that know only a folder meet in it, and try its locks. */
import { readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isSound } from '../../../src/log/check/probe.js';
import { meet } from '../../../src/log/check/rendezvous.js';
import { meetingFindings } from '../../../src/log/check/system.js';
import { nodeHost } from '../../../src/log/node-host.js';
import { briefly, withLocks } from '../../../support/findings.js';
import { inFolder } from '../../../support/log-helpers.js';

const Rendezvous = suite('the rendezvous');
const host = await nodeHost();

Rendezvous('two that probe one folder meet, and find locks that hold or do not', () =>
  inFolder(async folder => {
    const options = { waitMs: 10_000, count: 10 };
    writeFileSync(
      join(folder, 'spt-probe-old.json'),
      '{"id":"old","host":"gone","step":0,"answers":[],"count":1}',
    );
    const other = { ...host, identity: { ...host.identity, host: 'other', boot: 'other' } };
    const both = await Promise.all([meet(folder, host, options), meet(folder, other, options)]);
    for (const meeting of both) {
      assert.equal([meeting.excludes, meeting.isOneMachine, isSound(meeting.appends)], [true, false, true]);
      assert.equal(meetingFindings(meeting), []);
    }
    assert.equal([both[0].there, both[1].there], ['other', hostname()]);
    assert.equal(readdirSync(folder), ['spt-probe-old.json'], 'nothing is left behind');

    const broken = { ...withLocks(host, async () => true), identity: other.identity };
    const unsafe = await Promise.all([meet(folder, broken, options), meet(folder, host, options)]);
    for (const meeting of unsafe) assert.equal(briefly(meetingFindings(meeting)).includes('lock'), true);
    assert.ok(briefly(meetingFindings(unsafe[1])).includes('one-machine') === false);
  }),
);

Rendezvous('nobody comes: the probe ends in time and takes its files along', () =>
  inFolder(async folder => {
    const error = await meet(folder, host, { waitMs: 300 }).catch(error => error);
    assert.is(error.code, 'no-partner');
    assert.equal(readdirSync(folder), []);
  }),
);

Rendezvous.run();
