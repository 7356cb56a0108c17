/**
 * A process that claims and finishes one config after the other, each with a separate append.
 * Arguments: the log, how many seconds. Protocol as in `race.ts`.
 */
import { createInterface } from 'node:readline';
import { Journal } from '../../src/log/journal.js';
import { nodeHost } from '../../src/log/node-host.js';

const [directory, seconds] = process.argv.slice(2);
const host = await nodeHost();
const worker = { id: host.newId(), host: host.identity.host, pid: process.pid };
const journal = await Journal.open(directory, host, { author: worker.id });
const input = createInterface({ input: process.stdin });
console.log('ready');
await input[Symbol.asyncIterator]().next();

const end = performance.now() + 1000 * Number(seconds);
let finished = 0;
while (performance.now() < end) {
  const [claimed] = await journal.transact(state => {
    const row = state.nextQueued();
    return row < 0 ? [] : [{ type: 'claimed', configs: [state.id(row)], worker }];
  });
  if (claimed?.event.type !== 'claimed') break;
  const [config] = claimed.event.configs;
  const scores = { validate: { roc_auc: 0.5 } };
  const [said] = await journal.transact(() => [
    { type: 'finished', config, claim: claimed.n, seconds: 0, digest: config, scores, versions: {} },
  ]);
  if (said.applied) finished++;
}
console.log(JSON.stringify({ finished }));
input.close();
process.stdin.destroy();
