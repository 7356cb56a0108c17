/** How tables are written: found out from their start, told by config.yaml, and read in each form to the same cells. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dialectText, type Dialect } from '../../src/data/dialect.js';
import { missingMarkers } from '../../src/data/numbers.js';
import { eachRows } from '../../src/data/rows.js';
import { eachRecord, openTable } from '../../src/data/table.js';
import { type Content, inFolder, refusal, told } from '../../support/tables.js';

const Dialects = suite('data: dialects');

interface Found {
  text: string;
  cells: string[][];
}

/** The dialect of a table in words, and its records. */
async function read(content: Content, name = 'table.csv', given: Partial<Dialect> = {}): Promise<Found> {
  const found: Found = { text: '', cells: [] };
  await inFolder(async folder => {
    writeFileSync(join(folder, name), content);
    const table = await openTable(join(folder, name), given);
    assert.is(table.kind, 'text');
    if (table.kind === 'text') found.text = dialectText(table.dialect);
    for (const pieceBytes of [1, 7, 1 << 18]) {
      found.cells = [];
      await eachRecord(table, cells => found.cells.push(cells), { pieceBytes });
    }
  });
  return found;
}

const WANTED = [
  ['id', 'größe', 'x'],
  ['s 1', '1.5', '-2'],
  ['s2', '.25', 'NA'],
];

Dialects('one table in many forms gives the same cells', async () => {
  const semicolons = 'id;größe;x\ns 1;1,5;-2\ns2;,25;NA\n';
  const commas = 'id,größe,x\ns 1,1.5,-2\ns2,.25,NA\n';
  const forms: [Content, string, string][] = [
    [commas, 'table.csv', 'commas between cells, UTF-8'],
    [commas, 'table.txt', 'commas between cells, UTF-8'],
    [commas.replaceAll(',', '\t'), 'table.tsv', 'tabs between cells, UTF-8'],
    [commas.replaceAll(',', '\t'), 'table.csv', 'tabs between cells, UTF-8'],
    [commas.replaceAll(',', '|'), 'table.csv', 'bars between cells, UTF-8'],
    [semicolons, 'table.csv', 'semicolons between cells, decimal commas, UTF-8'],
    [semicolons.replaceAll(';', '\t'), 'table.txt', 'tabs between cells, decimal commas, UTF-8'],
    [`\ufeff${semicolons}`, 'table.csv', 'semicolons between cells, decimal commas, UTF-8'],
    [gzipSync(semicolons), 'table.csv.gz', 'semicolons between cells, decimal commas, UTF-8'],
    [Buffer.from(semicolons, 'latin1'), 'table.csv', 'semicolons between cells, decimal commas, Latin-1'],
    [Buffer.from(`\ufeff${commas}`, 'utf16le'), 'table.txt', 'commas between cells, UTF-16'],
    [Buffer.from(`\ufeff${commas}`, 'utf16le').swap16(), 'table.csv', 'commas between cells, UTF-16'],
    ['id  größe x\n"s 1" \t1.5 -2  \n  s2 .25   NA\n', 'table.txt', 'blanks between cells, UTF-8'],
    [
      '"id" "größe" "x"\n"s 1" 1,5 -2\n"s2" ,25 NA\n',
      'table.txt',
      'blanks between cells, decimal commas, UTF-8',
    ],
  ];
  for (const [content, name, wanted] of forms) {
    const { text, cells } = await read(content, name);
    assert.is(text, wanted);
    assert.equal(cells, WANTED, wanted);
  }
});

Dialects('the delimiter is the one that cuts all lines alike, and not the most frequent one', async () => {
  const forms: [string, string][] = [
    ['name,note\na,x; y; z\nb,u; v\n', 'commas'],
    ['name;note\na;x, y\nb;u, v, w\n', 'semicolons'],
    ['a;b;c\n1,5;2,5;3,5\n4,5;5,5;6,5\n', 'semicolons'],
    ['"a,b";c\n1;2\n', 'semicolons'],
    ['my name,age\nAnn Lee,3\nBob Ray,4\n', 'commas'],
    ['"x" "y"\n"1" 4 5\n"2" 6 7\n', 'blanks'],
    ['x,y\n1,4,5\n2,6,7\n', 'commas'],
    ['my name\n1\n', 'commas'],
    ['', 'commas'],
  ];
  for (const [text, wanted] of forms)
    assert.is((await read(text)).text.split(' ')[0], wanted, JSON.stringify(text));
});

Dialects('what may be thousands is no decimal comma, and neither is a comma beside points', async () => {
  for (const text of ['a;b\n1,234;5\n12,500;6\n', 'a;b\n1,5;2.5\n', 'a,b\n"1,5",2\n'])
    assert.not.match((await read(text)).text, /decimal/);
  assert.match((await read('a;b\n1,234;5\n12,50;6\n')).text, /decimal commas/);
  const { cells } = await read('a;b\n1,234;5\n', 'table.csv', { decimal: ',' });
  assert.equal(cells[1], ['1.234', '5']);
});

Dialects(
  'numbers with decimal commas are read in the fast way as in the plain one, and points are refused',
  async () => {
    const texts = [
      '0,5',
      '-12,125',
      '1e3',
      '1,5e-7',
      '7',
      '123456789,123456789012',
      'NA',
      '1.234',
      '1.234,5',
      'x',
    ];
    await inFolder(async folder => {
      const file = join(folder, 'table.csv');
      writeFileSync(file, `id;x;y\n${texts.map((text, i) => `${i};${text};"${text}"\n`).join('')}`);
      for (const way of ['fast', 'plain'] as const) {
        const found: string[] = [];
        await eachRows(
          await openTable(file, { decimal: ',' }),
          {
            formOf: () => ({
              ...{
                width: 3,
                short: false,
                name: 0,
                columns: Int32Array.of(1, 2),
                missing: missingMarkers(['NA']),
              },
            }),
            take: ({ values }) => found.push(...Array.from(values, String)),
          },
          { way },
        );
        const wanted = [
          0.5,
          -12.125,
          1000,
          1.5e-7,
          7,
          123456789.123456789012,
          NaN,
          Infinity,
          Infinity,
          Infinity,
        ];
        assert.equal(
          found,
          wanted.flatMap(value => [String(value), String(value)]),
          way,
        );
      }
    });
  },
);

Dialects('a wrong `delimiter:` is named, with what the file has', async () => {
  const wrong = await refusal(() => read('a;b\n1;2\n', 'table.csv', { delimiter: '\t' }));
  assert.is(
    told(wrong),
    'wrong-delimiter table.csv:1 the first line has semicolons between its cells, and no tabs',
  );
  assert.match(wrong.complaint.hint!, /Leave `delimiter` out/);
});

Dialects.run();
