/** The time of a worker. It is injected, so that suites and benchmarks can let many workers live in virtual time. */
export interface Clock {
  /** The time in ms, from an arbitrary zero. It only goes forward. */
  nowMs(): number;
  /** Calls once, after this time in ms. The returned function cancels the call. */
  after(ms: number, call: () => void): () => void;
  /** Calls again and again, each time after this time in ms. The returned function ends this. */
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
