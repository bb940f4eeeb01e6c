/** The time, injected wherever it decides something, so that tests can hold it. */
export interface Clock {
  /** milliseconds since the epoch */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Waiting, injected beside the clock for the same reason. */
export interface Timers {
  /** calls `wake` once, `ms` milliseconds from now; returns what calls it off */
  after(ms: number, wake: () => void): () => void;
}

export const systemTimers: Timers = {
  after(ms, wake) {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};
