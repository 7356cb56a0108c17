/** Who trained what, when: a bar for each config, or for each stretch of work where there are many. */
import { packNumbers } from '../page/columns.js';
import type { Timeline } from '../page/document.js';
import type { Result } from '../views/result.js';

/** Above this number of bars, those of a worker that follow each other closely become one. */
const MOST_BARS = 2000;
/** Bars are joined where the gap between them is less than this part of the whole time. */
const JOINED_PART = 1 / 1000;

interface Bar {
  start: number;
  end: number;
  configs: number;
  failed: number;
}

export class TimelineBuilder {
  private readonly workers = new Map<string, Bar[]>();
  private readonly busy = new Map<string, number>();

  /** Takes the last outcome of a result. A config that was tried twice shows its last attempt only. */
  add({ outcomeAt, outcomeBy, finished, failed }: Result): void {
    const seconds = finished?.seconds ?? failed?.seconds;
    const end = outcomeAt === undefined ? NaN : Date.parse(outcomeAt) / 1000;
    if (outcomeBy === undefined || typeof seconds !== 'number' || Number.isNaN(end)) return;
    // A time that no config can take would hide all others.
    if (!(seconds >= 0 && seconds <= end)) return;
    const bars = this.workers.get(outcomeBy) ?? [];
    this.workers.set(outcomeBy, bars);
    bars.push({ start: end - seconds, end, configs: 1, failed: failed ? 1 : 0 });
    this.busy.set(outcomeBy, (this.busy.get(outcomeBy) ?? 0) + seconds);
  }

  /** The second at which the first config was started; 0 where there is none. */
  get from(): number {
    let from = Infinity;
    for (const bars of this.workers.values()) for (const { start } of bars) from = Math.min(from, start);
    return Number.isFinite(from) ? from : 0;
  }

  pack(): Timeline {
    const { from } = this;
    const firstStart = (bars: readonly Bar[]): number =>
      bars.reduce((first, { start }) => Math.min(first, start), Infinity);
    const workers = [...this.workers].sort(
      ([a, own], [b, other]) => firstStart(own) - firstStart(other) || (a < b ? -1 : 1),
    );
    const bars = joined(workers.map(([, own]) => own)).flatMap((own, worker) =>
      own.map(bar => ({ worker, ...bar })),
    );
    return {
      from: new Date(Math.round(from * 1000)).toISOString(),
      workers: workers.map(([id]) => id),
      worker: packNumbers(
        bars.map(({ worker }) => worker),
        'u32',
      ),
      start: packNumbers(
        bars.map(({ start }) => start - from),
        'f32',
      ),
      end: packNumbers(
        bars.map(({ end }) => end - from),
        'f32',
      ),
      configs: packNumbers(
        bars.map(({ configs }) => configs),
        'u32',
      ),
      failed: packNumbers(
        bars.map(({ failed }) => failed),
        'u32',
      ),
      busy: workers.map(([id]) => Math.round(this.busy.get(id)! * 1000) / 1000),
    };
  }
}

/** The bars of each worker in the order of their starts, joined where they are too many to draw. */
function joined(workers: readonly Bar[][]): Bar[][] {
  const sorted = workers.map(bars => [...bars].sort((a, b) => a.start - b.start));
  const count = sorted.reduce((sum, bars) => sum + bars.length, 0);
  if (count <= MOST_BARS) return sorted;
  let [first, last] = [Infinity, -Infinity];
  for (const bars of sorted)
    for (const { start, end } of bars) [first, last] = [Math.min(first, start), Math.max(last, end)];
  return sorted.map(bars => {
    const out: Bar[] = [];
    for (const bar of bars) {
      const before = out.at(-1);
      if (before && bar.start - before.end <= (last - first) * JOINED_PART) {
        before.end = Math.max(before.end, bar.end);
        before.configs += bar.configs;
        before.failed += bar.failed;
      } else out.push({ ...bar });
    }
    return out;
  });
}
