/**
 * A section's columns as the browser uses them: decoded once, and read by row. Names are texts that are safe to show,
 * also on a canvas.
 */
import type { Json } from '../../base/config.js';
import { shortValue } from '../../base/short-value.js';
import { quantileOf } from '../../statistics/sample.js';
import { unpackCodes, unpackNumbers } from '../columns.js';
import { text } from './dom.js';
import { SHOWN_STATUSES, type ParameterColumn, type Section } from '../document.js';

/** A parameter of one pipeline. */
export interface Parameter {
  /** `SVC.C` */
  name: string;
  /** The value of the pipeline's i-th config; undefined where it has none. */
  at(i: number): Json | undefined;
  /** Whether all values are numbers. */
  isNumber: boolean;
}

/** The configs of one pipeline. */
export interface Pipeline {
  name: string;
  code: number;
  /** Their rows in the section. */
  rows: number[];
  parameters: Parameter[];
}

export interface SectionData {
  section: Section;
  count: number;
  pipelines: Pipeline[];
  pipelineOf: Uint32Array;
  /** The place of each row among the rows of its pipeline. */
  placeOf: Uint32Array;
  status: Float64Array;
  score: Float64Array;
  deviation: Float64Array;
  validate: Float64Array;
  seconds: Float64Array;
  ended: Float64Array;
  /** The rows with a score, the best first. Of equals, the one enqueued first comes first. */
  ranking: Uint32Array;
  /** The rank of a row from 1; 0 without a score. */
  rankOf: Uint32Array;
  idOf(row: number): string;
  statusOf(row: number): string;
  parametersOf(row: number): string;
}

function parameterOf({ name: written, column }: ParameterColumn): Parameter {
  const name = text(written);
  if (!('values' in column)) {
    const values = unpackNumbers(column);
    return { name, isNumber: true, at: i => (Number.isNaN(values[i]) ? undefined : values[i]) };
  }
  const codes = unpackCodes(column);
  const { values } = column;
  const isNumber = values.every(value => typeof value === 'number');
  return { name, isNumber, at: i => values[codes[i]] };
}

/** `C=0.1` instead of `SVC.C=0.1`, where only one step has the name. */
export function shortNames(parameters: readonly { name: string }[]): string[] {
  const lasts = parameters.map(({ name }) => name.slice(name.lastIndexOf('.') + 1));
  return lasts.map((last, i) =>
    lasts.indexOf(last) === lasts.lastIndexOf(last) ? last : parameters[i].name,
  );
}

export function decode(section: Section): SectionData {
  const { table, direction } = section;
  const pipelineOf = unpackCodes(table.pipeline);
  const pipelines: Pipeline[] = table.pipeline.values.map((name, code) => ({
    name: text(String(name)),
    code,
    rows: [],
    parameters: table.parameters[code].map(parameterOf),
  }));
  const placeOf = new Uint32Array(table.count);
  pipelineOf.forEach((code, row) => (placeOf[row] = pipelines[code].rows.push(row) - 1));
  const score = unpackNumbers(table.score);
  const sign = direction === 'min' ? 1 : -1;
  const ranking = Uint32Array.from(score.keys()).filter(row => !Number.isNaN(score[row]));
  ranking.sort((a, b) => sign * (score[a] - score[b]) || a - b);
  const rankOf = new Uint32Array(table.count);
  // Equal scores have equal ranks, as in `spt results`: 1, 1, 3.
  ranking.forEach((row, i) => {
    const before = ranking[i - 1];
    rankOf[row] = i > 0 && score[row] === score[before] ? rankOf[before] : i + 1;
  });
  const [high, low] = [table.id.high, table.id.low].map(unpackNumbers);
  const digits = (half: number): string => half.toString(16).padStart(8, '0');
  const names = pipelines.map(({ parameters }) => shortNames(parameters));
  const status = unpackNumbers(table.status);
  return {
    section,
    count: table.count,
    pipelines,
    pipelineOf,
    placeOf,
    status,
    score,
    deviation: unpackNumbers(table.deviation),
    validate: unpackNumbers(table.validate),
    seconds: unpackNumbers(table.seconds),
    ended: unpackNumbers(table.ended),
    ranking,
    rankOf,
    idOf: row => digits(high[row]) + digits(low[row]),
    statusOf: row => SHOWN_STATUSES[status[row]],
    parametersOf: row => {
      const code = pipelineOf[row];
      return pipelines[code].parameters
        .map(({ at }, i) => [names[code][i], at(placeOf[row])] as const)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name}=${shortValue(value!)}`)
        .join(', ');
    },
  };
}

export function median(values: Iterable<number>): number {
  return quantileOf(Float64Array.from(values).sort(), 0.5);
}
