/**
 * Formats the AssemblyScript sources of the kernels with prettier, by the rules of all other files. The parser refuses
 * the decorator @inline before a function. So the decorator becomes a comment while prettier works. With --check it
 * writes nothing and fails if a file is not formatted.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const folder = fileURLToPath(new URL('../src/kernels/assembly', import.meta.url));
const isCheck = process.argv.includes('--check');
const config = await resolveConfig(join(folder, 'index.ts'));

for (const name of readdirSync(folder).filter(each => each.endsWith('.ts'))) {
  const filepath = join(folder, name);
  const text = readFileSync(filepath, 'utf8');
  const formatted = await format(text.replace(/^@inline$/gm, '// @inline'), { ...config, filepath });
  const wanted = formatted.replace(/^\/\/ @inline$/gm, '@inline');
  if (wanted === text) continue;
  if (isCheck) {
    console.error(`src/kernels/assembly/${name} is not formatted; run npm run format`);
    process.exitCode = 1;
  } else {
    writeFileSync(filepath, wanted);
  }
}
