/** The values of a parameter on an axis of a picture: numbers on a scale, everything else as words. */
import type { Json } from '../../../base/config.js';
import { shortValue } from '../../../base/short-value.js';
import { text } from '../dom.js';
import { median, type Parameter, type Pipeline, type SectionData } from '../data.js';

/** Numbers that span more than this factor stand on a logarithmic scale. */
const LOG_RATIO = 50;
/** More different numbers than this are put into bins where cells are needed. */
const MOST_CELLS = 12;

export interface Scale {
  kind: 'linear' | 'log' | 'words';
  /** Of words: the values in the order of the axis. */
  words: string[];
  /** The place of the pipeline's i-th config: a number, or the index of its word; NaN where it has no value. */
  at(i: number): number;
  label(place: number): string;
}

const isNumber = (value: Json | undefined): value is number => typeof value === 'number';

/** A number with at most four digits that count. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const digits = Number(value.toPrecision(3));
  return Math.abs(digits) >= 1e5 || Math.abs(digits) < 1e-3
    ? digits.toExponential().replace('e+', 'e')
    : String(digits);
}

/** Equal for equal values. A number stays one, because most values are numbers and a text for each takes longer. */
const keyOf = (value: Json): number | string => (isNumber(value) ? value : JSON.stringify(value));

/** Whether a parameter has more than one value among these configs of its pipeline. */
export function hasSeveral({ at }: Parameter, places: readonly number[]): boolean {
  let first: number | string | undefined;
  return places.some(i => {
    const value = at(i);
    if (value === undefined) return false;
    first ??= keyOf(value);
    return keyOf(value) !== first;
  });
}

const known = new WeakMap<Pipeline, Scale[]>();

/** The scales of all parameters of a pipeline over its scored configs. Several pictures ask for them. */
export function scalesOf(pipeline: Pipeline, data: SectionData): readonly Scale[] {
  const made = known.get(pipeline);
  if (made) return made;
  const places = scoredPlaces(pipeline, data);
  const scales = pipeline.parameters.map(parameter => scaleOf(parameter, places));
  known.set(pipeline, scales);
  return scales;
}

/** The scale of a parameter over the given configs of its pipeline. */
export function scaleOf({ at }: Parameter, places: readonly number[]): Scale {
  const distinct = new Map<number | string, Json>();
  for (const i of places) {
    const value = at(i);
    if (value !== undefined) distinct.set(keyOf(value), value);
  }
  const values = [...distinct.values()];
  if (values.length > 2 && values.every(isNumber)) {
    const sorted = [...values].sort((a, b) => a - b);
    const kind = sorted[0] > 0 && sorted.at(-1)! / sorted[0] >= LOG_RATIO ? 'log' : 'linear';
    return { kind, words: [], at: i => (at(i) as number | undefined) ?? NaN, label: shortNumber };
  }
  const ordered = [...distinct].sort(([, a], [, b]) => (isNumber(a) && isNumber(b) ? a - b : 0));
  const code = new Map(ordered.map(([key], i) => [key, i]));
  const words = ordered.map(([, value]) => (isNumber(value) ? shortNumber(value) : text(shortValue(value))));
  return {
    kind: 'words',
    words,
    at: i => {
      const value = at(i);
      return value === undefined ? NaN : code.get(keyOf(value))!;
    },
    label: place => words[place],
  };
}

/** A scale in cells: each word or number is one, or neighbouring numbers are where there are many. */
export interface Cells {
  labels: string[];
  /** The cell of the pipeline's i-th config; -1 where it has no value. */
  of(i: number): number;
}

export function cellsOf(scale: Scale, places: readonly number[]): Cells {
  if (scale.kind === 'words') {
    return { labels: scale.words, of: i => (Number.isNaN(scale.at(i)) ? -1 : scale.at(i)) };
  }
  const distinct = [...new Set(places.map(scale.at))]
    .filter(value => !Number.isNaN(value))
    .sort((a, b) => a - b);
  if (distinct.length <= MOST_CELLS) {
    const code = new Map(distinct.map((value, i) => [value, i]));
    return { labels: distinct.map(shortNumber), of: i => code.get(scale.at(i)) ?? -1 };
  }
  const scaled = (value: number): number => (scale.kind === 'log' ? Math.log(value) : value);
  const [first, last] = [scaled(distinct[0]), scaled(distinct.at(-1)!)];
  const edge = (k: number): number => {
    const value = first + (k / MOST_CELLS) * (last - first);
    return scale.kind === 'log' ? Math.exp(value) : value;
  };
  return {
    labels: Array.from(
      { length: MOST_CELLS },
      (_, k) => `${shortNumber(edge(k))}–${shortNumber(edge(k + 1))}`,
    ),
    of: i => {
      const value = scale.at(i);
      if (Number.isNaN(value)) return -1;
      return Math.min(MOST_CELLS - 1, Math.floor((MOST_CELLS * (scaled(value) - first)) / (last - first)));
    },
  };
}

/** The scored configs of a pipeline, as places among its configs. */
export function scoredPlaces({ rows }: Pipeline, { score }: SectionData): number[] {
  return [...rows.keys()].filter(i => !Number.isNaN(score[rows[i]]));
}

/** The configs of a cell. */
export interface CellScores {
  count: number;
  median: number;
  best: number;
}

/** Places by cell, with their median and best score. */
export function byCell<Key>(
  places: readonly number[],
  cellOf: (i: number) => Key | undefined,
  scoreOf: (i: number) => number,
  direction: 'max' | 'min',
): Map<Key, CellScores> {
  const groups = new Map<Key, number[]>();
  for (const i of places) {
    const cell = cellOf(i);
    if (cell === undefined) continue;
    const known = groups.get(cell);
    if (known) known.push(scoreOf(i));
    else groups.set(cell, [scoreOf(i)]);
  }
  const pick = direction === 'min' ? Math.min : Math.max;
  const found = [...groups].map(([cell, scores]) => {
    const best = scores.reduce((one, other) => pick(one, other));
    return [cell, { count: scores.length, median: median(scores), best }] as const;
  });
  return new Map(found);
}
