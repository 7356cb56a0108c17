// The main job on the shipped data, with the commands of a user: six pipelines on two splits, a summary, and the best
// model trained again with the same digest. It works in this folder: configs/, data/ and log/.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const spt = fileURLToPath(new URL('../dist/src/cli.js', import.meta.url));

for (const line of [
  'enqueue --pipelines lasso enet svc xgb rf nn --splits A1 B2 --cv --validate',
  'work -j 2 --quiet',
  'replay --summary',
  'select --split A1',
  'rebuild --select best --split A1',
]) {
  console.log(`\n$ spt ${line}`);
  const { status } = spawnSync(process.execPath, [spt, ...line.split(' ')], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
