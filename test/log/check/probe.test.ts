/** Several processes append to one file, and what they lose is counted. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  appendLines,
  isSound,
  judgeLines,
  LINE_BYTES,
  probeAppends,
  probeExclusion,
} from '../../../src/log/check/probe.js';
import { examineFileSystem } from '../../../src/log/check/system.js';
import { nodeHost } from '../../../src/log/node-host.js';
import { withLocks } from '../../../support/findings.js';
import { inFolder } from '../../../support/log-helpers.js';

const Probe = suite('the probe');
const host = await nodeHost();

Probe('several processes append under the lock: nothing is lost, and a held lock is kept', () =>
  inFolder(async folder => {
    const result = await probeAppends(folder, host, { processes: 3, count: 15 });
    assert.ok(isSound(result), JSON.stringify(result));
    assert.is(result.expected, 45);
    assert.equal(await probeExclusion(folder, host), { excludes: true, givesBack: true });
    const { findings, mount } = await examineFileSystem(folder, host);
    assert.equal(
      findings.filter(({ level }) => level === 'problem'),
      [],
    );
    if (existsSync('/proc/self/mountinfo')) assert.ok(mount!.options.length > 0);
    assert.equal(readdirSync(folder), [], 'nothing is left behind');
  }),
);

Probe('writers without a lock are found out', () =>
  inFolder(async folder => {
    const unlocked = withLocks(host, async () => true);
    const path = join(folder, 'lines');
    await Promise.all(['a', 'b', 'c'].map(writer => appendLines(path, unlocked, writer, 10)));
    const result = judgeLines(readFileSync(path, 'utf8'), ['a', 'b', 'c'], 10);
    assert.ok(result.doubled > 0, 'two lines have one number');
    assert.not(isSound({ ...result, seconds: 1 }));
  }),
);

Probe('lines that were lost, merged or overwritten are counted', () => {
  const line = (number: number, count: number): string => `${number} w ${count} `.padEnd(LINE_BYTES - 1, 'x');
  const good = [line(1, 0), line(2, 1), line(3, 2)];
  const judge = (lines: string[]): number[] => {
    const { found, broken, doubled } = judgeLines(lines.map(one => `${one}\n`).join(''), ['w'], 3);
    return [found, broken, doubled];
  };
  assert.equal(judge(good), [3, 0, 0]);
  assert.equal(judge([good[0], good[2]]), [2, 0, 0]);
  assert.equal(judge([good[0], good[1] + good[2]]), [1, 1, 0]);
  assert.equal(judge([good[0], '\0'.repeat(LINE_BYTES - 1), good[2]]), [2, 1, 0]);
  assert.equal(judge([good[0], line(1, 1), good[2]]), [3, 0, 1]);
});

Probe.run();
