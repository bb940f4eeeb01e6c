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
  const parts = 2 + 2 * batch.features.length;
  const [hget, hset, expire] = [
    commandHead(3, 'HGET'),
    commandHead(2 + parts, 'HSET'),
    commandHead(3, 'EXPIRE'),
  ];
  const watch = Buffer.concat([commandHead(2, 'WATCH'), guard]);
  const multi = commandHead(1, 'MULTI');
  const touch = [commandHead(3, 'SET'), guard, encodedPart('1'), commandHead(2, 'DEL'), guard];
  const exec = Buffer.concat([...touch, commandHead(1, 'EXEC')]);
  const [seconds, sha] = [encodedPart(String(ttl)), encodedPart(WRITE.sha)];
  const encoder = new RespEncoder();

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
      encoder.putEncoded(watch);
      for (let row = from; row < end; row++) {
        encoder.putEncoded(hget);
        encoder.putPacked(batch.keys, row, suffix);
        encoder.putEncoded(time);
      }
      return encoder.take();
    },
    commit({ from, end }, keep) {
      // MULTI, SET, DEL, EXEC
      let count = 4;
      encoder.putEncoded(multi);
      for (let row = from; row < end; row++) {
        if (!keep(row)) continue;
        encoder.putEncoded(hset);
        encoder.putPacked(batch.keys, row, suffix);
        putRow(row);
        count++;
        if (ttl === 0) continue;
        encoder.putEncoded(expire);
        encoder.putPacked(batch.keys, row, suffix);
        encoder.putEncoded(seconds);
        count++;
      }
      encoder.putEncoded(exec);
      return { bytes: encoder.take(), count };
    },
    script({ from, end }) {
      const rows = end - from;
      encoder.putEncoded(commandHead(3 + rows + 1 + 2 + rows * parts, 'EVALSHA'));
      encoder.putEncoded(sha);
      encoder.putEncoded(encodedPart(String(rows + 1)));
      for (let row = from; row < end; row++) encoder.putPacked(batch.keys, row, suffix);
      encoder.putEncoded(guard);
      encoder.putEncoded(encodedPart(String(parts)));
      encoder.putEncoded(seconds);
      for (let row = from; row < end; row++) putRow(row);
      return encoder.take();
    },
  };
}

/** The beginning of a command of so many parts: its name is the first. */
function commandHead(parts: number, name: string): Buffer {
  return Buffer.concat([Buffer.from(`*${parts}\r\n`), encodedPart(name)]);
}
