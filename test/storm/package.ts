/**
 * `npm run test:package`: the packed file, installed by npm into an empty folder as a user would, runs a search. It
 * needs the npm registry and a compiler, because npm installs the packages that spt asks for. The suite runs the short
 * form, test/house/package.test.ts, with the packages that are here already.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack, run } from '../../support/package.js';

const folder = mkdtempSync(join(tmpdir(), 'spt-installed-'));
try {
  const packed = pack(folder);
  run(folder, 'npm', 'init', '--yes');
  run(folder, 'npm', 'install', '--no-audit', '--no-fund', packed);
  const spt = (place: string, ...args: string[]): string =>
    run(place, join(folder, 'node_modules/.bin/spt'), ...args);
  spt(folder, 'init', 'search');
  const search = join(folder, 'search');
  spt(search, 'enqueue', '--pipelines', 'lasso', 'xgb', '--splits', 'A1', '--cv', '--validate');
  spt(search, 'work', '-j', '2', '--quiet');
  const { configs, finished } = JSON.parse(spt(search, 'replay', '--summary', '--json'));
  if (configs !== 16 || finished !== 16) throw new Error(`${finished} of ${configs} configs were finished`);
  console.log('test:package: npm installed the packed file, and its spt finished 16 of 16 configs');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
