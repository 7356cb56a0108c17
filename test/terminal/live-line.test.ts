/** A line that is drawn over: it never wraps, and nothing of it stays. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LiveLine } from '../../src/terminal/live-line.js';
import { duration, rough } from '../../src/terminal/units.js';

const Live = suite('live line');

/** A terminal that shows what was written to it, as far as a live line needs one. */
function terminal(columns: number) {
  const rows = [''];
  let [row, column] = [0, 0];
  const put = (letter: string): void => {
    if (column === output.columns) [row, column] = [row + 1, 0];
    rows[row] =
      (rows[row] ?? '').padEnd(column).slice(0, column) + letter + (rows[row] ?? '').slice(column + 1);
    column++;
  };
  const output = {
    columns,
    write(text: string) {
      for (const [part] of text.matchAll(/\x1b\[\d*[A-Z]|[\s\S]/g)) {
        if (part === '\r') column = 0;
        else if (part === '\n') [row, column] = [row + 1, 0];
        else if (part === '\x1b[K') rows[row] = (rows[row] ?? '').slice(0, column);
        else if (part === '\x1b[J') rows.splice(row, rows.length, (rows[row] ?? '').slice(0, column));
        else if (part.startsWith('\x1b')) row -= Number(/\d+/.exec(part)![0]);
        else put(part);
      }
      return true;
    },
    /** A narrower window wraps what stands there, as terminals do. */
    narrow(to: number) {
      output.columns = to;
      const wrapped = rows.flatMap(line => line.match(new RegExp(`.{1,${to}}`, 'g')) ?? ['']);
      rows.splice(0, rows.length, ...wrapped);
      row = rows.length - 1;
      column = rows[row].length;
    },
  };
  return { output, rows };
}

Live('lines are printed above it, and it is removed at the end', () => {
  const { output, rows } = terminal(20);
  const line = new LiveLine(output);
  line.draw('10% of all');
  line.draw('20%');
  assert.equal(rows, ['20%']);
  line.print('failed one');
  line.draw('30%');
  assert.equal(rows, ['failed one', '30%']);
  line.clear();
  assert.equal(rows, ['failed one', '']);
  line.clear();
  assert.equal(rows, ['failed one', '']);
});

Live(
  'a line that is wider than the window is cut, and one of a window that became narrower is erased',
  () => {
    const { output, rows } = terminal(20);
    const line = new LiveLine(output);
    line.draw('a line of thirty characters...');
    assert.equal(rows, ['a line of thirty ch']);
    line.draw('another one of thirty chars...');
    assert.is(rows.length, 1);
    output.narrow(8);
    assert.is(rows.length, 3);
    line.draw('12345678');
    assert.equal(rows, ['1234567']);
  },
);

Live('rough durations do not say more than is known', () => {
  const told: [number, string][] = [
    [0.42, '0.4 s'],
    [53.2, '53 s'],
    [119, '119 s'],
    [120, '2 min'],
    [3569, '59 min'],
    [3571, '1 h'],
    [6600, '1 h 50 min'],
    [172_000, '47 h 47 min'],
    [172_800, '2 d'],
    [280_000, '3 d 6 h'],
  ];
  for (const [seconds, text] of told) assert.is(rough(seconds), text);
  assert.is(duration(600), '10 min 0 s');
});

Live.run();
