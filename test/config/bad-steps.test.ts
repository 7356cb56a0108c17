/** What is wrong with the steps of a pipeline and with the values of their parameters. */
import { suite } from 'uvu';
import { registry } from '../../src/ml/registry.js';
import { metrics } from '../../src/ml/scoring/metrics.js';
import { lr, refusalsOf } from '../../support/bad-input.js';

const Bad = suite('bad steps and values');
const refuses = refusalsOf(Bad);

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

// ---- the real steps

const refusesReal = refusalsOf(Bad, { steps: registry, metrics });

refusesReal(
  'a real value out of range',
  'pipes',
  'p: [RandomForestClassifier: { n_estimators: [10, ‹0] }]\n',
  {
    code: 'too-small',
    message: 'bad value for `RandomForestClassifier.n_estimators`',
    value: 0,
    expected: 'a number of at least 1',
  },
);
refusesReal(
  'a mistyped word or a count or a share',
  'pipes',
  'p: [RandomForestClassifier: { max_features: ‹sqr }]\n',
  {
    code: 'wrong-type',
    message: 'bad value for `RandomForestClassifier.max_features`',
    value: 'sqr',
    expected: 'one of sqrt, log2 or a whole number of at least 1, or a share above 0 and up to 1.0',
    hint: 'Did you mean `sqrt`?',
  },
);
refusesReal('neither a count nor a share', 'pipes', 'p: [PCA: { n_components: ‹-1 }, GaussianNB]\n', {
  code: 'bad-value',
  message: 'bad value for `PCA.n_components`',
  value: -1,
  expected: 'a whole number of at least 1, or a share above 0 and below 1',
  hint:
    'A number with a point, or of a linspace, is a share: 1.0 is all, which is too much here, and 1 is one. ' +
    'Write counts without a point, or as a range.',
});
refusesReal('a kernel that there is not', 'pipes', 'p: [SVC: { kernel: [rbf, ‹gauss] }]\n', {
  code: 'unknown-value',
  message: 'bad value for `SVC.kernel`',
  value: 'gauss',
  expected: 'one of linear, poly, rbf, sigmoid',
});
refusesReal('a real parameter mistyped', 'pipes', 'p: [LogisticRegression: { ‹l1_ration: 0.5 }]\n', {
  code: 'unknown-key',
  message: 'there is no key `l1_ration` in `LogisticRegression`',
  value: 'l1_ration',
  hint: 'Did you mean `l1_ratio`?',
});
refusesReal(
  'a layer without units',
  'pipes',
  'p: [MLPClassifier: { hidden_layer_sizes: [[100], [50, ‹0]] }]\n',
  {
    code: 'too-small',
    message: 'bad value for `MLPClassifier.hidden_layer_sizes.1`',
    value: 0,
    expected: 'a number of at least 1',
  },
);

Bad.run();
