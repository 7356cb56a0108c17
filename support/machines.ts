/**
 * What the scripts of test/machines/ are built on: a Node of another version or for another processor, a copy of the
 * checkout in which that Node runs, and the comparison of what two searches found.
 */
import { execFile, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { canonicalJson } from '../src/base/json.js';
import { dependencies } from './package.js';
import { root } from './root.js';

/** The versions of Node that must give the same bits: the oldest that spt runs on, then the newest of each line. */
export const VERSIONS = ['20.0', '20', '22', '24', '26'];

/** Something that this machine does not have and cannot get. It is no failure of spt. */
export class PassedOver extends Error {}

/** The suites that hold the log and the models, as folders or files of dist/test/. */
const SUITES = ['ml/golden.test.js', 'log', 'events', 'simulator'];

/** The same in short: the golden digests and the log, without the suites that start many processes. */
const SHORT_SUITES = ['ml/golden.test.js', 'log'];
const SLOW_SUITES = /\/(doctor|sharing)\b/;

/** What `npm run test:nodes` runs. */
export interface Plan {
  /** Versions of Node, whole or in part: `22` is the newest that begins with 22. */
  versions: string[];
  /** Paths from the checkout. */
  suites: string[];
  /** Whether the Node that runs the script does the demo, too, so that there is something to compare with. */
  withOwn: boolean;
}

/**
 * What is run, in full or in short. `own` is the version of the Node that runs this, as in `process.version`.
 * `named` are the versions to try. If none is named, all versions are tried. In short, it is the newest one that is
 * not `own`.
 */
export function planOf(short: boolean, own: string, named: readonly string[] = []): Plan {
  const suites = suitesOf(short ? SHORT_SUITES : SUITES);
  if (!short) return { versions: named.length > 0 ? [...named] : VERSIONS, suites, withOwn: false };
  const newest = VERSIONS.filter(version => !own.startsWith(`v${version}.`)).slice(-1);
  const versions = named.length > 0 ? [...named] : newest;
  return { versions, suites: suites.filter(suite => !SLOW_SUITES.test(suite)), withOwn: true };
}

function suitesOf(places: readonly string[]): string[] {
  return places.flatMap(place => {
    const path = join('dist/test', place);
    if (path.endsWith('.js')) return path;
    const names = readdirSync(join(root, path), { recursive: true, encoding: 'utf8' });
    return names
      .filter(name => name.endsWith('.test.js'))
      .sort()
      .map(name => join(path, name));
  });
}

/** How a program ended. `text` holds both of its outputs. */
export interface Ended {
  ok: boolean;
  text: string;
}

/** A Node on this machine. */
export interface Node {
  /** As `node -v` says it: `v22.1.0`. */
  version: string;
  /** The path of the program. */
  path: string;
  /** The folder that holds `include/`, if this Node is another one than the one that runs here. */
  home?: string;
}

/** The most characters that a program may print. */
const MOST_PRINTED = 64 * 1024 * 1024;

/** How long a program may run before it counts as hanging. */
const LONGEST_RUN_MS = 15 * 60_000;

/** The programs that run now. */
const running = new Set<ChildProcess>();

/** Runs a program and waits for it. A program that cannot be started, or hangs, has not ended well. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  return new Promise(resolve => {
    const limits = { maxBuffer: MOST_PRINTED, timeout: LONGEST_RUN_MS };
    const child = execFile(program, args, { ...options, ...limits }, (error, stdout, stderr) => {
      running.delete(child);
      const hung = error?.killed ? `${program} was ended after ${LONGEST_RUN_MS / 60_000} minutes` : '';
      const notStarted = typeof error?.code === 'string' ? error.message : '';
      resolve({ ok: error === null, text: stdout + stderr + notStarted + hung });
    });
    running.add(child);
    child.stdin?.end();
  });
}

/** The name under which npm has the newest Node that begins with a version. */
export function nodePackage(version: string, platform: string, processor: string): string {
  return `node-${platform}-${processor}@${version}`;
}

/**
 * Installs a Node from npm into a folder. It is not started. Throws PassedOver where npm cannot get it.
 * Each of these packages holds the program, `bin/node`, and the headers for packages in C++, `include/`.
 */
export async function installNode(folder: string, wanted: string): Promise<{ path: string; home: string }> {
  mkdirSync(folder, { recursive: true });
  // --force: npm refuses a package for another processor.
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--force', '--prefix', folder];
  const { ok, text } = await runProgram('npm', ['install', ...options, wanted], { cwd: folder });
  if (!ok) throw new PassedOver(`npm cannot install ${wanted} (${reasonIn(text)})`);
  const home = join(folder, 'node_modules', wanted.replace(/@[^@]*$/, ''));
  return { path: join(home, 'bin/node'), home };
}

/** Why npm did not install a package, in a few words of its own. */
function reasonIn(text: string): string {
  const lines = text.split('\n').filter(line => /^npm (error|ERR!)|ENOENT/.test(line));
  const first = lines.find(line => /code/.test(line)) ?? lines[0] ?? 'it gives no reason';
  return first.replace(/^npm (error|ERR!) (code )?/, '');
}

/** What a copy of the checkout holds, so that suites and the demo run in it. */
const COPIED = ['package.json', 'dist', 'configs', 'data', 'scripts', 'test/fixtures'];

/**
 * Copies the built checkout into a new folder. Beside it stand the packages that spt asks for and what suites run with,
 * and no others. fs-ext is a copy, because each Node needs its own build of it; the other packages are links.
 */
export function copyCheckout(folder: string): void {
  // data/ also holds what earlier searches stored, in names that begin with a dot.
  const isVisible = (path: string): boolean => !basename(path).startsWith('.');
  for (const name of COPIED) {
    const copyAll = {
      recursive: true,
      filter: (path: string) => path === join(root, name) || isVisible(path),
    };
    cpSync(join(root, name), join(folder, name), copyAll);
  }
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of new Set([...dependencies(), 'uvu', 'nan'])) {
    const installed = join(root, 'node_modules', name);
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    if (name === 'fs-ext') cpSync(installed, join(modules, name), { recursive: true });
    else symlinkSync(installed, join(modules, name));
  }
}

/** The environment in which `node` and `npm` mean that Node. */
export function environmentOf({ path, home }: Node): NodeJS.ProcessEnv {
  const own = { ...process.env, PATH: `${dirname(path)}${delimiter}${process.env.PATH}` };
  // node-gyp takes the headers from there and downloads nothing.
  return home === undefined ? own : { ...own, npm_config_nodedir: home };
}

/** What each finished config of a search came to: its model's digest and its scores, to the last bit. */
export type Outcomes = Map<string, string>;

/** One outcome as text that is equal where digest and scores are. */
export function outcomeText({ digest, scores }: { digest: string; scores: object }): string {
  return `${digest} ${canonicalJson(scores)}`;
}

/** The events in a folder's log, in their order. */
export function eventsIn(log: string): any[] {
  const segments = readdirSync(log).filter(name => name.startsWith('events-'));
  const text = segments.sort().map(name => readFileSync(join(log, name), 'utf8'));
  const lines = text.join('').split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line));
}

/** The outcomes among some events. */
export function outcomesOf(events: readonly any[]): Outcomes {
  const finished = events.filter(({ type }) => type === 'finished');
  return new Map(finished.map(event => [event.config, outcomeText(event)]));
}

/** Where two searches disagree, a sentence for each config. Empty where they agree on every config. */
export function differences(expected: Outcomes, found: Outcomes): string[] {
  const configs = new Set([...expected.keys(), ...found.keys()]);
  return [...configs].sort().flatMap(config => {
    const [here, there] = [expected.get(config), found.get(config)];
    if (here === there) return [];
    if (here === undefined || there === undefined) return [`config ${config} finished in one search only`];
    const [one, other] = [here.split(' ')[0], there.split(' ')[0]];
    const what = one === other ? `digest ${one} both times, but other scores` : `digests ${one} and ${other}`;
    return [`config ${config}: ${what}`];
  });
}

/**
 * Runs a script of test/machines/ with a folder for its files, which is removed at the end. Says in one line what was
 * passed over. The exit code is 1 where `use` gives false, throws, or is interrupted.
 */
export async function inScratch(script: string, use: (folder: string) => Promise<boolean>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), `spt-${script.replace(/\W/g, '-')}-`));
  // A program that was just ended may still write.
  const remove = (): void =>
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      for (const child of running) child.kill();
      remove();
      process.exit(1);
    });
  try {
    if (!(await use(folder))) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof PassedOver)) throw error;
    console.log(`${script}: passed over, because ${error.message}`);
  } finally {
    remove();
  }
}
