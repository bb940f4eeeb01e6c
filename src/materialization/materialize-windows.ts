import type { Interval } from '../definitions/index.js';
import {
  type MaterializationResult,
  type MaterializeViewOptions,
  materializeView,
} from './materialize-view.js';
import type { PlannedView } from './plan-materialization.js';

/**
 * Materializes what is planned of a view: its windows one after the other, each recorded before the next begins, so
 * that stopped half-way, what is recorded is done and the rest is a gap; then rows that came late into windows
 * materialized before. Counts, in progress and result, run through all windows.
 * @param plan.late is read, and not recorded: it is recorded already
 * @throws CodedError as materializeView
 */
export async function materializeWindows(
  options: MaterializeViewOptions,
  plan: Pick<PlannedView, 'windows' | 'late'>,
): Promise<MaterializationResult> {
  const done = await materializeEach(options, plan.windows);
  const { late } = plan;
  if (late === undefined) return done;
  const lateOptions = { ...options, createdAfter: late.createdAfter, recordInterval: async () => {} };
  const { rowsRead, written, skippedOlder, bytes, seconds } = await materializeEach(
    lateOptions,
    late.windows,
  );
  return {
    ...done,
    bytes: done.bytes + bytes,
    seconds: done.seconds + seconds,
    late: { rowsRead, written, skippedOlder },
  };
}

async function materializeEach(
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
