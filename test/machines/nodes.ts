/**
 * `npm run test:nodes`: models are the same bits on every version of Node that spt runs on. Each Node comes from npm,
 * compiles fs-ext for itself, and runs in a copy of the checkout: the suites of the log, the golden digests, and the
 * demo. The digests and scores of all configs of the demo must be equal on all of them.
 *
 *   --short    takes one other Node, the newest, and leaves out the slow suites; the Node that runs this script
 *              does the demo, so that there is something to compare with
 *   VERSIONS   are tried instead of all: `npm run test:nodes -- --short 22 24.1`
 *
 * A Node that npm cannot install is passed over in one line. A Node that does not run is a failure.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../../src/terminal/table.js';
import {
  copyCheckout,
  differences,
  environmentOf,
  eventsIn,
  inScratch,
  installNode,
  nodePackage,
  outcomesOf,
  PassedOver,
  planOf,
  runProgram,
  type Node,
  type Outcomes,
  type Plan,
} from '../../support/machines.js';

/** What one Node did. */
interface Result {
  node: Node;
  suites: { passed: number; all: number };
  outcomes: Outcomes;
  seconds: number;
  failures: string[];
}

/** The most lines of a failed program, and the most differences, that are printed. */
const MOST_LINES = 40;

/** Installs a Node and asks it for its version. Nothing where npm does not have it, which is told. */
async function prepare(folder: string, wanted: string): Promise<Node | undefined> {
  try {
    const packed = nodePackage(wanted, process.platform, process.arch);
    const { path, home } = await installNode(folder, packed);
    const { ok, text } = await runProgram(path, ['-v']);
    const version = text.trim();
    if (!ok || !`${version}.`.startsWith(`v${wanted}.`))
      throw new Error(`${packed} does not run: ${version}`);
    return { version, path, home };
  } catch (error) {
    if (!(error instanceof PassedOver)) throw error;
    console.log(`test:nodes: Node ${wanted} is passed over, because ${error.message}`);
    return undefined;
  }
}

/** Runs suites and the demo under one Node, in a copy of the checkout that is its own. */
async function tryNode(node: Node, suites: readonly string[], copy: string): Promise<Result> {
  const started = performance.now();
  const result: Result = {
    node,
    suites: { passed: 0, all: suites.length },
    outcomes: new Map(),
    seconds: 0,
    failures: [],
  };
  const place = { cwd: copy, env: environmentOf(node) };
  const run = async (what: string, program: string, ...args: string[]): Promise<boolean> => {
    const { ok, text } = await runProgram(program, args, place);
    const end = text.trimEnd().split('\n').slice(-MOST_LINES).join('\n');
    if (!ok) result.failures.push(`${what} failed under Node ${node.version}:\n${end}`);
    return ok;
  };
  const compiled = async (): Promise<boolean> => {
    if (node.home === undefined) return true;
    // The build of another Node must not be taken for this one's.
    rmSync(join(copy, 'node_modules/fs-ext/build'), { recursive: true, force: true });
    return run('npm rebuild fs-ext', 'npm', 'rebuild', 'fs-ext');
  };
  if (await compiled()) {
    for (const suite of suites) if (await run(suite, node.path, suite)) result.suites.passed++;
    if (await run('the demo', node.path, 'scripts/demo.mjs'))
      result.outcomes = outcomesOf(eventsIn(join(copy, 'log')));
    if (!isCompared(result))
      result.failures.push(`no config of the demo finished under Node ${node.version}`);
  }
  result.seconds = (performance.now() - started) / 1000;
  return result;
}

/** Compares each demo with the first one that ran, and adds to the failures of a Node what differs. */
function compare(results: readonly Result[]): void {
  const first = results.find(isCompared);
  for (const { node, outcomes, failures } of results.filter(isCompared)) {
    const found = differences(first!.outcomes, outcomes);
    if (found.length === 0) continue;
    const shown = found.slice(0, MOST_LINES).join('\n');
    const models = `Nodes ${first!.node.version} and ${node.version} gave different models`;
    failures.push(`${models} of ${found.length} configs:\n${shown}`);
  }
}

const isCompared = ({ outcomes }: Result): boolean => outcomes.size > 0;

function show(results: readonly Result[]): void {
  const heads = ['Node', 'suites passed', 'demo configs', 'digests equal', 'seconds'];
  const first = results.find(isCompared);
  const isEqual = (result: Result): boolean =>
    first !== undefined && differences(first.outcomes, result.outcomes).length === 0;
  const rows = results.map(result => [
    result.node.version,
    result.suites.all === 0 ? 'not run' : `${result.suites.passed} of ${result.suites.all}`,
    result.outcomes.size,
    isEqual(result) ? 'yes' : 'NO',
    result.seconds.toFixed(0),
  ]);
  const columns = heads.map((head, i) => ({ head, right: i > 0 }));
  console.log(`\n${table(columns, rows)}`);
}

async function main(folder: string, { versions, suites, withOwn }: Plan): Promise<boolean> {
  const results: Result[] = [];
  // Copied once, so that all Nodes run the same program even if somebody builds another one meanwhile.
  const original = join(folder, 'original');
  copyCheckout(original);
  const attempt = async (node: Node, chosen: readonly string[]): Promise<void> => {
    console.log(`test:nodes: Node ${node.version}: ${chosen.length} suites and the demo`);
    const copy = join(folder, `copy-${node.version}`);
    cpSync(original, copy, { recursive: true, verbatimSymlinks: true });
    results.push(await tryNode(node, chosen, copy));
    rmSync(copy, { recursive: true });
  };
  for (const version of versions) {
    const home = join(folder, `node-${version}`);
    const node = await prepare(home, version);
    if (node === undefined) continue;
    if (withOwn && results.length === 0)
      await attempt({ version: process.version, path: process.execPath }, []);
    await attempt(node, suites);
    rmSync(home, { recursive: true });
  }
  if (results.length === 0) return true;
  compare(results);
  show(results);
  const failures = results.flatMap(result => result.failures);
  for (const failure of failures) console.log(`\n${failure}`);
  return failures.length === 0;
}

const options = { short: { type: 'boolean', default: false } } as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const plan = planOf(values.short, process.version, positionals);
await inScratch('test:nodes', folder => main(folder, plan));
