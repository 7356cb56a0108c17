/** What is wrong in config.yaml: each kind with its code, its message and its place. */
import { suite } from 'uvu';
import { config, more, refusalsOf } from '../../support/bad-input.js';

const Bad = suite('bad input in config.yaml');
const refuses = refusalsOf(Bad);

refuses('an unknown key', 'config', more('‹scorring: roc_auc\n'), {
  code: 'unknown-key',
  message: 'there is no key `scorring`',
  value: 'scorring',
  expected:
    'one of data, index, target, task, positive, weights, missing, columns, splits, cv, scoring, metrics, seed, worker',
  hint: 'Did you mean `scoring`?',
});
refuses('an unknown key inside', 'config', config('metadata: y.csv', 'metadata: y.csv, ‹feature: z.csv'), {
  code: 'unknown-key',
  message: 'there is no key `feature` in `data`',
  expected: 'one of table, features, metadata, orientation, delimiter, decimal, encoding',
  hint: 'Did you mean `features`?',
});
refuses('a missing key', 'config', `‹${config('index: Run\n', '')}`, {
  code: 'missing-key',
  message: 'the key `index` is missing',
  expected: 'the name of the column that joins the two tables',
});
refuses('a missing key inside', 'config', config('{ features: x.csv, ', '‹{ '), {
  code: 'missing-key',
  message: 'the key `features` is missing in `data`',
  expected:
    'a name that ends in .csv, .tsv or .txt, each also packed (.csv.gz), or in .parquet; ' +
    'or one file for all, under `table:`',
});
refuses('a list for a file', 'config', '‹- a\n- b\n', {
  code: 'wrong-type',
  message: 'the file is not a map',
  expected: 'a map',
});
refuses('a word for a file', 'config', '‹hello\n', {
  code: 'wrong-type',
  message: 'the file is not a map',
  value: 'hello',
});
refuses('text for a map', 'config', config('{ features: x.csv, metadata: y.csv }', '‹x.csv'), {
  code: 'wrong-type',
  message: 'bad value for `data`',
  value: 'x.csv',
  expected: 'a map',
});
refuses('a table of another kind', 'config', config('x.csv', '‹x.feather'), {
  code: 'unknown-format',
  message: 'the name of the table does not say what kind of file it is',
  value: 'x.feather',
  expected: 'a name that ends in .csv, .tsv or .txt, each also packed (.csv.gz), or in .parquet',
  hint: 'Write the table in Python with frame.to_csv("table.csv").',
});
refuses('another orientation', 'config', config('y.csv', 'y.csv, orientation: ‹sample'), {
  code: 'unknown-value',
  message: 'bad value for `data.orientation`',
  value: 'sample',
  expected: 'one of samples, features',
  hint: 'Did you mean `samples`?',
});
refuses('an index of nothing', 'config', config('index: Run', 'index:‹'), {
  code: 'wrong-type',
  message: 'this is not the name of a column',
  value: null,
  expected: 'the name of a column',
});
refuses('an index that is a list', 'config', config('Run', '‹[Run]'), {
  code: 'wrong-type',
  message: 'this is not the name of a column',
  value: ['Run'],
});
refuses('a positive class of nothing', 'config', more('positive: ‹""\n'), {
  code: 'wrong-type',
  message: 'this is not a value of the target',
  value: '',
});
refuses('markers that are no list', 'config', more('missing: ‹NA\n'), {
  code: 'wrong-type',
  message: 'bad value for `missing`',
  expected: 'a list',
});
refuses('no splits', 'config', config('\n  all: { where: {} }', ' ‹{}'), {
  code: 'no-splits',
  message: 'there are no splits',
  expected: 'a map of names, each with its `where`',
});
for (const [name, written] of [
  ['that is a path', '../all'],
  ['with a separator', 'a/b'],
  ['with a backslash', 'a\\b'],
  ['that is hidden', '.all'],
  ['with a blank', 'a b'],
  ['that is an option', '--all'],
  ['that is too long', 'x'.repeat(65)],
  ['of another alphabet', 'übung'],
]) {
  refuses(`a split ${name}`, 'config', config('all:', `‹${JSON.stringify(written)}:`), {
    code: 'bad-name',
    message: 'this is not a plain name (letters, digits, _ . and -, at most 64, and a letter or digit first)',
    value: written,
  });
}
refuses('a split named __proto__', 'config', config('all:', '‹__proto__:'), {
  code: 'forbidden-key',
  message: 'this name is not allowed as a key',
  value: '__proto__',
});
refuses('a split without where', 'config', config('{ where: {} }', '‹{}'), {
  code: 'missing-key',
  message: 'the key `where` is missing in `splits.all`',
  expected: 'a map',
});
refuses('a filter at the wrong place', 'config', config('{ where: {} }', '{ where: {}, ‹Batch: 1 }'), {
  code: 'unknown-key',
  message: 'there is no key `Batch` in `splits.all`',
  expected: 'where',
});
refuses('an unknown comparison', 'config', config('{}', '{ Age: { gte: 40, ‹lq: 3 } }'), {
  code: 'unknown-key',
  message: 'there is no key `lq` in `splits.all.where.Age`',
  expected: 'one of gte, gt, lte, lt, not, in',
  hint: 'Did you mean `lt`?',
});
refuses('a comparison with a list', 'config', config('{}', '{ Age: { gte: ‹[1, 2] } }'), {
  code: 'wrong-type',
  message: 'bad value for `splits.all.where.Age.gte`',
  value: [1, 2],
  expected: 'a number or text',
});
refuses('a comparison of nothing', 'config', config('{}', '{ Age: ‹{} }'), {
  code: 'empty-condition',
  message: 'the condition is empty',
  expected: 'one or more of gte, gt, lte, lt, not, in',
});
refuses('a condition of nothing', 'config', config('{}', '{ Age: ‹}'), {
  code: 'wrong-type',
  message: 'bad value for `splits.all.where.Age`',
  value: null,
  expected: 'text or a number or true or false or a list or a map',
});
refuses('a list of values with a list in it', 'config', config('{}', '{ Batch: [1, ‹[2]] }'), {
  code: 'wrong-type',
  message: 'bad value for `splits.all.where.Batch.1`',
  value: [2],
  expected: 'text or a number or true or false',
});
refuses('one fold', 'config', more('cv: { folds: ‹1 }\n'), {
  code: 'too-small',
  message: 'bad value for `cv.folds`',
  value: 1,
  expected: 'a number of at least 2',
});
refuses('half a fold', 'config', more('cv: { folds: ‹2.5 }\n'), {
  code: 'wrong-type',
  message: 'bad value for `cv.folds`',
  value: 2.5,
  expected: 'a whole number',
});
refuses('folds in quotes', 'config', more('cv: { folds: ‹"5" }\n'), {
  code: 'wrong-type',
  message: 'bad value for `cv.folds`',
  value: '5',
  hint: 'Remove the quotes.',
});
refuses('repeats without shuffle', 'config', more('cv: { folds: 5, ‹repeats: 3 }\n'), {
  code: 'needs-shuffle',
  message: '`repeats` needs `shuffle`',
  hint: 'Add `shuffle: true`.',
});
refuses('yes for true', 'config', more('cv: { shuffle: ‹yes }\n'), {
  code: 'wrong-type',
  message: 'bad value for `cv.shuffle`',
  value: 'yes',
  expected: 'true or false',
  hint: 'YAML 1.2 writes true for yes.',
});
refuses('an unknown metric', 'config', more('scoring: ‹roc_auk\n'), {
  code: 'unknown-metric',
  message: 'there is no such metric',
  value: 'roc_auk',
  expected: 'one of roc_auc, accuracy, log_loss',
  hint: 'Did you mean `roc_auc`?',
});
refuses("scikit-learn's name of a metric", 'config', more('metrics: [accuracy, ‹neg_log_loss]\n'), {
  code: 'unknown-metric',
  message: 'there is no such metric',
  hint: 'Did you mean `log_loss`? log_loss is ranked from small to large by itself.',
});
refuses('a metric that is a number', 'config', more('metrics: [‹1]\n'), {
  code: 'wrong-type',
  message: 'bad value for `metrics.0`',
  expected: 'text',
});
refuses('a negative seed', 'config', more('seed: ‹-1\n'), {
  code: 'too-small',
  message: 'bad value for `seed`',
  expected: 'a number of at least 0',
});
refuses('a seed with too many digits', 'config', more('seed: ‹99999999999999999999\n'), {
  code: 'inexact-number',
  message: 'the number has too many digits to be kept exactly',
  hint: 'If it is a name, write it in quotes.',
});
refuses('a time-out without a unit', 'config', more('worker: { timeout: ‹60 }\n'), {
  code: 'bad-duration',
  message: 'this is not a duration',
  value: 60,
  expected: 'a duration such as 500ms, 90s, 30m or 1h, at most 24d',
  hint: 'Write the unit: `60s` are seconds.',
});
for (const wrong of ['0s', '25d', '1 hour', '-3s', 'h', '1e3s', '1h30m']) {
  refuses(`a time-out of ${wrong}`, 'config', more(`worker: { timeout: ‹${wrong} }\n`), {
    code: 'bad-duration',
    message: 'this is not a duration',
    value: wrong,
  });
}
refuses('no attempts', 'config', more('worker: { attempts: ‹0 }\n'), {
  code: 'too-small',
  message: 'bad value for `worker.attempts`',
  value: 0,
});
refuses('a worker of nothing', 'config', more('worker:‹\n'), {
  code: 'wrong-type',
  message: 'bad value for `worker`',
  value: null,
  expected: 'a map',
});

Bad.run();
