/** What is wrong with whole pipelines, and with several things at once. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputErrors } from '../../src/base/errors.js';
import { explain } from '../../src/terminal/complaints.js';
import {
  drawn,
  errorsOf,
  GOOD_CONFIG,
  GOOD_PIPES,
  lr,
  more,
  refusalsOf,
  unmarked,
} from '../../support/bad-input.js';

const Bad = suite('bad pipelines');
const refuses = refusalsOf(Bad);

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
  hint: 'Begin each step with a `-`, and indent its parameters deeper.',
});
refuses('parameters that are not indented', 'pipes', 'p:\n  - SVC:\n    ‹C: 1\n', {
  code: 'one-step',
  message: 'an item of a pipeline is one step',
  hint: 'Begin each step with a `-`, and indent its parameters deeper.',
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
/** A step of two dimensions, and one of three. */
const UNION = 'SelectKBest: [{k: [1, 2]}, {k: [3, 4]}, {k: [5, 6]}]';
const CUBE = 'SVC: { C: [1, 2], gamma: [1, 2], degree: [1, 2] }';
refuses(
  'too many dimensions for Sobol',
  'pipes',
  `‹${drawn([...Array(31).fill(UNION), CUBE].join(', '), '{ method: sobol, n: 10 }')}`,
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
