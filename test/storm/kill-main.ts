/** `npm run storm:kill`: see kill.ts. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { complaints, killStorm, type KillStorm } from './kill.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    workers: { type: 'string', default: '4' },
    kind: { type: 'string', default: 'light' },
    seed: { type: 'string', default: String(Date.now()) },
    keep: { type: 'boolean', default: false },
  },
});
const kind = values.kind === 'spt' ? 'spt' : 'light';
const storm: KillStorm = {
  ...{
    kills: Number(values.kills),
    workers: Number(values.workers),
    kind,
    seed: values.seed!,
    keep: values.keep,
  },
  longestMs: kind === 'spt' ? 2500 : 900,
  stops: 0.03,
};
console.log(
  `${storm.kills} kills of ${storm.workers} ${kind} workers, seed ${storm.seed}, on ${cpus().length} processors`,
);
const aftermath = await killStorm(storm);
const { verdict, kills, starts, seconds, lost, acknowledged, configs, folder } = aftermath;
const { records, torn, claims, finished, late, twice, conflicts, broken, open } = verdict;
const rows: [string, number][] = [
  ['kill -9', kills],
  ['workers started', starts],
  ['configs', configs],
  ['records', records],
  ['claims', claims],
  ['torn lines, healed', torn],
  ['late reports, ignored', late],
  ['events acknowledged to workers', acknowledged],
  ['of these lost', lost.length],
  ['configs finished', finished.size],
  ['finished twice in effect', twice.length],
  ['conflicting claims', conflicts.length],
  ['records out of order', broken.length],
  ['configs without outcome', open.length],
];
for (const [what, count] of rows) console.log(`${String(count).padStart(9)}  ${what}`);
console.log(`${seconds.toFixed(0).padStart(9)}  seconds`);
const found = complaints(aftermath, storm);
if (storm.keep) console.log(`kept: ${folder}`);
console.log(found.length === 0 ? 'All promises were kept.' : `BROKEN: ${found.join('; ')}`);
process.exitCode = found.length === 0 ? 0 : 1;
