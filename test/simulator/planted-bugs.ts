/**
 * Plants bugs, one at a time, and shows which suite catches each: `npm run storm -- --only bugs`. With a part of a
 * name, only the bugs whose name holds it are planted. A bug is planted into the source of one or two files, which are
 * compiled into a copy of what is compiled already. A suite catches a bug if it fails.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../support/root.js';
import { logBugs } from './bugs/log.js';
import { plant, type Bug } from './bugs/plant.js';
import { workerBugs } from './bugs/worker.js';

/** The suites that are tried, the quick ones first. */
const LOG_SUITES = [
  'events/fold',
  'events/replay',
  'log/rewind',
  'log/faults',
  'log/journal',
  'log/reading',
  'log/snapshot',
  'log/liveness',
  'simulator/simulator',
];

const WORKER_SUITES = [
  'worker/hold',
  'worker/scored',
  'worker/faults',
  'worker/lease',
  'simulator/simulator',
  'worker/limits',
];

/** How many searches the simulator tries on each bug. */
const SEARCHES = '300';
const LONGEST_SUITE_MS = 300_000;

const plans: { bugs: Bug[]; suites: string[] }[] = [
  { bugs: logBugs, suites: LOG_SUITES },
  { bugs: workerBugs, suites: WORKER_SUITES },
];

/** A copy of the compiled files, made once, so that a new compilation does not disturb the suite. */
function makePristine(): string {
  const copy = mkdtempSync(join(tmpdir(), 'spt-pristine-'));
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  symlinkSync(realpathSync(join(root, 'node_modules')), join(copy, 'node_modules'));
  return copy;
}

/** Compiles files with a bug in them, without their types, over those of the copy. */
function compile(copy: string, texts: ReadonlyMap<string, string>): void {
  const files = [...texts].map(([file, text]) => {
    const path = join(copy, 'planted', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  });
  const compilerOptions = {
    ...{ noCheck: true, noResolve: true, types: [] },
    ...{ rootDir: join(copy, 'planted'), outDir: join(copy, 'dist') },
  };
  const project = join(copy, 'planted', 'tsconfig.json');
  const settings = { extends: join(root, 'tsconfig.json'), compilerOptions, include: [], files };
  writeFileSync(project, JSON.stringify(settings));
  writeFileSync(join(copy, 'planted', 'package.json'), '{"type":"module"}');
  const compiler = join(root, 'node_modules', '.bin', 'tsc');
  const { status, stdout } = spawnSync(compiler, ['-p', project], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the planted files do not compile: ${stdout}`);
}

/** Whether a suite passes in a copy. */
function passes(suite: string, copy: string): boolean {
  const program = join(copy, 'dist', 'test', `${suite}.test.js`);
  const env = { ...process.env, SPT_STORM_RUNS: SEARCHES };
  return spawnSync(process.execPath, [program], { env, timeout: LONGEST_SUITE_MS }).status === 0;
}

/** The suites that pass without a bug: only these can catch one. */
const sound = new Set<string>();

function demandSound(suite: string, pristine: string): void {
  if (sound.has(suite)) return;
  if (!passes(suite, pristine)) throw new Error(`${suite} fails without a bug, too`);
  sound.add(suite);
}

/** The first suite that fails with the bug; undefined if none does. */
function catcher(bug: Bug, suites: readonly string[], pristine: string): string | undefined {
  const copy = mkdtempSync(join(tmpdir(), 'spt-planted-'));
  try {
    cpSync(pristine, copy, { recursive: true, verbatimSymlinks: true });
    compile(copy, plant(root, bug));
    const found = suites.find(suite => !passes(suite, copy));
    if (found) demandSound(found, pristine);
    return found;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Plants and tries the bugs of a name; how many are caught by no suite. */
function tryAll(part: string): number {
  const pristine = makePristine();
  let tried = 0;
  let missed = 0;
  for (const { bugs, suites } of plans) {
    for (const bug of bugs.filter(({ name }) => name.includes(part))) {
      const suite = catcher(bug, suites, pristine);
      tried++;
      if (!suite) missed++;
      console.log(`${bug.name.padEnd(72)} ${suite ? `caught by ${suite}` : 'NOT CAUGHT'}`);
    }
  }
  rmSync(pristine, { recursive: true, force: true });
  console.log(`${tried - missed} of ${tried} planted bugs are caught`);
  return tried === 0 ? 1 : missed;
}

process.exitCode = tryAll(process.argv[2] ?? '') > 0 ? 1 : 0;
