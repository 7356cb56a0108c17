/**
 * Tries flock for real, in one process. Two processes of one machine may exclude each other where two machines do not.
 * So a test on one machine cannot prove that a shared file system is safe. `rendezvous.ts` tests two machines.
 */
import { join } from 'node:path';
import { Failure } from '../../base/errors.js';
import { ioFailure } from '../failures.js';
import { errnoOf, type Handle, type Host } from '../host.js';
import type { Judgement } from './findings.js';
import { judgeMount, mountUnder, type Mount } from './mounts.js';

/** The errors of a file system that has no locks, or no flock. */
const LOCK_ERRORS: ReadonlySet<string> = new Set(['ENOLCK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL']);

/**
 * Whether flock excludes a second descriptor of this process, and is given to it when the first one is closed. The
 * folder must exist. The probe leaves no file in it.
 * @throws what opening a file there throws
 */
export async function tryFlock(folder: string, host: Host): Promise<Judgement[]> {
  const path = join(folder, `probe-${host.newId()}.tmp`);
  const handles: Handle[] = [];
  const unsafe = (message: string, advice?: string): Judgement[] => {
    return [{ level: 'unsafe', about: 'flock', message, ...(advice && { advice }) }];
  };
  try {
    for (let i = 0; i < 2; i++) handles.push(await host.open(path, 'append'));
    const [first, second] = handles;
    if (!(await first.lock('exclusive'))) return unsafe('the lock of a new file is not given');
    if (await second.lock('exclusive')) return unsafe('a lock that is held is given a second time');
    await first.close();
    handles.shift();
    return (await second.lock('exclusive')) ? [] : unsafe('a lock that was given back is not given again');
  } catch (error) {
    if (!LOCK_ERRORS.has(errnoOf(error) ?? '')) throw error;
    const advice =
      errnoOf(error) === 'ENOLCK' ? 'Start the lock service of the mount. It does not run.' : undefined;
    return unsafe(`no lock can be taken: ${(error as Error).message}`, advice);
  } finally {
    for (const handle of handles) await handle.close().catch(() => undefined);
    await host.remove(path).catch(() => undefined);
  }
}

/**
 * Refuses a folder whose file system can lose what a log acknowledges: the options of its mount tell this, or a lock
 * does not exclude. Takes some milliseconds.
 * @throws Failure `unsafe-file-system`
 */
export async function refuseUnsafe(
  folder: string,
  host: Host,
  mount: Mount | undefined = mountUnder(folder),
): Promise<void> {
  const judgements = mount ? judgeMount(mount).filter(({ level }) => level === 'unsafe') : [];
  if (judgements.length === 0) {
    try {
      await host.makeDirectory(folder);
      judgements.push(...(await tryFlock(folder, host)));
    } catch (error) {
      throw ioFailure(error, folder);
    }
  }
  if (judgements.length === 0) return;
  const { about, message, advice } = judgements[0];
  const where = mount ? `${mount.type} at ${mount.point}` : 'its file system';
  throw new Failure(
    'unsafe-file-system',
    `the log ${folder} is not safe on ${where}: ${about}: ${message}`,
    `${advice ? `${advice} ` : ''}spt doctor says more. With --force, spt uses this log anyway.`,
  );
}
