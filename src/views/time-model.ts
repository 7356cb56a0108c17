/**
 * How long a config takes: for each pipeline and split, a ridge regression of log(seconds) on the parameters, which
 * shrinks to the mean of the pipeline and split. A split of which little is known borrows the slopes from the other
 * splits of its pipeline, and its mean where it has none. A pipeline of which nothing is known takes what all configs
 * took, and its uncertainty is as large as the differences between pipelines. Pure.
 */
import type { Json } from '../base/config.js';
import type { Rng } from '../base/rng.js';
import { Encoding } from './encoding.js';
import { driftOf, type Drift, type Moment } from './drift.js';
import { normalDraw } from '../statistics/normal.js';
import { meanOf } from '../statistics/sample.js';
import { dot, ridge, type Ridge } from './ridge.js';

/** The pipeline and split of a config, and its parameters by name. */
export interface Described {
  pipeline: string;
  split: string;
  parameters: ReadonlyMap<string, Json>;
}

/** A config whose time is known. */
export interface Timed extends Described {
  seconds: number;
  /** Whether it was among the first of its pipeline in its worker, whose code was not compiled yet. */
  isFirst?: boolean;
  /** When it was done, in seconds of any clock; without it, nothing is said of a drift. */
  at?: number;
}

/** Where an expected time comes from: timed configs of the pipeline and split, of its other splits, or of all. */
export type Basis = 'own' | 'other splits' | 'all' | 'nothing';

/** Slopes come from a split's own configs if there are so many. */
const ENOUGH_FOR_SLOPES = 12;
/** Errors are drawn from those of the group if there are so many. */
const ENOUGH_FOR_ERRORS = 8;
/** The level of few configs is less certain than their errors say, which are themselves taken from few. */
const LEVEL_FACTOR = 1.3;
/** How often the running configs are taken into account. */
const PASSES = 4;
/** The first configs of a worker count only where there are fewer others. */
const ENOUGH_USUAL = 4;
/** The level of a group is taken from at most this number of configs. */
const MOST_FOR_LEVEL = 400;
/** The most configs of a group that a regression takes. */
const MOST_ROWS = 2000;
/** Shorter times count as this, in seconds, because a logarithm needs a number above 0. */
const SHORTEST_SECONDS = 1e-3;
/** How far a mean of which nothing is known may be off, as the deviation of a logarithm: a factor of e. */
const UNKNOWN_DEVIATION = 1;
/** The same for a mean that is borrowed from the other splits of a pipeline: a factor of two. */
const BORROWED_DEVIATION = Math.log(2);
/** The deviation of errors before any is known, and how many errors this knowledge counts for. */
const USUAL_DEVIATION = 0.4;
const USUAL_COUNT = 4;
/** How far parameters move a time before any is known, as the deviation of a logarithm. */
const USUAL_EFFECT = 1;
/** No config is expected to take longer than the longest known times this. */
const MOST_BEYOND = Math.log(10);
/** What a config takes, in seconds, where no config was ever timed. */
const UNKNOWN_SECONDS = 10;

/** One draw of the times of a pipeline and split: the logarithm of the mean, and the coefficients. */
export interface Drawn {
  mean: number;
  coefficients: Float64Array;
}

export interface GroupTimes {
  basis: Basis;
  /** How many configs of the group were timed. */
  timed: number;
  /** A config in the columns of the regression. */
  encode(parameters: ReadonlyMap<string, Json>): Float64Array;
  /** What is most likely. */
  likely: Drawn;
  /** What is possible as well. */
  draw(rng: Rng): Drawn;
  /** How uncertain the coefficients leave the logarithm of a config, as a variance. */
  unsure(encoded: Float64Array): number;
  /** What the logarithms of timed configs differ from the regression. The mean of their exponentials is 1. */
  errors: Float64Array;
  /** Their deviation. */
  deviation: number;
  /** The logarithm of the longest time that is believed. */
  mostLog: number;
}

/** The expected logarithm of a config's seconds. */
export function expectedLog({ mean, coefficients }: Drawn, encoded: Float64Array): number {
  return mean + dot(coefficients, encoded);
}

interface Group {
  pipeline: string;
  rows: Timed[];
  logs: Float64Array;
  mean: number;
}

const keyOf = ({ pipeline, split }: Pick<Described, 'pipeline' | 'split'>): string =>
  JSON.stringify([pipeline, split]);

function grouped<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const known = groups.get(key(one));
    if (known) known.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}

/** The times of each pipeline and split, learned from timed configs. */
export class TimeModel {
  private readonly groups = new Map<string, Group>();
  private readonly fits = new Map<string, GroupTimes>();
  private readonly encodings = new Map<string, Encoding>();

  /**
   * @param running configs that have run for these seconds and are not done
   * @param waiting configs that will be trained: which parameters are possible
   */
  constructor(
    timed: readonly Timed[],
    private readonly running: readonly Timed[] = [],
    waiting: readonly Described[] = [],
  ) {
    const known = grouped([...timed, ...running, ...waiting], ({ pipeline }) => pipeline);
    for (const [pipeline, all] of known) {
      const step = Math.ceil(all.length / MOST_ROWS);
      const some = all.filter((_, i) => i % step === 0);
      this.encodings.set(pipeline, new Encoding(some.map(({ parameters }) => parameters)));
    }
    this.learn(timed);
    // Configs that run are not done, and so the slow ones are missing among those that are. Each of them counts as what
    // is expected of it, given that it takes longer than it has run (Buckley and James 1979).
    for (let pass = 0; pass < PASSES && running.length > 0; pass++) {
      const expected = running.flatMap(one => {
        if (!this.groups.has(keyOf(one))) return [];
        const { likely, encode, errors, deviation } = this.of(one);
        const level = expectedLog(likely, encode(one.parameters)) - Math.log(meanOf(errors.map(Math.exp)));
        const beyond = (Math.log(Math.max(one.seconds, SHORTEST_SECONDS)) - level) / deviation;
        return [{ ...one, seconds: Math.exp(level + deviation * meanBeyond(beyond)), isExpected: true }];
      });
      this.learn([...timed, ...expected]);
    }
  }

  private learn(timed: readonly (Timed & { isExpected?: boolean })[]): void {
    this.groups.clear();
    this.fits.clear();
    for (const [key, all] of grouped(timed, keyOf)) {
      const usual = all.filter(({ isFirst }) => !isFirst);
      const own = (usual.length >= ENOUGH_USUAL ? usual : all).slice(0, MOST_ROWS);
      const logs = Float64Array.from(own, ({ seconds }) => Math.log(Math.max(seconds, SHORTEST_SECONDS)));
      this.groups.set(key, { pipeline: own[0].pipeline, rows: own, logs, mean: meanOf(logs) });
    }
  }

  of(names: Pick<Described, 'pipeline' | 'split'>): GroupTimes {
    const key = keyOf(names);
    const known = this.fits.get(key);
    if (known) return known;
    const fit = this.fit(names.pipeline, key);
    this.fits.set(key, fit);
    return fit;
  }

  private fit(pipeline: string, key: string): GroupTimes {
    const own = this.groups.get(key);
    const all = [...this.groups.values()];
    const kin = all.filter(group => group.pipeline === pipeline);
    const isEnough = own !== undefined && (own.rows.length >= ENOUGH_FOR_SLOPES || kin.length === 1);
    const sources = isEnough ? [own] : kin;
    const encoding = this.encodings.get(pipeline) ?? new Encoding([]);
    const encode = ({ parameters }: { parameters: ReadonlyMap<string, Json> }): Float64Array =>
      encoding.encode(parameters);
    // Splits differ by a factor. It is taken out here, so that the slopes are those within splits.
    const slopes = ridge(
      sources.flatMap(group => group.rows.map(encode)),
      sources.flatMap(group => [...group.logs].map(log => log - group.mean)),
    );
    const errors = this.errorsOf(slopes.errors, all);
    const squares = dot(errors, errors) + USUAL_COUNT * USUAL_DEVIATION ** 2;
    const deviation = Math.sqrt(squares / (errors.length + USUAL_COUNT));
    const levelWith = this.level(own, kin, all, encode);
    const longest = (own ? [own] : kin.length > 0 ? kin : all)
      .flatMap(group => [...group.logs])
      .reduce((a, b) => Math.max(a, b), -Infinity);
    const smear = Math.log(meanOf(errors.map(Math.exp)));
    const likely = { mean: levelWith.mean(slopes.coefficients), coefficients: slopes.coefficients };
    const real = own?.rows.filter(row => !('isExpected' in row)).length ?? 0;
    const spread = levelWith.deviation ?? (LEVEL_FACTOR * deviation) / Math.sqrt(Math.max(1, real));
    const around = uncertainty(slopes, deviation);
    const unsure = (encoded: Float64Array): number =>
      around.reduce((sum, direction) => sum + dot(direction, encoded) ** 2, 0);
    const late = this.running
      .filter(one => !own && keyOf(one) === key)
      .map(one => {
        const encoded = encode(one);
        const log = Math.log(Math.max(one.seconds, SHORTEST_SECONDS));
        const beyond = log - expectedLog(likely, encoded) + smear;
        return { beyond, deviation: Math.sqrt(deviation ** 2 + unsure(encoded)) };
      });
    const shifts = shiftsOf(spread, late);
    return {
      basis: levelWith.basis,
      timed: real,
      encode: parameters => encoding.encode(parameters),
      likely: { ...likely, mean: likely.mean + shifts.mean },
      draw: rng => {
        const coefficients = drawCoefficients(slopes, around, rng);
        return { mean: levelWith.mean(coefficients) + drawShift(shifts, rng), coefficients };
      },
      unsure,
      deviation,
      errors: errors.map(error => error - smear),
      mostLog: (longest === -Infinity ? Math.log(UNKNOWN_SECONDS) : longest) + MOST_BEYOND,
    };
  }

  /**
   * The level of a group, and how uncertain it is where the errors of its own configs do not tell that. With any
   * coefficients, the sum of the expected seconds of timed configs is the sum of their seconds. So the logarithm costs
   * no bias.
   */
  private level(
    own: Group | undefined,
    kin: readonly Group[],
    all: readonly Group[],
    encode: (row: Timed) => Float64Array,
  ): { basis: Basis; mean(coefficients: Float64Array): number; deviation?: number } {
    if (own) {
      const rows = own.rows.slice(0, MOST_FOR_LEVEL);
      const encoded = rows.map(encode);
      const seconds = rows.reduce((sum, row) => sum + Math.max(row.seconds, SHORTEST_SECONDS), 0);
      const mean = (coefficients: Float64Array): number => {
        let expected = 0;
        for (const row of encoded) expected += Math.exp(dot(coefficients, row));
        return Math.log(seconds / expected);
      };
      return { basis: 'own', mean };
    }
    const [basis, sources, least]: [Basis, readonly Group[], number] =
      kin.length > 0 ? ['other splits', kin, BORROWED_DEVIATION] : ['all', all, UNKNOWN_DEVIATION];
    if (sources.length === 0) {
      const mean = (): number => Math.log(UNKNOWN_SECONDS);
      return { basis: 'nothing', mean, deviation: UNKNOWN_DEVIATION };
    }
    const means = sources.map(({ rows }) => Math.log(meanOf(rows.map(({ seconds }) => seconds))));
    const middle = meanOf(means);
    const spread = Math.sqrt(means.reduce((sum, one) => sum + (one - middle) ** 2, 0) / means.length);
    return { basis, mean: () => middle, deviation: Math.max(spread, least) };
  }

  /** The errors of a regression; where it has few, also those of other groups. */
  private errorsOf(own: Float64Array, all: readonly Group[]): Float64Array {
    if (own.length >= ENOUGH_FOR_ERRORS) return own;
    const others = all
      .filter(group => group.rows.length >= ENOUGH_FOR_ERRORS)
      .flatMap(({ pipeline, rows, logs }) => {
        const encoding = this.encodings.get(pipeline)!;
        return [
          ...ridge(
            rows.map(row => encoding.encode(row.parameters)),
            logs,
          ).errors,
        ];
      });
    const together = Float64Array.from([...own, ...others]);
    return together.length >= ENOUGH_FOR_ERRORS ? together : UNKNOWN_ERRORS;
  }

  /** How all configs together changed in the course of time, as `driftOf` says it. */
  drift(): Drift {
    const moments: Moment[] = [];
    for (const group of this.groups.values()) {
      if (group.rows.length < ENOUGH_FOR_ERRORS) continue;
      const { likely, encode } = this.of({ pipeline: group.pipeline, split: group.rows[0].split });
      const errors = group.rows.map((row, i) => group.logs[i] - expectedLog(likely, encode(row.parameters)));
      const mean = meanOf(errors);
      group.rows.forEach(({ at }, i) => {
        if (at !== undefined) moments.push({ at, error: errors[i] - mean });
      });
    }
    return driftOf(moments);
  }
}

/** Quantiles of a normal distribution whose deviation is a factor of two, for errors that nobody has seen. */
const UNKNOWN_ERRORS = Float64Array.from(
  [-1.53, -1.0, -0.67, -0.4, -0.16, 0.16, 0.4, 0.67, 1.0, 1.53],
  quantile => quantile * Math.log(2),
);

/**
 * The directions in which coefficients are uncertain: normal numbers times these are what they may be off (Gaussian
 * errors of this deviation). Before anything is known, all parameters together move the logarithm by `USUAL_EFFECT`.
 */
function uncertainty({ directions, coefficients }: Ridge, deviation: number): Float64Array[] {
  const prior = coefficients.length * (deviation / USUAL_EFFECT) ** 2;
  return directions.map(({ value, vector }) => {
    const size = deviation / Math.sqrt(value + prior);
    return vector.map(one => one * size);
  });
}

function drawCoefficients({ coefficients }: Ridge, around: readonly Float64Array[], rng: Rng): Float64Array {
  const drawn = Float64Array.from(coefficients);
  for (const direction of around) {
    const step = normalDraw(rng);
    for (let j = 0; j < drawn.length; j++) drawn[j] += step * direction[j];
  }
  return drawn;
}

/** The mean of a standard normal number that is known to be larger than `a`, to about a tenth. */
function meanBeyond(a: number): number {
  return a < -3 ? 0 : (Math.sqrt(a * a + 8 / Math.PI) + a) / 2;
}

/** The places of the grid on which a level is looked for, in deviations of what is known before. */
const GRID = Array.from({ length: 101 }, (_, i) => -4 + i / 10);

/** A distribution on a grid: its places, and the sums of the weights up to each. */
interface Shifts {
  places: number[];
  sums: number[];
  mean: number;
}

/**
 * By how much a level is off, after running configs were seen that are not done. Without them, short configs would say
 * too much, because they are done first. `late` has, for each running config, the logarithm of its elapsed time minus
 * the expected one, and the deviation of the latter. The chance to run that long is taken from the logistic
 * distribution, which is near the normal one and forgives more.
 */
function shiftsOf(spread: number, late: readonly { beyond: number; deviation: number }[]): Shifts {
  const places = GRID.map(z => z * spread);
  const logs = places.map((place, i) => {
    let log = -(GRID[i] ** 2) / 2;
    for (const { beyond, deviation } of late)
      log -= Math.log1p(Math.exp((1.702 * (beyond - place)) / deviation));
    return log;
  });
  const most = Math.max(...logs);
  const sums: number[] = [];
  let [sum, product] = [0, 0];
  logs.forEach((log, i) => {
    const weight = Math.exp(log - most);
    sum += weight;
    product += weight * places[i];
    sums.push(sum);
  });
  return { places, sums, mean: product / sum };
}

function drawShift({ places, sums }: Shifts, rng: Rng): number {
  const wanted = rng.float() * sums[sums.length - 1];
  const place = places[sums.findIndex(sum => sum > wanted)];
  return place + (rng.float() - 0.5) * (places[1] - places[0]);
}
