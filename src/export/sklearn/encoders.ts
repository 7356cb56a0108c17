/** Encoders of categories as code of Python. scikit-learn's class is fitted on a table that holds the categories. */
import type { Levels } from '../plan.js';
import type { EncodePart } from '../plan-transforms.js';
import { refusal } from '../refusal.js';
import { pythonLiteral, type PythonValue } from './literals.js';
import { argumentsOf } from './parameters.js';
import type { StepCode } from './step-code.js';

/** The code of OneHotEncoder and OrdinalEncoder. `levels` are those of its features. */
export function encodeCode(part: EncodePart, levels: Levels): StepCode {
  const { step, params, starts, categories, places, others, widths } = part;
  refuseRare(part);
  if (levels.some(own => own === null) && levels.some(own => own !== null)) {
    throw refusal(step, 'a program of scikit-learn holds no encoder of categories and numbers', [
      'onnx',
      'c',
    ]);
  }
  const lists = levels.map((own, j) => listText(categories.subarray(starts[j], starts[j + 1]), own));
  return {
    className: step,
    imports: [`from sklearn.preprocessing import ${step}`],
    args: [`categories=[${lists.join(', ')}]`, ...argumentsOf(step, params, [], OWN), ...ownArguments(part)],
    lines: ['fit_encoder(step)'],
    numbers: { starts, categories, places, others, ...(widths && { widths }) },
    helpers: ['encoder'],
    countsFeatures: false,
  };
}

/** Parameters that the code writes itself, or that have no effect on a fitted encoder. */
const OWN = [
  ...['categories', 'sparse', 'sparse_output', 'min_frequency', 'max_categories'],
  ...['unknown_value', 'encoded_missing_value'],
];

function ownArguments({ params, widths }: EncodePart): string[] {
  if (widths) return ['sparse_output=False'];
  const { unknown_value, encoded_missing_value } = params;
  return [
    ...(unknown_value === null ? [] : [`unknown_value=${numberText(unknown_value)}`]),
    ...(encoded_missing_value === 'nan'
      ? []
      : [`encoded_missing_value=${numberText(encoded_missing_value)}`]),
  ];
}

const numberText = (value: unknown): string =>
  value === 'nan' ? 'numpy.nan' : pythonLiteral(value as PythonValue);

/** The categories of a feature as an array of numpy: texts where it has levels. */
function listText(categories: Float64Array, levels: readonly string[] | null): string {
  const items = Array.from(categories, value => textOf(value, levels));
  return `numpy.array([${items.join(', ')}], dtype=${levels ? 'object' : 'float'})`;
}

/** A value of a feature in code: the text of its level, or the number. */
export function textOf(value: number, levels: readonly string[] | null): string {
  if (Number.isNaN(value)) return 'numpy.nan';
  return pythonLiteral(levels ? levels[value] : value);
}

/** Rare categories share a feature behind the others. scikit-learn finds them by counts, which are not kept. */
function refuseRare({ step, starts, places, others, widths, inputs }: EncodePart): void {
  if (!widths) return;
  for (let j = 0; j < inputs; j++) {
    const own = places.subarray(starts[j], starts[j + 1]).filter(place => place >= 0);
    const isAscending = own.every((place, at) => at === 0 || place > own[at - 1]);
    if (isAscending && others[j] < 0) continue;
    throw refusal(step, 'a program of scikit-learn does not hold rare categories', ['onnx', 'c']);
  }
}
