/** What is shown cannot act on a terminal, as text and as JSON. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isPlainName } from '../../src/base/names.js';
import { encode } from '../../src/events/format/event.js';
import { Output } from '../../src/tables/sink.js';
import { plainName, printable, printableLines, safeJson } from '../../src/terminal/printable.js';
import { explainJson } from '../../src/terminal/complaints.js';
import { makeConfig } from '../../support/log-helpers.js';
import { makeSearch } from '../../support/search.js';

/** C0, DEL, C1, marks and overrides of direction, isolates, line and paragraph separators. */
const HOSTILE = [
  ...Array.from({ length: 32 }, (_, i) => i),
  ...Array.from({ length: 33 }, (_, i) => 0x7f + i),
  ...[0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e],
  ...[0x2066, 0x2067, 0x2068, 0x2069, 0xfeff],
].map(code => String.fromCharCode(code));
const RAW = new RegExp(
  `[${HOSTILE.map(char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}]`,
);

const Printable = suite('what is printed');

Printable('JSON means the same and holds nothing that a terminal acts upon', () => {
  const value = { [HOSTILE.join('x')]: HOSTILE, plain: 'käse "a" \\ 1', nested: [null, 1.5, { a: true }] };
  const text = safeJson(value);
  assert.not.match(text, RAW);
  assert.equal(JSON.parse(text), value);
  assert.not.match(explainJson(new Error(HOSTILE.join(''))), RAW);
  assert.not.match(printable(HOSTILE.join('')), RAW);
});

Printable('a name from a log is shown where a search may give it', () => {
  for (const name of ['lasso', 'A1', 'a.b-c_d', '0', 'x'.repeat(64)]) assert.is(plainName(name), name);
  for (const name of [
    '',
    '; rm -rf ~',
    '$(reboot)',
    '`x`',
    '-rf',
    'a b',
    'a\nb',
    '\u202ea',
    'x'.repeat(65),
  ]) {
    assert.is(isPlainName(name), false);
    assert.is(plainName(name), '(a name that is not plain)');
  }
});

Printable('replay and audit print a forged name as escapes, as text and as JSON', async () => {
  const search = makeSearch();
  assert.is((await search.sptHere('enqueue', '--splits', 'train_A1', '--cv')).code, 0);
  const config = makeConfig(1, { pipeline: `nice${HOSTILE.join('')}`, split: '\u202egpj.exe' });
  const line = encode(
    { type: 'enqueued', config },
    { n: 99, previous: 0, id: '\u009b31m', at: 'T', by: '\u2028' },
  );
  appendFileSync(join(search.root, 'log', 'events-000001.jsonl'), line);
  for (const args of [['replay'], ['replay', '--summary'], ['audit'], ['doctor', '--watch', '1ms']]) {
    for (const more of [[], ['--json']]) {
      const { out } = await search.sptHere(...args, ...more);
      assert.not.match(out.replaceAll('\n', ''), RAW, args.join(' '));
    }
  }
  const { out } = await search.sptHere('replay', '--summary', '--json');
  assert.ok(JSON.parse(out).groups.some((group: { split: string }) => group.split === '\u202egpj.exe'));
  search.remove();
});

Printable(
  'a table on a terminal keeps its lines and tabs, and nothing that a terminal acts upon',
  async () => {
    assert.is(printableLines('a\tb\r\nc\n'), 'a\tb\nc\n');
    for (const char of HOSTILE.filter(one => !'\t\n'.includes(one)))
      assert.not.match(printableLines(`a${char}b`), RAW, JSON.stringify(char));
    const { isTTY, write } = process.stdout;
    const printed: unknown[] = [];
    process.stdout.write = ((text: string) => printed.push(text) > 0) as never;
    const output = new Output();
    try {
      for (const is of [true, false]) {
        process.stdout.isTTY = is;
        output.write('"\u001b[2J"\r\n');
        await output.flush();
      }
    } finally {
      Object.assign(process.stdout, { isTTY, write });
    }
    assert.equal(printed, ['"\\u001b[2J"\n', '"\u001b[2J"\r\n']);
  },
);

Printable.run();
