/** Examples of what `spt select` and `spt compare` refuse. */
import { idOf, makeConfig } from './log-helpers.js';
import { line, scene, type Example } from './gallery.js';
import { sizeWith, trainHere, writeOutcomes, type Outcome } from './scored-log.js';
import type { Config } from '../src/base/config.js';
import { smallTables, type Search } from './search.js';

const own = (i: number, more: Partial<Config> = {}): Config =>
  makeConfig(i, { pipeline: 'lasso', split: 'A1', cv: { folds: 3 }, seed: 7, ...more });

const withOutcomes = (
  code: string,
  written: string,
  configs: Config[],
  outcomes: Outcome[],
  ...args: string[]
): Example => scene(code, written, search => writeOutcomes(search, configs, outcomes), args);

const folds = [0.8, 0.9, 0.7];

/** A search whose scores in the log are not those that its configs give. */
async function withOtherScores(search: Search): Promise<void> {
  const configs = await trainHere(search, '--splits', 'train_A1', '--pipelines', 'lasso', '--cv');
  writeOutcomes(
    search,
    configs,
    configs.map(() => ({ folds, size: sizeWith(2, 2) })),
  );
}

/** A search with three sick samples in three folds: each fold has one. */
async function withFewSick(search: Search): Promise<void> {
  let sick = 0;
  const lines = smallTables().metadata.split('\n');
  const metadata = lines.map(row =>
    row.includes(',sick,1') && ++sick > 3 ? row.replace('sick', 'well') : row,
  );
  search.write('data/metadata.csv', metadata.join('\n').replaceAll(/,sick,[23]/g, ',well,2'));
  await trainHere(search, '--splits', 'train_A1', '--pipelines', 'lasso', '--cv');
}

export const ofChoice: Example[] = [
  withOutcomes(
    'no-folds',
    '(a log with scores on the validation samples only)',
    [own(1, { cv: undefined })],
    [{ scores: { validate: { roc_auc: 0.8 } } }],
    ...['select', '--rule', '1se'],
  ),
  withOutcomes(
    'no-folds',
    '(a log without --cv)',
    [own(1, { cv: undefined }), own(2, { cv: undefined })],
    [{ scores: { validate: { roc_auc: 0.8 } } }, { scores: { validate: { roc_auc: 0.8 } } }],
    ...['compare', idOf(1), idOf(2)],
  ),
  withOutcomes(
    'no-sizes',
    '(a log of version 0.2.0)',
    [own(1), own(2)],
    [{ folds }, { folds }],
    ...[...['select', '--rule', 'simplest']],
  ),
  withOutcomes(
    'not-comparable',
    '(two splits)',
    [own(1), own(2, { split: 'B2' })],
    [{ folds }, { folds }],
    ...['compare', idOf(1), idOf(2)],
  ),
  line('too-few-to-compare', 'compare', 'lasso'),
  scene('no-predictions', '(scores that the configs do not give)', withOtherScores, [
    'select',
    '--bootstrap',
  ]),
  scene('too-few-to-draw', '(one sick sample in a fold)', withFewSick, ['select', '--bootstrap']),
];
