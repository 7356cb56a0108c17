/** Rows of numbers, read by the module and read plainly: the same values, the same wrong cells, the same errors. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { Rng } from '../../src/base/rng.js';
import { featureValue, missingMarkers } from '../../src/data/numbers.js';
import { openTable } from '../../src/data/table.js';
import { eachRows, type Way } from '../../src/data/rows.js';
import { inFolder, told, type Content } from '../../support/tables.js';

const Rows = suite('data: rows of numbers');

interface Wanted {
  markers?: string[];
  /** The column of names, and those that are not read. */
  name?: number;
  unread?: number[];
  /** Columns whose texts are kept. */
  texts?: number[];
  way?: Way;
  pieceBytes?: number;
}

/** What was read: rows as texts of line, name, values (-0 apart from 0) and wrong cells, and the error at the end. */
interface Read {
  rows: string[];
  error: string;
  /** The largest number of rows that came at once. */
  most: number;
}

async function read(
  file: string,
  { markers = ['', 'NA'], name = 0, unread = [], texts = [], ...how }: Wanted,
): Promise<Read> {
  const out: Read = { rows: [], error: '', most: 0 };
  try {
    await eachRows(
      await openTable(file),
      {
        formOf({ cells }) {
          const others = Int32Array.from(cells.keys()).filter(at => at !== name && !unread.includes(at));
          const isText = (at: number): boolean => texts.includes(at);
          const columns = others.filter(at => !isText(at));
          const form = { width: cells.length, short: false, name, missing: missingMarkers(markers) };
          return { ...form, columns, texts: others.filter(isText) };
        },
        take({ line, count, names, values, wrong, texts: kept }) {
          const p = values.length / count;
          out.most = Math.max(out.most, count);
          for (let row = 0; row < count; row++) {
            const numbers = Array.from(values.subarray(row * p, (row + 1) * p), one =>
              Object.is(one, -0) ? '-0' : String(one),
            );
            const cells = wrong.filter(one => one.row === row);
            const bad = cells.map(({ place, column, cell }) => `${place} ${column} ${JSON.stringify(cell)}`);
            const words = kept.map(column => JSON.stringify(column[row]));
            out.rows.push([line + row, names[row], ...numbers, ...words, ...bad].join('|'));
          }
        },
      },
      how,
    );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    out.error = told(error);
  }
  return out;
}

/** A number that is written in one of many ways, and what is no number. */
function cellOf(rng: Rng): string {
  const digits = (most: number): string =>
    Array.from({ length: rng.below(most + 1) }, () => rng.below(10)).join('');
  const sign = ['', '', '-', '+'][rng.below(4)];
  switch (rng.below(12)) {
    case 0:
      return ['', 'NA', ' NA', 'NaN', '-999', '-999.0', '-9.99e2', ' ', 'a word', 'é', '0x10', 'Infinity'][
        rng.below(12)
      ];
    case 1:
      return ['1,5', '"', '5" disk', '""', '" 1.5"', '"2"', '"a""b"', '"x,y"', '"x\ny"', '"x\r\ny"', '"x"y'][
        rng.below(11)
      ];
    case 2:
      return [' 1.5', '1.5 ', '\t2', '1.5\u00a0', '\r3', '4\r', '1\r2', '--1', '.', '-', '+.', '1..2'][
        rng.below(12)
      ];
    case 3:
      return `${sign}${digits(3)}.${digits(3)}e${['', '+', '-'][rng.below(3)]}${digits(3)}`;
    case 4:
      return `${sign}${digits(22)}.${digits(22)}`;
    case 5:
      return `"${sign}${digits(4)}.${digits(4)}"`;
    default:
      return `${sign}${digits(8)}${rng.below(3) ? '.' : ''}${digits(9)}`;
  }
}

/** A table of some rows. One in four has only plain cells, so that the fast way is on its own. */
function tableOf(rng: Rng): string {
  const width = 1 + rng.below(6);
  const isPlain = rng.below(4) === 0;
  const end = ['\n', '\n', '\r\n', '\r'][rng.below(4)];
  const rows = Array.from({ length: rng.below(30) }, (_, i) => {
    if (!isPlain && rng.below(40) === 0) return [' ', '', '\r', '\n\n'][rng.below(4)];
    const cells = Array.from({ length: width - 1 }, () =>
      isPlain ? `${rng.below(2) ? '-' : ''}${rng.below(10_000) / 100}` : cellOf(rng),
    );
    if (!isPlain && rng.below(60) === 0) cells.push('1');
    return [rng.below(9) ? `s${i}` : `"s ${i}"`, ...cells].join(',');
  });
  const head = Array.from({ length: width }, (_, i) => `c${i}`).join(',');
  const text = [head, ...rows].join(end) + (rng.below(2) ? end : '');
  return rng.below(8) ? text : `\ufeff${text}`;
}

Rows('are the same in both ways, whatever the text and its pieces', async () => {
  const rng = Rng.from('rows');
  let [batches, errors, wrong] = [0, 0, 0];
  await inFolder(async folder => {
    for (let round = 0; round < 800; round++) {
      const text = tableOf(rng);
      const file = join(folder, rng.below(4) ? 'table.csv' : 'table.csv.gz');
      const content: Content = file.endsWith('.gz') ? gzipSync(text) : text;
      writeFileSync(file, content);
      const wanted: Wanted = {
        markers: [['', 'NA'], ['NaN', '-999', 'a word', 'é'], []][rng.below(3)],
        name: rng.below(5) ? 0 : -1,
        unread: rng.below(3) ? [] : [2],
        texts: [[], [], [1], [1, 3, 4]][rng.below(4)],
      };
      const plain = await read(file, { ...wanted, way: 'plain' });
      const whole = await read(file, wanted);
      const cut = await read(file, { ...wanted, pieceBytes: 1 + rng.below(70) });
      assert.equal(whole.rows, plain.rows, JSON.stringify(text));
      assert.equal(cut.rows, plain.rows, JSON.stringify(text));
      assert.is(whole.error, plain.error, JSON.stringify(text));
      assert.is(cut.error, plain.error, JSON.stringify(text));
      if (whole.most > 1) batches++;
      if (plain.error !== '') errors++;
      if (plain.rows.some(row => row.includes('Infinity|'))) wrong++;
    }
  });
  assert.ok(batches > 150, `${batches} tables were read in the fast way`);
  assert.ok(errors > 50 && wrong > 50, `${errors} errors, ${wrong} tables with wrong cells`);
});

/** The values that both ways read from cells. */
async function valuesOf(cells: readonly string[]): Promise<number[]> {
  const values: number[] = [];
  await inFolder(async folder => {
    const file = join(folder, 'table.tsv');
    writeFileSync(file, `id\tx\n${cells.map((cell, i) => `${i}\t${cell}\n`).join('')}`);
    await eachRows(await openTable(file), {
      formOf: () => ({
        width: 2,
        short: false,
        name: 0,
        columns: Int32Array.of(1),
        missing: missingMarkers([]),
      }),
      take: rows => values.push(...rows.values),
    });
  });
  return values;
}

/** A decimal number with this many digits, in one of three forms. */
function decimalOf(rng: Rng, digits: number): string {
  const text = Array.from({ length: digits }, () => rng.below(10)).join('');
  const at = rng.below(digits + 1);
  const point = `${rng.below(2) ? '-' : ''}${text.slice(0, at)}.${text.slice(at)}`;
  return [point, `${point}e${rng.below(130) - 65}`, `${point}E+0${rng.below(9)}`][rng.below(3)];
}

Rows('are the doubles nearest to the decimal numbers', async () => {
  const rng = Rng.from('decimals');
  const cells = Array.from({ length: 100_000 }, (_, i) => decimalOf(rng, 1 + (i % 21)));
  // Halfway between two doubles, and a little beside.
  for (let i = 0; i < 10_000; i++) {
    const odd = 2n * (2n ** 52n + BigInt(Math.floor(rng.float() * 2 ** 52))) + 1n;
    cells.push(`${odd}`, `${odd}0`, `${odd}.0`, `${odd + 1n}`, `${odd * 5n}e-1`, `${odd * 25n}e-2`);
  }
  cells.push('0', '-0', '-0.0', '0e9', '1e22', '1e23', '9007199254740993', '8.41e21', '9.5367431640625e-7');
  // The digits are those of 2^64, and zeros behind.
  cells.push(
    '18446744073709551616',
    '184467440737095516.16000',
    '-1.8446744073709551616',
    '18446744073709551616e-9',
  );
  const values = await valuesOf(cells);
  assert.is(values.length, cells.length);
  values.forEach((value, i) => {
    if (!Object.is(value, Number(cells[i])))
      assert.unreachable(`${cells[i]}: ${value}, not ${Number(cells[i])}`);
  });
  assert.is(featureValue('-0', missingMarkers([])), -0);
});

Rows('of many columns and long cells are read whole', async () => {
  const cells = Array.from({ length: 60_000 }, (_, i) => `${i / 7}`);
  const text = `id,${cells.map((_, i) => `c${i}`)}\n${['a', 'b', 'c'].map(id => `${id},${cells}\n`).join('')}`;
  await inFolder(async folder => {
    const file = join(folder, 'wide.csv');
    writeFileSync(file, `${text}${'x'.repeat(300_000)},${cells}\n`);
    const fast = await read(file, {});
    assert.equal(fast, { ...(await read(file, { way: 'plain' })), most: fast.most });
    assert.is(fast.rows.length, 4);
    assert.is(fast.rows[2].split('|')[59_000], String(Number(cells[58_998])));
  });
});

Rows.run();
