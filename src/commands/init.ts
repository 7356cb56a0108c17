import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { InputError } from '../base/errors.js';

/** The folders of the package that a new search starts from; what is not shipped with it has its data in `data/`. */
const shipped = ['configs', 'data', 'slurm'];
const packageRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** `spt init`: a folder with a search that runs at once and is there to be changed. */
export function init(): Command {
  return new Command('init')
    .summary('make a folder with a search to start from')
    .description(
      'Makes a folder with a search that runs at once: commented configs/, a small data set in data/, and slurm/. ' +
        'Put your own tables in data/ and change configs/ to match. Nothing that is there is overwritten.',
    )
    .argument('[folder]', 'where', '.')
    .action(run);
}

function run(folder: string): void {
  const target = resolve(folder);
  if (existsSync(target) && !statSync(target).isDirectory()) {
    throw new InputError('not-a-folder', `${target} is a file`, {
      value: folder,
      expected: 'a new or empty folder',
    });
  }
  const taken = shipped.filter(name => existsSync(join(target, name)));
  if (taken.length > 0) {
    throw new InputError(
      'already-there',
      `${target} has ${taken.map(name => `${name}/`).join(' and ')} already`,
      {
        value: folder,
        expected: 'a new or empty folder',
        hint: 'Nothing was changed. Name another folder, or move what is there away.',
      },
    );
  }
  mkdirSync(target, { recursive: true });
  for (const name of shipped) {
    const visible = (path: string) => !path.includes('.prepared');
    cpSync(join(packageRoot, name), join(target, name), { recursive: true, filter: visible });
  }
  const made = shipped.map(name => `${name}/ (${readdirSync(join(target, name)).join(', ')})`);
  console.log(`Made in ${target}:\n  ${made.join('\n  ')}\n`);
  const enter = target === process.cwd() ? '' : `cd ${inShell(folder)} && `;
  console.log(
    `Next: ${enter}spt enqueue --splits A1 B2 --cv --validate && spt work -j 2 && spt replay --summary`,
  );
}

/** A path as a shell takes it. */
function inShell(path: string): string {
  return /^[\w./][\w./-]*$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
