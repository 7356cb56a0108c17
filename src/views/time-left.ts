/**
 * How long a search will take from now on, with an interval. The times of configs come from `time-model.ts`. What is
 * left is put on the threads in the order of the queue, 200 times, each time with other times: the coefficients, the
 * means and the error of each config are drawn. The median is the answer, and the middle 80% are its interval.
 *
 * A running config takes what is left of a drawn time that is longer than what it has run already. Of a very long
 * queue, only the last configs are put on threads one by one, because only the end of a schedule depends on the order;
 * those before count by their sum. Pure: the same work and seed give the same answer.
 */
import { compareText } from '../base/order.js';
import type { Json } from '../base/config.js';
import { Rng } from '../base/rng.js';
import type { Drift } from './drift.js';
import { normalDraw } from '../statistics/normal.js';
import { meanOf, quantileOf } from '../statistics/sample.js';
import { schedule } from './schedule.js';
import { expectedLog, TimeModel, type Basis, type Described, type Timed } from './time-model.js';

/** A config that waits, or whose worker is lost. */
export interface WaitingConfig extends Described {
  id: string;
}

/** A config that is trained now, and how long already. */
export interface RunningConfig extends WaitingConfig {
  elapsedSeconds: number;
}

/** Many queued configs of one pipeline and split, with the parameters of some of them. */
export interface Bulk {
  pipeline: string;
  split: string;
  configs: number;
  sample: readonly ReadonlyMap<string, Json>[];
}

export interface Work {
  timed: readonly Timed[];
  running: readonly RunningConfig[];
  /** What stands in the queue before `queued`. */
  bulk: readonly Bulk[];
  /** The end of the queue, in its order. */
  queued: readonly WaitingConfig[];
}

/** Threads, and how much longer a config occupies one than it trains (loading, reports, waiting): 1.1 is 10% longer. */
export interface Power {
  threads: number;
  stretch: number;
}

/** Configs of the end of a search. */
export interface TailConfigs {
  pipeline: string;
  split: string;
  configs: number;
  /** How long one of them is expected to take, in seconds. */
  secondsEach: number;
  /** Parameters that all of them share and that differ in the pipeline, as `n_estimators=1000`. */
  shared: [name: string, value: Json][];
  /** Some of their ids. */
  among: string[];
}

export interface TimeLeft {
  threads: number;
  /** From now until all is done: the median, and the interval of 80%. */
  seconds: number;
  lowSeconds: number;
  highSeconds: number;
  /** From when the first thread has nothing more to do until all is done. */
  tailSeconds: number;
  /** What trains then, the longest first. */
  tail: TailConfigs[];
}

const DRAWS = 200;
/**
 * The upper end of the interval is later by the deviation DOUBT * share ** DOUBT_POWER of a logarithm, where `share` is
 * the part of the known configs that are still running. Both were chosen in simulations (bench/time-left.ts).
 */
const [DOUBT, DOUBT_POWER] = [3, 0.8];
const [LOW, HIGH] = [0.1, 0.9];
/** How many ids of the tail's configs are told. */
const MOST_IDS = 5;
/** The most parameters that describe the tail. */
const MOST_SHARED = 2;
/** A running config that has run longer than anything drawn takes this part of its time longer. */
const OVERDUE_PART = 0.25;
/** How often a time is drawn that is longer than what has passed. */
const TRIES = 20;

/** A config in the columns of its group's regression. */
interface Encoded {
  group: number;
  columns: Float64Array;
  /** What uncertain coefficients add to the logarithm of the mean. It is taken off, so that doubt lengthens nothing. */
  excess: number;
}

export class Forecast {
  private readonly groups: ReturnType<TimeModel['of']>[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly running: Encoded[];
  private readonly queued: Encoded[];
  private readonly bulk: Encoded[][];
  private readonly model: TimeModel;
  private readonly drift: Drift;

  constructor(private readonly work: Work) {
    this.model = new TimeModel(
      work.timed,
      work.running.map(one => ({ ...one, seconds: one.elapsedSeconds })),
      [
        ...work.queued,
        ...work.bulk.flatMap(({ sample, ...names }) => sample.map(parameters => ({ ...names, parameters }))),
      ],
    );
    this.drift = this.model.drift();
    this.running = work.running.map(one => this.encoded(one));
    this.queued = work.queued.map(one => this.encoded(one));
    this.bulk = work.bulk.map(({ pipeline, split, sample }) =>
      sample.map(parameters => this.encoded({ pipeline, split, parameters })),
    );
  }

  /** How many of the configs that are left take their expected time from where. */
  bases(): { [basis in Basis]: number } {
    const counts = { own: 0, 'other splits': 0, all: 0, nothing: 0 };
    for (const { group } of [...this.running, ...this.queued]) counts[this.groups[group].basis]++;
    for (const { pipeline, split, configs } of this.work.bulk)
      counts[this.model.of({ pipeline, split }).basis] += configs;
    return counts;
  }

  private encoded({ pipeline, split, parameters }: Described): Encoded {
    const key = JSON.stringify([pipeline, split]);
    let group = this.numbers.get(key);
    if (group === undefined) {
      group = this.groups.push(this.model.of({ pipeline, split })) - 1;
      this.numbers.set(key, group);
    }
    const columns = this.groups[group].encode(parameters);
    return { group, columns, excess: this.groups[group].unsure(columns) / 2 };
  }

  /** The time that is left with some numbers of threads, each at least 1. All are asked of the same draws. */
  left(powers: readonly Power[], seed = 0): TimeLeft[] {
    const ends = powers.map(() => new Float64Array(DRAWS));
    const doubted = powers.map(() => new Float64Array(DRAWS));
    const tails = powers.map(() => new Float64Array(DRAWS));
    const doubt = this.doubt();
    for (let i = 0; i < DRAWS; i++) {
      const { running, bulkSeconds, queued } = this.draw(Rng.from('time left', seed, i));
      const factor = Math.exp(doubt * Math.abs(normalDraw(Rng.from('doubt', seed, i))));
      powers.forEach((power, p) => {
        const { endSeconds, idleSeconds } = scheduled(power, running, bulkSeconds, queued);
        ends[p][i] = endSeconds;
        doubted[p][i] = factor * endSeconds;
        tails[p][i] = endSeconds - idleSeconds;
      });
    }
    return powers.map((power, p) => {
      const sorted = ends[p].sort();
      return {
        threads: power.threads,
        seconds: quantileOf(sorted, 0.5),
        lowSeconds: quantileOf(sorted, LOW),
        highSeconds: quantileOf(doubted[p].sort(), HIGH),
        tailSeconds: quantileOf(tails[p].sort(), 0.5),
        tail: this.tail(power),
      };
    });
  }

  /**
   * How much longer everything may take than the model says, as the deviation of a logarithm. What is done first is
   * what is short. So the model errs to one side, and more where many configs run beside few that are done.
   */
  private doubt(): number {
    const { timed, running } = this.work;
    return DOUBT * (running.length / (timed.length + running.length || 1)) ** DOUBT_POWER;
  }

  /** The seconds of everything that is left, drawn once. */
  private draw(rng: Rng): { running: Float64Array; bulkSeconds: number; queued: Float64Array } {
    const { groups, work } = this;
    const drift = this.drift.level + this.drift.deviation * normalDraw(rng);
    const drawn = groups.map(group => group.draw(rng));
    const seconds = ({ group, columns, excess }: Encoded): number => {
      const { errors, mostLog } = groups[group];
      const log = expectedLog(drawn[group], columns) - excess + errors[rng.below(errors.length)];
      return Math.exp(Math.min(log, mostLog) + drift);
    };
    const running = Float64Array.from(this.running, (one, i) =>
      remaining(() => seconds(one), work.running[i].elapsedSeconds),
    );
    let bulkSeconds = 0;
    this.bulk.forEach((sample, b) => {
      const times = Float64Array.from(sample, seconds);
      const mean = meanOf(times);
      const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / times.length;
      const { configs } = work.bulk[b];
      // The sum of the configs differs by chance from the mean of the sample, and so does the sample's own mean.
      const factor = Math.sqrt(configs + configs ** 2 / times.length);
      bulkSeconds += Math.max(0, configs * mean + normalDraw(rng) * Math.sqrt(variance) * factor);
    });
    return { running, bulkSeconds, queued: Float64Array.from(this.queued, seconds) };
  }

  /** What trains at the end, by the mean times of the configs. */
  private tail(power: Power): TailConfigs[] {
    const { groups, work, drift } = this;
    const mean = ({ group, columns }: Encoded): number =>
      Math.exp(Math.min(expectedLog(groups[group].likely, columns), groups[group].mostLog) + drift.level);
    const running = Float64Array.from(this.running, (one, i) => {
      const { elapsedSeconds } = work.running[i];
      return Math.max(mean(one) - elapsedSeconds, OVERDUE_PART * elapsedSeconds);
    });
    let bulkSeconds = 0;
    this.bulk.forEach((sample, b) => (bulkSeconds += work.bulk[b].configs * meanOf(sample.map(mean))));
    const queued = Float64Array.from(this.queued, mean);
    const { idleSeconds, ends } = scheduled(power, running, bulkSeconds, queued);
    const last = new Map<string, { seconds: number; configs: WaitingConfig[] }>();
    const add = (config: WaitingConfig, seconds: number): void => {
      const key = JSON.stringify([config.pipeline, config.split]);
      const known = last.get(key) ?? { seconds: 0, configs: [] };
      known.seconds += seconds;
      known.configs.push(config);
      last.set(key, known);
    };
    this.running.forEach((one, i) => {
      if (running[i] * power.stretch > idleSeconds) add(work.running[i], mean(one));
    });
    this.queued.forEach((one, i) => {
      if (ends[i] > idleSeconds) add(work.queued[i], mean(one));
    });
    return [...last.values()]
      .map(({ seconds, configs }) => this.tailConfigs(seconds / configs.length, configs))
      .sort((a, b) => b.secondsEach - a.secondsEach || compareText(a.pipeline, b.pipeline));
  }

  private tailConfigs(secondsEach: number, configs: readonly WaitingConfig[]): TailConfigs {
    const [{ pipeline, split, parameters }] = configs;
    const others: Described[] = [...this.work.timed, ...this.work.queued].filter(
      other => other.pipeline === pipeline,
    );
    const textIn = (name: string) => (one: Described) => JSON.stringify(one.parameters.get(name));
    const shared = [...parameters].filter(([name, value]) => {
      const text = JSON.stringify(value);
      return (
        configs.every(one => textIn(name)(one) === text) && others.some(one => textIn(name)(one) !== text)
      );
    });
    const among = configs.slice(0, MOST_IDS).map(({ id }) => id);
    return {
      pipeline,
      split,
      configs: configs.length,
      secondsEach,
      shared: shared.slice(0, MOST_SHARED),
      among,
    };
  }
}

/** What a running config still takes, in seconds. */
function remaining(draw: () => number, elapsedSeconds: number): number {
  for (let i = 0; i < TRIES; i++) {
    const seconds = draw();
    if (seconds > elapsedSeconds) return seconds - elapsedSeconds;
  }
  return OVERDUE_PART * elapsedSeconds;
}

/** Puts the work on the threads. Running configs keep theirs; those for which there is none come first in the queue. */
function scheduled(
  { threads, stretch }: Power,
  running: Float64Array,
  bulkSeconds: number,
  queued: Float64Array,
): { endSeconds: number; idleSeconds: number; ends: Float64Array } {
  const free = new Float64Array(threads);
  for (let i = 0; i < Math.min(threads, running.length); i++) free[i] = running[i] * stretch;
  const jobs = new Float64Array(Math.max(0, running.length - threads) + queued.length);
  jobs.set(running.subarray(threads));
  jobs.set(queued, jobs.length - queued.length);
  const first = jobs.length - queued.length;
  for (let i = 0; i < jobs.length; i++) jobs[i] *= stretch;
  fill(free, bulkSeconds * stretch);
  const ends = new Float64Array(jobs.length);
  return { ...schedule(free, jobs, ends), ends: ends.subarray(first) };
}

/** Raises the threads that are free first to one level, until `seconds` of work are spread over them. */
function fill(free: Float64Array, seconds: number): void {
  if (!(seconds > 0)) return;
  free.sort();
  let rest = seconds;
  let level = free[0];
  let i = 1;
  for (; i < free.length && (free[i] - level) * i < rest; i++) {
    rest -= (free[i] - level) * i;
    level = free[i];
  }
  free.fill(level + rest / i, 0, i);
}
