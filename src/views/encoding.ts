/**
 * Parameters as numbers for a regression. A parameter of numbers is one column, by its logarithm where its values span
 * a decade. Each word, each truth value, and the absence of a parameter is a column of zeros and ones; so is each value
 * of an axis that has few, because the effect of such an axis need not be a line. Columns have mean 0 and deviation 1
 * over the configs that they are made of.
 */
import type { Json } from '../base/config.js';
import { compareText } from '../base/order.js';

type Parameters = ReadonlyMap<string, Json>;

/** An axis with at most this number of values has a column for each of them. */
const FEW_VALUES = 8;
/** The most values of a parameter that have columns of their own: the most frequent ones. */
const MOST_VALUES = 20;
/** Values that span this factor are taken by their logarithms. */
const DECADE = 10;

/** A column: what a parameter's value gives, before it is standardized. */
interface Column {
  parameter: string;
  read(value: Json | undefined): number;
}

export class Encoding {
  private readonly columns: Column[] = [];
  private readonly means: number[] = [];
  private readonly deviations: number[] = [];

  /** Learns the columns from configs. A parameter that is the same in all of them has none. */
  constructor(configs: readonly Parameters[]) {
    const names = [...new Set(configs.flatMap(config => [...config.keys()]))];
    for (const column of names.flatMap(name => columnsOf(name, configs))) {
      const values = configs.map(config => column.read(config.get(column.parameter)));
      const known = values.filter(value => !Number.isNaN(value));
      const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
      const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / configs.length;
      if (!(variance > 1e-18 * mean * mean)) continue;
      this.columns.push(column);
      this.means.push(mean);
      this.deviations.push(Math.sqrt(variance));
    }
  }

  /** How many columns there are. */
  get size(): number {
    return this.columns.length;
  }

  /** A config in standardized columns. A number that is not there counts as the mean. */
  encode(config: Parameters): Float64Array {
    return Float64Array.from(this.columns, ({ parameter, read }, j) => {
      const value = read(config.get(parameter));
      return Number.isNaN(value) ? 0 : (value - this.means[j]) / this.deviations[j];
    });
  }
}

function columnsOf(parameter: string, configs: readonly Parameters[]): Column[] {
  const values = configs.map(config => config.get(parameter));
  const numbers = values.map(numberOf).filter(number => number !== undefined);
  const columns: Column[] = [];
  if (numbers.length > 0) {
    const least = numbers.reduce((a, b) => Math.min(a, b));
    const isWide = least > 0 && numbers.reduce((a, b) => Math.max(a, b)) >= DECADE * least;
    const scaled = (number: number | undefined): number => {
      if (number === undefined) return NaN;
      return isWide ? Math.log(Math.max(number, least / DECADE)) : number;
    };
    columns.push({ parameter, read: value => scaled(numberOf(value)) });
  }
  const counts = new Map<string, { isNumber: boolean; count: number }>();
  for (const value of values) {
    const text = textOf(value);
    const known = counts.get(text) ?? { isNumber: numberOf(value) !== undefined, count: 0 };
    known.count++;
    counts.set(text, known);
  }
  // Two values have one line through them, so a column for each would say the same again.
  const hasFew = counts.size > 2 && counts.size <= FEW_VALUES;
  const levels = [...counts].filter(([, { isNumber }]) => !isNumber || hasFew);
  levels.sort(([a, one], [b, other]) => other.count - one.count || compareText(a, b));
  for (const [level] of levels.slice(0, MOST_VALUES))
    columns.push({ parameter, read: value => (textOf(value) === level ? 1 : 0) });
  return columns;
}

/** A number, or the sum of a list of numbers such as the sizes of layers. */
function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  let sum = 0;
  for (const one of value) {
    if (typeof one !== 'number') return undefined;
    sum += one;
  }
  return sum;
}

function textOf(value: Json | undefined): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
