/**
 * Two clients of one file server, with caches of their own, append to one log:
 *
 *   npm run test:nfs -- --client 'ssh node1' --client 'ssh node2' --dir /shared/scratch [--appends 5000]
 *
 * `--client` says how a command is run on a client, once for each client; `--dir` is a folder on the shared file
 * system, as the clients see it. This project must lie at the same path on all clients (`--project` names another
 * path), and Node must be found there (`--node`). The first run takes the lock: nothing may be lost or merged, and
 * both clients must read the same. The second run takes no lock, to show what the lock is for: damage is counted, and
 * must be detected.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Appended, Found } from './nfs-appender.js';
import { root } from '../../support/root.js';

const { values } = parseArgs({
  options: {
    client: { type: 'string', multiple: true, default: [] },
    dir: { type: 'string' },
    appends: { type: 'string', default: '5000' },
    project: { type: 'string', default: root },
    node: { type: 'string', default: process.execPath },
  },
});
const clients = values.client!;
const appends = Number(values.appends);
const appender = join(values.project!, 'dist/test/storm/nfs-appender.js');

/** Runs the appender on a client; its last line. */
function on<T>(client: string, ...args: string[]): Promise<T> {
  const prefix = client.split(' ').filter(word => word !== '');
  const [command, ...rest] = [...prefix, values.node!, appender, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', text => (out += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      const last = out.trim().split('\n').at(-1)!;
      if (code === 0) resolve(JSON.parse(last) as T);
      else reject(new Error(`${client}: ended with code ${code}`));
    });
  });
}

interface Trial {
  appended: Appended[];
  found: Found[];
  /** Configs that were acknowledged and are not in the log. */
  lost: number;
  rate: number;
}

async function trial(locking: 'locked' | 'unlocked'): Promise<Trial> {
  const log = join(values.dir!, `spt-nfs-${locking}-${process.pid}-${Date.now()}`);
  const appended = await Promise.all(
    clients.map((client, i) =>
      on<Appended>(client, 'append', log, String(i * appends), String(appends), locking),
    ),
  );
  const found = await Promise.all(clients.map(client => on<Found>(client, 'read', log)));
  const acknowledged = appended.reduce((sum, one) => sum + one.acknowledged, 0);
  const slowest = Math.max(...appended.map(({ seconds }) => seconds));
  return { appended, found, lost: acknowledged - found[0].configs, rate: acknowledged / slowest };
}

function show(name: string, { appended, found, lost, rate }: Trial): void {
  const { records, torn, outOfOrder, troubles } = found[0];
  const told = Object.entries(troubles).filter(([, count]) => count > 0);
  const medians = appended.map(({ medianMs }) => medianMs.toFixed(1)).join(' and ');
  const longest = Math.max(...appended.map(({ longestMs }) => longestMs)).toFixed(0);
  const acknowledged = appended.map(one => one.acknowledged).join(' + ');
  console.log(`${name}: ${acknowledged} appends acknowledged, ${Math.round(rate)} a second`);
  console.log(`  an append took ${medians} ms (medians), ${longest} at most`);
  console.log(
    `  ${lost} lost; ${records} records, ${torn} lines that are no records, ${outOfOrder} out of order`,
  );
  console.log(
    `  the journal tells of ${told.map(([what, count]) => `${count} ${what}`).join(', ') || 'no trouble'}`,
  );
  const failed = appended.filter(one => one.failed > 0);
  for (const one of failed) console.log(`  ${one.failed} appends failed: ${one.error}`);
}

const usage = `The log on NFS is tried by two machines that share a folder, and you name them:

  npm run test:nfs -- --client 'ssh node1' --client 'ssh node2' --dir /shared/scratch

--client is how a command is run on a machine, --dir a folder that both see under that name. This project has to lie at
the same path on both.`;
if (clients.length < 2 || !values.dir) {
  console.error(usage);
  process.exit(2);
}
const locked = await trial('locked');
show('with the lock', locked);
const unlocked = await trial('unlocked');
show('without the lock', unlocked);

const complaints: string[] = [];
const sound = locked.found.every(
  ({ torn, outOfOrder, configs }) => torn + outOfOrder === 0 && configs === 2 * appends,
);
if (!sound || locked.lost !== 0) complaints.push('with the lock, something was lost or merged');
if (JSON.stringify(locked.found[0]) !== JSON.stringify(locked.found[1]))
  complaints.push('the clients read different logs');
if (unlocked.lost > 0 && unlocked.found[0].outOfOrder + unlocked.found[0].torn === 0)
  complaints.push('without the lock, a loss was not detected');
if (unlocked.lost + unlocked.found[0].torn === 0)
  console.log('Without the lock nothing was lost either: are these clients with caches of their own?');
console.log(complaints.length === 0 ? 'All promises were kept.' : `BROKEN: ${complaints.join('; ')}`);
process.exitCode = complaints.length === 0 ? 0 : 1;
