import type { SplitData } from '../base/dataset.js';
import { InputError } from '../base/errors.js';
import { foldTypeFacts } from '../base/fold-types.js';
import { oneOf } from '../base/suggest.js';
import { findMetric, metrics } from '../ml/scoring/metrics.js';
import { scoringOf } from './enumerate.js';
import type { WrittenFolds } from './fold-keys.js';
import type { Experiment } from './load.js';

/**
 * Refuses metrics that have no meaning for one sample, which is all that a fold of leave-one-out has: there is no
 * ranking of one sample. A mean over samples has one, and its mean over the folds is the score of all samples.
 */
export function refuseForOneSample(
  experiment: Pick<Experiment, 'scoring' | 'source' | 'metrics' | 'placeOf'>,
): void {
  const { metrics: others, placeOf } = experiment;
  const written = [
    { name: scoringOf(experiment), path: ['scoring'] },
    ...others.map((name, i) => ({ name, path: ['metrics', i] })),
  ];
  const wrong = written.find(({ name }) => !findMetric(name).isMean);
  if (!wrong) return;
  const { name, path } = wrong;
  const { task } = findMetric(name);
  const means = [...metrics.values()].filter(metric => metric.isMean && metric.task === task);
  throw new InputError(
    'one-sample-folds',
    `${name} has no meaning for one sample, as in a fold of leave-one-out`,
    {
      place: placeOf(path),
      value: name,
      expected: oneOf(means.map(metric => metric.name)),
      hint: `For ${name}, take folds of several samples: \`cv: { folds: 10, shuffle: true, repeats: 10 }\`.`,
    },
  );
}

/** Refuses folds with even shares of classes where the target has no classes. */
export function refuseStratifiedValues(
  { type, group }: WrittenFolds,
  { target }: Pick<SplitData, 'target'>,
  placeOf: Experiment['placeOf'],
): void {
  if (type === undefined || target.kind === 'classes' || !foldTypeFacts(type).isStratified) return;
  throw new InputError(
    'stratified-values',
    `the folds of \`${type}\` need classes, and the target holds values`,
    {
      place: placeOf(['cv', 'type']),
      value: type,
      expected: group === undefined ? 'the type kfold' : 'the type group',
      hint: 'Without `type`, a target of values has such folds.',
    },
  );
}
