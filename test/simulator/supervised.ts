/** The life of a worker in a simulated world that is a real supervisor; only its training is a pause. */
import type { Host } from '../../src/log/host.js';
import { Journal, type JournalOptions } from '../../src/log/journal.js';
import { makeObserver, startHeartbeat } from '../../src/log/liveness.js';
import type { Clock } from '../../src/worker/clock.js';
import type { Outcome, Trainer } from '../../src/worker/protocol.js';
import { Supervisor } from '../../src/worker/supervisor.js';
import type { Config } from '../../src/base/config.js';
import { enqueue, makeWorker } from '../../support/log-helpers.js';
import { someData } from '../../support/member.js';
import { LEASE_MS, LOG, type Search } from './search.js';

/** A config takes about half a second, and one of ten attempts fails. */
class PausingTrainer implements Trainer {
  busy = false;

  constructor(
    private readonly host: Host,
    private readonly clock: Clock,
  ) {}

  async train({ id }: Config): Promise<Outcome> {
    const { clock, host } = this;
    this.busy = true;
    const seconds = 0.05 + host.random();
    await new Promise<void>(resolve => clock.after(1000 * seconds, resolve));
    this.busy = false;
    if (host.random() < 0.1)
      return { kind: 'failed', failure: 'error', message: 'bad luck', retry: true, seconds };
    return { kind: 'finished', scores: {}, digest: id, warnings: [], seconds };
  }

  async end(): Promise<void> {
    this.busy = false;
  }
}

/** Enqueues what is missing, works until nothing is left, and fails as `spt work` does. */
export async function supervise(
  search: Search,
  host: Host,
  clock: Clock,
  name: string,
  configs: number,
  options: JournalOptions,
): Promise<void> {
  const journal = await Journal.open(LOG, host, { ...options, author: name });
  const transact = journal.transact.bind(journal);
  journal.transact = async decide => {
    const written = await transact(decide);
    for (const one of written) search.promised.push({ process: name, written: { ...one } });
    return written;
  };
  const worker = { ...makeWorker(name), host: host.identity.host, pid: host.identity.pid };
  await journal.transact(({ size }) => (size < configs ? enqueue(...Array(configs).keys()) : []));
  const supervisor = new Supervisor(
    {
      ...{ clock, journal, worker },
      heartbeat: await startHeartbeat(LOG, host, worker, LEASE_MS),
      observer: makeObserver(LOG, host, LEASE_MS),
      readData: () => someData,
      newTrainer: () => new PausingTrainer(host, clock),
      residentBytes: () => 0,
      tell: () => undefined,
    },
    {
      ...{ jobs: 1 + Math.floor(2 * host.random()), timeoutMs: 3_600_000, attempts: 1000, losses: 1000 },
      ...{ graceMs: 0, leaseMs: LEASE_MS, deadlineMs: Infinity, forever: false, versions: {} },
    },
  );
  const { trouble } = await supervisor.run();
  if (trouble) throw trouble;
}
