/**
 * A world in which the log can be tried to death: machines, processes, files and clocks in memory, under one scheduler.
 * What a call costs is a parameter. So the same world serves two purposes:
 * - The simulator: calls take a random time, the seed decides which process goes on, and calls are interfered with.
 *   The same seed gives the same run. The log may also lose what it said was there (`loseLines`): a server that
 *   acknowledges before its disk does has crashed, or somebody has put back an older copy.
 * - Benchmarks: calls take the time that a file server takes, and many workers live in virtual time.
 */
import type { Rng } from '../../src/base/rng.js';
import type { Handle, Host, OpenMode } from '../../src/log/host.js';
import type { Clock } from '../../src/worker/clock.js';
import { Files, type FileOptions, type OpenFile } from './files.js';
import type { Call, CallName, Interference, Machine, Process } from './inhabitants.js';
import { VirtualTime } from './time.js';

export type { Call, CallName, Interference, Machine, Process } from './inhabitants.js';

/** How long a call takes, in ms; undefined if the machine answers it itself, at once. */
export type Costs = (call: Call) => number | undefined;

export interface WorldOptions extends FileOptions {
  /** What calls cost; a random time of up to 3 ms, if nothing else is given. */
  costs?: Costs;
  /** How long a machine may be cut off before the server gives its locks away, in ms. */
  lockLeaseMs?: number;
}

export class World {
  readonly time: VirtualTime;
  /** How many calls were performed, without sleeping. */
  calls = 0;
  readonly processes: Process[] = [];
  interfere: (call: Call) => Interference | undefined = () => undefined;
  /** How often lines that were acknowledged were lost. */
  lineLosses = 0;
  private readonly files: Files;
  private readonly costs: Costs;
  private nextPid = 1;
  private ids = 0;

  constructor(
    readonly rng: Rng,
    readonly options: WorldOptions,
  ) {
    this.files = new Files(rng, options);
    this.costs = options.costs ?? (() => rng.below(options.kind === 'shared' ? 4 : 2));
    this.time = options.costs ? new VirtualTime() : new VirtualTime(() => rng.float());
  }

  get nowMs(): number {
    return this.time.nowMs();
  }

  get lostHoles(): boolean {
    return this.files.lostHoles;
  }

  addMachine(name: string, skewMs = 0, rate = 1): Machine {
    return { name, skewMs, rate, boot: 1, cache: new Map(), cutOffUntilMs: 0 };
  }

  /** Starts a process; what `main` throws is kept as its error. */
  start(machine: Machine, name: string, main: (host: Host, clock: Clock) => Promise<void>): Process {
    const pid = this.nextPid++;
    const boot = `${machine.name}#${machine.boot}`;
    const identity = { host: machine.name, pid, boot, namespace: '1', start: String(pid) };
    const process: Process = {
      ...{ name, machine, identity, alive: true, pausedUntilMs: 0, files: new Set<OpenFile>(), ended: false },
    };
    this.processes.push(process);
    main(this.hostOf(process), this.clockOf(process)).then(
      () => this.end(process),
      error => {
        if (process.alive) process.error = error;
        this.end(process);
      },
    );
    return process;
  }

  /** Lets the processes run until all have ended, or `untilMs`. */
  run(untilMs = Infinity): Promise<void> {
    return this.time.run(untilMs);
  }

  /** The bytes of a file; undefined if there is none. */
  bytesOf(path: string): Buffer | undefined {
    return this.files.bytesOf(path);
  }

  /** Replaces or makes a file, as if it had always been so. */
  setFile(path: string, bytes: Buffer): void {
    this.files.set(path, bytes);
  }

  paths(): string[] {
    return this.files.paths();
  }

  kill(process: Process): void {
    if (!process.alive) return;
    process.alive = false;
    this.end(process);
  }

  /** Power is lost on a machine: its processes are gone, and what was not synced. */
  losePower(machine: Machine): void {
    this.files.sendSome(machine);
    for (const process of this.processes) if (process.machine === machine) this.kill(process);
    machine.boot++;
    if (this.options.kind === 'local') this.files.losePower();
  }

  /** Loses the last lines of a log, or its last segment. */
  loseLines(directory: string): void {
    const machines = this.processes.map(({ machine }) => machine);
    if (this.files.loseLines(directory, machines)) this.lineLosses++;
  }

  // ---- scheduling --------------------------------------------------------------------------------------------------

  private end(process: Process): void {
    process.ended = true;
    for (const file of [...process.files]) this.files.release(file);
  }

  /** A call of a process: it is performed when its time has come, unless the process is dead by then. */
  private call<T>(call: Call, perform: () => T, sleepMs = 0): Promise<T> {
    const { process } = call;
    const costMs = this.costs(call);
    if (costMs === undefined) return new Promise(resolve => resolve(perform()));
    return new Promise<T>((resolve, reject) => {
      const attend = (): void => {
        const readyMs = Math.max(process.pausedUntilMs, process.machine.cutOffUntilMs);
        if (readyMs > this.nowMs) this.time.at(readyMs, attend, () => process.alive);
        else this.perform(call, perform, resolve, reject, attend);
      };
      this.time.at(this.nowMs + sleepMs * process.machine.rate + costMs, attend, () => process.alive);
    });
  }

  private perform<T>(
    call: Call,
    perform: () => T,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
    attend: () => void,
  ): void {
    const { files } = this;
    const { process } = call;
    const what = this.interfere(call);
    if (what?.kind === 'pause' || what?.kind === 'cut-off') {
      if (what.kind === 'pause') process.pausedUntilMs = this.nowMs + what.ms;
      else this.cutOff(process.machine, what.ms);
      return this.time.at(this.nowMs, attend, () => process.alive);
    }
    if (call.name !== 'sleep') this.calls++;
    if (what?.kind === 'power' || (what?.kind === 'kill' && what.when === 'before')) {
      files.mishap = { bytes: what.bytes };
      if (call.name === 'write' && what.bytes) attempt(perform);
      files.mishap = {};
      if (what.kind === 'power') this.losePower(process.machine);
      else this.kill(process);
      return;
    }
    if (what?.kind === 'error') files.mishap = { code: what.code, bytes: what.bytes ?? 0 };
    else if (what?.kind === 'short') files.mishap = { bytes: what.bytes };
    const result = attempt(perform);
    files.mishap = {};
    if (what?.kind === 'kill') this.kill(process);
    else if ('error' in result) reject(result.error);
    else resolve(result.value);
  }

  private cutOff(machine: Machine, ms: number): void {
    machine.cutOffUntilMs = this.nowMs + ms;
    if (this.options.kind === 'shared' && ms >= (this.options.lockLeaseMs ?? 10_000))
      this.files.breakLocks(machine);
  }

  // ---- what a process sees -----------------------------------------------------------------------------------------

  private hostOf(process: Process): Host {
    const { files } = this;
    const { machine } = process;
    const call = <T>(name: CallName, path: string, perform: () => T): Promise<T> =>
      this.call({ process, name, path, length: 0 }, () => (files.failIfTold(), perform()));
    return {
      open: (path, mode) => call('open', path, () => this.open(process, path, mode)),
      list: path => call('list', path, () => files.list(path)),
      stat: async path => {
        const bytes = files.bytesOf(path);
        if (bytes) return { kind: 'file', stamp: `${bytes.length}` };
        return path.endsWith('.jsonl') ? undefined : { kind: 'folder', stamp: '' };
      },
      makeDirectory: path => call('makeDirectory', path, () => undefined),
      syncDirectory: path => call('syncDirectory', path, () => files.syncNames(path)),
      rename: (from, to) => call('rename', to, () => files.rename(from, to)),
      remove: path => call('remove', path, () => files.remove(path)),
      monotonicMs: () => this.nowMs / machine.rate,
      wallMs: () => Date.parse('2026-01-01T00:00:00Z') + this.nowMs + machine.skewMs,
      sleep: ms => this.sleep(process, ms),
      random: () => this.rng.float(),
      newId: () => `${process.name}-${++this.ids}`,
      identity: process.identity,
      isProvenDead: ({ boot, namespace, pid }) =>
        call('isProvenDead', '', () => {
          if (process.identity.boot !== boot || process.identity.namespace !== namespace) return false;
          return !this.processes.some(({ ended, identity }) => !ended && identity.pid === pid);
        }),
    };
  }

  private sleep(process: Process, ms: number): Promise<void> {
    return this.call({ process, name: 'sleep', path: '', length: 0 }, () => undefined, ms);
  }

  private clockOf(process: Process): Clock {
    const after = (ms: number, call: () => void): (() => void) => {
      let isWanted = true;
      void this.sleep(process, ms).then(() => isWanted && call());
      return () => void (isWanted = false);
    };
    return {
      nowMs: () => this.nowMs / process.machine.rate,
      after,
      every: (ms, call) => {
        let cancel = (): void => undefined;
        const again = (): void => {
          cancel = after(ms, () => (again(), call()));
        };
        again();
        return () => cancel();
      },
    };
  }

  private open(process: Process, path: string, mode: OpenMode): Handle {
    const { files } = this;
    const file = files.open(process, path, mode);
    const call = <T>(name: CallName, perform: () => T, length = 0): Promise<T> =>
      this.call({ process, name, path, length }, () => (files.checkLock(file), perform()));
    const view = (): Buffer => (files.failIfTold(), files.view(file));
    return {
      size: () => call('size', () => view().length),
      read: (target, offset, length, position) => {
        const found = Math.max(0, Math.min(length, files.view(file).length - position));
        // a place behind the end has no bytes, as for a kernel
        const copy = (bytes: Buffer): number =>
          position >= bytes.length ? 0 : bytes.copy(target, offset, position, position + length);
        return call('read', () => copy(view()), found);
      },
      write: bytes => call('write', () => files.write(file, Buffer.from(bytes)), bytes.length),
      sync: () => call('sync', () => files.sync(file)),
      lock: kind => call('lock', () => (files.failIfTold(), files.lock(file, kind))),
      close: () => call('close', () => (files.release(file), files.failIfTold())),
    };
  }
}

function attempt<T>(perform: () => T): { value: T } | { error: unknown } {
  try {
    return { value: perform() };
  } catch (error) {
    return { error };
  }
}
