/** Where the checkout stands, and its program: what suites start in a process of their own. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const cli = join(root, 'dist/src/cli.js');
