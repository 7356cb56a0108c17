/** The npm package: it holds every page that a page links to, and a program that runs. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dependencies, pack, run } from '../../support/package.js';
import { root } from '../../support/root.js';

const Package = suite('the npm package');

/** The package, unpacked into an empty folder beside the packages that it asks for and no others. */
function inPackage(use: (place: { folder: string; unpacked: string }) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'spt-package-'));
  try {
    const modules = join(folder, 'node_modules');
    mkdirSync(modules);
    run(folder, 'tar', 'xzf', pack(folder), '-C', modules);
    const unpacked = join(modules, 'package');
    for (const name of dependencies()) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
    use({ folder, unpacked });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files that a page links to, as paths from the page. */
function linksOf(page: string): string[] {
  const targets = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(match => match[1]);
  return targets
    .filter(target => !/^[a-z]+:|^#/.test(target))
    .map(target => join(dirname(page), target.replace(/#.*$/, '')));
}

Package('holds every page that one of its pages links to', () => {
  inPackage(({ unpacked }) => {
    const pages = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).filter(name =>
      name.endsWith('.md'),
    );
    const links = pages.flatMap(page => linksOf(join(unpacked, page)));
    assert.ok(
      pages.includes('README.md') && links.length >= 8,
      `${pages.length} pages, ${links.length} links`,
    );
    assert.equal(
      links.filter(link => !existsSync(link)),
      [],
    );
  });
});

Package('runs a search in an empty folder, with the packages that it asks for and no others', () => {
  inPackage(({ folder, unpacked }) => {
    const search = join(folder, 'search');
    const spt = (...args: string[]): string =>
      run(existsSync(search) ? search : folder, process.execPath, join(unpacked, 'dist/src/cli.js'), ...args);
    spt('init', 'search');
    spt('enqueue', '--pipelines', 'lasso', '--splits', 'A1', '--cv', '--validate');
    spt('work', '-j', '1', '--quiet');
    const { configs, finished } = JSON.parse(spt('replay', '--summary', '--json'));
    assert.equal([configs, finished], [10, 10]);
  });
});

Package.run();
