/** What is wrong with axes, distributions and searches. */
import { suite } from 'uvu';
import { drawn, lr, refusalsOf } from '../../support/bad-input.js';

const Bad = suite('bad axes and searches');
const refuses = refusalsOf(Bad);

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

Bad.run();
