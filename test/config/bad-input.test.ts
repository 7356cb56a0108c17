/**
 * What is wrong in the two files of a search: each kind with its code, its message and its place. The place is marked
 * in the text by ‹, which is taken out before it is read.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputErrors, type InputError } from '../../src/base/errors.js';
import { loadExperiment } from '../../src/config/load.js';
import { explain } from '../../src/terminal/complaints.js';
import { vocabulary } from '../../support/vocabulary.js';

const GOOD_CONFIG = `data: { features: x.csv, metadata: y.csv }
index: Run
target: Condition
splits:
  all: { where: {} }
`;
const GOOD_PIPES = 'p: [SVC]\n';

/** The errors of a search made of two texts. */
function errorsOf(config: string, pipes: string): readonly InputError[] {
  const root = mkdtempSync(join(tmpdir(), 'spt-bad-'));
  mkdirSync(join(root, 'configs'));
  writeFileSync(join(root, 'configs', 'config.yaml'), config);
  writeFileSync(join(root, 'configs', 'pipe_configs.yaml'), pipes);
  try {
    loadExperiment(root, {}, vocabulary);
    return [];
  } catch (error) {
    if (error instanceof InputErrors) return error.errors;
    throw error;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** A text without its mark, and the line and column of the mark. */
function unmarked(text: string): { text: string; line: number; column: number } {
  const before = text.slice(0, text.indexOf('‹')).split('\n');
  return { text: text.replace('‹', ''), line: before.length, column: before.at(-1)!.length + 1 };
}

interface Told {
  code: string;
  message: string;
  value?: unknown;
  expected?: string;
  hint?: string;
}

const Bad = suite('bad input in the configuration');

/** One piece of bad input: just one error, and all of it as it is told. */
function refuses(name: string, which: 'config' | 'pipes', marked: string, told: Told): void {
  Bad(`${which}: ${name}`, () => {
    const { text, line, column } = unmarked(marked);
    const errors = which === 'config' ? errorsOf(text, GOOD_PIPES) : errorsOf(GOOD_CONFIG, text);
    assert.equal(
      errors.map(({ code }) => code),
      [told.code],
      errors.map(error => error.message).join('; '),
    );
    const { code, message, complaint } = errors[0];
    const { place, value, expected, hint } = complaint;
    assert.equal({ line: place!.line, column: place!.column }, { line, column }, message);
    assert.match(place!.file, which === 'config' ? /configs\/config\.yaml$/ : /configs\/pipe_configs\.yaml$/);
    const given = { code, message, value, expected, hint };
    assert.equal(
      Object.fromEntries(
        Object.entries(given).filter(([key, it]) => it !== undefined && (key in told || key === 'hint')),
      ),
      told,
    );
  });
}

/** The good config with one line or more changed. */
const config = (from: string, to: string): string => {
  assert.ok(GOOD_CONFIG.includes(from));
  return GOOD_CONFIG.replace(from, to);
};
const more = (text: string): string => GOOD_CONFIG + text;
const lr = (parameters: string): string => `p:\n  - StandardScaler\n  - LogisticRegression: ${parameters}\n`;

// ---- config.yaml

refuses('an unknown key', 'config', more('‹scorring: roc_auc\n'), {
  code: 'unknown-key',
  message: 'there is no key `scorring`',
  value: 'scorring',
  expected: 'one of data, index, target, positive, missing, splits, cv, scoring, metrics, seed, worker',
  hint: 'Did you mean `scoring`?',
});
refuses('an unknown key inside', 'config', config('metadata: y.csv', 'metadata: y.csv, ‹feature: z.csv'), {
  code: 'unknown-key',
  message: 'there is no key `feature` in `data`',
  expected: 'one of features, orientation, metadata',
  hint: 'Did you mean `features`?',
});
refuses('a missing key', 'config', `‹${config('index: Run\n', '')}`, {
  code: 'missing-key',
  message: 'the key `index` is missing',
  expected: 'the name of a column',
});
refuses('a missing key inside', 'config', config('{ features: x.csv, ', '‹{ '), {
  code: 'missing-key',
  message: 'the key `features` is missing in `data`',
  expected: 'text',
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
refuses('a table of another kind', 'config', config('x.csv', '‹x.parquet'), {
  code: 'unknown-format',
  message: 'the name of the table does not say what it is',
  value: 'x.parquet',
  expected: 'a name that ends in .csv (commas) or .tsv (tabs), each also packed: .csv.gz, .tsv.gz',
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
  message: 'this name may not be a key',
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

// ---- pipe_configs.yaml

refuses('an unknown step', 'pipes', 'p:\n  - ‹StandardScalar\n  - SVC\n', {
  code: 'unknown-step',
  message: 'there is no step `StandardScalar`',
  value: 'StandardScalar',
  expected: 'one of StandardScaler, SelectKBest, LogisticRegression, SVC, MLPClassifier',
  hint: 'Did you mean `StandardScaler`?',
});
refuses('a step by its whole path', 'pipes', 'p:\n  - ‹sklearn.svm.SVC: { C: 1 }\n', {
  code: 'unknown-step',
  message: 'there is no step `sklearn.svm.SVC`',
  hint: 'Did you mean `SVC`?',
});
refuses('a regression', 'pipes', 'p: [‹Lasso]\n', {
  code: 'unknown-step',
  message: 'there is no step `Lasso`',
  hint: 'A classifier with this penalty is `LogisticRegression: {penalty: l1}`.',
});
refuses('an unknown parameter', 'pipes', lr('{ ‹penatly: l1 }'), {
  code: 'unknown-key',
  message: 'there is no key `penatly` in `LogisticRegression`',
  value: 'penatly',
  expected: 'one of penalty, C, l1_ratio, max_iter, fit_intercept',
  hint: 'Did you mean `penalty`?',
});
refuses('an unknown choice', 'pipes', lr('{ penalty: [l1, ‹l3] }'), {
  code: 'unknown-value',
  message: 'bad value for `LogisticRegression.penalty`',
  value: 'l3',
  expected: 'one of l1, l2, elasticnet',
  hint: 'Did you mean `l1`?',
});
refuses('a value out of range', 'pipes', lr('{ C: [0.1, ‹0, 1] }'), {
  code: 'too-small',
  message: 'bad value for `LogisticRegression.C`',
  value: 0,
  expected: 'a number above 0',
});
refuses('text for a number', 'pipes', lr('{ C: ‹one }'), {
  code: 'wrong-type',
  message: 'bad value for `LogisticRegression.C`',
  value: 'one',
  expected: 'a number',
});
refuses("Python's None", 'pipes', lr('{ l1_ratio: ‹None }'), {
  code: 'wrong-type',
  message: 'bad value for `LogisticRegression.l1_ratio`',
  value: 'None',
  hint: 'YAML writes null for None.',
});
refuses('a made value out of range', 'pipes', lr('{ C: ‹{ linspace: [0, 1, 5] } }'), {
  code: 'too-small',
  message: 'bad value for `LogisticRegression.C`',
  value: 0,
});
refuses('made values that are not whole', 'pipes', lr('{ max_iter: ‹{ linspace: [1, 10, 4000] } }'), {
  code: 'wrong-type',
  message: 'bad value for `LogisticRegression.max_iter`',
  expected: 'a whole number',
});
refuses('neither word nor number', 'pipes', 'p: [SVC: { gamma: ‹scal }]\n', {
  code: 'wrong-type',
  message: 'bad value for `SVC.gamma`',
  value: 'scal',
  expected: 'one of scale, auto or a number',
  hint: 'Did you mean `scale`?',
});
refuses(
  'a bad value inside a list that is one value',
  'pipes',
  'p: [MLPClassifier: { hidden_layer_sizes: [[5], [5, ‹0]] }]\n',
  {
    code: 'too-small',
    message: 'bad value for `MLPClassifier.hidden_layer_sizes.1`',
    value: 0,
  },
);
refuses('parameters that contradict each other', 'pipes', lr('{ penalty: [l2, ‹elasticnet] }'), {
  code: 'bad-value',
  message: 'elasticnet needs `l1_ratio`',
  value: 'elasticnet',
});
refuses(
  'a bad value in the second part of a union',
  'pipes',
  'p:\n- SVC:\n  - { C: 1 }\n  - { C: [2, ‹-2] }\n',
  {
    code: 'too-small',
    message: 'bad value for `SVC.C`',
    value: -2,
  },
);
refuses(
  'one bad value among a million combinations',
  'pipes',
  lr(`{ C: { range: [1, 2000] }, max_iter: [${Array.from({ length: 999 }, (_, i) => i + 1)}, ‹0] }`),
  {
    code: 'too-small',
    message: 'bad value for `LogisticRegression.max_iter`',
    value: 0,
  },
);
refuses('an axis without values', 'pipes', lr('{ C: ‹[] }'), {
  code: 'empty-axis',
  message: '`C` has no values',
  expected: 'at least one value',
});
refuses('a value twice', 'pipes', lr('{ C: [1, 10, ‹1.0] }'), {
  code: 'duplicate-value',
  message: '`C` has a value twice',
  value: 1,
  expected: 'every value once',
});
refuses('a logspace of one point', 'pipes', lr('{ C: ‹{ logspace: [2, 2, 3] } }').replace('3]', '2]'), {
  code: 'duplicate-value',
  message: '`C` has a value twice',
});
refuses('a logspace without its number', 'pipes', lr('{ C: { logspace: ‹[-3, 2] } }'), {
  code: 'too-small',
  message: 'bad value for `C: logspace`',
  value: [-3, 2],
  expected: 'logspace: [a, b, n]: n values from 10^a to 10^b',
});
refuses('a logspace of words', 'pipes', lr('{ C: { logspace: [-3, ‹two, 5] } }'), {
  code: 'wrong-type',
  message: 'bad value for `C: logspace`',
  value: 'two',
});
refuses('a logspace of no values', 'pipes', lr('{ C: { logspace: [-3, 2, ‹0] } }'), {
  code: 'too-small',
  message: 'bad value for `C: logspace`',
  value: 0,
});
refuses('a logspace of the values themselves', 'pipes', lr('{ C: { logspace: ‹[0.001, 1000, 7] } }'), {
  code: 'bad-value',
  message: 'the exponents are out of range',
});
refuses('an axis of a billion', 'pipes', lr('{ C: { linspace: [1, 2, ‹1000000000] } }'), {
  code: 'too-big',
  message: 'bad value for `C: linspace`',
  value: 1000000000,
});
refuses('a range of a billion', 'pipes', lr('{ max_iter: { range: ‹[1, 1000000000] } }'), {
  code: 'too-big',
  message: 'the range is too long',
});
refuses('a range that is empty', 'pipes', lr('{ max_iter: { range: ‹[10, 1] } }'), {
  code: 'bad-value',
  message: 'the range is empty',
});
refuses('a range that stands still', 'pipes', lr('{ max_iter: { range: ‹[1, 10, 0] } }'), {
  code: 'bad-value',
  message: 'the step of a range is not 0',
});
refuses('a range of fractions', 'pipes', lr('{ C: { range: [‹0.1, 1] } }'), {
  code: 'wrong-type',
  message: 'bad value for `C: range`',
  value: 0.1,
});
refuses('a mistyped word for an axis', 'pipes', lr('{ C: { ‹lgspace: [-3, 2, 30] } }'), {
  code: 'unknown-axis',
  message: 'there is no `lgspace`',
  hint: 'Did you mean `logspace`?',
});
refuses('an axis inside a list', 'pipes', lr('{ C: [1, ‹{ logspace: [-3, 2, 30] }] }'), {
  code: 'nested-axis',
  message: '`logspace` stands inside a list of values',
  hint: 'Write it alone, as `C: {logspace: ...}`, or write its values in the list.',
});
refuses('an axis with more beside it', 'pipes', lr('{ C: { logspace: [-3, 2, 30], ‹base: 2 } }'), {
  code: 'unknown-key',
  message: 'there is no key `base` in `C`',
  expected: 'logspace',
});
refuses('a distribution in a grid', 'pipes', lr('{ C: ‹{ loguniform: [0.1, 1] } }'), {
  code: 'distribution-in-grid',
  message: 'a grid cannot have a `loguniform`',
  hint: 'Or draw: write `search: {method: random, n: 100}`, and the steps under `steps:`.',
});
const drawn = (steps: string, search = '{ method: random, n: 10 }') =>
  `p:\n  search: ${search}\n  steps: [${steps}]\n`;
refuses('a distribution upside down', 'pipes', drawn('SVC: { C: { uniform: ‹[2, 1] } }'), {
  code: 'bad-value',
  message: 'the first number is not below the second',
  expected: 'uniform: [a, b]: numbers from a up to b',
});
refuses('a loguniform from zero', 'pipes', drawn('SVC: { C: { loguniform: ‹[0, 1] } }'), {
  code: 'bad-value',
  message: 'the numbers of a loguniform are above 0',
});
refuses('a distribution that reaches out of range', 'pipes', drawn('SVC: { C: ‹{ uniform: [-1, 1] } }'), {
  code: 'too-small',
  message: 'bad value for `SVC.C`',
  value: -1,
});
refuses('a uniform for a whole number', 'pipes', drawn('SVC: { degree: ‹{ uniform: [1, 4] } }'), {
  code: 'wrong-type',
  message: 'bad value for `SVC.degree`',
  expected: 'a whole number',
});
refuses('another method', 'pipes', drawn('SVC', '{ method: ‹ramdom, n: 3 }'), {
  code: 'unknown-value',
  message: 'bad value for `p.search.method`',
  expected: 'one of grid, random, sobol',
  hint: 'Did you mean `random`?',
});
refuses('draws without a number', 'pipes', drawn('SVC', '‹{ method: random }'), {
  code: 'missing-key',
  message: 'the key `n` is missing in `p.search`',
  expected: 'how many to draw',
});
refuses('a grid with a number', 'pipes', drawn('SVC', '{ ‹n: 3 }'), {
  code: 'needs-drawing',
  message: 'a grid has no `n`',
  hint: 'Add `method: random` or `method: sobol`.',
});
refuses('too many draws', 'pipes', drawn('SVC', '{ method: sobol, n: ‹1000001 }'), {
  code: 'too-big',
  message: 'bad value for `p.search.n`',
});
refuses('a search without steps', 'pipes', 'p: ‹{ search: { method: random, n: 3 } }\n', {
  code: 'missing-key',
  message: 'the key `steps` is missing in `p`',
});
refuses('a search at the wrong place', 'pipes', 'p:\n  steps: [SVC]\n  ‹method: random\n', {
  code: 'unknown-key',
  message: 'there is no key `method` in `p`',
  expected: 'one of search, steps',
});
refuses('a pipeline that is a word', 'pipes', 'p: ‹SVC\n', {
  code: 'wrong-type',
  message: 'bad value for `p`',
  value: 'SVC',
  expected: 'a list or a map',
});
refuses('no pipelines', 'pipes', '‹{}\n', { code: 'no-pipelines', message: 'there are no pipelines' });
refuses('no steps', 'pipes', 'p: ‹[]\n', {
  code: 'too-small',
  message: 'bad value for `p`',
  expected: 'a list of at least 1 values',
});
refuses('a step that is a number', 'pipes', 'p: [‹7, SVC]\n', {
  code: 'wrong-type',
  message: 'bad value for `p.0`',
  value: 7,
  expected: 'text or a map',
});
refuses('parameters that are a number', 'pipes', 'p: [SVC: ‹7]\n', {
  code: 'wrong-type',
  message: 'bad value for `p.0.SVC`',
  value: 7,
  expected: 'null or a map or a list',
});
refuses('two steps in one item', 'pipes', 'p:\n  - StandardScaler:\n    ‹SVC: {}\n', {
  code: 'one-step',
  message: 'an item of a pipeline is one step',
  value: 'SVC',
  hint: 'Begin each step with a `-` of its own, and indent its parameters deeper.',
});
refuses('parameters that are not indented', 'pipes', 'p:\n  - SVC:\n    ‹C: 1\n', {
  code: 'one-step',
  message: 'an item of a pipeline is one step',
  hint: 'Begin each step with a `-` of its own, and indent its parameters deeper.',
});
refuses('a union of nothing', 'pipes', 'p: [SVC: ‹[]]\n', {
  code: 'too-small',
  message: 'bad value for `p.0.SVC`',
});
refuses('a pipeline without a classifier', 'pipes', 'p:\n  - StandardScaler\n  - ‹SelectKBest\n', {
  code: 'no-classifier',
  message: 'the last step is not a classifier',
  value: 'SelectKBest',
  expected: 'one of LogisticRegression, SVC, MLPClassifier',
});
refuses('a classifier in the middle', 'pipes', 'p:\n  - ‹SVC: {}\n  - SVC\n', {
  code: 'classifier-inside',
  message: 'a classifier stands before the last step',
  expected: 'a transform',
});
refuses('a pipeline whose name is a path', 'pipes', '‹"../p": [SVC]\n', {
  code: 'bad-name',
  message: 'this is not a plain name (letters, digits, _ . and -, at most 64, and a letter or digit first)',
});
refuses('a pipeline whose name repaints the terminal', 'pipes', '‹"\\e[2J": [SVC]\n', {
  code: 'control-character',
  message: 'the text holds a control character',
  value: 'U+001B',
});
refuses(
  'a grid beyond all bounds',
  'pipes',
  '‹p: [SVC: { C: { linspace: [1, 2, 50000] }, gamma: { linspace: [1, 2, 50000] } }]\n',
  {
    code: 'space-too-large',
    message: 'the grid of `p` is too large',
    value: '2500000000 configs',
    expected: 'at most 50000000',
    hint: 'Draw from it: write `search: {method: random, n: 1000}`, and the steps under `steps:`.',
  },
);
refuses(
  'too many dimensions for Sobol',
  'pipes',
  `‹${drawn(`${Array.from({ length: 31 }, () => 'SelectKBest: [{k: [1, 2]}, {k: [3, 4]}, {k: [5, 6]}]').join(', ')}, SVC: { C: [1, 2], gamma: [1, 2], degree: [1, 2] }`, '{ method: sobol, n: 10 }')}`,
  {
    code: 'too-many-dimensions',
    message: "Sobol's sequence has no numbers for this many parameters",
    value: 65,
    expected: 'at most 64',
    hint: 'Use `method: random`.',
  },
);

Bad('a metric that needs probabilities is refused where a classifier has none', () => {
  const pipes = unmarked(
    'p: [LogisticRegression]\nq: [‹SVC: { C: [1, 2, 3] }]\nr: [SVC: { probability: true }]\n',
  );
  const errors = errorsOf(more('scoring: log_loss\n'), pipes.text);
  assert.equal(
    errors.map(({ code }) => code),
    ['no-probabilities'],
    'once, not per value',
  );
  assert.equal(errors[0].complaint.place!.line, pipes.line);
  assert.equal(errors[0].complaint.place!.column, pipes.column);
  assert.is(errors[0].message, '`scoring` needs probabilities, and this SVC has none');
});

Bad('all errors of both files are told at once, in their order', () => {
  const errors = errorsOf(
    'data: { features: x.xls, metadata: y.csv }\nindx: Run\ntarget: [a]\nsplits: { "a/b": { where: 3 } }\nseed: -1\n',
    'p: [Scaler, SVC: { c: 1, C: [1, x] }]\nq: [SVC: { C: 0 }]\n',
  );
  assert.equal(
    errors.map(
      ({ code, complaint }) =>
        `${complaint.place!.file.replace(/.*\//, '')}:${complaint.place!.line} ${code}`,
    ),
    [
      'config.yaml:1 missing-key',
      'config.yaml:1 unknown-format',
      'config.yaml:2 unknown-key',
      'config.yaml:3 wrong-type',
      'config.yaml:4 bad-name',
      'config.yaml:5 too-small',
      'pipe_configs.yaml:1 unknown-step',
      'pipe_configs.yaml:1 unknown-key',
      'pipe_configs.yaml:1 wrong-type',
      'pipe_configs.yaml:2 too-small',
    ],
  );
});

Bad('values that are told are bounded, and every error is told once', () => {
  const [long] = errorsOf(GOOD_CONFIG, lr(`{ penalty: ${'x'.repeat(100_000)} }`));
  assert.ok((long.complaint.value as string).length <= 80);
  const [nested] = errorsOf(GOOD_CONFIG, lr(`{ C: [[${Array(10_000).fill(1)}]] }`));
  assert.ok(JSON.stringify(nested.complaint.value).length < 100);
  const [key] = errorsOf(GOOD_CONFIG, lr(`{ ${'k'.repeat(900)}: 1 }`));
  assert.ok(key.message.length < 200);
  const keys = Array.from({ length: 500 }, (_, i) => `wrong${i}: 1\n`).join('');
  const many = errorsOf(GOOD_CONFIG + keys, GOOD_PIPES);
  assert.is(many.length, 500);
  const { lines } = explain(new InputErrors(many));
  assert.is(lines.filter(line => line.startsWith('spt: ')).length, 21, 'a screen shows the first twenty');
  assert.is(lines.at(-1), 'spt: and 480 more errors');
  const values = errorsOf(GOOD_CONFIG, lr(`{ C: { linspace: [-1000, 1, 100000] } }`));
  assert.is(values.length, 1, 'a made axis is told once');
});

Bad('nobody is changed by a hostile key', () => {
  errorsOf(GOOD_CONFIG, 'p: [SVC: { __proto__: { polluted: true } }]\n__proto__: { polluted: true }\n');
  assert.is(({} as { polluted?: boolean }).polluted, undefined);
});

Bad('what is right passes', () => {
  assert.equal(errorsOf(GOOD_CONFIG, GOOD_PIPES), []);
});

Bad.run();
