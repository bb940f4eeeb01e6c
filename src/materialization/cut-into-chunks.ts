import type { Interval } from '../definitions/index.js';
import { CodedError } from '../shared/errors.js';

/** More than ten years of hours: beyond it a chunk length is a mistake. */
const MOST_CHUNKS = 100_000;

/**
 * A window as windows no longer than `chunkMs`, oldest first. Each begins where the one before it ends, so that
 * together they are recorded as one interval; rows at such an instant are read twice, and written once.
 * @param chunkMs undefined: the window is not cut
 * @throws CodedError MATERIALIZATION_OPTION
 */
export function cutIntoChunks(window: Interval, chunkMs: number | undefined): Interval[] {
  if (chunkMs === undefined) return [window];
  const [from, to] = [window.start.getTime(), window.end.getTime()];
  if (!(chunkMs >= 1) || (to - from) / chunkMs > MOST_CHUNKS) {
    throw new CodedError(
      'MATERIALIZATION_OPTION',
      `chunk: ${chunkMs} ms would cut ${window.start.toISOString()} to ${window.end.toISOString()} into more than ${MOST_CHUNKS} windows; give a longer one, such as 1d`,
    );
  }
  const chunks: Interval[] = [];
  let start = from;
  do {
    const end = Math.min(start + chunkMs, to);
    chunks.push({ start: new Date(start), end: new Date(end) });
    start = end;
  } while (start < to);
  return chunks;
}
