/** What a key takes where its schema has no words for it, what it means, and an example of its value. */
export type Meaning = [values: string | undefined, meaning: string, example: unknown];

const column = 'the name of a column';
const time = 'a number with ms, s, m, h or d';

/** What the keys of the two files mean. The page that is made of it fails for a key that is missing here. */
export const MEANINGS: { config: { [key: string]: Meaning }; pipelines: { [key: string]: Meaning } } = {
  config: {
    'data.features': [
      'a .csv or .tsv file, each also .gz',
      'The table of numbers to learn from.',
      'data/features.csv',
    ],
    'data.orientation': [
      undefined,
      'What the rows of that table are: samples, or features, as in omics tables.',
      'features',
    ],
    'data.metadata': [
      'a .csv or .tsv file, each also .gz',
      'The table of what is known of each sample: target, batch, age, site.',
      'data/metadata.csv',
    ],
    index: [column, 'The column that joins the two tables.', 'Run'],
    target: [column, 'The column to predict.', 'Condition'],
    positive: [
      'a value of the target',
      'Of two classes, the one that scores speak of. Without it the last in the order of scikit-learn.',
      'malignant',
    ],
    missing: [
      'a list of values',
      'Cells that have no value. A list of your own replaces the default.',
      ['', 'NA', '?'],
    ],
    splits: [
      'a map of names, each with its `where`',
      'Filters over the metadata. A column must be a value, one of a list, or all of some conditions (`gte`, `gt`, `lte`, ' +
        '`lt`, `not`, `in`). With `--validate`, `--splits A1` trains on train_A1 and is scored on validate_A1.',
      '{ all: { where: {} } }',
    ],
    'cv.folds': [
      undefined,
      'How many folds `--cv` makes. They are stratified, in the order of the samples.',
      10,
    ],
    'cv.shuffle': [undefined, 'Whether the samples are shuffled before.', true],
    'cv.seed': [undefined, 'Of the shuffled folds; without it the seed of the search. Needs shuffle.', 1],
    'cv.repeats': [undefined, 'How often the folds are drawn anew. Needs shuffle.', 5],
    'cv.group': [column, 'A column of the metadata whose equal values stay in one fold.', 'Patient'],
    scoring: ['the name of a metric', 'The metric that ranks the configs.', 'balanced_accuracy'],
    metrics: [
      'a list of names of metrics',
      'Metrics that are computed beside it and kept in the log, in the line of each finished config.',
      ['accuracy', 'mcc'],
    ],
    seed: [undefined, 'Of everything random: models, folds, the order of the queue.', 7],
    'worker.timeout': [time, 'A config that trains longer fails, and is not tried again.', '30m'],
    'worker.attempts': [
      undefined,
      'How often a config is tried that fails for a reason that may pass: memory, a crashed thread. What fails by its data ' +
        'or parameters, or takes too long, is tried once.',
      5,
    ],
    'worker.losses': [undefined, 'How often a config may be lost with its worker before it has failed.', 3],
    'worker.lease': [
      `${time}, at least 1s`,
      'How long a worker on another machine may be silent before it counts as dead.',
      '120s',
    ],
  },
  pipelines: {
    'search.method': [
      undefined,
      'grid: every combination. random, sobol: draws; those of sobol are spread evenly.',
      'random',
    ],
    'search.n': [undefined, 'How many to draw. Needed by random and sobol, refused by grid.', 100],
    'search.seed': [undefined, 'Of the draws; without it the seed of config.yaml.', 1],
    steps: [
      'a list of at most 32 steps',
      'Transforms, then one classifier.',
      '[StandardScaler, SVC: { C: [1, 10] }]',
    ],
  },
};
