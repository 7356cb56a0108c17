/** A user of a shared log, who adds three configs and seals small segments. Arguments: the log, a number. */
import { Journal } from '../src/log/journal.js';
import { startHeartbeat } from '../src/log/liveness.js';
import { nodeHost } from '../src/log/node-host.js';
import { statusLog } from '../src/worker/status-log.js';
import { enqueue, makeWorker } from './log-helpers.js';

const [log, number] = process.argv.slice(2);
const host = await nodeHost();
const journal = await Journal.open(log, host, { segmentBytes: 600 });
await startHeartbeat(log, host, makeWorker(`w${number}`));
statusLog(log, 'me:1')('working');
for (const i of [0, 1, 2]) await journal.transact(() => enqueue(3 * Number(number) + i));
