/** What `spt enqueue` asks of the target before anything is written: one task, and metrics that it can have. */
import type { Target } from '../base/dataset.js';
import { InputError, type Place } from '../base/errors.js';
import type { Enumeration } from '../config/enumerate.js';
import type { Experiment } from '../config/load.js';
import type { SplitNames } from '../config/splits.js';
import type { PreparedSplit } from '../data/split.js';
import { metricsOf } from '../ml/evaluate.js';
import { planSteps } from '../ml/pipeline.js';
import type { Metric } from '../ml/scoring/types.js';
import { taskOf, type Task } from '../ml/task.js';

/** The task that all splits ask for. Throws InputError `two-tasks` where their tables tell two. */
export function taskOfSplits({ placeOf }: Experiment, prepared: PreparedSplit[], splits: SplitNames[]): Task {
  const tasks = prepared.map(({ data }) => taskOf(data.target));
  const other = tasks.findIndex(task => task !== tasks[0]);
  if (other < 0) return tasks[0];
  const [values, classes] = tasks[0] === 'regression' ? [0, other] : [other, 0];
  const [ofValues, ofClasses] = [values, classes].map(i => splits[i].split);
  const message = `the target looks like values in ${ofValues}, and like classes in ${ofClasses}`;
  throw new InputError('two-tasks', message, {
    place: placeOf(['target']),
    expected: 'splits of one task',
    hint: 'Write `task: regression` or `task: classification` in config.yaml.',
  });
}

/** What to do about the metric that ranks where the file names none. */
const UNNAMED =
  'It ranks the configs where config.yaml names no metric. Write `scoring: roc_auc_ovr`, or `balanced_accuracy`.';

/**
 * Refuses, before anything is written, a metric that a pipeline or the target of a split cannot have. Looks at one
 * config of each pipeline and split.
 */
export function checkMetrics(
  search: Experiment,
  found: Enumeration,
  prepared: PreparedSplit[],
  splits: SplitNames[],
): void {
  const targets = new Map(
    splits.map(({ split }, i) => {
      const { target: meaning, train, validate } = prepared[i].data;
      return [split, { meaning, values: [train, validate].flatMap(part => valuesIn(part?.target)) }];
    }),
  );
  const seen = new Set<string>();
  for (const config of found.iterate()) {
    const key = JSON.stringify([config.pipeline, config.split]);
    if (seen.has(key)) continue;
    try {
      const metrics = metricsOf(config, planSteps(config.steps), targets.get(config.split)!.meaning);
      for (const metric of metrics) refuseUndefined(metric, targets.get(config.split)!.values, config.split);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const place = placeOfMetric(search, error.complaint.value);
      const hint =
        error.code === 'binary-metric' && search.scoring === undefined ? UNNAMED : error.complaint.hint;
      throw new InputError(error.code, error.message, { ...error.complaint, place, hint });
    }
    if (seen.add(key).size === found.counts.length) return;
  }
}

const valuesIn = (target: Target | undefined): number[] =>
  target?.kind === 'values' ? Array.from(target.values) : [];

/** Where a metric of this name is asked for. */
function placeOfMetric({ placeOf, metrics }: Experiment, name: unknown): Place {
  const at = metrics.indexOf(String(name));
  return placeOf(at < 0 ? ['scoring'] : ['metrics', at]);
}

/** Refuses a metric that is not defined for a value of the target. Throws InputError `infeasible`. */
function refuseUndefined(metric: Metric, values: readonly number[], split: string): void {
  if (metric.task === 'classification' || metric.values === undefined) return;
  const isTaken = (value: number): boolean => value > 0 || (value === 0 && metric.values === 'at least 0');
  const wrong = values.find(value => !isTaken(value));
  if (wrong === undefined) return;
  const message = `${metric.name} is defined for values ${metric.values} only, and the target of ${split} has ${wrong}`;
  throw new InputError('infeasible', message, {
    value: metric.name,
    expected: `a target ${metric.values}`,
    hint: 'Use rmse or mae, for example.',
  });
}
