/** The time of a worker. It is injected, so that suites and benchmarks can let many workers live in virtual time. */
export interface Clock {
  /** The time in ms. It only goes forward; its zero means nothing. */
  nowMs(): number;
  /** Calls once, after this time; the function that it returns prevents that. */
  after(ms: number, call: () => void): () => void;
  /** Calls again and again, each time after this time; the function that it returns ends that. */
  every(ms: number, call: () => void): () => void;
}

export const processClock: Clock = {
  nowMs: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  every(ms, call) {
    const timer = setInterval(call, ms);
    return () => clearInterval(timer);
  },
};
