/** What a key takes (undefined: what its schema says), what it means, and an example of its value. */
export type Meaning = [values: string | undefined, meaning: string, example: unknown];

const TABLE = 'a .csv, .tsv or .txt file, each also .gz, or a .parquet file';
const COLUMN = 'the name of a column';
const TIME = 'a number with ms, s, m, h or d';

/** What the keys of the two files mean. `npm run docs` fails for a key that is missing here. */
export const MEANINGS: { config: { [key: string]: Meaning }; pipelines: { [key: string]: Meaning } } = {
  config: {
    'data.table': [
      TABLE,
      'One table that holds features, target and all else. It stands instead of `features:` and `metadata:`.',
      'data/all.csv',
    ],
    'data.features': [
      TABLE + '; with `table:`, a list of columns, or `{ except: [..] }`',
      'The table of features. With `table:`, the columns that are features: names, and patterns with `*`. If it is ' +
        'left out, these are all columns but the index, the target and those with another use.',
      'data/features.csv',
    ],
    'data.features.except': [
      'a list of names and patterns of columns',
      'With `table:`, the columns that are no features. All others are.',
      ['Comment', 'Date*'],
    ],
    'data.orientation': [
      undefined,
      'Whether a row of that table is a sample or a feature. Omics tables often have features in rows.',
      'features',
    ],
    'data.metadata': [
      TABLE,
      'The table of what else is known about each sample: target, batch, age, site.',
      'data/metadata.csv',
    ],
    'data.delimiter': [
      '`comma`, `tab`, `semicolon`, `bar` or `blank`, or the character itself',
      'What stands between cells. It is found out where it is not told.',
      'semicolon',
    ],
    'data.decimal': [undefined, 'The decimal mark of numbers. It is found out where it is not told.', ','],
    'data.encoding': [
      undefined,
      'The encoding of the text. It is found out where it is not told. latin1 is Windows-1252.',
      'latin1',
    ],
    index: [
      COLUMN,
      'The column that joins the two tables. One table needs none: then row names or numbers are the ids.',
      'Run',
    ],
    target: [COLUMN, 'The column to predict.', 'Condition'],
    task: [
      undefined,
      'What is predicted: classes, or values. Without it, a target with many different numbers holds values, and ' +
        '`spt enqueue` says so.',
      'regression',
    ],
    positive: [
      'a value of the target',
      'The class that scores of two classes are about. Without it, the last class in the order of scikit-learn.',
      'malignant',
    ],
    missing: [
      'a list of values',
      'Cells that mean a missing value. Your list replaces the default.',
      ['', 'NA', '?'],
    ],
    columns: [
      'a map of names of features, or patterns with `*`, to `number`, `category`, `boolean` or `{ ordered: [..] }`',
      'What features hold. Of features that are not named, it is found out: numbers, categories (text with few ' +
        'different values), or booleans (two words such as yes and no, which become 1 and 0).',
      '{ Site: category, Grade: { ordered: [low, mid, high] }, "is_*": boolean }',
    ],
    splits: [
      'a map of names, each with its `where`',
      'Filters over the metadata. A column must have a value, have one value of a list, or satisfy all conditions of ' +
        'a map (`gte`, `gt`, `lte`, `lt`, `not`, `in`). With `--validate`, `--splits A1` trains on train_A1 and ' +
        'scores on validate_A1.',
      '{ all: { where: {} } }',
    ],
    weights: [
      COLUMN,
      'A column of the metadata with the weight of each sample, at least 0, in every fit and every score.',
      'SurveyWeight',
    ],
    'cv.type': [
      undefined,
      'How `--cv` makes folds ([folds.md](folds.md)). Without it, folds are stratified (of values, plain), and with ' +
        '`group` they keep groups together.',
      'time',
    ],
    'cv.folds': [
      undefined,
      'How many folds one drawing has. Without it, 5. `predefined`, `leave-one-out` and `leave-one-group-out` find ' +
        'it in the data.',
      10,
    ],
    'cv.shuffle': [undefined, 'Whether the samples are shuffled before they are divided into folds.', true],
    'cv.seed': [
      undefined,
      'The seed of the shuffled folds. Without it, the seed of the search. It needs shuffle.',
      1,
    ],
    'cv.repeats': [undefined, 'How often the folds are drawn again. It needs shuffle.', 5],
    'cv.group': [COLUMN, 'A column of the metadata. Samples with equal values stay in one fold.', 'Patient'],
    'cv.by': [
      COLUMN,
      'A column of the metadata: of `time`, numbers or dates that order the samples; of `predefined`, the number of ' +
        "each sample's fold, or -1.",
      'Date',
    ],
    'cv.gap': [
      undefined,
      'How many samples are left out between those that are fitted on and those that are scored. Only of `time`.',
      10,
    ],
    'cv.outer': [
      undefined,
      'How many outer folds a nested cross-validation has. Each is a split of its own (`A1.outer1`, ..), and ' +
        '`spt select` tells the score of what was chosen in each.',
      5,
    ],
    scoring: [
      'the name of a metric',
      'The metric that ranks the configs. Without it, roc_auc of classes and r2 of values.',
      'balanced_accuracy',
    ],
    metrics: [
      'a list of names of metrics',
      'More metrics. They are computed for each config and kept in its line of the log.',
      ['accuracy', 'mcc'],
    ],
    seed: [undefined, 'The seed of everything random: models, folds, the order of the queue.', 7],
    'worker.timeout': [TIME, 'A config that trains longer fails. It is not tried again.', '30m'],
    'worker.attempts': [
      undefined,
      'How often a config is tried if it fails for a reason that may pass: memory, a crashed thread. A config that ' +
        'fails because of its data or its parameters, or that takes too long, is tried once.',
      5,
    ],
    'worker.losses': [
      undefined,
      'How often a worker may die while it trains a config. After that the config has failed.',
      3,
    ],
    'worker.lease': [
      `${TIME}, at least 1s`,
      'How long a worker on another machine may be silent before it counts as dead.',
      '120s',
    ],
    'worker.keep': [
      undefined,
      'Keeps what the models say of samples that they did not see, in data/.predictions/. Then BBC-CV of ' +
        '`spt select`, `spt predictions`, calibrations of `spt rebuild` and curves of `spt report` need no training. ' +
        'The files may be deleted at any time. Only the user who trained can read them.',
      'predictions',
    ],
  },
  pipelines: {
    'search.method': [
      undefined,
      'grid takes every combination. random and sobol draw combinations; the draws of sobol are spread evenly.',
      'random',
    ],
    'search.n': [undefined, 'How many configs are drawn. random and sobol need it, grid refuses it.', 100],
    'search.seed': [undefined, 'The seed of the draws. Without it, the seed of config.yaml.', 1],
    steps: [
      'a list of at most 32 steps',
      'Transforms, then one classifier.',
      '[StandardScaler, SVC: { C: [1, 10] }]',
    ],
  },
};
