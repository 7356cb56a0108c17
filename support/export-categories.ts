/** A table of numbers and categories, and the pipelines whose exports are tried on it. */
import type { Step } from '../src/base/config.js';
import type { DataColumn, Samples, SplitData } from '../src/base/dataset.js';
import { Rng } from '../src/base/rng.js';
import { emptyMatrix } from '../src/ml/algebra/matrix.js';
import type { ExportCase, ExportTable } from './export-cases.js';

const COLUMNS: DataColumn[] = [
  { name: 'age', kind: 'number' },
  { name: 'site', kind: 'category', levels: ['upper lobe', 'b "quoted"', 'Größe', 'a'] },
  { name: 'dose', kind: 'number' },
  { name: 'stage', kind: 'category', levels: ['low', 'middle', 'high'], ordered: true },
  { name: 'count', kind: 'number' },
];

/** Rows with missing levels of `site`; with `unseen`, some have a level that no other row has. */
function samples(rows: number, seed: number, unseen: boolean): Samples {
  const rng = Rng.from('categories', seed);
  const x = emptyMatrix(rows, COLUMNS.length);
  const codes = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const site = rng.below(4);
    const stage = rng.below(3);
    const values = [
      40 + 30 * rng.float(),
      rng.below(9) === 0 ? NaN : unseen && rng.below(9) === 0 ? 4 : site,
      rng.float(),
      unseen && rng.below(9) === 0 ? 3 : stage,
      rng.below(3),
    ];
    values.forEach((value, j) => (x.data[j * rows + i] = value));
    codes[i] = Number(values[0] / 20 + site + 2 * stage + values[4] + 3 * rng.float() > 8.5);
  }
  return { x, index: Array.from(codes, (_, i) => `s${i}`), target: { kind: 'classes', codes, k: 2 } };
}

/** The rows of the fit, and rows with levels that it does not have. */
export function categoryTable(): SplitData {
  return {
    columns: COLUMNS,
    target: { kind: 'classes', names: ['no', 'yes'] },
    train: samples(120, 1, false),
    validate: samples(60, 2, true),
  };
}

type Group = [name: string, columns: readonly string[], steps: readonly Step[]];

const grouped = (name: string, last: Step, groups: readonly Group[], remainder = 'drop'): ExportCase => ({
  name,
  steps: [
    {
      ColumnTransformer: {
        transformers: groups.map(([group, columns, steps]) => ({ name: group, columns, steps })),
        remainder,
      },
    } as unknown as Step,
    last,
  ],
});

const logistic: Step = { LogisticRegression: { C: 0.5 } };
const scaled: Group = ['numbers', ['dose', 'age'], [{ StandardScaler: {} }]];
const ordinal = { handle_unknown: 'use_encoded_value', unknown_value: -1 };

export const CATEGORY_CASES: readonly ExportCase[] = [
  grouped('OneHotEncoder: other levels are zeros', logistic, [
    scaled,
    ['texts', ['stage', 'site'], [{ OneHotEncoder: { handle_unknown: 'ignore' } }]],
  ]),
  grouped('OneHotEncoder: other levels are refused', logistic, [
    scaled,
    ['texts', ['site', 'stage'], [{ OneHotEncoder: { drop: 'first' } }]],
  ]),
  grouped('OneHotEncoder behind an imputer, beside numbers', { DecisionTreeClassifier: { max_depth: 4 } }, [
    ['texts', ['site'], [{ SimpleImputer: { strategy: 'most_frequent' } }, { OneHotEncoder: {} }]],
    ['counts', ['count'], [{ OneHotEncoder: { handle_unknown: 'ignore', drop: 'if_binary' } }]],
  ]),
  grouped(
    'OrdinalEncoder: codes of their own',
    { RandomForestClassifier: { n_estimators: 7 } },
    [['texts', ['site', 'stage'], [{ OrdinalEncoder: { ...ordinal, encoded_missing_value: -2 } }]]],
    'passthrough',
  ),
  grouped('OrdinalEncoder: missing values stay', logistic, [
    ['texts', ['stage', 'site'], [{ OrdinalEncoder: {} }, { SimpleImputer: {} }]],
    scaled,
  ]),
];

/** scikit-learn cannot be told of rare categories without their counts. */
export const RARE_CASE: ExportCase = grouped('OneHotEncoder: rare categories', logistic, [
  ['texts', ['site'], [{ OneHotEncoder: { max_categories: 3, handle_unknown: 'infrequent_if_exist' } }]],
]);

/** The table, with all of its cases. */
export function categoryExports(): ExportTable {
  return { name: 'categories', data: categoryTable(), cases: [...CATEGORY_CASES, RARE_CASE] };
}
