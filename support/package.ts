/** The file that `npm install` would fetch, made from the checkout as it is built. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './root.js';

/** Runs a program in a folder and gives what it printed; throws with its words if it fails. */
export function run(folder: string, program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

/** Packs the checkout into a folder; the path of the packed file. */
export function pack(folder: string): string {
  const printed = run(root, 'npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
  return join(folder, JSON.parse(printed)[0].filename);
}

/** The packages that the packed one asks for. */
export function dependencies(): string[] {
  return Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies);
}
