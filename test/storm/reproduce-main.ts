/**
 * `npm run storm:predictions`: see reproduce.ts. Without options, configs of the search that `spt init` writes and of
 * searches of every step. `--root DIR --splits NAME ..` draws from another search.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { everyStepSearch, everyStepSearches } from '../../support/every-step.js';
import { cli } from '../../support/root.js';
import { reproduce, type Reproduction } from './reproduce.js';

const { values } = parseArgs({
  options: {
    root: { type: 'string' },
    splits: { type: 'string', multiple: true, default: ['A1', 'B2'] },
    'no-validate': { type: 'boolean', default: false },
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now()) },
  },
});
const { splits, seed } = values;
const asked = { splits, seed, count: Number(values.count), validate: !values['no-validate'] };

async function run(what: string, reproduction: Reproduction): Promise<void> {
  const { drawn, finished, equal, scores, pipelines, differing } = await reproduce(reproduction);
  console.log(`${what}: ${drawn} configs drawn (seed ${seed}) of ${pipelines.join(', ')}`);
  console.log(`  ${equal} of ${finished} finished give the scores and digests of the log (${scores} scores)`);
  for (const line of differing) console.log(`  ${line}`);
  if (equal < drawn) process.exitCode = 1;
}

if (values.root !== undefined) {
  await run(values.root, { ...asked, root: values.root });
} else {
  const root = mkdtempSync(join(tmpdir(), 'spt-shipped-'));
  spawnSync(process.execPath, [cli, 'init', root]);
  await run('the search that spt init writes', { ...asked, root });
  rmSync(root, { recursive: true });
  for (const which of everyStepSearches) {
    const search = everyStepSearch(which);
    await run(`a search of every step, of ${which}`, { ...asked, splits: ['A1'], root: search.root });
    search.remove();
  }
}
