import { z } from 'zod';
import { numberColumns, type DataColumn } from '../../base/dataset.js';
import { column, emptyMatrix } from '../algebra/matrix.js';
import { UNCHANGED } from '../invariances.js';
import { amountOf, countOrShare, unused } from '../parameters.js';
import { categoriesOf, categoryName, placeIn, placesOf, unknownCategory } from './categories.js';
import { defineTransform } from './define.js';

/**
 * scikit-learn's OneHotEncoder (sklearn/preprocessing/_encoders.py): each category of the fit's samples becomes a 0/1
 * feature. Rare categories share one feature, which stands behind those of the others. The result is dense.
 */

/** What a value becomes that is none of the categories: an error, or zeros in all features. Else it is a place. */
const ERROR = -2;
const ZEROS = -1;

/** One column: what its categories become. */
interface Coded {
  /** For each category the place among the features of the column, or ZEROS for the one that is dropped. */
  places: Int32Array;
  /** How many features the column becomes. */
  width: number;
  /** The place of the rare categories; ZEROS where there are none, or where they are dropped. */
  rare: number;
  /** What other values become: ERROR, ZEROS or a place. */
  others: number;
}

const PARAMETERS = z.strictObject({
  categories: unused(z.enum(['auto']).default('auto')),
  drop: z
    .enum(['first', 'if_binary'])
    .nullable()
    .default(null)
    .describe('whether the first feature of each column is left out, or that of columns with two categories'),
  handle_unknown: z
    .enum(['error', 'ignore', 'infrequent_if_exist'])
    .default('error')
    .describe('what a category becomes that the fit has not seen: an error, zeros, or a rare category'),
  min_frequency: countOrShare(1, false)
    .nullable()
    .default(null)
    .describe('categories with fewer samples are rare and share one feature; null keeps all apart'),
  max_categories: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('the most features of a column; the rarest categories share one of them'),
  sparse: unused(z.union([z.boolean(), z.literal('deprecated')]).default('deprecated')),
  sparse_output: unused(z.boolean().default(true), 'no effect here: the result is dense'),
});

type Parameters = z.infer<typeof PARAMETERS>;

export const oneHotEncoder = defineTransform({
  name: 'OneHotEncoder',
  summary: 'turns each category into a 0/1 feature',
  missing: true,
  categories: true,
  params: PARAMETERS,
  invariances: ({ min_frequency }) => ({
    ...UNCHANGED,
    shift: 'exact',
    sampleOrder: 'exact',
    doubled: typeof min_frequency === 'number' && min_frequency >= 1 ? 'no' : 'exact',
  }),
  leaves: (_, shape) => ({
    ...shape,
    features: Infinity,
    gaps: [],
    categories: [],
    columns: undefined,
    least: undefined,
  }),
  learn(problem, params) {
    const categories = categoriesOf(problem);
    const places = placesOf(problem.x, categories);
    const coded = categories.map((own, j) => codedBy(countsOf(places[j], own.length), params));
    return {
      categories,
      places: coded.map(one => one.places),
      width: Int32Array.from(coded, one => one.width),
      rare: Int32Array.from(coded, one => one.rare),
      others: Int32Array.from(coded, one => one.others),
    };
  },
  apply({ categories, places, width, others }, x) {
    const starts = startsOf(width);
    const out = emptyMatrix(x.rows, starts[width.length]);
    categories.forEach((own, j) => {
      const placeOf = featureOf(own, places[j], others[j], j);
      column(x, j).forEach((value, i) => {
        const place = placeOf(value);
        if (place !== ZEROS) out.data[(starts[j] + place) * x.rows + i] = 1;
      });
    });
    return out;
  },
  columns: (learned, columns) => numberColumns(columns.flatMap((about, j) => namesOf(about, j, learned))),
  flow({ width }, features) {
    const from = Int32Array.from(Array.from(width).flatMap((count, j) => new Array<number>(count).fill(j)));
    return { kind: 'each', features, from, factor: new Float64Array(from.length).fill(NaN) };
  },
});

/** How many samples each of the categories has. */
function countsOf(places: Int32Array, categories: number): Int32Array {
  const counts = new Int32Array(categories);
  for (const place of places) counts[place]++;
  return counts;
}

/** What the categories of a column become, given how many samples each of them has. */
function codedBy(counts: Int32Array, params: Parameters): Coded {
  const isRare = rareOnes(counts, params);
  const frequent = isRare.filter(own => !own).length;
  const all = isRare.includes(true) ? frequent + 1 : frequent;
  const isDropping = params.drop === 'first' || (params.drop === 'if_binary' && all === 2);
  // Without the first feature, each place moves down by one, and place 0 becomes ZEROS.
  let next = isDropping ? ZEROS : 0;
  const rare = all > frequent ? next + frequent : ZEROS;
  const places = Int32Array.from(isRare, own => (own ? rare : next++));
  const others = { error: ERROR, ignore: ZEROS, infrequent_if_exist: rare }[params.handle_unknown];
  return { places, width: isDropping ? all - 1 : all, rare, others };
}

/** Which categories are rare. Of equally frequent ones beyond `max_categories`, the earlier are rare. */
function rareOnes(counts: Int32Array, { min_frequency, max_categories }: Parameters): boolean[] {
  const samples = counts.reduce((sum, count) => sum + count, 0);
  const least = min_frequency === null ? 0 : amountOf(min_frequency, samples, amount => amount);
  const isRare = Array.from(counts, count => count < least);
  const features = isRare.filter(own => !own).length + 1;
  if (max_categories === null || max_categories >= features) return isRare;
  const ascending = Array.from(counts.keys()).sort((a, b) => counts[a] - counts[b] || a - b);
  for (const at of ascending.slice(0, counts.length - max_categories + 1)) isRare[at] = true;
  return isRare;
}

/** The first feature of each column, and behind them the number of all features. */
function startsOf(width: Int32Array): Int32Array {
  const starts = new Int32Array(width.length + 1);
  width.forEach((count, j) => (starts[j + 1] = starts[j] + count));
  return starts;
}

/** From a value of column j to its place among the features of the column, or ZEROS. Throws `unknown-category`. */
function featureOf(categories: Float64Array, places: Int32Array, others: number, j: number) {
  const placeOf = placeIn(categories);
  return (value: number): number => {
    const at = placeOf(value);
    const place = at < 0 ? others : places[at];
    if (place === ERROR) throw unknownCategory(j, value, 'Write `handle_unknown: ignore`.');
    return place;
  };
}

interface Learned {
  categories: Float64Array[];
  places: Int32Array[];
  width: Int32Array;
  rare: Int32Array;
}

/** The names of the features of column j: `Site_A`, and `Site_infrequent_sklearn` for the rare categories. */
function namesOf(about: DataColumn, j: number, { categories, places, width, rare }: Learned): string[] {
  const names = new Array<string>(width[j]);
  categories[j].forEach((value, at) => {
    if (places[j][at] !== ZEROS) names[places[j][at]] = `${about.name}_${categoryName(value, about)}`;
  });
  if (rare[j] !== ZEROS) names[rare[j]] = `${about.name}_infrequent_sklearn`;
  return names;
}
