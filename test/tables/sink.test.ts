/** A file that appears when it is whole: what stands in its folder before, after, and when it is given up. */
import {
  mkdtempSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NewFile } from '../../src/tables/sink.js';

const Sinks = suite('files that appear when they are whole');

function inFolder(look: (folder: string, path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'spt-sink-'));
  try {
    look(folder, join(folder, 'out.csv'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

Sinks('the file before stays until the new one is whole', () => {
  inFolder((folder, path) => {
    writeFileSync(path, 'before');
    const file = new NewFile(path);
    file.write('a,');
    file.write(Buffer.from('b\n'));
    assert.is(readFileSync(path, 'utf8'), 'before');
    file.finish();
    file.abandon();
    assert.is(readFileSync(path, 'utf8'), 'a,b\n');
    assert.equal(readdirSync(folder), ['out.csv']);
  });
});

Sinks('a file that is given up leaves nothing', () => {
  inFolder((folder, path) => {
    const file = new NewFile(path);
    file.write('half');
    file.abandon();
    assert.equal(readdirSync(folder), []);
  });
});

Sinks('a link stays a link, and one that leads nowhere is refused', () => {
  inFolder((folder, path) => {
    writeFileSync(join(folder, 'real.csv'), 'before');
    symlinkSync('real.csv', path);
    const file = new NewFile(path);
    file.write('after');
    file.finish();
    assert.ok(lstatSync(path).isSymbolicLink());
    assert.is(readFileSync(join(folder, 'real.csv'), 'utf8'), 'after');
    symlinkSync('nowhere', join(folder, 'lost.csv'));
    assert.throws(() => new NewFile(join(folder, 'lost.csv')), /ENOENT/);
    assert.equal(readdirSync(folder).sort(), ['lost.csv', 'out.csv', 'real.csv']);
  });
});

Sinks.run();
