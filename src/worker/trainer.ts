/**
 * The entry of a trainer thread. It trains one config after the other, and blocks while it trains. The supervisor
 * decides what is trained and for how long.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Failure, InputError } from '../base/errors.js';
import type { Config } from '../base/config.js';
import { evaluate, ready, type OnFold } from '../ml/evaluate.js';
import { StageCache } from '../ml/stages.js';
import type { SplitData } from '../base/dataset.js';
import { AddressSpaceError, limitKernelMemory } from '../kernels/loader.js';
import { KernelMemoryError } from '../kernels/memory.js';
import { Keeper } from '../predictions/keeper.js';
import { usableMemory } from './memory.js';
import type { LoadMessage, Outcome, Progress, ToTrainer, TrainerSettings } from './protocol.js';

const { memoryBytes, keep } = workerData as TrainerSettings;
// the limit is checked before every growth, so that the system does not kill this process for its memory
if (memoryBytes !== undefined)
  limitKernelMemory(memoryBytes, () => usableMemory(memoryBytes) - process.memoryUsage.rss());

/** The data of a split, and what its configs share: folds after each sequence of transforms. */
interface Loaded {
  data: SplitData;
  cache: StageCache;
}

/** The split that was loaded last. */
let loaded: Loaded | undefined;
/** The loaded splits by number, the last one at the end. A worker goes from split to split and comes back. */
const kept = new Map<number, Loaded>();
/** How much the caches of the other splits may hold together, in bytes; a limit of memory makes it less. */
const OTHER_BYTES = Math.min(2 ** 26, (memoryBytes ?? Infinity) / 32);

function load({ number, data }: LoadMessage): void {
  loaded = kept.get(number) ?? { data, cache: new StageCache() };
  kept.delete(number);
  let bytes = 0;
  for (const [other, { cache }] of [...kept].reverse()) {
    bytes += cache.bytes;
    if (bytes > OTHER_BYTES) kept.delete(other);
  }
  kept.set(number, loaded);
}

/** Whether an error tells of too little memory: in the kernels, or for an array of JavaScript. */
function isForMemory(error: unknown): boolean {
  if (error instanceof KernelMemoryError || error instanceof AddressSpaceError) return true;
  return error instanceof RangeError && /allocation failed|Invalid typed array length/.test(error.message);
}

/**
 * Whether the data or the parameters are the cause. Then every machine fails in the same way, and nobody tries again.
 */
function isForeseen(error: unknown): boolean {
  return error instanceof InputError || error instanceof Failure;
}

/** The message of an error and, where it is known, the hint. A person reads both in the log only. */
function withHint(error: Error): string {
  const hint =
    error instanceof InputError ? error.complaint.hint : error instanceof Failure ? error.hint : undefined;
  return hint === undefined ? error.message : `${error.message}. ${hint}`;
}

function post(progress: Progress): void {
  parentPort!.postMessage(progress);
}

async function train(config: Config): Promise<Outcome> {
  const started = performance.now();
  const keeper = keep === undefined ? undefined : new Keeper();
  const seconds = () => (performance.now() - started) / 1000 - (keeper?.seconds ?? 0);
  try {
    if (!loaded) throw new Error('no data was loaded');
    const { data, cache } = loaded;
    await ready(config.steps);
    const onFold: OnFold = (fold, scores) => post({ kind: 'scored', fold, scores, seconds: seconds() });
    const evaluation = evaluate(config, data, { cache, onFold, onUnseen: keeper?.add });
    const outcome: Outcome = { kind: 'finished', ...evaluation, seconds: seconds() };
    if (keeper) write(keeper, config, evaluation.digest);
    return outcome;
  } catch (error) {
    const { message } = error as Error;
    if (isForMemory(error))
      return { kind: 'failed', failure: 'memory', message, retry: true, seconds: seconds() };
    return {
      kind: 'failed',
      failure: 'error',
      message: withHint(error as Error),
      retry: !isForeseen(error),
      seconds: seconds(),
    };
  }
}

/** Keeps the predictions of a config that was trained. */
function write(keeper: Keeper, { id }: Config, digest: string): void {
  post({ kind: 'trained' });
  const message = keeper.write(keep!, id, digest);
  if (message !== undefined) post({ kind: 'not kept', message });
}

parentPort!.on('message', async (message: ToTrainer) => {
  if (message.type === 'load') load(message);
  else post(await train(message.config));
});
