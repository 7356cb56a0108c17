/**
 * How Slurm's commands are run: through one function, which suites replace to play a cluster. An error message of a
 * command is passed on word for word.
 */
import { spawnSync } from 'node:child_process';
import { Failure } from '../base/errors.js';

export interface Ran {
  /** The exit code; 127 if there is no such command. */
  code: number;
  out: string;
  err: string;
}

export interface RunOptions {
  /** Where it runs. */
  folder?: string;
  /** Set beside the environment of this process. */
  environment?: { [name: string]: string };
}

export type Runner = (command: string, args: readonly string[], options?: RunOptions) => Ran;

/** How long to wait for an answer, in milliseconds. An overloaded controller answers late; one that is down, never. */
const PATIENCE_MS = 60_000;

/** Runs the command and waits for it. */
export const runCommand: Runner = (command, args, { folder, environment } = {}) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 256 * 2 ** 20,
    timeout: PATIENCE_MS,
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    return { code: 127, out: '', err: `${command}: not found` };
  return { code: status ?? 1, out: stdout ?? '', err: error ? `${stderr ?? ''}${error.message}` : stderr };
};

/** Runs a command and gives what it printed. Throws Failure with the command's own message if it fails. */
export function outputOf(run: Runner, command: string, args: readonly string[], options?: RunOptions): Ran {
  const ran = run(command, args, options);
  if (ran.code === 0) return ran;
  const hint =
    ran.code === 127
      ? 'Slurm is not installed here, or not on PATH. Without Slurm, start spt work by hand (docs/elsewhere.md).'
      : undefined;
  const said = ran.err.trim() || ran.out.trim() || `it ended with code ${ran.code}`;
  const line = said.replace(/\s*\n\s*/g, '; ');
  throw new Failure('slurm', line.startsWith(`${command}: `) ? line : `${command}: ${line}`, hint);
}
