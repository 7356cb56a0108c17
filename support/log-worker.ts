/**
 * A process that claims and finishes configs of a log as fast as it can, for the tests of concurrency. Arguments: the
 * log, the worker's id. It ends when nothing is queued.
 */
import { Journal } from '../src/log/journal.js';
import { nodeHost } from '../src/log/node-host.js';

const [directory, worker] = process.argv.slice(2);
const host = await nodeHost();
const journal = await Journal.open(directory, host, { author: worker, segmentBytes: 20_000 });

for (;;) {
  const [claimed] = await journal.transact(state => {
    const row = state.nextQueued();
    if (row < 0) return [];
    const { host: name, pid } = host.identity;
    return [{ type: 'claimed', configs: [state.id(row)], worker: { id: worker, host: name, pid } }];
  });
  if (!claimed) break;
  if (claimed.event.type !== 'claimed' || !claimed.applied)
    throw new Error('a claim under the lock did not apply');
  const config = claimed.event.configs[0];
  const scores = { validate: { roc_auc: 0.5 } };
  const [finished] = await journal.transact(() => [
    { type: 'finished', config, claim: claimed.n, seconds: 0, digest: config, scores, versions: {} },
  ]);
  if (finished.applied) process.stdout.write(`${config} ${finished.n}\n`);
}
