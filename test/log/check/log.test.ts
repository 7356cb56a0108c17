/** The doctor finds what is wrong with a log, says where, and finds nothing in a sound one. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decode } from '../../../src/events/format/decode.js';
import { encode, type Entry } from '../../../src/events/format/event.js';
import { examineLog } from '../../../src/log/check/log.js';
import { Journal } from '../../../src/log/journal.js';
import { segmentPath } from '../../../src/log/names.js';
import { nodeHost } from '../../../src/log/node-host.js';
import { briefly } from '../../../support/findings.js';
import { claim, contentsOf, enqueue, finish, inFolder } from '../../../support/log-helpers.js';

const Log = suite('the health of a log');
const host = await nodeHost();

/** A log of six records in one segment. */
async function makeLog(folder: string): Promise<string> {
  const journal = await Journal.open(folder, host, { snapshots: false });
  await journal.transact(() => enqueue(1, 2, 3));
  await journal.transact(() => [claim('w', 1, 2)]);
  await journal.transact(() => [finish(1, 4), finish(2, 4)]);
  return segmentPath(folder, 1);
}

// ---- the log

Log('a sound log has no findings, and is read as the journal reads it', () =>
  inFolder(async folder => {
    await makeLog(folder);
    const { findings, state } = await examineLog(folder, host);
    assert.equal(findings, []);
    assert.equal(contentsOf(state), contentsOf((await Journal.open(folder, host)).state));
  }),
);

Log('damage is told by segment, line and byte, and read around as everybody does', () =>
  inFolder(async folder => {
    const path = await makeLog(folder);
    const good = readFileSync(path, 'utf8').trimEnd().split('\n');
    const cases: [name: string, lines: string[], expected: string[]][] = [
      [
        'a flipped bit',
        good.map((line, i) => (i === 2 ? line.replace('svc', 'svb').replace('lasso', 'lassp') : line)),
        ['checksum 3', 'gap 4', 'broken-link 4'],
      ],
      ['another program', [...good, 'hello'], ['checksum 7']],
      ['a healed tail', [...good.slice(0, 3), good[3].slice(0, 50), ...good.slice(3)], ['unfinished 4']],
      ['empty lines', [...good.slice(0, 3), '', '', 'x', ...good.slice(3)], ['checksum 6']],
      [
        'a line twice',
        [...good.slice(0, 4), good[3], ...good.slice(4)],
        ['fork 5', 'broken-link 5', 'double 5'],
      ],
      ['NULs before a record', [...good.slice(0, 3), `\0\0\0${good[3]}`, ...good.slice(4)], ['checksum 4']],
      ['a line too long', [...good, 'x'.repeat(17 * 1024 * 1024)], ['overlong 7']],
    ];
    for (const [name, lines, expected] of cases) {
      writeFileSync(path, `${lines.join('\n')}\n`);
      const { findings, state } = await examineLog(folder, host);
      assert.equal(briefly(findings), expected, name);
      assert.equal(contentsOf(state), contentsOf((await Journal.open(folder, host)).state), name);
      const { place } = findings[0];
      const bytes = readFileSync(path);
      const start = bytes.subarray(0, place!.offset).filter(byte => byte === 10).length;
      assert.is(start, place!.line! - 1, `${name}: byte and line are one place`);
    }
    writeFileSync(path, `${cases[4][1].join('\n')}\n`);
    assert.match(
      (await examineLog(folder, host)).findings[0].message,
      /events-000001\.jsonl:4$/,
      'both records',
    );
  }),
);

Log('a torn tail is a note, bytes behind a seal and stray segments are problems', () =>
  inFolder(async folder => {
    const path = await makeLog(folder);
    const good = readFileSync(path, 'utf8');
    writeFileSync(path, `${good}{"crc":"00`);
    const [torn, ...rest] = (await examineLog(folder, host)).findings;
    assert.equal([torn.kind, torn.level, torn.place!.offset, rest.length], ['torn', 'note', good.length, 0]);
    writeFileSync(segmentPath(folder, 2), good);
    writeFileSync(path, good);
    const [stray, ...doubles] = (await examineLog(folder, host)).findings;
    assert.equal([stray.kind, stray.place!.file], ['stray-segment', 'events-000002.jsonl']);
    assert.ok(
      doubles.some(({ kind }) => kind === 'double'),
      'it is read',
    );

    const last = decode(Buffer.from(good.trimEnd().split('\n').at(-1)!)) as Entry;
    const seal = encode(
      { type: 'sealed', segment: 1, bytes: good.length },
      { n: last.n + 1, previous: last.crc, id: 'seal', at: 't', by: 'me' },
    );
    writeFileSync(path, Buffer.concat([Buffer.from(good), seal, Buffer.from('late\n')]));
    writeFileSync(segmentPath(folder, 2), '');
    const [behind] = (await examineLog(folder, host)).findings;
    assert.equal([behind.kind, behind.place!.offset], ['behind-seal', good.length + seal.length]);
  }),
);

Log('a snapshot that is damaged, or of another log, is told', () =>
  inFolder(async folder => {
    const journal = await Journal.open(folder, host, { segmentBytes: 1500 });
    for (let i = 0; i < 8; i++) await journal.transact(() => enqueue(i));
    const names = readdirSync(folder).filter(name => name.startsWith('snapshot-'));
    assert.ok(names.length > 0);
    assert.equal((await examineLog(folder, host)).findings, []);
    const path = join(folder, names[0]);
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(path, bytes);
    const { findings } = await examineLog(folder, host);
    assert.equal(
      findings.map(({ kind, level, place }) => [kind, level, place!.file]),
      [['snapshot', 'problem', names[0]]],
    );
  }),
);

Log.run();
