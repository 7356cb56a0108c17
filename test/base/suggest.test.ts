/** Which name is proposed for a mistyped one, and how many edits lie between two words. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { didYouMean, editDistance, nearest, oneOf } from '../../src/base/suggest.js';

const Suggest = suite('suggest');

const steps = [
  'StandardScaler',
  'MinMaxScaler',
  'SVC',
  'RandomForestClassifier',
  'PCA',
  'LogisticRegression',
];

Suggest('counts insertions, deletions, replacements and swaps', () => {
  assert.is(editDistance('', ''), 0);
  assert.is(editDistance('abc', ''), 3);
  assert.is(editDistance('', 'abc'), 3);
  assert.is(editDistance('kitten', 'sitting'), 3);
  assert.is(editDistance('penatly', 'penalty'), 1);
  assert.is(editDistance('ca', 'abc'), 3, 'a swapped pair is not edited again');
});

Suggest('finds what was mistyped', () => {
  assert.is(nearest('StandardScalar', steps), 'StandardScaler');
  assert.is(nearest('standard_scaler', steps), 'StandardScaler');
  assert.is(nearest('SVM', steps), 'SVC');
  assert.is(nearest('svc', steps), 'SVC');
  assert.is(nearest('LogisitcRegresion', steps), 'LogisticRegression');
});

Suggest('finds the only name that contains the word', () => {
  assert.is(nearest('RandomForest', steps), 'RandomForestClassifier');
  assert.is(nearest('Scaler', steps), undefined, 'two contain it');
});

Suggest('stays silent where nothing is near', () => {
  assert.is(nearest('GaussianProcess', steps), undefined);
  assert.is(nearest('', steps), undefined);
  assert.is(nearest('q', ['C', 'k']), undefined, 'a letter replaced is another word');
  assert.is(nearest('c', ['C', 'k']), 'C');
  assert.is(nearest('x'.repeat(1_000_000), steps), undefined);
  assert.is(didYouMean('nothing', []), undefined);
});

Suggest('says it in a sentence', () => {
  assert.is(didYouMean('PCB', steps), 'Did you mean `PCA`?');
  assert.is(oneOf(['a']), 'a');
  assert.is(oneOf(['a', 'b']), 'one of a, b');
  assert.is(oneOf([]), 'none: no name is defined here');
  assert.match(oneOf(Array.from({ length: 100 }, (_, i) => `n${i}`)), /n29 and 70 more$/);
});

Suggest.run();
