/**
 * What the configs of a table have: their metrics, folds, sizes and parameters. One reading of the log finds this out,
 * and then the columns are known.
 */
import type { Config, Json } from '../base/config.js';
import { compareText } from '../base/order.js';
import { SeenValues } from './parameter-columns.js';
import { parametersOf, STEPS } from './parameters.js';
import type { Result } from './result.js';

/** Which scores a metric has. */
export interface SeenMetric {
  /** The most scores of folds that a config has; 0 without cross-validation. */
  folds: number;
  validate: boolean;
  train: boolean;
}

export class Shape {
  /** By name, in the order in which they were met: a config names its ranking metric first. */
  readonly metrics = new Map<string, SeenMetric>();
  /** What models are made of: `coefficients`, `nodes`, ... */
  readonly sizes = new Set<string>();
  /** Whether a record could not be read. */
  hasDamage = false;
  private readonly values = new Map<string, SeenValues>();
  /** The steps of each pipeline, as they were met first. */
  private readonly steps = new Map<string, Json>();
  /** Whether the configs of a pipeline differ in their steps. Otherwise the steps have no column. */
  private hasChoices = false;

  add({ config, finished, damage }: Result): void {
    if (damage !== undefined) this.hasDamage = true;
    if (config) this.addConfig(config);
    if (!finished) return;
    const { cv, validate, train } = finished.scores;
    for (const [metric, scores] of members(cv)) {
      const seen = this.metric(metric);
      seen.folds = Math.max(seen.folds, foldsIn(scores).length);
    }
    for (const [metric] of members(validate)) this.metric(metric).validate = true;
    for (const [metric] of members(train)) this.metric(metric).train = true;
    for (const kind of Object.keys(finished.size ?? {})) this.sizes.add(kind);
  }

  /** The parameters by name, sorted by step and name, so that their order does not depend on the order of the log. */
  get parameters(): [string, SeenValues][] {
    const shown = [...this.values].filter(([name]) => name !== STEPS || this.hasChoices);
    return shown.sort(([a], [b]) => compareText(a, b));
  }

  private addConfig(config: Config): void {
    const { cv, validate, metrics } = config;
    const repeats = cv?.repeats ?? 1;
    for (const metric of metrics) {
      const seen = this.metric(metric);
      if (Number.isSafeInteger(cv?.folds) && Number.isSafeInteger(repeats))
        seen.folds = Math.max(seen.folds, Math.min(cv!.folds * repeats, MOST_FOLDS));
      if (validate !== undefined) seen.validate = true;
    }
    const parameters = parametersOf(config);
    for (const [name, value] of parameters) this.seen(name).add(value);
    const steps = this.steps.get(config.pipeline) ?? parameters.get(STEPS)!;
    this.steps.set(config.pipeline, steps);
    this.hasChoices ||= steps !== parameters.get(STEPS);
  }

  private metric(name: string): SeenMetric {
    let seen = this.metrics.get(name);
    if (!seen) this.metrics.set(name, (seen = { folds: 0, validate: false, train: false }));
    return seen;
  }

  private seen(name: string): SeenValues {
    let seen = this.values.get(name);
    if (!seen) this.values.set(name, (seen = new SeenValues()));
    return seen;
  }
}

/** The most columns of folds that a metric gets from what a config asks for. */
const MOST_FOLDS = 10_000;

/** The members of what should be an object of a log. */
export function members(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** The scores of the folds of a metric; none where the record has another form. */
export function foldsIn(scores: unknown): number[] {
  const { folds } = (scores ?? {}) as { folds?: Json };
  return Array.isArray(folds) && folds.every(fold => typeof fold === 'number') ? (folds as number[]) : [];
}
