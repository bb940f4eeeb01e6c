import { randomUUID } from 'node:crypto';
import { isCodedError } from '../../src/shared/errors.js';
import { type Clock, systemClock, systemTimers, type Timers } from '../clock/clock.js';
import type { DagFiles } from '../dag-files/dag-files.js';
import { Attempts } from './attempts.js';
import { DagSync } from './dag-sync.js';
import { LeaseKeeper } from './lease-keeper.js';
import type { LoopContext, LoopOptions } from './loop-options.js';
import { createDueRuns, lookAtRuns, startQueuedRuns } from './run-passes.js';
import { type OnceSummary, Tally } from './tally.js';

/** Changes that other processes make (triggers, pauses, clears) are seen this soon. */
const POLL_MS = 1000;
const DRAIN_MS = 30_000;

/**
 * The scheduler: reads DAG files, creates runs as they fall due, starts tasks whose dependencies are met, and
 * records how they end. All state is in the store; what this object knows can be lost at any moment. It works in
 * passes, one at a time, and sleeps in between until an attempt ends, a DAG file changes, the next instant at
 * which something is due, or a second has gone by.
 */
export class SchedulerLoop {
  readonly #context: LoopContext;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #dagFiles: DagFiles;
  readonly #sync: DagSync;
  readonly #attempts: Attempts;
  readonly #lease: LeaseKeeper;
  readonly #tally = new Tally();
  readonly #drainMs: number;
  #wake: (() => void) | undefined;
  #poked = false;
  #stopBy: number | undefined;
  #ended: Promise<void> | undefined;
  #reconciledAt = Number.NEGATIVE_INFINITY;

  constructor(options: LoopOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#timers = options.timers ?? systemTimers;
    this.#dagFiles = options.dagFiles;
    this.#drainMs = options.drainMs ?? DRAIN_MS;
    this.#context = {
      store: options.store,
      executor: options.executor,
      logFolder: options.logFolder,
      clock: this.#clock,
      random: options.random ?? Math.random,
      emit: options.onEvent ?? (() => {}),
      owner: randomUUID(),
      poke: () => this.#poke(),
    };
    this.#sync = new DagSync(this.#context, options.dagFiles);
    this.#attempts = new Attempts(this.#context, this.#tally);
    this.#lease = new LeaseKeeper(options.store, this.#clock, this.#context.owner);
  }

  /**
   * Schedules until stop(). DAG files and executor are closed when it ends, however it ends.
   * @throws CodedError STATE_DATABASE_IN_USE, SCHEDULER_LEASE_LOST, or what the database throws for longer than
   * the lease lasts
   */
  run(): Promise<void> {
    return this.#session(async () => {
      this.#dagFiles.watch();
      while (this.#stopBy === undefined) {
        const busy = await this.#steadily(() => this.#pass(this.#clock.now()));
        if (!busy) await this.#sleep(await this.#steadily(() => this.#nextWake()));
      }
    });
  }

  /**
   * Creates every run that is due now, runs until nothing is left to do, and says what was done. What falls due
   * meanwhile is left to the next time.
   * @throws CodedError as run(), and at once what the database throws
   */
  async runOnce(): Promise<OnceSummary> {
    const began = this.#clock.now();
    const { store } = this.#context;
    await this.#session(async () => {
      while (this.#stopBy === undefined) {
        if (await this.#pass(began)) continue;
        const retryAt = await store.nextRetry();
        if (this.#attempts.running === 0 && retryAt === null && !this.#poked) break;
        await this.#sleep(await this.#nextWake());
      }
    });
    return {
      runsCreated: this.#tally.runsCreated,
      runs: { ...this.#tally.runs },
      tasks: { ...this.#tally.tasks },
      retries: this.#tally.retries,
      unfinishedRuns: await store.countUnfinishedRuns(),
      importErrors: (await store.listImportErrors()).length,
      seconds: (this.#clock.now() - began) / 1000,
    };
  }

  /**
   * Starts nothing more, waits for running attempts up to `drainMs`, then stops them: they are interrupted, and
   * run again with the next start. A second call may shorten the wait. Resolves when the loop has ended.
   */
  async stop(drainMs: number = this.#drainMs): Promise<void> {
    this.#stopBy = Math.min(this.#stopBy ?? Number.POSITIVE_INFINITY, this.#clock.now() + drainMs);
    this.#poke();
    await this.#ended?.catch(() => {});
  }

  #poke(): void {
    this.#poked = true;
    this.#wake?.();
  }

  #session(work: () => Promise<void>): Promise<void> {
    this.#ended = (async () => {
      try {
        await this.#lease.acquire();
      } catch (error) {
        await this.#close();
        throw error;
      }
      try {
        // What an earlier scheduler left running is nobody's now.
        await this.#attempts.reconcile();
        await this.#readDagFiles();
        await work();
        await this.#drain();
        await this.#attempts.shutDown();
      } catch (error) {
        await this.#close();
        // A database that is out of order would only hide the first error; a lease ends by itself.
        if (!isCodedError(error)) await this.#lease.release();
        throw error;
      }
      await this.#close();
      await this.#lease.release();
    })();
    return this.#ended;
  }

  /** The first reading of all DAG files; it may take a while, and the lease is kept meanwhile. */
  async #readDagFiles(): Promise<void> {
    let scanned = false;
    const failure = this.#dagFiles
      .scan()
      .then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      .finally(() => {
        scanned = true;
        this.#poke();
      });
    while (!scanned) {
      await this.#lease.keep();
      await this.#sync.apply();
      await this.#sleep(this.#clock.now() + POLL_MS);
    }
    const failed = await failure;
    if (failed !== undefined) throw failed.error;
    await this.#sync.apply();
    await this.#sync.forgetUnseen();
    await this.#dagFiles.prune(new Set(await this.#context.store.listBundles()));
  }

  async #close(): Promise<void> {
    await Promise.all([this.#dagFiles.close(), this.#attempts.closeExecutor()]);
  }

  /** One pass over everything that may have changed. @returns whether something did, so that more may follow */
  async #pass(dueBy: number): Promise<boolean> {
    await this.#lease.keep();
    await this.#sync.apply();
    const recorded = await this.#attempts.record();
    const now = this.#clock.now();
    if (now - this.#reconciledAt >= POLL_MS || now < this.#reconciledAt) {
      await this.#attempts.reconcile();
      this.#reconciledAt = now;
    }
    const created = await createDueRuns(this.#context, dueBy, this.#tally);
    const started = await startQueuedRuns(this.#context, now);
    const looked = await lookAtRuns(this.#context, now, this.#tally);
    const claimed = await this.#attempts.start();
    return recorded || created || started || looked || claimed;
  }

  /** Runs database work again, each second, as long as the database is out of reach and the lease lasts. */
  async #steadily<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const passing = [
          'STATE_DATABASE_LOCKED',
          'STATE_DATABASE_FULL',
          'STATE_DATABASE_UNAVAILABLE',
        ] as const;
        if (!passing.some((code) => isCodedError(error, code)) || this.#lease.expired) throw error;
        this.#context.emit({ kind: 'store_unavailable', error: error as Error });
        await new Promise<void>((resolve) => this.#timers.after(POLL_MS, resolve));
      }
    }
  }

  async #drain(): Promise<void> {
    while (this.#attempts.running > 0 && this.#stopBy !== undefined && this.#clock.now() < this.#stopBy) {
      await this.#lease.keep();
      if (!(await this.#attempts.record())) await this.#sleep(this.#stopBy);
    }
  }

  async #nextWake(): Promise<number> {
    const { due, look } = await this.#context.store.nextWake();
    const now = this.#clock.now();
    // What is overdue is held back by a limit: the end of another run will free it.
    const ahead = [due, look].filter((at) => at !== null).filter((at) => at > now);
    return Math.min(...ahead, now + POLL_MS);
  }

  /** Until `at`, at most a second, or until poked; not at all where something happened since the last sleep. */
  async #sleep(at: number): Promise<void> {
    if (!this.#poked) {
      const ms = Math.min(Math.max(at - this.#clock.now(), 0), POLL_MS);
      await new Promise<void>((resolve) => {
        const cancel = this.#timers.after(ms, resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
      this.#wake = undefined;
    }
    this.#poked = false;
  }
}
