import type { Starter } from './starter.js';

/** The text of a commented pipe_configs.yaml for a table: six pipelines of the task, and a baseline. Pure. */

/** From so many samples on, machines with kernels are too slow to begin with. */
const MANY_SAMPLES = 20_000;

/** What the pipelines have to do with the columns. */
interface Needs {
  regression: boolean;
  /** How many samples the smallest training part of a fold has. */
  samples: number;
  numbers: boolean;
  /** Whether numbers have missing values. */
  gaps: boolean;
  categories: boolean;
}

function needsOf({ outline, features, target, classes, folds, tiny }: Starter): Needs {
  const isNumber = ({ kind }: { kind: string }): boolean => kind !== 'category';
  const samples = outline.rows - target.missing - tiny.length;
  return {
    regression: classes === undefined,
    samples: Math.floor((samples * (folds - 1)) / folds),
    numbers: features.some(isNumber),
    gaps: features.some(column => isNumber(column) && column.missing > 0),
    categories: features.some(column => !isNumber(column)),
  };
}

/** The text of pipe_configs.yaml. */
export function starterPipelines(starter: Starter): string {
  const needs = needsOf(starter);
  const parts = [linear, supportVectors, forest, boosting, network, neighbors, baseline];
  return [heading(needs), ...parts.map(part => part(needs))].map(lines => `${lines.join('\n')}\n`).join('\n');
}

function heading({ gaps, categories }: Needs): string[] {
  return [
    "# The pipelines to search: scikit-learn's own names for steps and parameters. spt init wrote them for the table.",
    '# A list is an axis: every combination is one config. A pipeline with `search:` draws its configs at random.',
    '# Ranges come from published guides, which the comments name. They are a beginning: `spt check` tells where the',
    '# best config stands at an end of its range.',
    ...(gaps ? ['# SimpleImputer fills missing values, learned from the training samples only.'] : []),
    ...(categories
      ? ['# OneHotEncoder makes a feature of each level. A level that a fold lacks is zero in all of them.']
      : []),
  ];
}

/** The steps that prepare the features of a model. */
function prepared(needs: Needs, { scaled, filled = true }: { scaled: boolean; filled?: boolean }): string[] {
  const steps = [
    ...(needs.gaps && filled ? ['{ SimpleImputer: { strategy: median } }'] : []),
    ...(scaled && needs.numbers ? ['StandardScaler'] : []),
  ];
  if (!needs.categories) return steps.map(step => `- ${step.replace(/^\{ (.*) \}$/, '$1')}`);
  const numbers = `    numbers: { columns: numbers, steps: [${steps.join(', ')}] }`;
  return [
    '- ColumnTransformer:',
    '    transformers:',
    ...(steps.length > 0 ? [`  ${numbers}`] : []),
    '      categories: { columns: categories, steps: [{ OneHotEncoder: { handle_unknown: ignore } }] }',
    ...(steps.length > 0 ? [] : ['    remainder: passthrough']),
  ];
}

const under = (name: string, lines: readonly string[]): string[] => [
  `${name}:`,
  ...lines.map(line => `  ${line}`),
];

/** A pipeline that draws its configs. */
const drawn = (name: string, n: number, lines: readonly string[]): string[] =>
  under(name, [`search: { method: random, n: ${n} }`, 'steps:', ...lines.map(line => `  ${line}`)]);

function linear(needs: Needs): string[] {
  const steps = prepared(needs, { scaled: true });
  if (needs.regression) {
    return [
      '# A linear model with both penalties. l1_ratio 1 is the lasso. alpha goes down a path of powers of ten, as in',
      '# glmnet (Friedman, Hastie and Tibshirani 2010, J Stat Softw 33).',
      ...under('enet', [
        ...steps,
        '- ElasticNet: { alpha: { logspace: [-3, 1, 9] }, l1_ratio: [0.1, 0.5, 0.9, 1.0] }',
      ]),
    ];
  }
  return [
    '# A linear model with both penalties. l1_ratio 1 is the lasso. C goes up a path of powers of ten, as in glmnet',
    '# (Friedman, Hastie and Tibshirani 2010, J Stat Softw 33).',
    ...under('enet', [
      ...steps,
      '- LogisticRegression:',
      '    { penalty: elasticnet, solver: saga, C: { logspace: [-3, 1, 9] }, l1_ratio: [0.1, 0.5, 0.9, 1.0] }',
    ]),
  ];
}

function supportVectors(needs: Needs): string[] {
  const steps = prepared(needs, { scaled: true });
  const end = needs.regression ? 'R' : 'C';
  if (needs.samples > MANY_SAMPLES) return withoutKernels(needs, steps);
  return [
    '# Support vectors. C and gamma as in the guide by Hsu, Chang and Lin (A Practical Guide to Support Vector',
    '# Classification, 2003): powers of two from 2^-5 and from 2^-15. C ends at 2^10, because larger ones take long.',
    ...(needs.regression
      ? ['# C and epsilon are in the unit of the target: widen them where its values are large.']
      : []),
    ...drawn('svm', 40, [
      ...steps,
      `- SV${end}:`,
      '    kernel: rbf',
      '    C: { loguniform: [0.03125, 1024] }',
      '    gamma: { loguniform: [0.00003, 8] }',
      ...(needs.regression ? ['    epsilon: { loguniform: [0.01, 1] }'] : []),
    ]),
  ];
}

/** A linear model in the place of a machine with a kernel. */
function withoutKernels({ regression }: Needs, steps: readonly string[]): string[] {
  if (regression) {
    return [
      '# Ridge regression instead of support vectors, because kernels take long on so many samples. alpha goes down a',
      '# path of powers of ten, as in glmnet.',
      ...under('ridge', [...steps, '- Ridge: { alpha: { logspace: [-3, 4, 15] } }']),
    ];
  }
  return [
    '# A linear machine, because one with kernels takes long on so many samples. C as in the guide by Hsu, Chang',
    '# and Lin (A Practical Guide to Support Vector Classification, 2003), up to 2^5.',
    ...drawn('svm', 12, [...steps, '- LinearSVC: { C: { loguniform: [0.03125, 32] } }']),
  ];
}

function forest(needs: Needs): string[] {
  const name = needs.regression ? 'RandomForestRegressor' : 'RandomForestClassifier';
  return [
    '# A random forest. The features tried at a split count most, then the size of leaves (Probst, Wright and',
    '# Boulesteix 2019, WIREs Data Mining 9). More trees are never worse, and take longer.',
    ...under('rf', [
      ...prepared(needs, { scaled: false }),
      `- ${name}: { n_estimators: 300, max_features: [sqrt, 0.33, 0.66, 1.0], min_samples_leaf: [1, 3, 10] }`,
    ]),
  ];
}

function boosting(needs: Needs): string[] {
  const name = needs.regression ? 'XGBRegressor' : 'XGBClassifier';
  return [
    '# Boosted trees. Small steps, and parts of the samples and features for each tree (Friedman 2001 and 2002). The',
    '# ranges are inside of those of Probst, Boulesteix and Bischl (2019, JMLR 20).',
    ...(needs.gaps ? ['# It learns where missing values go, so nothing fills them.'] : []),
    ...drawn('xgb', 40, [
      ...prepared(needs, { scaled: false, filled: false }),
      `- ${name}:`,
      '    n_estimators: [100, 300]',
      '    learning_rate: { loguniform: [0.01, 0.3] }',
      '    max_depth: { randint: [2, 8] }',
      '    min_child_weight: { loguniform: [1, 16] }',
      '    subsample: { uniform: [0.5, 1] }',
      '    colsample_bytree: { uniform: [0.4, 1] }',
    ]),
  ];
}

function network(needs: Needs): string[] {
  const name = needs.regression ? 'MLPRegressor' : 'MLPClassifier';
  return [
    '# A neural network. The learning rate counts most, and ranges are of powers of ten (Bengio 2012, Practical',
    '# Recommendations for Gradient-Based Training of Deep Architectures).',
    ...drawn('mlp', 16, [
      ...prepared(needs, { scaled: true }),
      `- ${name}:`,
      '    hidden_layer_sizes: [[16], [64], [32, 16]]',
      '    alpha: { loguniform: [0.0001, 1] }',
      '    learning_rate_init: { loguniform: [0.0003, 0.03] }',
    ]),
  ];
}

function neighbors(needs: Needs): string[] {
  const name = needs.regression ? 'KNeighborsRegressor' : 'KNeighborsClassifier';
  const possible = [3, 5, 9, 15, 25, 51].filter(k => 2 * k <= needs.samples);
  const counts = possible.length > 0 ? possible : [1];
  return [
    '# Nearest neighbours: from few, up to about the square root of the samples and beyond (Hastie, Tibshirani and',
    '# Friedman, The Elements of Statistical Learning, chapter 13).',
    ...under('knn', [
      ...prepared(needs, { scaled: true }),
      `- ${name}: { n_neighbors: [${counts.join(', ')}], weights: [uniform, distance] }`,
    ]),
  ];
}

function baseline({ regression }: Needs): string[] {
  const [what, step] = regression
    ? ['the mean of the target', 'DummyRegressor: { strategy: mean }']
    : ['the shares of the classes', 'DummyClassifier: { strategy: prior }'];
  return [`# The baseline: it ignores the features and says ${what}.`, ...under('baseline', [`- ${step}`])];
}
