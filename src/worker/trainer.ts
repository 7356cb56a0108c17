/**
 * The entry of a trainer thread: it trains one config after the other and blocks while it does. What it may wait for,
 * who claimed what and how long a config may take is the supervisor's business.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { SplitData } from '../base/dataset.js';
import { Failure, InputError } from '../base/errors.js';
import type { Config } from '../base/config.js';
import { StageCache, evaluate, ready } from '../ml/evaluate.js';
import { AddressSpaceError, limitKernelMemory } from '../kernels/loader.js';
import { KernelMemoryError } from '../kernels/memory.js';
import { usableMemory } from './memory.js';
import type { LoadMessage, Outcome, ToTrainer, TrainerSettings } from './protocol.js';

const { memoryBytes } = workerData as TrainerSettings;
// asked before every growth: what is not taken need not be given back, and the kernel has no reason to kill
if (memoryBytes !== undefined)
  limitKernelMemory(memoryBytes, () => usableMemory(memoryBytes) - process.memoryUsage.rss());

/** A split, and what its configs share: folds that were scaled and selected the same way. */
interface Loaded {
  data: SplitData;
  cache: StageCache;
}

/** The split that was loaded last. */
let loaded: Loaded | undefined;
/** It and those before, the last one at the end: a worker goes from split to split and comes back. */
const kept = new Map<number, Loaded>();
/** What the others may hold, if there is no limit of memory; else it is less. */
const otherBytes = Math.min(2 ** 26, (memoryBytes ?? Infinity) / 32);

function load({ number, data }: LoadMessage): void {
  loaded = kept.get(number) ?? { data, cache: new StageCache() };
  kept.delete(number);
  let bytes = 0;
  for (const [other, { cache }] of [...kept].reverse()) {
    bytes += cache.bytes;
    if (bytes > otherBytes) kept.delete(other);
  }
  kept.set(number, loaded);
}

/** Whether an error says that memory is wanting: in the kernels, or for an array of JavaScript. */
function isForMemory(error: unknown): boolean {
  if (error instanceof KernelMemoryError || error instanceof AddressSpaceError) return true;
  return error instanceof RangeError && /allocation failed|Invalid typed array length/.test(error.message);
}

/** Whether the data or the parameters lead to it, as they would on every machine: trying again is no use. */
function isForeseen(error: unknown): boolean {
  return error instanceof InputError || error instanceof Failure;
}

/** What went wrong and, where it is known, what to do about it: the log is the only place where this is told. */
function withHint(error: Error): string {
  const hint =
    error instanceof InputError ? error.complaint.hint : error instanceof Failure ? error.hint : undefined;
  return hint === undefined ? error.message : `${error.message}. ${hint}`;
}

async function train(config: Config): Promise<Outcome> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    if (!loaded) throw new Error('no data was loaded');
    const { data, cache } = loaded;
    await ready(config.steps);
    const evaluation = evaluate(config, data, { cache });
    return { kind: 'finished', ...evaluation, seconds: seconds() };
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

parentPort!.on('message', async (message: ToTrainer) => {
  if (message.type === 'load') load(message);
  else parentPort!.postMessage(await train(message.config));
});
