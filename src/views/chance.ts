/**
 * The chance that a better config is among those that are not done yet.
 *
 * The configs of a pipeline and split stand in the queue in random order. So each of them is the best one with the same
 * chance, and of n that are done and m that are not, the best is among the m with the chance m / (n + m), whatever the
 * scores are. Two things spoil this.
 *
 * Slow configs lag: of the configs that were begun, the slow ones are not done. Failed configs that are tried again lag
 * in the same way. Then a range is told: from the part that was never begun, to the part from the first in the queue
 * that is not done. It is no bound: where better configs take much longer, the chance is larger.
 *
 * Configs that a later `spt enqueue` added stand in an order of their own. Then each order has its chance, and the best
 * one is in one of them. Pure.
 */

/** The configs of one pipeline and one setting, in the order of the queue. */
export interface Order {
  /** How many there are. */
  configs: number;
  /** How many are finished or have failed for good. */
  done: number;
  /** The place of the first one that is not done, from 0. */
  firstOpen: number;
  /** The place behind the last one that was begun. */
  begun: number;
}

export interface Chance {
  /** m / (n + m). */
  chance: number;
  /** The range, where some configs lag behind others that were begun later; else twice the chance. */
  low: number;
  high: number;
}

/** Undefined where there are no configs. */
export function chanceOfBetter({ configs, done, firstOpen, begun }: Order): Chance | undefined {
  if (configs === 0) return undefined;
  return {
    chance: (configs - done) / configs,
    low: (configs - begun) / configs,
    high: (configs - firstOpen) / configs,
  };
}

/** Counts the places of one pipeline and setting, in the order of the queue. */
export class Places implements Order {
  configs = 0;
  done = 0;
  begun = 0;
  private open = -1;

  /** @param isBegun whether the config was ever claimed */
  add(isDone: boolean, isBegun: boolean): void {
    if (isDone) this.done++;
    else if (this.open < 0) this.open = this.configs;
    this.configs++;
    if (isDone || isBegun) this.begun = this.configs;
  }

  get firstOpen(): number {
    return this.open < 0 ? this.configs : this.open;
  }
}

/** The chances of several pipelines together: the best of all is in one of them, nobody knows in which. */
export function chanceOfAny(chances: readonly Chance[]): Chance | undefined {
  if (chances.length === 0) return undefined;
  const all = chances.map(({ chance }) => chance);
  const low = Math.min(...chances.map(one => one.low));
  const high = Math.max(...chances.map(one => one.high));
  return { chance: all.reduce((sum, one) => sum + one, 0) / all.length, low, high };
}
