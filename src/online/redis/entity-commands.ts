import type { EncodedBatch } from '../encoded-batch.js';
import { encodeTimestamp, featureField, timeField } from './redis-format.js';
import { encodedPart, RespEncoder } from './resp-encoder.js';
import { WRITE } from './scripts.js';

/** Rows `from` to `end` of a batch. */
export interface Rows {
  readonly from: number;
  readonly end: number;
}

/** The commands that write a batch, encoded straight from its packed buffers. */
export interface EntityCommands {
  /** WATCH of the view's guard, and the stored event time of each row: one command more than rows */
  probe(rows: Rows): Buffer;
  /** one transaction that writes the rows for which `keep` says so, and touches the guard: `count` commands */
  commit(rows: Rows, keep: (row: number) => boolean): { bytes: Buffer; count: number };
  /** one script call that guards and writes */
  script(rows: Rows): Buffer;
  /** serialized event time */
  timestamp(row: number): Buffer;
}

/**
 * The guard is a key that a writer of the view sets and deletes within its transaction: whoever watches it learns
 * that another has written, and no reader ever sees it. Watching one key costs nothing; watching every entity
 * costs more than writing it.
 */
export function entityCommands(
  project: string,
  view: string,
  batch: EncodedBatch,
  ttl: number,
): EntityCommands {
  const suffix = Buffer.from(project);
  const time = encodedPart(timeField(view));
  const fields = batch.features.map(({ name }) => encodedPart(featureField(view, name)));
  const guard = encodedPart(`feast-scheduler:writing:${project}:${view}`);
  const [watch, hget, multi, hset, expire, set, del, exec, evalsha] = [
    'WATCH',
    'HGET',
    'MULTI',
    'HSET',
    'EXPIRE',
    'SET',
    'DEL',
    'EXEC',
    'EVALSHA',
  ].map(encodedPart) as Buffer[];
  const [one, seconds, sha] = [encodedPart('1'), encodedPart(String(ttl)), encodedPart(WRITE.sha)];
  const parts = 2 + 2 * batch.features.length;
  const encoder = new RespEncoder();
  const put = (count: number, ...encoded: readonly Buffer[]) => {
    encoder.startCommand(count);
    for (const part of encoded) encoder.putEncoded(part);
  };

  let [lastTime, lastTimestamp] = [batch.eventTimes[0] ?? 0n, encodeTimestamp(batch.eventTimes[0] ?? 0n)];
  function timestamp(row: number): Buffer {
    const eventTime = batch.eventTimes[row]!;
    if (eventTime !== lastTime) [lastTime, lastTimestamp] = [eventTime, encodeTimestamp(eventTime)];
    return lastTimestamp;
  }

  function putRow(row: number): void {
    encoder.putEncoded(time);
    encoder.put(timestamp(row));
    for (let f = 0; f < fields.length; f++) {
      encoder.putEncoded(fields[f]!);
      encoder.putPacked(batch.features[f]!.values, row);
    }
  }

  return {
    timestamp,
    probe({ from, end }) {
      put(2, watch!, guard);
      for (let row = from; row < end; row++) {
        put(3, hget!);
        encoder.putPacked(batch.keys, row, suffix);
        encoder.putEncoded(time);
      }
      return encoder.take();
    },
    commit({ from, end }, keep) {
      let count = 4;
      put(1, multi!);
      for (let row = from; row < end; row++) {
        if (!keep(row)) continue;
        put(2 + parts, hset!);
        encoder.putPacked(batch.keys, row, suffix);
        putRow(row);
        count++;
        if (ttl === 0) continue;
        put(3, expire!);
        encoder.putPacked(batch.keys, row, suffix);
        encoder.putEncoded(seconds);
        count++;
      }
      put(3, set!, guard, one);
      put(2, del!, guard);
      put(1, exec!);
      return { bytes: encoder.take(), count };
    },
    script({ from, end }) {
      const rows = end - from;
      put(3 + rows + 1 + 2 + rows * parts, evalsha!, sha, encodedPart(String(rows + 1)));
      for (let row = from; row < end; row++) encoder.putPacked(batch.keys, row, suffix);
      encoder.putEncoded(guard);
      encoder.putEncoded(encodedPart(String(parts)));
      encoder.putEncoded(seconds);
      for (let row = from; row < end; row++) putRow(row);
      return encoder.take();
    },
  };
}
