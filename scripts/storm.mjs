/**
 * A stress test of the log and the worker: `npm run storm`. It runs the long forms of some suites: every byte, every
 * error, 10,000 simulated searches, 20,000 spoiled files and a million mutated lines. Then it plants bugs, and a suite
 * must catch each of them. Where spin is installed, it checks the model of the claim protocol.
 *
 *   --runs N  simulated searches   --inputs N  spoiled files   --lines N  mutated lines
 *   --only simulator|faults|inputs|lines|bugs|model
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    inputs: { type: 'string', default: '20000' },
    lines: { type: 'string', default: '1000000' },
    only: { type: 'string' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));

const parts = {
  simulator: [process.execPath, ['dist/test/simulator/simulator.test.js'], { SPT_STORM_RUNS: values.runs }],
  faults: [process.execPath, ['dist/test/log/faults.test.js'], { SPT_STORM_STRIDE: '1' }],
  inputs: [process.execPath, ['dist/test/fuzz/inputs.test.js'], { SPT_STORM_INPUTS: values.inputs }],
  lines: [process.execPath, ['dist/test/events/one-meaning.test.js'], { SPT_STORM_LINES: values.lines }],
  bugs: [process.execPath, ['dist/test/simulator/planted-bugs.js'], {}],
  model: ['sh', ['test/model/claims.sh'], {}],
};

/** The exit code of a part that needs a program that is not installed. */
const NOT_CHECKED = 77;

let failed = 0;
for (const [name, [command, args, more]] of Object.entries(parts)) {
  if (values.only && values.only !== name) continue;
  const start = performance.now();
  console.log(`storm: ${name}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...more },
  });
  const seconds = Math.round((performance.now() - start) / 1000);
  const outcome = status === 0 ? 'ok' : status === NOT_CHECKED ? 'not checked' : 'FAILED';
  console.log(`storm: ${name}: ${outcome} after ${seconds} s`);
  if (outcome === 'FAILED') failed++;
}
process.exitCode = failed > 0 ? 1 : 0;
