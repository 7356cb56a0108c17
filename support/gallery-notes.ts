/** Examples of the notes of `spt enqueue`: what may be intended, and a user should still know. */
import { CONFIG, FEATURES, METADATA, PIPES, files, usual, type Example } from './gallery.js';
import { smallConfig, smallTables } from './search.js';

const { features, metadata } = smallTables();
type Changes = { [path: string]: string };

/** A note with these words, on a search with some files changed. */
function note(says: RegExp, written: string, changes: Changes, args = usual): Example {
  const { provoke } = files('note', written, changes, args);
  return {
    code: 'note',
    written: `(${written})`,
    provoke: async () => {
      const { notes = [], text } = await provoke();
      const own = notes.filter(one => says.test(one));
      return {
        codes: own.map(() => 'note'),
        text: own.map(one => `note: ${one}`).join('\n') || `${notes}${text}`,
      };
    },
  };
}

const config = (from: string | RegExp, to: string): Changes => ({ [CONFIG]: smallConfig.replace(from, to) });
/** The metadata with cells changed by the number of the row. */
const rows = (of: (cells: string[], i: number) => string[]): Changes => {
  const [head, ...lines] = metadata.trim().split('\n');
  return {
    [METADATA]: `${[head, ...lines.map((line, i) => of(line.split(','), i).join(','))].join('\n')}\n`,
  };
};
const column = (of: (i: number) => string | number): Changes => {
  const [head, ...lines] = features.trim().split('\n');
  return { [FEATURES]: `${[`${head},extra`, ...lines.map((line, i) => `${line},${of(i)}`)].join('\n')}\n` };
};
const grouped = (of: (i: number) => string): Changes => ({
  ...config('folds: 3', 'folds: 3, group: Site'),
  [METADATA]: metadata
    .trim()
    .split('\n')
    .map((line, i) => `${line},${i === 0 ? 'Site' : of(i - 1)}`)
    .join('\n'),
});

/** A search for which more than two classes are possible. */
const many = { [CONFIG]: smallConfig.replace('positive: sick\n', '').replace('roc_auc', 'accuracy') };

export const ofNotes: Example[] = [
  note(/no score/, 'neither --cv nor --validate', {}, ['enqueue', '--dry-run', '--splits', 'train_A1']),
  note(/positive/, 'no positive: in config.yaml', config('positive: sick\n', '')),
  note(/neither/, 'batch 3 is in no split', config('[1, 2, 3]', '[1, 2]')),
  note(/no metadata/, 'samples without metadata', { [FEATURES]: `${features}r999,1,2,3\n` }),
  note(/look alike/, 'Sick and sick', {
    ...many,
    ...rows(([id, label, batch], i) => [id, i % 8 === 1 ? 'Sick' : label, batch]),
  }),
  note(
    /one sample only/,
    'a class of one sample',
    {
      ...many,
      ...rows(([id, label, batch], i) => [id, i === 0 ? 'rare' : label, batch]),
    },
    usual.slice(0, -1),
  ),
  note(/no sample of a class/, 'a class that is not in the validation split', {
    ...many,
    ...rows(([id, label, batch], i) => [id, batch !== '4' && i % 5 === 0 ? 'other' : label, batch]),
  }),
  note(/if it means no value/, 'a class that is called unknown', {
    ...many,
    ...rows(([id, label, batch], i) => [id, i % 5 === 0 ? 'unknown' : label, batch]),
  }),
  note(/without any value/, 'a feature without values', {
    ...column(() => 'NA'),
    [PIPES]: 'p: [SimpleImputer, GaussianNB]\n',
  }),
  note(
    /one value only/,
    'a feature that is the same everywhere',
    column(() => 5),
  ),
  note(
    /alone tell/,
    'a feature that tells the target',
    column(i => (i % 2) * 100 + i),
  ),
  note(/is not selected|are not selected/, 'Batch: NA', {
    ...config('[1, 2, 3]', '[1, 2, 3, NA]'),
    ...rows(([id, label, batch], i) => [id, label, i === 9 ? 'NA' : batch]),
  }),
  note(/does not mean/, 'Batch: "1" where the table has 1.0', {
    ...config('[1, 2, 3]', '["1", 2, 3]'),
    ...rows(([id, label, batch], i) => [id, label, batch === '1' && i % 3 === 0 ? '1.0' : batch]),
  }),
  note(
    /which means all of/,
    'Batch: 1 where the table has 1 and 1.0',
    rows(([id, label, batch], i) => [id, label, batch === '1' && i % 3 === 0 ? '1.0' : batch]),
  ),
  note(
    /of Site are in both/,
    'a site in training and validation',
    grouped(i => `s${i % 5}`),
  ),
  note(
    /no sample of/,
    'groups that lack a class',
    grouped(i => `s${i % 4}`),
  ),
  note(/give the same model/, 'two values that come to the same', {
    [PIPES]: 'p:\n  - RandomForestClassifier: { criterion: [entropy, log_loss] }\n',
  }),
  note(
    /not enqueued now/,
    'a pipeline that is being edited',
    { [PIPES]: 'lasso: [LogisticRegression]\nsvc:\n  - SVC: { C: wrong }\n' },
    [...usual, '--pipelines', 'lasso'],
  ),
];
