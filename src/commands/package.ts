/** The package of spt: its folder and its version. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package: what `spt` ships stands in it. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The version of spt, as package.json has it. */
export const VERSION: string = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')).version;
