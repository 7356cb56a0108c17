/** `spt init`: makes a folder with a search that runs at once, for the user to change. */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../base/errors.js';
import { shellWord } from '../base/shell.js';
import { PACKAGE_ROOT } from './package.js';
import { SCHEMAS, modeline, schemaFile, schemaText } from './schema.js';

/** The folders of the package that a new search starts from. */
const SHIPPED = ['configs', 'data', 'slurm'];
/** Only tables are copied from data/, because its page and its script describe the tables of the package. */
const isTable = (path: string): boolean => /\.(csv|tsv)(\.gz)?$/.test(path);

const YOUR_OWN = `For your own data:
  1. Put your tables into data/. The two files there are examples (breast
     cancer). You can remove them.
  2. In configs/config.yaml, name your tables under data: and your columns under
     index: and target:. Name the class that scores are about under positive:.
     Write your splits: each is a filter over your columns.
  3. In configs/pipe_configs.yaml, choose the pipelines and their parameters.
  4. Run spt enqueue --dry-run --splits ... It checks everything and writes
     nothing.`;

export function init(): Command {
  return new Command('init')
    .summary('make a folder with a search to start from')
    .description(
      'Makes a folder with a search that runs at once: configs/ with comments, sample tables in data/, and slurm/. ' +
        'Put your own tables into data/ and change configs/ to match. No existing file is overwritten.',
    )
    .argument('[folder]', 'the folder to make', '.')
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
  const taken = SHIPPED.filter(name => existsSync(join(target, name)));
  if (taken.length > 0) {
    throw new InputError(
      'already-there',
      `${target} has ${taken.map(name => `${name}/`).join(' and ')} already`,
      {
        value: folder,
        expected: 'a new or empty folder',
        hint: 'Nothing was changed. Name another folder, or move these folders away.',
      },
    );
  }
  mkdirSync(target, { recursive: true });
  for (const name of SHIPPED) {
    const from = join(PACKAGE_ROOT, name);
    const isWanted = (path: string): boolean => path === from || name !== 'data' || isTable(path);
    cpSync(from, join(target, name), { recursive: true, filter: isWanted });
  }
  writeSchemas(join(target, 'configs'));
  const shown = (name: string): string[] =>
    readdirSync(join(target, name)).filter(file => !file.startsWith('.'));
  const made = SHIPPED.map(name => `${name}/ (${shown(name).join(', ')})`);
  console.log(`Made in ${target}:\n  ${made.join('\n  ')}\n`);
  const enter = target === process.cwd() ? [] : [`cd ${shellWord(folder)}`];
  const commands = ['spt enqueue --splits A1 B2 --cv --validate', 'spt work -j 2', 'spt replay --summary'];
  console.log(`To run it as it is:\n  ${[...enter, ...commands].join('\n  ')}\n`);
  console.log(YOUR_OWN);
}

/** Writes the JSON Schemas for editors, and into each YAML file the line that names its schema. */
function writeSchemas(configs: string): void {
  for (const name of Object.keys(SCHEMAS)) {
    const [yaml, file] = [join(configs, `${name}.yaml`), join(configs, schemaFile(name))];
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, schemaText(name));
    writeFileSync(yaml, `${modeline(name)}\n${readFileSync(yaml, 'utf8')}`);
  }
}
