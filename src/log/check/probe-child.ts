/** The entry of a process that `probe.ts` starts. It does one task, given as JSON, and answers with one message. */
import { nodeHost } from '../node-host.js';
import { appendLines, tryLockOnce, type Task } from './probe.js';

async function answer(task: Task): Promise<boolean> {
  const host = await nodeHost();
  if (task.do === 'try-lock') return tryLockOnce(task.path, host);
  await appendLines(task.path, host, task.writer, task.count);
  return true;
}

const reply: boolean | string = await answer(JSON.parse(process.argv[2]) as Task).catch(error =>
  String(error),
);
process.send!(reply, () => process.disconnect());
