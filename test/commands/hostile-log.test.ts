/** Lines that another program wrote into a log: every command skips them and tells of them, and the work goes on. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeSearch } from '../../support/search.js';

const HostileLog = suite('hostile log');

HostileLog('hostile lines in the log are skipped, told, and harm nobody', () => {
  const search = makeSearch();
  search.spt('enqueue', '--pipelines', 'lasso', '--splits', 'train_A1');
  const good = search.logBytes();
  const hostile = [
    `{"crc":"00000000","__proto__":{"polluted":true}}`,
    `\u001b[2J\u001b[31mred`,
    'x'.repeat(100 * 1024 * 1024),
    '{"crc":"zzzzzzzz"',
    '\u0000\u0000\u0000',
  ];
  search.write('log/events-000001.jsonl', `${good}${hostile.join('\n')}\n`);
  const { code, out } = search.spt('replay', '--summary');
  assert.is(code, 0);
  assert.match(out, /3 configs/);
  assert.match(out, /1 overlong/);
  assert.match(out, /4 checksum/);
  assert.not.match(out, /\u001b/);
  const worked = search.spt('work', '-j', '1', '--json');
  assert.is(JSON.parse(worked.out).finished, 3, 'and the work goes on');
  search.remove();
});

HostileLog.run();
