import type { Clock, Timers } from '../../scheduler/clock/clock.js';

/** A clock that stands still until it is moved; timers go off as it passes them. */
export class ManualClock implements Clock, Timers {
  #now: number;
  readonly #timers = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, wake: () => void): () => void {
    const timer = { at: this.#now + ms, wake };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves the time to `at`. */
  set(at: number): void {
    this.#now = at;
    for (const timer of [...this.#timers]) {
      if (timer.at > at) continue;
      this.#timers.delete(timer);
      timer.wake();
    }
  }

  advance(ms: number): void {
    this.set(this.#now + ms);
  }
}
