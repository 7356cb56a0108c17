/**
 * The workers of a search: which of them live, and what each of them trains. A claim says what a worker holds, and its
 * sign of life says which of that its threads train. Pure.
 */
import { compareText } from '../base/order.js';
import type { Worker } from '../events/format/event.js';
import { CLAIMED, type State } from '../events/state/state.js';
import type { Sign } from '../log/signs.js';

/**
 * `dead`: its process has ended. `silent`: its sign of life has not changed for longer than its lease. `unknown`: an
 * older version on another machine, of which one look tells nothing.
 */
export type Liveness = 'alive' | 'dead' | 'silent' | 'unknown';

/** What is known beside the log. */
export interface Signs {
  signs: readonly Sign[];
  /** The workers whose process is known to have ended, and those whose sign was watched and did not change. */
  dead: ReadonlySet<string>;
  silent: ReadonlySet<string>;
  /** The machine of the observer: a worker of this machine that is not known to be dead is alive. */
  host: string;
}

/** A config that a worker trains. */
export interface InTraining {
  row: number;
  /** In ms since 1970, by the worker's clock; undefined where it is not known. */
  sinceMs?: number;
}

export interface WorkerProgress {
  worker: Pick<Worker, 'id' | 'slurm'> & { host?: string; pid?: number };
  liveness: Liveness;
  /** Undefined where neither its sign of life nor the past tells it. */
  threads?: number;
  /** When it started, or else the time of the earliest of its claims, in ms since 1970. */
  sinceMs: number;
  training: InTraining[];
  /** The rows that it has claimed and does not train. */
  waiting: number[];
}

/** A sign of life that is older than this multiple of the lease counts as silent. Clocks may differ a little. */
const OLD_LEASES = 2;
const USUAL_LEASE_MS = 60_000;

/**
 * The workers that hold claims or live, by id.
 * @param beside undefined for a past moment: then nothing is known of signs of life
 * @param observed how many threads the outcomes of a worker (`host:pid`) show, where its sign does not tell it
 */
export function workersOf(
  state: State,
  nowMs: number,
  beside: Signs | undefined,
  observed: (author: string) => number | undefined,
): WorkerProgress[] {
  const held = heldBy(state, nowMs);
  const signs = new Map(beside?.signs.map(sign => [sign.worker, sign]));
  const ids = [...new Set([...held.keys(), ...signs.keys()])].sort(compareText);
  return ids.flatMap(id => {
    const holder = held.get(id);
    const sign = signs.get(id);
    const worker = holder?.worker ?? { id, host: sign!.host, pid: sign!.pid, slurm: sign!.slurm };
    const liveness = beside ? livenessOf(id, sign, beside, nowMs) : 'alive';
    // A file that a killed worker left behind, and that holds nothing, concerns nobody.
    if (!holder && liveness !== 'alive') return [];
    const threads = sign?.threads ?? observed(`${worker.host}:${worker.pid}`);
    const { training, waiting } = trainingOf(state, holder?.rows ?? [], sign, liveness, threads ?? 1);
    const sinceMs = sign?.sinceMs ?? holder?.sinceMs ?? nowMs;
    return [{ worker, liveness, threads, sinceMs, training, waiting }];
  });
}

interface Holder {
  worker: Worker;
  sinceMs: number;
  rows: number[];
}

/** A claim whose time is no time counts as one of now. */
function heldBy(state: State, nowMs: number): Map<string, Holder> {
  const held = new Map<string, Holder>();
  for (const claim of state.claims.values()) {
    const parsed = Date.parse(claim.at);
    const atMs = Number.isNaN(parsed) ? nowMs : parsed;
    const holder = held.get(claim.worker.id) ?? { worker: claim.worker, sinceMs: atMs, rows: [] };
    holder.sinceMs = Math.min(holder.sinceMs, atMs);
    holder.rows.push(...state.held(claim));
    held.set(claim.worker.id, holder);
  }
  return held;
}

function livenessOf(id: string, sign: Sign | undefined, beside: Signs, nowMs: number): Liveness {
  if (beside.dead.has(id)) return 'dead';
  if (!sign || beside.silent.has(id)) return 'silent';
  if (sign.host === beside.host) return 'alive';
  if (sign.atMs === undefined) return 'unknown';
  return nowMs - sign.atMs > OLD_LEASES * (sign.leaseMs ?? USUAL_LEASE_MS) ? 'silent' : 'alive';
}

/** What a worker trains of the rows that it holds. Its sign may be some seconds old, and its list may be cut. */
function trainingOf(
  state: State,
  rows: readonly number[],
  sign: Sign | undefined,
  liveness: Liveness,
  threads: number,
): { training: InTraining[]; waiting: number[] } {
  if (liveness === 'dead' || liveness === 'silent') return { training: [], waiting: [...rows] };
  const since = new Map(sign?.training.map(one => [one.id, one.sinceMs]));
  const training: InTraining[] = [];
  const waiting: number[] = [];
  for (const row of rows) {
    if (state.status[row] !== CLAIMED) continue;
    const sinceMs = since.get(state.id(row).slice(0, 8));
    if (sinceMs !== undefined) training.push({ row, sinceMs });
    else waiting.push(row);
  }
  while (training.length < threads && waiting.length > 0) training.push({ row: waiting.shift()! });
  return { training, waiting };
}

/** Whether a worker may train: it lives, as far as anybody knows. */
export function mayTrain({ liveness }: WorkerProgress): boolean {
  return liveness === 'alive' || liveness === 'unknown';
}
