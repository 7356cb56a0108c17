/** Time that passes only when nothing is left to do at its moment. Code takes no time. */
import type { Clock } from '../../src/worker/clock.js';

interface Due {
  atMs: number;
  /** Of two that are due at the same time, the one with the smaller order comes first. */
  order: number;
  call(): void;
  isWanted(): boolean;
}

const isBefore = (a: Due, b: Due): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

export class VirtualTime implements Clock {
  private now = 0;
  private count = 0;
  /** A binary heap, the earliest first. */
  private readonly heap: Due[] = [];

  /**
   * @param order the order of a call among those that are due at the same time: as they came, if nothing else is
   * given
   */
  constructor(private readonly order: () => number = () => this.count++) {}

  nowMs(): number {
    return this.now;
  }

  after(ms: number, call: () => void): () => void {
    let isWanted = true;
    this.at(this.now + Math.max(0, ms), call, () => isWanted);
    return () => void (isWanted = false);
  }

  every(ms: number, call: () => void): () => void {
    let cancel = (): void => undefined;
    const again = (): void => {
      cancel = this.after(ms, again);
      call();
    };
    cancel = this.after(ms, again);
    return () => cancel();
  }

  /** Calls at a time, in ms, unless the call was cancelled before. */
  at(atMs: number, call: () => void, isWanted: () => boolean): void {
    this.push({ atMs, order: this.order(), call, isWanted });
  }

  /** Lets time pass until nothing is left to do, or until a time, in ms. */
  async run(untilMs = Infinity): Promise<void> {
    for (;;) {
      // all promises settle before
      await new Promise(setImmediate);
      while (this.heap.length > 0 && !this.heap[0].isWanted()) this.pop();
      const [next] = this.heap;
      if (!next || this.now >= untilMs) return;
      this.now = Math.max(this.now, Math.min(next.atMs, untilMs));
      if (next.atMs >= untilMs) return;
      this.pop();
      next.call();
    }
  }

  private push(due: Due): void {
    const { heap } = this;
    let at = heap.push(due) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && isBefore(due, heap[parent]); parent = (at - 1) >> 1) {
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = due;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (heap.length === 0 || !last) return;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
  }
}
