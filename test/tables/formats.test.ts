/** What the formats of tables promise, byte by byte, and read back by other parsers where there is one. */
import Papa from 'papaparse';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cell, Head } from '../../src/base/cells.js';
import { type Format, FORMATS, formatOf, writerOf } from '../../src/tables/formats.js';
import type { Sink } from '../../src/tables/sink.js';
import { HOSTILE } from '../../support/odd-log.js';

const Formats = suite('formats of tables');

const heads: Head[] = [
  { name: 'name', kind: 'text' },
  { name: 'cv.roc_auc', kind: 'number', isMeasured: true },
  { name: 'n', kind: 'integer' },
  { name: 'is', kind: 'boolean' },
];
const rows: Cell[][] = [
  ['plain', 0.1 + 0.2, 1, true],
  [null, null, null, null],
  ['', -1e-7, -2, false],
  [HOSTILE, 1e21, 9007199254740991, true],
  ['a "quoted", text\nof two lines\t', -0.5, 0, false],
  ['-1', 1 / 3, 3, null],
];

/** The bytes that a writer gives for a table. */
function written(format: Format, table = rows, about = [{ name: 'spt.n', text: '7 --> <b>\n' }]): Buffer {
  const parts: Buffer[] = [];
  const sink: Sink = { write: part => void parts.push(Buffer.from(part)), flush: async () => undefined };
  const writer = writerOf(format, heads, sink, about);
  writer.rows(table);
  writer.end();
  return Buffer.concat(parts);
}

const text = (format: Format, table?: Cell[][]): string => written(format, table).toString('utf8');

Formats(
  'CSV: RFC 4180, lines end with CR LF, null is empty and an empty text is not, numbers round-trip',
  () => {
    const lines = text('csv', rows.slice(0, 3)).split('\r\n');
    assert.equal(lines, [
      'name,cv.roc_auc,n,is',
      'plain,0.30000000000000004,1,true',
      ',,,',
      '"",-1e-7,-2,false',
      '',
    ]);
    // Neighbours that are numbers, with and without a null among them.
    const gaps: Cell[][] = [
      ['null', null, -0, null],
      ['a', 5e-324, null, true],
    ];
    assert.is(text('csv', gaps), 'name,cv.roc_auc,n,is\r\nnull,,0,\r\na,5e-324,,true\r\n');
    assert.is(text('tsv', gaps), 'name\tcv.roc_auc\tn\tis\nnull\t\t0\t\na\t5e-324\t\ttrue\n');
    const { data } = Papa.parse<string[]>(text('csv').trimEnd(), { newline: '\r\n' });
    assert.equal(
      data.slice(1).map(([name]) => name),
      ['plain', '', '', `'${HOSTILE}`, rows[4][0], "'-1"],
    );
    data.slice(1).forEach((cells, i) => {
      assert.is(cells[1] === '' ? null : Number(cells[1]), rows[i][1]);
      assert.is(cells[2] === '' ? null : Number(cells[2]), rows[i][2]);
    });
  },
);

Formats(
  'TSV: the same with tabs; a text that a spreadsheet would run gets an apostrophe, a number does not',
  () => {
    const { data } = Papa.parse<string[]>(text('tsv').slice(0, -1), { delimiter: '\t', newline: '\n' });
    assert.equal(
      data.map(cells => cells.length),
      [4, 4, 4, 4, 4, 4, 4],
    );
    assert.equal([data[3][1], data[6][0]], ['-1e-7', "'-1"]);
    for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])
      assert.match(
        text('csv', [[formula, 0, 0, true]]),
        new RegExp(`\\n"?'[=+\\-@\\t\\r]`),
        JSON.stringify(formula),
      );
  },
);

Formats('JSON and lines of JSON give the same cells again', () => {
  const objects = rows.map(row => Object.fromEntries(row.map((cell, j) => [heads[j].name, cell])));
  assert.equal(JSON.parse(text('json')), objects);
  assert.equal(
    text('ndjson')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
    objects,
  );
  assert.equal(JSON.parse(text('json', [])), []);
  for (const format of ['json', 'ndjson'] as const) assert.not.match(text(format), /[\u001b\u2028]/);
});

Formats(
  'Markdown and LaTeX: a text is never markup, a row never more than a line, scores have four decimals',
  () => {
    const markdown = text('md').trimEnd().split('\n').slice(2);
    assert.is(markdown.length, 2 + rows.length);
    for (const line of markdown) assert.is(line.replace(/\\./g, '').split('|').length, 6, line);
    assert.is(markdown[2], '| plain | 0.3000 | 1 | true |');
    assert.is(markdown[3], '| - | - | - | - |');
    for (const format of ['md', 'tex'] as const) {
      const whole = text(format);
      assert.not.match(whole.split('\n').slice(1).join('\n'), /<script|<b>|\u001b/, format);
      assert.match(whole, /^(<!-- |% )spt results, spt\.n 7/);
    }
    assert.is(text('md').split('\n')[0].match(/-->/g)!.length, 1, 'the comment ends where it should');
    const latex = text('tex');
    assert.match(
      latex,
      /\\begin\{tabular\}\{lrrl\}\n\\toprule\nname & cv\.roc\\_auc & n & is \\\\\n\\midrule\n/,
    );
    assert.match(latex, /\n\{?=?.*\\textless\{\}script\\textgreater\{\}/);
    assert.match(latex, /\\\$x\\_1\\\$ \\textbackslash\{\}end\\\{document\\\}/);
    assert.match(latex, / & \$-\$0\.5000 & /);
    assert.match(latex, /\n-- & -- & -- & -- \\\\\n/);
  },
);

Formats('the ending of a file tells its format, in any case of letters', () => {
  for (const format of FORMATS) assert.is(formatOf(`a.b/results.${format.toUpperCase()}`), format);
  assert.equal(['x.jsonl', 'x.xlsx', 'csv', 'x.csv.gz'].map(formatOf), [
    'ndjson',
    undefined,
    undefined,
    undefined,
  ]);
});

Formats.run();
