/**
 * List scheduling (Graham 1969): jobs in their order, each on the thread that is free first. This is what workers do
 * with a queue. Pure.
 */

/** When all jobs are done, and when the first thread found nothing more to do; both in seconds from now. */
export interface Schedule {
  endSeconds: number;
  idleSeconds: number;
}

/** A heap of the times at which threads are free; the earliest is at the root. */
export class Threads {
  private readonly free: Float64Array;

  /** @param free when each thread is free, in seconds from now */
  constructor(free: Float64Array) {
    this.free = Float64Array.from(free).sort();
  }

  /** Puts a job on the thread that is free first. Gives when the job is done. */
  take(seconds: number): number {
    const { free } = this;
    const done = free[0] + seconds;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= free.length) break;
      if (child + 1 < free.length && free[child + 1] < free[child]) child++;
      if (free[child] >= done) break;
      free[place] = free[child];
      place = child;
    }
    free[place] = done;
    return done;
  }

  /** When the first thread is free. */
  get firstFree(): number {
    return this.free[0];
  }
}

/**
 * The schedule of jobs on threads.
 * @param free when each thread is free, in seconds from now; at least one thread
 * @param jobs the seconds of each job, in the order of the queue
 * @param ends receives when each job is done
 */
export function schedule(free: Float64Array, jobs: ArrayLike<number>, ends?: Float64Array): Schedule {
  const threads = new Threads(free);
  let endSeconds = free.reduce((a, b) => Math.max(a, b), 0);
  for (let i = 0; i < jobs.length; i++) {
    const end = threads.take(jobs[i]);
    if (ends) ends[i] = end;
    if (end > endSeconds) endSeconds = end;
  }
  return { endSeconds, idleSeconds: threads.firstFree };
}
