/** Time, as a supervisor sees it. It is injected, so that a benchmark can let hundreds of workers live in time of its own. */
export interface Clock {
  /** Only goes forward, in ms; its zero means nothing. */
  nowMs(): number;
  /** Calls once, after so many ms, unless what it gives back is called before. */
  after(ms: number, call: () => void): () => void;
  /** Calls again and again, until what it gives back is called. */
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
