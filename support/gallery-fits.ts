/** Examples of the warnings and refusals of a fit. A failed config has these messages in the log. */
import type { Config, Step } from '../src/base/config.js';
import { numberColumns, type SplitData } from '../src/base/dataset.js';
import { refit } from '../src/ml/evaluate.js';
import { explain } from '../src/terminal/complaints.js';
import { InputError } from '../src/base/errors.js';
import { targetOf } from './datasets.js';
import type { Example, Told } from './gallery.js';

/** Samples of the features a, b, c ..., given column by column. The classes take turns. */
function dataOf(columns: number[][], classes = 2, labels?: number[]): SplitData {
  const rows = columns[0].length;
  const index = columns[0].map((_, i) => `s${i}`);
  const x = { rows, columns: columns.length, data: Float64Array.from(columns.flat()) };
  const y = Int32Array.from(labels ?? index.map((_, i) => i % classes));
  return {
    columns: numberColumns(columns.map((_, j) => String.fromCharCode(97 + j))),
    target: { kind: 'classes', names: ['well', 'sick', 'other'].slice(0, classes) },
    train: { index, x, target: targetOf(y, classes) },
  };
}

const twenty = [...Array(20).keys()];
const wave = twenty.map(i => (i * 7) % 11);
const apart = twenty.map(i => (i % 2) * 10 + i / 10);
/** Two sites, and one more that only a validation sample has. */
const sites: SplitData = {
  ...dataOf([twenty.map(i => (i >> 1) % 2)]),
  columns: [{ name: 'site', kind: 'category', levels: ['Bonn', 'Jena'] }],
  validate: dataOf([[0, 1, 2]]).train,
};
/** A feature lacks a value in a validation sample only. */
const withNewGap: SplitData = { ...dataOf([wave, wave.with(3, NaN)]), validate: dataOf([[NaN], [1]]).train };
const noisy = dataOf([wave, twenty.map(i => (i * 13) % 17)]);

/** A ColumnTransformer with one group of these columns. */
const columns = (names: string[]): Step => ({
  ColumnTransformer: { transformers: [{ name: 'g', columns: names, steps: [{ StandardScaler: {} }] }] },
});

/** A target of values, the first of them 0. */
const values: SplitData = {
  ...noisy,
  target: { kind: 'values' },
  train: { ...noisy.train, target: { kind: 'values', values: Float64Array.from(twenty) } },
};

function fit(code: string, steps: Step[], data = noisy): Example {
  const provoke = async (): Promise<Told> => {
    try {
      const config = {
        id: 'x',
        pipeline: 'p',
        split: 'A1',
        steps,
        scoring: 'accuracy',
        metrics: ['accuracy'],
        seed: 1,
      };
      const { warnings } = refit(config as unknown as Config, data);
      const text = warnings
        .map(({ step, where, message }) => `warning: ${step}, ${where}: ${message}`)
        .join('\n');
      return { codes: warnings.map(warning => warning.code), text };
    } catch (error) {
      return { codes: [(error as InputError).code], text: explain(error).lines.join('\n') };
    }
  };
  return { code, written: steps.map(step => `- ${JSON.stringify(step)}`).join('\n'), provoke };
}

export const ofFits: Example[] = [
  fit('categories', [{ StandardScaler: {} }, { LogisticRegression: {} }], sites),
  fit('categories', [{ SimpleImputer: {} }, { LogisticRegression: {} }], sites),
  fit('not-converged', [{ LogisticRegression: { max_iter: 1, C: 100, tol: 1e-9 } }]),
  fit('not-converged', [{ SVC: { max_iter: 1 } }]),
  fit('not-converged', [{ MLPClassifier: { max_iter: 2, hidden_layer_sizes: [2] } }]),
  fit('not-converged', [{ MLPClassifier: { max_iter: 2, hidden_layer_sizes: [2], solver: 'lbfgs' } }]),
  fit('separable', [{ LogisticRegression: { penalty: null } }], dataOf([apart])),
  fit('empty-feature', [{ SimpleImputer: {} }, { GaussianNB: {} }], dataOf([wave, twenty.map(() => NaN)])),
  fit('singular-covariance', [{ LinearDiscriminantAnalysis: { solver: 'lsqr' } }], dataOf([wave, wave])),
  fit('singular-covariance', [{ LinearDiscriminantAnalysis: { solver: 'eigen' } }], dataOf([wave, wave])),
  fit('not-finite', [{ SVC: {} }], dataOf([wave.with(3, NaN)])),
  fit('no-column', [columns(['a', 'x*']), { SVC: {} }]),
  fit('no-importances', [{ SelectFromModel: { estimator: { GaussianNB: {} } } }, { SVC: {} }]),
  fit('too-many-features', [
    { RFE: { estimator: { SVC: { kernel: 'linear' } }, n_features_to_select: 3 } },
    { SVC: {} },
  ]),
  fit(
    'target-range',
    [{ TransformedTargetRegressor: { regressor: { DummyRegressor: {} }, func: 'log' } }],
    values,
  ),
  fit(
    'one-class',
    [{ SVC: {} }],
    dataOf(
      [wave],
      2,
      twenty.map(() => 1),
    ),
  ),
  fit('zero-class-weight', [{ SVC: { class_weight: { sick: 0 } } }]),
  fit('unknown-class', [{ SVC: { class_weight: { ill: 1 } } }]),
  fit('too-few-samples', [{ KNeighborsClassifier: { n_neighbors: 50 } }]),
  fit('too-few-samples', [{ LinearDiscriminantAnalysis: {} }], dataOf([[1, 2]])),
  fit('too-few-samples', [{ MLPClassifier: { early_stopping: true } }], dataOf([[1, 2, 3, 4]])),
  fit('bad-priors', [{ GaussianNB: { priors: [0.5, 0.2] } }]),
  fit('too-many-components', [{ PCA: { n_components: 5 } }, { SVC: {} }]),
  fit('not-positive', [{ PowerTransformer: { method: 'box-cox' } }, { SVC: {} }]),
  fit('negative-value', [{ StandardScaler: {} }, { SelectKBest: { score_func: 'chi2', k: 1 } }, { SVC: {} }]),
  fit('negative-value', [{ StandardScaler: {} }, { MultinomialNB: {} }]),
  fit('not-binary', [{ BernoulliNB: { binarize: null } }]),
  fit('not-learned', [{ BernoulliNB: { alpha: 0, binarize: 100 } }]),
  fit('singular-covariance', [{ QuadraticDiscriminantAnalysis: {} }], dataOf([wave, wave])),
  fit('too-few-samples', [{ QuadraticDiscriminantAnalysis: {} }], dataOf([[1, 2, 3]])),
  fit(
    'no-better-than-chance',
    [{ AdaBoostClassifier: { algorithm: 'SAMME' } }],
    dataOf([twenty.map(() => 1)]),
  ),
  fit('k-too-large', [{ SelectKBest: { k: 5 } }, { SVC: {} }]),
  fit('unknown-category', [{ OneHotEncoder: {} }, { GaussianNB: {} }], sites),
  fit('bad-parameter', [
    { OrdinalEncoder: { handle_unknown: 'use_encoded_value', unknown_value: 3 } },
    { GaussianNB: {} },
  ]),
  fit('new-gap', [{ MissingIndicator: {} }, { GaussianNB: {} }], withNewGap),
  fit('few-bins', [{ KBinsDiscretizer: {} }, { GaussianNB: {} }], dataOf([twenty.map(i => i % 3)])),
  fit(
    'too-many-features',
    [{ PolynomialFeatures: { degree: 20 } }, { GaussianNB: {} }],
    dataOf(twenty.map(() => wave)),
  ),
  fit('no-features', [{ VarianceThreshold: { threshold: 1000 } }, { SVC: {} }]),
  fit('bad-parameter', [{ SelectPercentile: { percentile: 0 } }, { SVC: {} }]),
  fit('bad-pipeline', [{ StandardScaler: {} }]),
  fit('too-many-samples', [{ RandomForestClassifier: { max_samples: 50 } }]),
  fit('too-large', [{ DecisionTreeClassifier: {} }], dataOf([wave.with(3, 1e39)])),
  fit('too-large', [{ SVC: { kernel: 'linear' } }], dataOf([wave.with(3, 1e300)])),
];
