import { hostname } from 'node:os';
import { CodedError } from '../../src/shared/errors.js';
import type { Clock } from '../clock/clock.js';
import type { RunStore } from '../store/run-store.js';

const LEASE_MS = 30_000;
const RENEW_MS = 5000;

/** Keeps this scheduler the only one on its database. The heartbeat comes from the loop, not from busy tasks. */
export class LeaseKeeper {
  readonly #store: RunStore;
  readonly #clock: Clock;
  readonly #owner: string;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(store: RunStore, clock: Clock, owner: string) {
    this.#store = store;
    this.#clock = clock;
    this.#owner = owner;
  }

  /** @throws CodedError STATE_DATABASE_IN_USE */
  async acquire(): Promise<void> {
    const now = this.#clock.now();
    const holder = {
      owner: this.#owner,
      host: hostname(),
      pid: process.pid,
      processStart: Math.round(performance.timeOrigin),
    };
    await this.#store.acquireLease(holder, now, now + LEASE_MS);
    this.#renewedAt = now;
  }

  /**
   * Renews the lease every few seconds; called before anything else in a pass, for this process may have slept.
   * @throws CodedError SCHEDULER_LEASE_LOST where another scheduler took over meanwhile
   */
  async keep(): Promise<void> {
    const now = this.#clock.now();
    // A clock that was set back must not stop the heartbeat.
    if (now >= this.#renewedAt && now < this.#renewedAt + RENEW_MS) return;
    if (!(await this.#store.renewLease(this.#owner, now + LEASE_MS))) {
      throw new CodedError(
        'SCHEDULER_LEASE_LOST',
        'Another scheduler took over the state database, for this one gave no sign of life for a while (was it suspended?). It stops; what it was running is run by the other.',
      );
    }
    this.#renewedAt = now;
  }

  /** Whether the lease has run out for want of renewal, so that another scheduler may have taken over. */
  get expired(): boolean {
    return this.#clock.now() >= this.#renewedAt + LEASE_MS;
  }

  async release(): Promise<void> {
    await this.#store.releaseLease(this.#owner);
  }
}
