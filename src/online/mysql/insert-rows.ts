import { compareCodePoints, type PackedBytes } from '../../encoding/index.js';
import { CodedError } from '../../shared/errors.js';
import { type EncodedBatch, NO_CREATED_TIME } from '../encoded-batch.js';
import { rowsByKey } from '../key-order.js';
import { literal } from './tables.js';

/** Characters of a statement, well below any server's max_allowed_packet. */
const STATEMENT_SIZE = 512 * 1024;
/** The last second a TIMESTAMP holds; the first is 1. */
const LAST_SECOND = 2 ** 31 - 1;

/** Some entities of a batch. */
export interface InsertGroup {
  readonly rows: Uint32Array;
  /** keys in hex, in the order of `rows` */
  readonly keys: readonly string[];
  readonly sql: string;
}

/**
 * The guard reads the times that are stored, and MySQL assigns from left to right: so the times change last, and
 * the event time to the later of the two, which is the written one wherever the guard let the value through.
 */
const WRITTEN_IS_NOT_OLDER = `event_ts < VALUES(event_ts) OR (event_ts = VALUES(event_ts)
  AND coalesce(unix_timestamp(created_ts), 0) <= coalesce(unix_timestamp(VALUES(created_ts)), 0))`;
const ON_DUPLICATE = `ON DUPLICATE KEY UPDATE value = IF(${WRITTEN_IS_NOT_OLDER}, VALUES(value), value),
  created_ts = IF(${WRITTEN_IS_NOT_OLDER}, VALUES(created_ts), created_ts),
  event_ts = GREATEST(event_ts, VALUES(event_ts))`;

/**
 * The statements that write a batch, in the order of the primary key. Expects a session in UTC.
 * @param table quoted
 * @throws CodedError VALUE_INVALID for a time that a TIMESTAMP cannot hold
 */
export function* insertGroups(table: string, batch: EncodedBatch): Generator<InsertGroup> {
  const features = [...batch.features]
    .sort((a, b) => compareCodePoints(a.name, b.name))
    .map(({ name, values }) => ({ start: `${literal(name)},x'`, values, hex: hexOf(values) }));
  const keyHex = hexOf(batch.keys);
  const order = rowsByKey(batch.keys);
  const head = `INSERT INTO ${table} (entity_key, feature_name, value, event_ts, created_ts) VALUES `;
  const times = timeLiterals(batch);
  let [from, size] = [0, 0];
  let tuples: string[] = [];
  let keys: string[] = [];
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!;
    const key = hexAt(keyHex, batch.keys, row);
    const tail = `',${times(row)})`;
    keys.push(key);
    for (const { start, values, hex } of features) {
      const tuple = `('${key}',${start}${hexAt(hex, values, row)}${tail}`;
      size += tuple.length;
      tuples.push(tuple);
    }
    if (size < STATEMENT_SIZE && at < order.length - 1) continue;
    yield { rows: order.subarray(from, at + 1), keys, sql: `${head}${tuples.join(',')} ${ON_DUPLICATE}` };
    [from, size, tuples, keys] = [at + 1, 0, [], []];
  }
}

/** Whole seconds, rounded down; Feast's columns hold no more. No created time: 0, which no TIMESTAMP holds. */
export function secondsOf(microseconds: bigint | undefined): number {
  if (microseconds === undefined || microseconds === NO_CREATED_TIME) return 0;
  const seconds = Math.floor(Number(microseconds) / 1e6);
  if (seconds < 1 || seconds > LAST_SECOND) {
    const time = new Date(seconds * 1000).toISOString();
    throw new CodedError(
      'VALUE_INVALID',
      `event or created time ${time}: Feast's MySQL tables hold times from 1970-01-01T00:00:01 to 2038-01-19T03:14:07; nothing of this batch was written; use another online store for such times`,
    );
  }
  return seconds;
}

/** Event and created time of a row as literals; rows next to each other often share them. */
function timeLiterals(batch: EncodedBatch): (row: number) => string {
  let [event, created, text] = [-1, -1, ''];
  return (row) => {
    const [eventSeconds, createdSeconds] = [
      secondsOf(batch.eventTimes[row]),
      secondsOf(batch.createdTimes?.[row]),
    ];
    if (eventSeconds !== event || createdSeconds !== created) {
      [event, created] = [eventSeconds, createdSeconds];
      text = `${timeLiteral(event)},${timeLiteral(created)}`;
    }
    return text;
  };
}

function timeLiteral(seconds: number): string {
  return seconds === 0 ? 'NULL' : `'${new Date(seconds * 1000).toISOString().slice(0, 19)}'`;
}

/** All the bytes in hex at once: a call for each value costs more than the value. */
function hexOf({ bytes }: PackedBytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function hexAt(hex: string, { offsets }: PackedBytes, row: number): string {
  return hex.slice(2 * offsets[row]!, 2 * offsets[row + 1]!);
}
