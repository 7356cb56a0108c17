/** `spt init --from TABLE`: looks at a table and writes a search for it. */
import { copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { InputError } from '../base/errors.js';
import { counted, quote, someOf } from '../base/listing.js';
import { shellWord } from '../base/shell.js';
import { DEFAULT_MISSING } from '../config/defaults.js';
import { starterConfig } from '../config/starter-config.js';
import { starterPipelines } from '../config/starter-pipelines.js';
import { starterOf, type Starter } from '../config/starter.js';
import { dialectText } from '../data/dialect.js';
import { outlineOf } from '../data/outline.js';
import { printable } from '../terminal/printable.js';
import { screenOf, wrapped } from '../terminal/screen.js';

/** A larger table is not copied, in bytes. */
const MOST_COPIED_BYTES = 200e6;

/** Reads a table. Throws InputError where no search can begin with it. Nothing is written. */
export async function lookAt(table: string, target: string | undefined): Promise<Starter> {
  return starterOf(await outlineOf(resolve(table), DEFAULT_MISSING), target);
}

/** Writes configs/ and data/ into a folder. Returns the table's path, relative to the folder. */
export function writeStarter(folder: string, starter: Starter): string {
  const { file } = starter.outline.table;
  const isCopied = statSync(file).size <= MOST_COPIED_BYTES;
  const path = isCopied ? join('data', basename(file)) : relative(folder, file);
  const there = join(folder, path);
  if (isCopied && there !== file && existsSync(there)) {
    throw new InputError('already-there', `${there} is there already, and it is another file`, {
      value: file,
      hint: 'Nothing was changed. Name another folder, or move the file away.',
    });
  }
  for (const name of ['configs', 'data']) mkdirSync(join(folder, name), { recursive: true });
  if (isCopied && there !== file) copyFileSync(file, there);
  writeFileSync(join(folder, 'configs', 'config.yaml'), starterConfig(starter, path));
  writeFileSync(join(folder, 'configs', 'pipe_configs.yaml'), starterPipelines(starter));
  return path;
}

/** Says what was found, and what to do next. */
export function tellStarter(folder: string, entered: string, path: string, starter: Starter): void {
  const { outline, target, classes, aside, found } = starter;
  const { width } = screenOf(process.stdout);
  const say = (text: string): void => console.log(wrapped(printable(text, 2000), width));
  const form = outline.table.kind === 'parquet' ? 'Parquet' : dialectText(outline.table.dialect);
  say(`${path}: ${form}; ${counted(outline.rows, 'row')}, ${counted(outline.columns.length, 'column')}.`);
  const what = classes ? `${classes.length} classes` : 'values (regression)';
  say(
    found === 'told'
      ? `The target is ${quote(target.name)}: ${what}.`
      : `The target is guessed: ${quote(target.name)}, ${found} (${what}). To predict another column, ` +
          'remove the folder and say it with --target NAME.',
  );
  for (const { name, reason } of aside) say(`No feature: ${quote(name)}: ${reason}.`);
  say(
    `Features: ${counted(starter.features.length, 'column')}: ${someOf(
      starter.features.map(one => one.name),
      8,
    )}.`,
  );
  say(`Made in ${folder}: configs/ (config.yaml, pipe_configs.yaml), data/, slurm/.`);
  const enqueue = 'spt enqueue --splits all --cv';
  const enter = folder === process.cwd() ? [] : [`cd ${shellWord(entered)}`];
  const commands = [...enter, `${enqueue} --pilot 20`, 'spt work -j 2', `${enqueue} --dry-run`];
  console.log(
    `\nTo begin with a few configs, and to know what all of them cost:\n  ${commands.join('\n  ')}\n`,
  );
  console.log(`To train all of them:\n  ${[enqueue, 'spt work -j 2', 'spt results'].join('\n  ')}`);
}
