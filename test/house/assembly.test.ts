/** The rules of the house that only AssemblyScript needs. test/house/tidy has those that hold for all sources. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../support/root.js';

const FOLDERS = ['src/kernels/assembly', 'src/events/fast/assembly', 'src/data/fast/assembly'];

const files = FOLDERS.flatMap(folder =>
  readdirSync(join(root, folder))
    .filter(name => name.endsWith('.ts'))
    .map(name => ({
      path: join(folder, name),
      name: name.slice(0, -3),
      folder,
      text: readFileSync(join(root, folder, name), 'utf8'),
    })),
);

const test = suite('assembly sources');

test('the kernels are formatted', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/format-assembly.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
});

test('what is exported is imported elsewhere', () => {
  const dead = files.flatMap(({ path, folder, name, text }) =>
    [...text.matchAll(/^export (?:function|const|let|class) (\w+)/gm)]
      .map(match => match[1])
      .filter(exported => {
        const isPublic = new RegExp(`@public\\s*\\*/\\nexport const ${exported}\\b`).test(text);
        const others = files.filter(other => other.folder === folder && other.path !== path);
        const isUsed = others.some(other => new RegExp(`\\b${exported}\\b`).test(other.text));
        const isEntry = name === 'index' || /export \* from/.test(textOf(folder, 'index'));
        return !isPublic && !isUsed && !isEntry;
      })
      .map(exported => `${path}: ${exported}`),
  );
  assert.equal(dead, []);
});

function textOf(folder: string, name: string): string {
  return files.find(file => file.folder === folder && file.name === name)!.text;
}

test.run();
