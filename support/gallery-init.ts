/** Examples of what `spt init --from` refuses. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { init } from '../src/commands/init.js';
import { call, type Example } from './gallery.js';

/** A call of spt init in a new folder with these files. It must not make the folder `made`. */
function fromTable(
  code: string,
  table: string,
  content: string | Buffer | undefined,
  { more = [], others = {} }: { more?: string[]; others?: { [path: string]: string } } = {},
): Example {
  const shown = typeof content === 'string' ? `${table}: ${content.slice(0, 80)}` : table;
  return call(code, `${shown}\n$ spt init --from ${[table, ...more].join(' ')} made`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spt-init-'));
    const files = Object.entries({ ...others, ...(content !== undefined && { [table]: content }) });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    try {
      await init().parseAsync(['--from', join(folder, table), ...more, join(folder, 'made')], {
        from: 'user',
      });
    } finally {
      if (existsSync(join(folder, 'made', 'configs', 'config.yaml'))) throw new Error('a search was made');
      rmSync(folder, { recursive: true });
    }
  });
}

const people =
  'age,site,day,outcome\n40,A,2020-01-01,yes\n50,B,2020-01-02,no\n60,A,2020-01-03,yes\n70,B,2020-01-04,no\n';

export const ofInit: Example[] = [
  fromTable('unreadable-file', 'none.csv', undefined),
  fromTable('unknown-format', 'people.xlsx', people),
  fromTable('bad-parquet', 'people.parquet', Buffer.from('PAR1 and no more')),
  fromTable('empty-table', 'people.csv', ''),
  fromTable('ragged-row', 'people.csv', `${people}80,A\n`),
  fromTable('no-such-column', 'people.csv', people, { more: ['--target', 'outcom'] }),
  fromTable('bad-target', 'people.csv', people, { more: ['--target', 'day'] }),
  fromTable('bad-target', 'people.csv', 'a,b\nx,p\ny,q\nz,r\n', { more: ['--target', 'b'] }),
  fromTable('bad-target', 'people.csv', 'a,b\n1,5\n1,5\n'),
  fromTable('no-features', 'people.csv', 'outcome\nyes\nno\nyes\nno\n'),
  fromTable('no-features', 'people.csv', 'id,outcome\n1,yes\n2,no\n3,yes\n4,no\n'),
  fromTable('already-there', 'people.csv', people, { others: { 'made/configs/pipes.yaml': '' } }),
  fromTable('already-there', 'people.csv', people, { others: { 'made/data/people.csv': 'another one' } }),
  call('needs-table', '$ spt init --target outcome made', () =>
    init().parseAsync(['--target', 'outcome', join(tmpdir(), 'never-made')], { from: 'user' }),
  ),
];
