/** What we use of bree 9, which ships no types: it owns named worker threads. */
declare module 'bree' {
  import type { Worker, WorkerOptions } from 'node:worker_threads';

  interface BreeConfig {
    readonly root: false;
    readonly logger: false;
    readonly jobs: readonly { readonly name: string; readonly path: string }[];
    readonly worker: WorkerOptions;
    workerMessageHandler(event: { readonly name: string; readonly message: unknown }): void;
    /** called for errors and non-zero exits */
    errorHandler(error: Error, event: { readonly name: string }): void;
  }

  export default class Bree {
    constructor(config: BreeConfig);
    readonly workers: Map<string, Worker>;
    init(): Promise<void>;
    /** creates the worker of a job before it returns, once init() is done; resolves at once, not at its end */
    run(name: string): Promise<void>;
  }
}
