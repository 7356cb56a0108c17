import { categoryNames, type DataColumn } from '../../base/dataset.js';
import { someOf } from '../../base/listing.js';
import type { Obstacle, Shape } from '../needs.js';
import type { Estimator, Transform } from '../types.js';
import type { InnerStep } from './inner-step.js';

/** What is known of data on their way through steps, before anything is trained. */

/** The shape behind some steps, or the first step that cannot be fitted, and why. */
export type Passage = { shape: Shape; obstacle?: undefined } | { obstacle: Obstacle & { step: string } };

/** The obstacle of a step that takes no missing values, where some reach it. */
function missingIn({ name, tags }: Transform | Estimator, { gaps }: Shape): Obstacle | undefined {
  if (tags.missing || gaps.length === 0) return undefined;
  const features = gaps.length === 1 ? '1 feature has' : `${gaps.length} features have`;
  return {
    what: `this step takes no missing values, and ${features} some: ${someOf(gaps)}`,
    value: undefined,
    hint: `Put a step \`- SimpleImputer\` before ${name}.`,
  };
}

/** The line of pipe_configs.yaml that turns categories into numbers. A fold may lack a level that another one has. */
const ENCODE =
  '- ColumnTransformer: { transformers: { categories: { columns: categories, ' +
  'steps: [{ OneHotEncoder: { handle_unknown: ignore } }] } }, remainder: passthrough }';

/** The obstacle of a step that takes no codes of categories, where some reach it. */
function categoriesIn({ name, tags }: Transform | Estimator, shape: Shape): Obstacle | undefined {
  const { categories } = shape;
  if (tags.categories || categories.length === 0) return undefined;
  const features =
    categories.length === 1 ? '1 feature is a category' : `${categories.length} are categories`;
  return {
    what: `this step takes numbers only, and ${features}: ${someOf(categories)}`,
    value: undefined,
    hint: `Encode them in a line before ${name}: \`${ENCODE}\``,
  };
}

/** What becomes of data of a shape in some steps, one after the other. */
export function passage(steps: readonly InnerStep[], shape: Shape): Passage {
  let current = shape;
  for (const { kind, params } of steps) {
    const obstacle = categoriesIn(kind, current) ?? missingIn(kind, current) ?? kind.needs?.(params, current);
    if (obstacle) return { obstacle: { ...obstacle, step: kind.name } };
    const leaves = kind.kind === 'transform' ? kind.leaves : undefined;
    current = leaves ? leaves(params, current) : { ...current, least: undefined };
  }
  return { shape: current };
}

/** The shape of some of the columns, whose places are given. */
export function partOfShape(shape: Shape, columns: readonly DataColumn[], places: readonly number[]): Shape {
  const taken = places.map(place => columns[place]);
  const names = new Set(taken.map(({ name }) => name));
  const { least } = shape;
  return {
    ...shape,
    features: taken.length,
    columns: taken,
    categories: categoryNames(taken),
    gaps: shape.gaps.filter(name => names.has(name)),
    least: least && names.has(least.feature) ? least : undefined,
  };
}

/** The shape of columns that are not known before the fit: at most all of them. */
export function unknownPart(shape: Shape): Shape {
  return { ...shape, columns: undefined, categories: [], gaps: [], least: undefined };
}
