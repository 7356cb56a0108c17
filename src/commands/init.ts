/** `spt init`: makes a folder with a search that runs at once, for the user to change. */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../base/errors.js';
import { shellWord } from '../base/shell.js';
import { lookAt, tellStarter, writeStarter } from './init-table.js';
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

const FROM_TABLE = `
With --from, spt looks at your table and writes a commented search for it: what
its columns hold, what is predicted, folds, and pipelines with what the table
needs. It runs at once:

  spt init --from table.csv --target outcome my-search
  cd my-search
  spt enqueue --splits all --cv --pilot 20`;

interface Options {
  from?: string;
  target?: string;
}

export function init(): Command {
  return new Command('init')
    .summary('make a folder with a search to start from')
    .description(
      'Makes a folder with a search that runs at once: configs/ with comments, sample tables in data/, and slurm/. ' +
        'Put your own tables into data/ and change configs/ to match. No existing file is overwritten.',
    )
    .argument('[folder]', 'the folder to make', '.')
    .option('--from <table>', 'write the search for this table')
    .option('--target <column>', 'the column of the table to predict (without this option, it is guessed)')
    .addHelpText('after', FROM_TABLE)
    .action(run);
}

async function run(folder: string, { from, target }: Options): Promise<void> {
  // A table may lie in data/ of its search already.
  const made = freeFolder(folder, from === undefined ? SHIPPED : ['configs', 'slurm']);
  if (from === undefined) {
    if (target === undefined) return makeExample(folder, made);
    throw new InputError('needs-table', '--target names a column, and there is no table', {
      value: target,
      expected: 'spt init --from TABLE --target COLUMN',
    });
  }
  const starter = await lookAt(from, target);
  mkdirSync(made, { recursive: true });
  const path = writeStarter(made, starter);
  ship('slurm', made);
  writeSchemas(join(made, 'configs'));
  tellStarter(made, folder, path, starter);
}

/** The path of a folder that has no search yet. */
function freeFolder(folder: string, names: readonly string[]): string {
  const target = resolve(folder);
  if (existsSync(target) && !statSync(target).isDirectory()) {
    throw new InputError('not-a-folder', `${target} is a file`, {
      value: folder,
      expected: 'a new or empty folder',
    });
  }
  const taken = names.filter(name => existsSync(join(target, name)));
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
  return target;
}

/** Copies a folder of the package. */
function ship(name: string, target: string): void {
  const from = join(PACKAGE_ROOT, name);
  const isWanted = (path: string): boolean => path === from || name !== 'data' || isTable(path);
  cpSync(from, join(target, name), { recursive: true, filter: isWanted });
}

function makeExample(folder: string, target: string): void {
  mkdirSync(target, { recursive: true });
  for (const name of SHIPPED) ship(name, target);
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
