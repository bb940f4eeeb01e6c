import { type FeatureView, type Interval, joinKeysOf } from '../definitions/index.js';
import type { ColumnBatch } from '../offline/column-batch.js';
import type { OfflineStore } from '../offline/offline-store.js';
import type { EncodedBatch } from '../online/encoded-batch.js';
import type { OnlineStore } from '../online/online-store.js';
import { CodedError } from '../shared/errors.js';
import { encodeBatch, encodedSize } from './encode-batch.js';

export interface MaterializationProgress {
  readonly view: string;
  /** entities written or left alone so far */
  readonly entities: number;
  /** rows of the source within the window */
  readonly rowsRead: number;
}

export interface MaterializeViewOptions {
  readonly project: string;
  /** as a registry holds it: entity columns and features inferred */
  readonly view: FeatureView;
  readonly offline: OfflineStore;
  readonly online: OnlineStore;
  readonly interval: Interval;
  /** only rows created at this time or later */
  readonly createdAfter?: Date;
  /** called once, after the last row is written; what it throws fails the materialization */
  readonly recordInterval: (view: FeatureView, interval: Interval) => Promise<void>;
  /** called after every batch */
  readonly onProgress?: ((progress: MaterializationProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the search for late rows came to. */
export interface LateResult {
  /** rows created since, within windows that were materialized before */
  readonly rowsRead: number;
  readonly written: number;
  readonly skippedOlder: number;
}

export interface MaterializationResult {
  readonly view: string;
  readonly interval: Interval;
  /** rows of the source within the window */
  readonly rowsRead: number;
  /** rows left out because a join key was null */
  readonly nullKeyRows: number;
  /** entities written */
  readonly written: number;
  /** entities left alone because the online store holds a newer row */
  readonly skippedOlder: number;
  /** bytes of keys and values handed to the online store */
  readonly bytes: number;
  readonly seconds: number;
  /** late rows, which the counts above leave out; undefined: they were not looked for, or have no created time */
  readonly late?: LateResult;
}

/**
 * Writes the latest row of each entity within a window to the online store. The next batch is read and encoded
 * while one is written, and no more: memory does not grow with the number of entities. Stopped half-way, it leaves rows that
 * a repetition writes again, and no recorded interval.
 * @throws CodedError MATERIALIZATION_ABORTED and what the stores throw
 */
export async function materializeView(options: MaterializeViewOptions): Promise<MaterializationResult> {
  const { project, view, offline, online, interval, signal } = options;
  const started = performance.now();
  throwIfAborted(view, signal);
  const { batches, statistics } = await offline.latestRows({
    source: view.source,
    joinKeys: joinKeysOf(view),
    features: view.features,
    start: interval.start,
    end: interval.end,
    ...(options.createdAfter === undefined ? {} : { createdAfter: options.createdAfter }),
    ...(signal === undefined ? {} : { signal }),
  });
  let [written, skippedOlder, bytes] = [0, 0, 0];
  for await (const batch of readAhead(encodeBatches(batches, online.keepsText))) {
    throwIfAborted(view, signal);
    bytes += encodedSize(batch);
    const result = await online.write(project, view, batch);
    written += result.written;
    skippedOlder += result.skippedOlder;
    options.onProgress?.({
      view: view.name,
      entities: written + skippedOlder,
      rowsRead: statistics.rowsRead,
    });
  }
  await options.recordInterval(view, interval);
  const seconds = (performance.now() - started) / 1000;
  return { view: view.name, interval, ...statistics, written, skippedOlder, bytes, seconds };
}

/** @throws CodedError MATERIALIZATION_ABORTED */
export function throwIfAborted(view: FeatureView, signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new CodedError(
    'MATERIALIZATION_ABORTED',
    `materialization of feature view "${view.name}" was stopped; its interval was not recorded, so it can be run again`,
  );
}

async function* encodeBatches(
  batches: AsyncIterable<ColumnBatch>,
  withText: boolean,
): AsyncGenerator<EncodedBatch> {
  for await (const batch of batches) yield encodeBatch(batch, withText);
}

/** Asks for the next element before this one is used. */
async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = iterator.next();
      // seen again by the await above; until then it must not count as unhandled
      next.catch(() => {});
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
