/** Examples of what the commands refuse that use a trained config. */
import type { Draft, Finished } from '../src/events/format/event.js';
import { claim, finish } from './log-helpers.js';
import { files, line, scene, type Example } from './gallery.js';
import { smallConfig, type Search } from './search.js';
import { writeLog } from './written-log.js';

const other: Finished['scores'] = { cv: { roc_auc: { mean: 0.8, std: 0, folds: [0.8] } } };

/** A search with one config that is queued, and with `scores` finished. */
async function oneConfig(search: Search, options: string[], scores?: Finished['scores']): Promise<void> {
  await search.sptHere('enqueue', '--splits', 'train_A1', '--pipelines', 'lasso', ...options);
  const [{ config }] = search.events();
  const finished: Draft[] = [
    { ...claim('w1'), configs: [config.id] },
    { ...finish(0, 2), config: config.id, scores: scores! },
  ];
  writeLog(search, [{ type: 'enqueued', config }, ...(scores ? finished : [])]);
}

/** The same with steps that this version does not know. */
async function strangeConfig(search: Search): Promise<void> {
  await oneConfig(search, ['--cv'], other);
  const drafts = search.events().map(({ crc: _, n: __, p: ___, ...event }) => event);
  drafts[0].config.steps = [{ Oracle: {} }];
  writeLog(search, drafts);
}

/** The same with a target of three classes. */
async function threeClasses(search: Search): Promise<void> {
  const config = smallConfig.replace('positive: sick', '').replace('scoring: roc_auc', 'scoring: accuracy');
  const rows = search.read('data/metadata.csv').split('\n');
  search.write('configs/config.yaml', config);
  search.write(
    'data/metadata.csv',
    rows.map((row, i) => (i % 3 === 0 ? row.replace(/sick|well/, 'odd') : row)).join('\n'),
  );
  await oneConfig(search, ['--cv'], other);
}

const first = (search: Search): string => search.events()[0].config.id;
const outOfFold = (search: Search): string[] => ['predictions', first(search), '--oof'];

/** A search with one trained config. */
async function trainedOne(search: Search): Promise<void> {
  await search.sptHere('enqueue', '--splits', 'train_A1', '--pipelines', 'nn', '--cv');
  await search.sptHere('work', '-j', '1', '--quiet');
}

const recipe = ['rebuild', '--ensemble', 'ens.json'];

export const ofUses: readonly Example[] = [
  line('which-samples', 'predictions', 'ffff'),
  scene(
    'no-such-record',
    '(a log of one record)',
    search => oneConfig(search, ['--cv']),
    () => ['status', '--at', '99'],
  ),
  scene('no-scores', '(a queued config)', search => oneConfig(search, ['--cv']), outOfFold),
  scene(
    'not-exportable',
    '(a linear model)',
    search => oneConfig(search, ['--cv']),
    search => ['export', first(search), '--to', 'xgboost'],
  ),
  scene('not-asked', '(a config without --cv)', search => oneConfig(search, [], {}), outOfFold),
  scene('scores-differ', '(other scores)', search => oneConfig(search, ['--cv'], other), outOfFold),
  line('bad-threshold', 'rebuild', 'ffff', '--threshold', 'recall'),
  scene(
    'too-few-for-isotonic',
    '(a config of 60 samples)',
    search => oneConfig(search, ['--cv'], other),
    search => ['rebuild', first(search), '--calibrate', 'isotonic'],
  ),
  scene('threshold-classes', '(three classes)', threeClasses, search => [
    'rebuild',
    first(search),
    '--threshold',
    'f1',
  ]),
  scene('nothing-to-mix', '(one trained config)', trainedOne, () => ['ensemble']),
  files('bad-recipe', '(a model file)', { 'ens.json': '{"format": "spt-model"}' }, recipe),
  files('newer-recipe', '"version": 2', { 'ens.json': '{"format": "spt-ensemble", "version": 2}' }, recipe),
  scene('not-trained-again', '(a step of another version)', strangeConfig, outOfFold),
];
