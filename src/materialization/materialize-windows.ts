import type { Interval } from '../definitions/index.js';
import {
  type MaterializationResult,
  type MaterializeViewOptions,
  materializeView,
} from './materialize-view.js';

/**
 * Materializes windows of a view one after the other, each recorded before the next begins: stopped half-way, what
 * is recorded is done, and the rest is a gap. Counts, in progress and result, run through all windows.
 * @param options.interval what the windows are parts of
 * @throws CodedError as materializeView
 */
export async function materializeWindows(
  options: MaterializeViewOptions,
  windows: readonly Interval[],
): Promise<MaterializationResult> {
  const { view, interval, onProgress } = options;
  const nothing = { rowsRead: 0, nullKeyRows: 0, written: 0, skippedOlder: 0, bytes: 0, seconds: 0 };
  let sum: MaterializationResult = { view: view.name, interval, ...nothing };
  for (const window of windows) {
    const before = sum;
    const done = await materializeView({
      ...options,
      interval: window,
      onProgress:
        onProgress &&
        (({ entities, rowsRead }) =>
          onProgress({
            view: view.name,
            entities: before.written + before.skippedOlder + entities,
            rowsRead: before.rowsRead + rowsRead,
          })),
    });
    sum = added(before, done);
  }
  return sum;
}

function added(a: MaterializationResult, b: MaterializationResult): MaterializationResult {
  return {
    view: a.view,
    interval: a.interval,
    rowsRead: a.rowsRead + b.rowsRead,
    nullKeyRows: a.nullKeyRows + b.nullKeyRows,
    written: a.written + b.written,
    skippedOlder: a.skippedOlder + b.skippedOlder,
    bytes: a.bytes + b.bytes,
    seconds: a.seconds + b.seconds,
  };
}
