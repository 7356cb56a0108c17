/**
 * Processes that start together. Each prints `ready`, waits for a line on its input, and prints one JSON object as its
 * last line; a second line on its input asks it to stop early.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Result<T> {
  /** The last line; undefined if the process ended badly. */
  report: T | undefined;
  code: number | null;
  stderr: string;
}

interface Runner<T> {
  child: ChildProcess;
  ready: Promise<void>;
  ended: Promise<Result<T>>;
}

/** A script of the project as a command, by its path from the root of `dist`. */
export function script(path: string, ...args: string[]): string[] {
  return [process.execPath, fileURLToPath(new URL(`../../${path}`, import.meta.url)), ...args];
}

function start<T>(command: string[]): Runner<T> {
  const child = spawn(command[0], command.slice(1), { stdio: 'pipe' });
  let last = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', text => (stderr = (stderr + text).slice(-4000)));
  child.stdin.on('error', () => undefined);
  const ended = new Promise<Result<T>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      const isReport = code === 0 && last.startsWith('{');
      resolve({ report: isReport ? (JSON.parse(last) as T) : undefined, code, stderr });
    });
  });
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', line => {
      last = line;
      if (line === 'ready') resolve();
    });
    ended.then(() => resolve(), reject);
  });
  return { child, ready, ended };
}

/** Runs the commands at the same time; `seconds` is from the common start to the end of the last one. */
export async function race<T>(commands: string[][]): Promise<{ results: Result<T>[]; seconds: number }> {
  const runners = commands.map(command => start<T>(command));
  await Promise.all(runners.map(({ ready }) => ready));
  const begin = performance.now();
  for (const { child } of runners) child.stdin?.write('go\n');
  const results = await Promise.all(runners.map(({ ended }) => ended));
  return { results, seconds: (performance.now() - begin) / 1000 };
}

/** The reports of processes that must not fail. */
export function reportsOf<T>(results: Result<T>[]): T[] {
  return results.map(({ report, code, stderr }) => {
    if (!report) throw new Error(`a process ended with code ${code}: ${stderr}`);
    return report;
  });
}

/** Runs one command that needs no common start; its last line. */
export async function run<T>(command: string[]): Promise<T> {
  const { results } = await race<T>([command]);
  return reportsOf(results)[0];
}
