/** `spt work` as a user starts and stops it: what it needs, what it says, and how it ends. */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deadWorkers } from '../../src/log/liveness.js';
import { nodeHost } from '../../src/log/node-host.js';
import { type Search, ended, makeSearch, smallConfig, until } from '../../support/search.js';
import { cli } from '../../support/root.js';

const Work = suite('spt work');

const endless = `
endless:
  - MLPClassifier:
      { hidden_layer_sizes: [[900]], alpha: [0.1, 0.2], max_iter: [1000000], tol: 0, n_iter_no_change: [1000000] }
`;

async function enqueued(given: Parameters<typeof makeSearch>[0] = {}): Promise<Search> {
  const search = makeSearch(given);
  assert.is((await search.sptHere('enqueue', '--splits', 'train_A1')).code, 0);
  return search;
}

Work('files of a search that are just being edited stop no worker', async () => {
  const search = await enqueued();
  search.write('configs/pipe_configs.yaml', 'lasso:\n  - Standard');
  search.write(
    'configs/config.yaml',
    smallConfig.replace('scoring: roc_auc', 'scoring: [roc').replace('3s', '5s'),
  );
  const { code, out, err } = await search.sptHere('work', '-j', '1');
  assert.is(code, 0, err);
  assert.match(out, /note +configs\/config\.yaml cannot be read as YAML \(line \d+\)/);
  assert.match(out, /the limits under worker: count/);
  assert.match(out, /4 configs finished/);
  assert.match(out, /Nothing is left to train\. Go on with spt select/);
  search.remove();
});

Work('a worker needs no configs/, but what stands under worker: has to be right', async () => {
  const search = await enqueued();
  search.write('configs/config.yaml', smallConfig.replace('3s', 'soon'));
  const refused = await search.sptHere('work', '-j', '1');
  assert.is(refused.code, 2);
  assert.match(refused.err, /config\.yaml:\d+:\d+: this is not a duration/);
  rmSync(join(search.root, 'configs'), { recursive: true });
  const { code, out, err } = await search.sptHere('work', '-j', '1', '--grace', '0s');
  assert.is(code, 0, err);
  assert.match(out, /there is no configs\/config\.yaml: the usual limits count/);
  assert.match(out, /4 configs finished/);
  search.remove();
});

Work('an empty log is told, and a folder that does not exist is told', async () => {
  const search = makeSearch();
  mkdirSync(join(search.root, 'log'));
  const empty = await search.sptHere('work');
  assert.is(empty.code, 1);
  assert.match(empty.err, /the log .*\/log holds no configs\n +Run spt enqueue first/);
  const mistyped = await search.sptHere('work', '--log', 'data');
  assert.is(mistyped.code, 2);
  assert.match(mistyped.err, /data is not a log: it has no file events-000001\.jsonl/);
  search.remove();
});

Work('a worker without the data of a split says which folder to copy, and ends with 1', async () => {
  const search = makeSearch();
  assert.is((await search.sptHere('enqueue', '--splits', 'A1', 'B2', '--validate')).code, 0);
  const [{ config }] = search.events();
  rmSync(join(search.root, 'data', '.prepared', config.data), { recursive: true });
  const { code, out, err } = await search.sptHere('work', '-j', '1', '--json');
  assert.is(code, 1);
  const { finished, errors } = JSON.parse(out);
  assert.equal([finished, errors[0].code], [4, 'data-missing']);
  assert.match(err, new RegExp(`did not train split ${config.split}: there is no prepared data `));
  assert.match(
    err,
    new RegExp(`Copy the folder .*/data/\\.prepared/${config.data} from where it was prepared`),
  );
  search.remove();
});

Work('SIGHUP gives back what runs, and SIGUSR2 does so at once', async () => {
  const search = await enqueued({ pipes: endless });
  for (const [signal, ...options] of [['SIGHUP', '--grace', '0'], ['SIGUSR2']]) {
    const before = search.events().length;
    const child = search.start('work', '-j', '1', ...options);
    await until(() => search.events().length > before, 30_000, 'a claim');
    child.kill(signal as NodeJS.Signals);
    assert.is(await ended(child), 0, `a worker that ${signal} stops has not failed`);
    assert.is(search.events().at(-1).type, 'released');
  }
  search.remove();
});

Work('a worker goes on when nobody reads what it prints', async () => {
  const search = await enqueued();
  const child = spawn(process.execPath, [cli, 'work', '-j', '1'], { cwd: search.root });
  child.stdout.destroy();
  child.stderr.destroy();
  assert.is(await ended(child), 0);
  assert.is(search.events().filter(({ type }) => type === 'finished').length, 4);
  search.remove();
});

Work('the death of a killed worker of this machine is proven', async () => {
  const search = await enqueued({ pipes: endless });
  const child = search.start('work', '-j', '1');
  await until(() => search.events().length > 2, 30_000, 'a claim');
  const { worker } = search.events().at(-1);
  const log = join(search.root, 'log');
  assert.equal(await deadWorkers(log, await nodeHost(), [worker.id]), new Set());
  child.kill('SIGKILL');
  await ended(child);
  assert.equal(await deadWorkers(log, await nodeHost(), [worker.id, 'unknown']), new Set([worker.id]));
  search.remove();
});

Work.run();
