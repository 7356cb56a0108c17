/** Tables as text: the forms that are read, and the damage that is named with its place. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  decimal,
  decimalKey,
  decimalOrder,
  featureValue,
  isMissing,
  missingMarkers,
} from '../../src/data/numbers.js';
import { eachRecord, openTable } from '../../src/data/table.js';
import { type Content, inFolder, refusal, told } from '../../support/tables.js';
import { fixture } from '../../support/fixture.js';

const Table = suite('data: tables');

/** The records of a table with that content, as [line, ...cells]. */
async function read(content: Content, name = 'table.csv'): Promise<(string | number)[][]> {
  const records: (string | number)[][] = [];
  await inFolder(async folder => {
    const file = join(folder, name);
    writeFileSync(file, content);
    await eachRecord(await openTable(file), (cells, line) => records.push([line, ...cells]));
  });
  return records;
}

const refused = async (content: Content, name?: string) => told(await refusal(() => read(content, name)));

Table('plain, quoted, CRLF, CR, byte-order mark, blank lines, no last line end', async () => {
  const wanted = [
    [1, 'a', 'b'],
    [2, '1', ''],
  ];
  assert.equal(await read('a,b\n1,\n'), wanted);
  assert.equal(await read('a,b\r\n1,\r\n'), wanted);
  assert.equal(await read('a,b\r1,\r'), wanted);
  assert.equal(await read('a,b\n1,'), wanted);
  assert.equal(await read('a,b\r\n1,'), wanted);
  assert.equal(await read('a,b\r\n1,\n'), wanted, 'mixed line ends');
  assert.equal(await read('\ufeffa,b\n1,\n\n  \n\r\n'), wanted);
  assert.equal(await read('"a","b"\r\n"1",""\r\n'), wanted);
  assert.equal(await read('\ufeff"a",b\n"1",""'), wanted);
  assert.equal(await read('a\tb\n1\t\n', 'table.tsv'), wanted);
  assert.equal(await read('a,b\n\n1,\n'), [wanted[0], [3, '1', '']], 'a blank line counts as a line');
});

Table('quoted cells hold separators, quotes and line ends, and lines are counted on', async () => {
  const text = 'name,note\n"x, y","say ""no"""\n"two\nlines",\n"crlf\r\nline","z"\nlast,1\n';
  assert.equal(await read(text), [
    [1, 'name', 'note'],
    [2, 'x, y', 'say "no"'],
    [3, 'two\nlines', ''],
    [5, 'crlf\r\nline', 'z'],
    [7, 'last', '1'],
  ]);
  assert.equal(await read('a,b\n"x\ty",5" disk\n'), [
    [1, 'a', 'b'],
    [2, 'x\ty', '5" disk'],
  ]);
});

Table('gzip, in one member or several, is read as the text that it packs', async () => {
  const [head, tail] = ['a,b\n1,2\n', '3,4\n'];
  const wanted = await read(head + tail);
  assert.equal(wanted.length, 3);
  assert.equal(await read(gzipSync(head + tail), 'table.csv.gz'), wanted);
  assert.equal(await read(Buffer.concat([gzipSync(head), gzipSync(tail)]), 'TABLE.CSV.GZ'), wanted);
  assert.equal(await read(gzipSync((head + tail).replaceAll(',', '\t')), 'table.tsv.gz'), wanted);
});

Table('records and characters that straddle the pieces of a file come out whole', async () => {
  const rows = Array.from({ length: 9000 }, (_, i) => [
    `é${i}`,
    `"${'ü,\n'.repeat(60)}${i}"`,
    `${i}\u{1f600}`,
  ]);
  const records = await read(rows.map(row => `${row.join(',')}\r\n`).join(''));
  assert.is(records.length, 9000);
  records.forEach(([line, name, long, end], i) => {
    if (line !== 1 + i * 61 || name !== `é${i}` || end !== `${i}\u{1f600}`) assert.unreachable(`record ${i}`);
    if (long !== `${'ü,\n'.repeat(60)}${i}`) assert.unreachable(`the long cell of record ${i}`);
  });
});

Table('a record longer than the pieces of a file', async () => {
  const cells = Array.from({ length: 400_000 }, (_, i) => `${i}.5`);
  const [first, second] = await read(`"${cells.join('","')}"\n${cells.join(',')}\n`);
  assert.is(first.length, 400_001);
  assert.is(second[400_000], '399999.5');
  assert.is(second[0], 2);
});

Table('how a file is cut into pieces changes nothing', async () => {
  const plain = 'id,s1,"s\n2"\ng1,1,"a ""b"""\n\nlä,2,\u{1f600}\n';
  const texts = [
    plain,
    plain.replaceAll('\n', '\r\n'),
    plain.replaceAll('\n', '\r'),
    plain.replaceAll('\n', '\r\r\n'),
    `\ufeff${plain}last,3,`,
    '"id","s1"\r\n"g1",1\r\n',
    'id,5" disk\r\ng1,1\r\n',
    // A quoted cell with a line end of another kind than the lines have.
    '"i\r\nd",s1\rg1,1\r',
    '"i\rd",s1\ng1,1\n',
  ];
  await inFolder(async folder => {
    for (const [name, content] of texts.flatMap((text): [string, Content][] => [
      ['table.csv', text],
      ['table.csv.gz', gzipSync(text)],
    ])) {
      const file = join(folder, name);
      writeFileSync(file, content);
      const readBy = async (pieceBytes?: number) => {
        const records: (string | number)[][] = [];
        await eachRecord(await openTable(file), (cells, line) => records.push([line, ...cells]), {
          pieceBytes,
        });
        return records;
      };
      const whole = await readBy();
      assert.ok(whole.length >= 2 && whole.every(cells => cells.length === whole[0].length));
      for (let bytes = 1; bytes <= 70; bytes++)
        assert.equal(await readBy(bytes), whole, `${name} by ${bytes}`);
    }
  });
});

Table('lines end as the first line does, where a carriage return is the last byte of a piece', async () => {
  const id = 'g'.repeat((1 << 20) - 4);
  const records = await read(`${id},s1\r\ng1,1\r\n`);
  assert.equal(records, [
    [1, id, 's1'],
    [2, 'g1', '1'],
  ]);
});

Table('other kinds of files are called by their name, with what to do', async () => {
  const kinds: [Content, string | undefined, RegExp, RegExp][] = [
    [Buffer.from('PK\x03\x04\x14\0\x06\0', 'latin1'), undefined, /Excel workbook/, /CSV UTF-8/],
    [Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'), undefined, /old Excel workbook/, /CSV UTF-8/],
    [Buffer.from('PK\x03\x04\x14\0\x06\0', 'latin1'), 'table.csv.gz', /Excel workbook/, /CSV UTF-8/],
    [Buffer.from('PAR1\x15\0\x15\x10'), undefined, /table of Parquet/, /end in \.parquet/],
    [Buffer.from('ARROW1\0\0'), undefined, /binary file of Python/, /to_csv/],
    [gzipSync('RDX3\nX\n\0\0'), 'table.csv.gz', /file of R/, /write\.csv/],
    ['<!DOCTYPE html><html>', undefined, /web page/, /Download/],
    ['id,a\n', 'table.dat', /does not say what kind of file it is/, /let its name end in \.txt/],
    ['id,a\n', 'table.xlsx', /does not say what kind of file it is/, /CSV UTF-8/],
    ['id,a\n', 'table.csv.zip', /does not say what kind of file it is/, /Unpack it/],
  ];
  for (const [content, name, says, todo] of kinds) {
    const { message, complaint } = await refusal(() => read(content, name));
    assert.match(message, says);
    assert.match(complaint.hint!, todo);
  }
  assert.equal(await read('my name\n1\n'), [
    [1, 'my name'],
    [2, '1'],
  ]);
});

Table('a line without an end and millions of blank lines have a bound and a word each', async () => {
  const long = await refusal(() => read('1,'.repeat((1 << 25) + 10)));
  assert.is(told(long), 'long-record table.csv:1 the line is longer than 67,108,864 characters');
  assert.match(long.complaint.hint!, /lines have their ends/);
  const blank = gzipSync(Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(4 << 20, '\n')]));
  assert.is(
    await refused(blank, 'table.csv.gz'),
    'blank-lines table.csv.gz:1048578 more than 1,048,576 blank lines follow one another',
  );
  const spaced = await read(`a,b\n${'\n'.repeat(1000)}1,2\n`);
  assert.equal(spaced[1], [1002, '1', '2']);
});

Table('what is no table is named with file and line', async () => {
  const cases: [Content, string | undefined, string][] = [
    ['a,b\n1,\0\n', undefined, 'bad-encoding table.csv:2 the table holds a NUL byte'],
    [
      Buffer.from(`a,b\n${'ok,1\n'.repeat(20_000)}Bj\xf6rn,2\n`, 'latin1'),
      undefined,
      'bad-encoding table.csv:20002 the table holds a byte that is not UTF-8',
    ],
    [
      Buffer.from('a,b\nok,\xc3', 'latin1'),
      undefined,
      'bad-encoding table.csv:2 the table holds a byte that is not UTF-8',
    ],
    [
      Buffer.from('\ufeffa,b\n1,\0\n', 'utf16le'),
      undefined,
      'bad-encoding table.csv:2 the table holds a NUL character',
    ],
    [
      'a,b\n1,2\n"open,3\n4,5\n',
      undefined,
      'bad-quotes table.csv:3 a quoted cell is never closed, in the record that starts here',
    ],
    [
      'a,b\n1,2\n"x"y,3\n',
      undefined,
      'bad-quotes table.csv:3 a quoted cell goes on after its closing quote, in the record that starts here',
    ],
    ['a,b\n', 'table.csv.gz', 'bad-gzip table.csv.gz the name ends in .gz, and the file is not packed'],
    ['', 'table.tsv.gz', 'bad-gzip table.tsv.gz the name ends in .gz, and the file is not packed'],
    [
      gzipSync('a,b\n'),
      'table.csv',
      'bad-gzip table.csv the file is packed with gzip, and its name does not say so',
    ],
    [
      gzipSync('a,b\n'.repeat(99)).subarray(0, -1),
      'table.csv.gz',
      'bad-gzip table.csv.gz the gzip file is damaged or cut off: unexpected end of file',
    ],
    [
      'a,b\n',
      'table.xlsx',
      'unknown-format table.xlsx the name of the table does not say what kind of file it is',
    ],
  ];
  for (const [content, name, wanted] of cases) assert.is(await refused(content, name), wanted);
});

Table('a flipped byte in a gzip file is met by its checksum', async () => {
  const packed = gzipSync(Array.from({ length: 500 }, (_, i) => `${i},${i * i}\n`).join(''));
  packed[packed.length - 6] ^= 1;
  assert.match(await refused(packed, 'table.csv.gz'), /^bad-gzip table\.csv\.gz the gzip file is damaged/);
});

Table('files that are not there or are no files', async () => {
  await inFolder(async folder => {
    const open = (name: string) =>
      refusal(async () => eachRecord(await openTable(join(folder, name)), () => {}));
    mkdirSync(join(folder, 'folder.csv'));
    writeFileSync(join(folder, 'file.csv'), '');
    assert.match(told(await open('none.csv')), /^unreadable-file none\.csv .*there is no such file/);
    assert.match(told(await open('folder.csv')), /^unreadable-file folder\.csv .*it is a folder/);
    execFileSync('mkfifo', [join(folder, 'pipe.csv')]);
    assert.match(told(await open('pipe.csv')), /^unreadable-file pipe\.csv .*not a regular file/);
    assert.match(told(await open('file.csv/x.csv')), /^unreadable-file x\.csv .*not a directory/);
  });
});

Table('decimal numbers are read as pandas reads them, bit by bit', () => {
  for (const [text, bytes] of fixture('tables').numbers) {
    const value = featureValue(text, missingMarkers([]));
    assert.is(Buffer.from(Float64Array.of(value).buffer).toString('hex'), bytes, text);
    assert.is(decimal(text), value);
  }
  assert.is(featureValue(' 1.5\t', missingMarkers([])), 1.5);
  assert.is(featureValue(' 7 ', missingMarkers([])), 7);
});

Table('what Number() would take and is no decimal number is not a number', () => {
  for (const text of [
    '',
    ' ',
    '0x10',
    '0b1',
    '0o7',
    '1_000',
    '1,5',
    'Infinity',
    '-inf',
    '1e999',
    '1e',
    '.',
    '--1',
    'x',
  ]) {
    assert.is(featureValue(text, missingMarkers(['NA'])), Infinity, text);
  }
});

Table('numbers are told apart by all their digits', () => {
  const ascending = ['-1e3', '-1', '-0.5', '0', '1e-400', '0.1', '1', '9007199254740992', '9007199254740993'];
  ascending.forEach((a, i) =>
    ascending.forEach((b, j) => assert.is(Math.sign(decimalOrder(a, b)!), Math.sign(i - j), `${a} ${b}`)),
  );
  for (const [a, b] of [
    ['1', '01'],
    ['1', '+1.0'],
    ['1', ' 1e0 '],
    ['-0', '0.00'],
    ['1200', '1.2e3'],
    ['.5', '0.50'],
  ]) {
    assert.is(decimalOrder(a, b), 0, `${a} ${b}`);
    assert.is(decimalKey(a), decimalKey(b));
  }
  assert.is(decimalOrder('1', '0x1'), undefined);
  assert.is(decimalKey('x'), undefined);
});

Table('missing markers are cells without white space around, or numbers however they are written', () => {
  const missing = missingMarkers(['', 'NA', '-999']);
  for (const text of ['', '  ', 'NA', ' NA ', '-999', '-999.0', '-9.99e2']) {
    assert.is(isMissing(text, missing), true, text);
    assert.ok(Number.isNaN(featureValue(text, missing)), text);
  }
  for (const text of ['na', '999', 'NaN']) assert.is(isMissing(text, missing), false, text);
});

Table.run();
