/** Gathers the results of one setting as columns. It is shown batch by batch and keeps numbers, not results. */
import type { Config, Json } from '../base/config.js';
import type { Direction } from '../base/direction.js';
import { rankingDirection } from '../base/direction.js';
import type { State } from '../events/state/state.js';
import { packCodes, packNumbers, packValues } from '../page/columns.js';
import { SHOWN_STATUSES, type ParameterColumn, type Rows, type Section } from '../page/document.js';
import type { Axis } from '../statistics/importance.js';
import { parametersOf, STEPS } from '../views/parameters.js';
import type { Result } from '../views/result.js';
import type { Search } from '../views/search.js';
import { foldsIn } from '../views/shape.js';
import { sampleDeviation } from '../statistics/sample.js';

/** The values of a parameter over the configs of one pipeline. */
class Values {
  readonly values: Json[] = [];
  readonly codes: number[] = [];
  private readonly known = new Map<string, number>();

  /** Notes the value of the config of this place; the places between had none. */
  set(place: number, value: Json): void {
    const key = JSON.stringify(value);
    let code = this.known.get(key);
    if (code === undefined) {
      code = this.values.push(value) - 1;
      this.known.set(key, code);
    }
    while (this.codes.length < place) this.codes.push(-1);
    this.codes.push(code);
  }

  /** The codes of `count` configs; values.length where the parameter is absent. */
  all(count: number): Uint32Array {
    const { codes, values } = this;
    return Uint32Array.from({ length: count }, (_, i) => {
      const code = codes[i] ?? -1;
      return code < 0 ? values.length : code;
    });
  }

  differs(count: number): boolean {
    return this.values.length > 1 || this.codes.length < count || this.codes.includes(-1);
  }
}

/** The configs of one pipeline: their places among the rows, and their parameters. */
interface Pipeline {
  name: string;
  code: number;
  rows: number[];
  parameters: Map<string, Values>;
}

/** What a pipeline's parameters and scores are, for the question of what matters. */
export interface Scored {
  pipeline: string;
  axes: Axis[];
  scores: Float64Array;
}

export class RowsBuilder {
  /** The row in the state of each row here. */
  readonly rows: number[] = [];
  /** By row: the score that ranks; NaN where there is none. */
  readonly scores: number[] = [];
  private readonly seconds: number[] = [];
  private readonly byStatus = { queued: 0, running: 0, finished: 0, failed: 0 };
  private readonly pipelines = new Map<string, Pipeline>();
  private readonly pipelineCodes: number[] = [];
  private readonly statuses: number[] = [];
  private readonly deviations: number[] = [];
  private readonly validates: number[] = [];
  private readonly ended: number[] = [];

  constructor(
    private readonly search: Search,
    private readonly setting: number,
  ) {}

  private get state(): State {
    return this.search.state;
  }

  /** The direction in which the scores of this setting rank. */
  get direction(): Direction {
    return rankingDirection(this.state.groupOf(this.rows[0]));
  }

  /** How many configs there are by status, and how many that finished have no score that ranks. */
  get counts(): Section['counts'] {
    const ranked = this.scores.filter(score => !Number.isNaN(score)).length;
    return { ...this.byStatus, unranked: this.byStatus.finished - ranked };
  }

  /** Whether the mean over the folds ranks; else the score on the validation samples does. */
  get by(): Section['by'] {
    return this.search.ranksByFolds(this.setting) || this.scores.every(Number.isNaN) ? 'cv' : 'validate';
  }

  add(result: Result): void {
    const { row, status, scoring, finished, pipeline, outcomeAt } = result;
    const here = this.rows.push(row) - 1;
    const known = this.pipelineOf(pipeline);
    this.pipelineCodes.push(known.code);
    if (result.config) this.addParameters(known, result.config);
    known.rows.push(here);
    this.byStatus[status]++;
    this.statuses.push(SHOWN_STATUSES.indexOf(status));
    const isFinished = status === 'finished';
    this.scores.push(this.search.scoreOf(row));
    const folds = isFinished ? finished?.scores.cv?.[scoring] : undefined;
    this.deviations.push(sampleDeviation(foldsIn(folds)) ?? NaN);
    this.validates.push(isFinished ? this.state.validate[row] : NaN);
    this.seconds.push(numberOr(finished?.seconds ?? result.failed?.seconds));
    this.ended.push(outcomeAt === undefined ? NaN : Date.parse(outcomeAt) / 1000);
  }

  private pipelineOf(name: string): Pipeline {
    const known = this.pipelines.get(name);
    if (known) return known;
    const made = { name, code: this.pipelines.size, rows: [], parameters: new Map<string, Values>() };
    this.pipelines.set(name, made);
    return made;
  }

  private addParameters({ rows, parameters }: Pipeline, config: Config): void {
    for (const [name, value] of parametersOf(config)) {
      const values = parameters.get(name) ?? new Values();
      parameters.set(name, values);
      values.set(rows.length, value);
    }
  }

  /** The best row of each pipeline, as rows of the state: that of the chosen config first, then the best scores. */
  bestOfPipelines(chosen: number, most: number): number[] {
    const sign = this.direction === 'min' ? 1 : -1;
    const here = this.rows.indexOf(chosen);
    const others = [...this.pipelines.values()]
      .filter(({ code }) => code !== this.pipelineCodes[here])
      .map(({ rows }) => rows.reduce((best, row) => (this.isBefore(row, best, sign) ? row : best), -1))
      .filter(row => row >= 0)
      .sort((a, b) => sign * (this.scores[a] - this.scores[b]) || a - b);
    return [here, ...others].slice(0, most).map(row => this.rows[row]);
  }

  private isBefore(row: number, other: number, sign: number): boolean {
    if (Number.isNaN(this.scores[row])) return false;
    return other < 0 || sign * this.scores[row] < sign * this.scores[other];
  }

  /** How long a row of the state took to train; Infinity where it is not known. */
  secondsOf(row: number): number {
    const seconds = this.seconds[this.rows.indexOf(row)];
    return Number.isNaN(seconds) ? Infinity : seconds;
  }

  /** The columns. `from` is the second from which times count. */
  pack(from: number): Rows {
    const { state, rows, scores } = this;
    const ended = this.ended.map(time => time - from);
    const highs = rows.map(row => state.idHigh[row]);
    const lows = rows.map(row => state.idLow[row]);
    return {
      count: rows.length,
      id: { high: packNumbers(highs, 'u32'), low: packNumbers(lows, 'u32') },
      pipeline: packCodes(this.pipelineCodes, [...this.pipelines.keys()]),
      status: packNumbers(this.statuses, 'u8'),
      score: packNumbers(scores, 'f64'),
      deviation: packNumbers(this.deviations, 'f32'),
      validate: packNumbers(this.validates, this.validates.every(Number.isNaN) ? 'f32' : 'f64'),
      seconds: packNumbers(this.seconds, 'f32'),
      // Seconds of a search fit into f32 to a fraction of a second for days.
      ended: packNumbers(ended, 'f32'),
      parameters: [...this.pipelines.values()].map(parameterColumns),
    };
  }

  /** The scored configs of each pipeline, with the parameters that differ among them. */
  scored(): Scored[] {
    return [...this.pipelines.values()].map(({ name, rows, parameters }) => {
      const chosen = [...rows.keys()].filter(i => !Number.isNaN(this.scores[rows[i]]));
      const axes = [...parameters]
        .filter(([parameter, values]) => parameter !== STEPS || values.differs(rows.length))
        .map(([parameter, values]) => axisOf(parameter, values, chosen, rows.length));
      return { pipeline: name, axes, scores: Float64Array.from(chosen, i => this.scores[rows[i]]) };
    });
  }
}

function numberOr(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}

function parameterColumns({ rows, parameters }: Pipeline): ParameterColumn[] {
  return [...parameters]
    .filter(([, values]) => values.differs(rows.length))
    .map(([name, values]) => ({ name, column: packValues(values.all(rows.length), values.values) }));
}

function axisOf(name: string, values: Values, chosen: readonly number[], count: number): Axis {
  const codes = values.all(count);
  const isNumber = values.values.every(value => typeof value === 'number');
  const numberOf = (code: number): number => {
    if (code === values.values.length) return NaN;
    return isNumber ? (values.values[code] as number) : code;
  };
  const numbers = Float64Array.from(chosen, i => numberOf(codes[i]));
  return { name, kind: isNumber ? 'number' : 'word', values: numbers };
}
