/**
 * Logs to measure with. They are written without the journal, so that a large one takes seconds. Their events look like
 * those of a real search: a pipeline of four steps, six metrics over five folds.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { segmentPath } from '../../src/log/names.js';
import type { Config, Scores, Step } from '../../src/base/config.js';
import { crcOf, encode, type Draft, type Finished, type Sealed } from '../../src/events/format/event.js';

export interface LogSize {
  configs: number;
  /** How many of them are claimed and finished. */
  finished: number;
  /** How many configs a claim takes. */
  perClaim: number;
  /** How many metrics are scored, each over five folds; six unless given. */
  metrics?: number;
  /** Whether each of the six pipelines has steps of its own, and models tell their sizes. */
  isVaried?: boolean;
}

export interface MadeLog {
  events: number;
  bytes: number;
  segments: number;
}

const SEGMENT_BYTES = 64 * 1024 * 1024;
const WRITE_BYTES = 1024 * 1024;
const METRICS = ['roc_auc', 'accuracy', 'balanced_accuracy', 'f1', 'log_loss', 'mcc'];
const WORKERS = 64;

export function idOf(i: number): string {
  return (0x1234567800000000n + BigInt(i) * 0x9e3779b97f4a7c15n).toString(16).slice(-16).padStart(16, '0');
}

/** The estimator of the i-th config, of six kinds; parameters of several types. */
function estimatorOf(i: number): Step {
  const place = Math.floor(i / 6);
  const C = 0.001 * (1 + place);
  switch (i % 6) {
    case 0:
      return { LogisticRegression: { penalty: 'l1', C } };
    case 1:
      return { LogisticRegression: { penalty: 'elasticnet', C, l1_ratio: [0.2, 0.5, 0.8][place % 3] } };
    case 2:
      return { SVC: { kernel: 'rbf', C, gamma: ['scale', 0.1, 0.01][place % 3] } };
    case 3:
      return { XGBClassifier: { n_estimators: 50 + place, max_depth: 3 + (place % 5), learning_rate: 0.1 } };
    case 4:
      return { RandomForestClassifier: { n_estimators: 50 + place, max_depth: place % 2 ? 6 : null } };
    default:
      return { MLPClassifier: { hidden_layer_sizes: [50 + place, 20], alpha: 0.0001 * (1 + (place % 7)) } };
  }
}

function configOf(i: number, metrics: string[], isVaried = false): Config {
  const split = i % 2 === 0 ? 'A1' : 'B2';
  return {
    id: idOf(i),
    pipeline: ['lasso', 'enet', 'svc', 'xgb', 'rf', 'nn'][i % 6],
    steps: [
      { SimpleImputer: { strategy: 'median' } },
      { StandardScaler: {} },
      { SelectKBest: { score_func: 'f_classif', k: 50 + (i % 50) } },
      isVaried
        ? estimatorOf(i)
        : { SVC: { kernel: 'rbf', C: 0.1 * (1 + (i % 997)), gamma: 0.001 * (1 + (i % 991)) } },
    ],
    split,
    train: `train_${split}`,
    validate: `validate_${split}`,
    cv: { folds: 5 },
    scoring: 'roc_auc',
    metrics,
    seed: 0,
    data: '0123456789abcdef0123456789abcdef',
  };
}

/** Scores with as many digits as real ones. */
function scoresOf(i: number, metrics: string[]): Scores {
  const value = (j: number): number => ((i * 7919 + j * 104729) % 1000003) / 1000003;
  const folds = (j: number): number[] => [0, 1, 2, 3, 4].map(fold => value(10 * j + fold));
  const each = <T>(of: (j: number) => T): { [metric: string]: T } =>
    Object.fromEntries(metrics.map((metric, j) => [metric, of(j)]));
  return {
    cv: each(j => ({ mean: value(j), std: value(j + 1) / 10, folds: folds(j) })),
    validate: each(j => value(j + 7)),
    train: each(j => value(j + 13)),
  };
}

/** What a worker says of the i-th config. */
export function finishedOf(i: number, claim: number, metrics = METRICS): Finished {
  return {
    ...{ type: 'finished', config: idOf(i), claim, seconds: 1.25, digest: idOf(i) + idOf(i + 1) },
    ...{ scores: scoresOf(i, metrics), versions: { spt: '0.1.0', node: '20.19.2' } },
  };
}

/** Appends lines to one segment after the other. */
class SegmentWriter {
  readonly made: MadeLog = { events: 0, bytes: 0, segments: 1 };
  private previous = 0;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private segmentBytes = 0;
  private file: number;

  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
    this.file = openSync(segmentPath(directory, 1), 'ax');
  }

  /** Appends an event; its number. */
  add(event: Draft, by: string): number {
    this.append(event, by);
    const n = this.made.events;
    if (this.segmentBytes >= SEGMENT_BYTES) this.seal();
    return n;
  }

  close(): MadeLog {
    this.flush();
    fsyncSync(this.file);
    closeSync(this.file);
    return this.made;
  }

  private append(event: Draft | Sealed, by: string): void {
    const n = ++this.made.events;
    const at = new Date(1.7e12 + n).toISOString();
    const id = `event${n.toString(36).padStart(16, '0')}`;
    const line = encode(event, { n, previous: this.previous, id, at, by });
    this.previous = crcOf(line);
    this.waiting.push(line);
    this.waitingBytes += line.length;
    this.segmentBytes += line.length;
    this.made.bytes += line.length;
    if (this.waitingBytes >= WRITE_BYTES) this.flush();
  }

  seal(): void {
    this.append({ type: 'sealed', segment: this.made.segments, bytes: this.segmentBytes }, 'maker');
    this.close();
    this.segmentBytes = 0;
    this.file = openSync(segmentPath(this.directory, ++this.made.segments), 'ax');
  }

  private flush(): void {
    if (this.waitingBytes === 0) return;
    writeSync(this.file, Buffer.concat(this.waiting));
    this.waiting = [];
    this.waitingBytes = 0;
  }
}

/**
 * Writes a log: everything is enqueued, then workers take turns in claiming and finishing.
 * @param isSealed whether the last segment is sealed, so that its first reader leaves a snapshot
 */
export function makeLog(
  directory: string,
  { configs, finished, perClaim, metrics: count, isVaried }: LogSize,
  isSealed = false,
): MadeLog {
  const metrics = METRICS.slice(0, count);
  const writer = new SegmentWriter(directory);
  for (let i = 0; i < configs; i++)
    writer.add({ type: 'enqueued', config: configOf(i, metrics, isVaried) }, 'manager');
  for (let from = 0; from < finished; from += perClaim) {
    const id = `worker${(from / perClaim) % WORKERS}`;
    const worker = { id, host: `node${id.slice(6)}`, pid: 1000 };
    const rows = Array.from({ length: Math.min(perClaim, finished - from) }, (_, i) => from + i);
    const claim = writer.add({ type: 'claimed', configs: rows.map(idOf), worker }, id);
    const size = (i: number) => (isVaried ? { size: { features: 10 + (i % 40), coefficients: i % 40 } } : {});
    for (const i of rows) writer.add({ ...finishedOf(i, claim, metrics), ...size(i) }, id);
  }
  if (isSealed) writer.seal();
  return writer.close();
}
