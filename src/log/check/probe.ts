/**
 * Tries appends and locks for real, as the log uses them. Several writers append numbered lines to one file under its
 * lock. The number of a line is one more than that of the last line in the file. So two lines have the same number if
 * the lock does not exclude, even where appends do not overwrite each other.
 *
 * A line is `<number> <writer> <count> <padding>` and always has the same length. The file tells afterwards which lines
 * were lost, doubled or merged.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFully, using, writing } from '../files.js';
import { errnoOf, type Handle, type Host } from '../host.js';
import { PatientLock } from '../lock.js';

export const LINE_BYTES = 150;
/** How long one writer tries for the lock, in ms. */
const PATIENCE_MS = 20_000;
/** How long a process of the probe may take, in ms. Over a slow network, a locked append takes a tenth of a second. */
const CHILD_MS = 90_000;

/** What was found in the file after all writers had ended. */
export interface ProbeResult {
  writers: number;
  /** How many lines should be there, and how many of them are. */
  expected: number;
  found: number;
  /** How many lines do not have the form that was written: merged, cut, overwritten, or full of NUL bytes. */
  broken: number;
  /** How many lines have the number of an earlier line: two writers held the lock at once. */
  doubled: number;
  seconds: number;
}

export function isSound({ expected, found, broken, doubled }: ProbeResult): boolean {
  return found === expected && broken === 0 && doubled === 0;
}

/** The lock of one file of a probe. */
export function probeLock(path: string, host: Host): PatientLock {
  return new PatientLock(host, path, PATIENCE_MS);
}

/** Appends `count` numbered lines as one of several writers. */
export async function appendLines(path: string, host: Host, writer: string, count: number): Promise<void> {
  const lock = probeLock(path, host);
  for (let i = 0; i < count; i++) {
    await writing(host, path, 'append', async handle => {
      await lock.take(handle, 'exclusive');
      await handle.write(lineOf(1 + (await lastNumber(handle)), writer, i));
      await handle.sync();
    });
  }
}

function lineOf(number: number, writer: string, count: number): Buffer {
  return Buffer.from(`${`${number} ${writer} ${count} `.padEnd(LINE_BYTES - 1, 'x')}\n`);
}

async function lastNumber(handle: Handle): Promise<number> {
  const size = await handle.size();
  if (size === 0) return 0;
  const bytes = Buffer.alloc(Math.min(size, LINE_BYTES));
  await handle.read(bytes, 0, bytes.length, size - bytes.length);
  return Number.parseInt(bytes.toString('latin1'), 10) || 0;
}

/** Judges the file's text, to which each of the writers appended `count` lines. */
export function judgeLines(
  text: string,
  writers: readonly string[],
  count: number,
): Omit<ProbeResult, 'seconds'> {
  const numbers = new Set<number>();
  const found = new Set<string>();
  let [broken, doubled] = [0, 0];
  for (const line of text.split('\n').slice(0, -1)) {
    const match = /^(\d+) (\S+) (\d+) x*$/.exec(line);
    if (!match || line.length !== LINE_BYTES - 1 || !writers.includes(match[2])) {
      broken++;
      continue;
    }
    if (numbers.has(Number(match[1]))) doubled++;
    numbers.add(Number(match[1]));
    found.add(`${match[2]} ${match[3]}`);
  }
  return { writers: writers.length, expected: writers.length * count, found: found.size, broken, doubled };
}

/** The whole text of a file, read under a shared lock. */
export function readLocked(path: string, host: Host): Promise<string> {
  return using(host, path, 'read', async handle => {
    await probeLock(path, host).take(handle, 'shared');
    const bytes = Buffer.alloc(await handle.size());
    return bytes.toString('latin1', 0, await readFully(handle, bytes, 0));
  });
}

// ---- several processes of this machine -----------------------------------------------------------------------------

/** The task of a child process. The child answers with one message: true, false, or an error's text. */
export type Task =
  { do: 'append'; path: string; writer: string; count: number } | { do: 'try-lock'; path: string };

const CHILD = fileURLToPath(new URL('./probe-child.js', import.meta.url));

/** Lets a new process do a task. Rejects when the process does not answer in time. */
function inChild(task: Task): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(CHILD, [JSON.stringify(task)], { stdio: 'ignore' });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error('a process of the probe did not answer in time'));
    }, CHILD_MS);
    child.on('message', answer => {
      if (typeof answer === 'boolean') resolve(answer);
      else reject(new Error(String(answer)));
    });
    child.on('error', reject);
    child.on('exit', code => {
      clearTimeout(timer);
      reject(new Error(`a process of the probe ended with code ${code}`));
    });
  });
}

/** Lets several processes append to one file in the folder, judges the file, and removes it. */
export async function probeAppends(
  folder: string,
  host: Host,
  { processes = 4, count = 25 } = {},
): Promise<ProbeResult> {
  const path = join(folder, `probe-${host.newId()}.tmp`);
  const writers = Array.from({ length: processes }, (_, i) => `w${i}`);
  const start = host.monotonicMs();
  try {
    await Promise.all(writers.map(writer => inChild({ do: 'append', path, writer, count })));
    const seconds = (host.monotonicMs() - start) / 1000;
    return { ...judgeLines(await readLocked(path, host), writers, count), seconds };
  } finally {
    await host.remove(path).catch(() => undefined);
  }
}

/** Whether another process is refused a lock that this process holds, and gets the lock afterwards. */
export async function probeExclusion(
  folder: string,
  host: Host,
): Promise<{ excludes: boolean; givesBack: boolean }> {
  const path = join(folder, `probe-${host.newId()}.tmp`);
  try {
    const excludes = await using(host, path, 'append', async handle => {
      await probeLock(path, host).take(handle, 'exclusive');
      return !(await inChild({ do: 'try-lock', path }));
    });
    return { excludes, givesBack: await inChild({ do: 'try-lock', path }) };
  } finally {
    await host.remove(path).catch(() => undefined);
  }
}

/** Tries the lock of a file once, and gives it back at once. Gives whether the lock was taken. */
export async function tryLockOnce(path: string, host: Host): Promise<boolean> {
  try {
    return await using(host, path, 'append', handle => handle.lock('exclusive'));
  } catch (error) {
    if (errnoOf(error) === 'ENOLCK') return false;
    throw error;
  }
}
