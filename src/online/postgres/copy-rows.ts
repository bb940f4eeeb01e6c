import { compareCodePoints, type PackedBytes } from '../../encoding/index.js';
import { type EncodedBatch, NO_CREATED_TIME } from '../encoded-batch.js';
import { rowsByKey } from '../key-order.js';

/** The columns that COPY fills, in its order. */
export const COPIED_COLUMNS = 'entity_key, feature_name, value, value_text, event_ts, created_ts';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const END = Buffer.from([0xff, 0xff]);
const NULL = -1;
/** 2000-01-01 in microseconds since 1970: where PostgreSQL counts from. */
const EPOCH = 946_684_800_000_000n;
/** Entities in one buffer. */
const GROUP = 1000;
/** Bytes of a row but for key, name, value and text: the number of fields, six lengths, two times. */
const ROW_OVERHEAD = 2 + 6 * 4 + 2 * 8;

/**
 * A batch in PostgreSQL's binary COPY format, a row a value, in the order of the primary key.
 * https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"
 */
export function* copyRows(batch: EncodedBatch): Generator<Buffer> {
  const features = [...batch.features]
    .sort((a, b) => compareCodePoints(a.name, b.name))
    .map(({ name, values, text }) => ({ name: Buffer.from(name), values, text: withoutZero(text) }));
  const rows = rowsByKey(batch.keys);
  const longest = features.reduce(
    (sum, { name, values, text }) => sum + ROW_OVERHEAD + name.length + longestOf(values) + longestOf(text),
    features.length * longestOf(batch.keys),
  );
  yield SIGNATURE;
  // few long values must not make a buffer for many
  const group = Math.max(1, Math.min(GROUP, Math.floor(4_000_000 / longest)));
  for (let from = 0; from < rows.length; from += group) {
    const end = Math.min(from + group, rows.length);
    const buffer = Buffer.allocUnsafeSlow((end - from) * longest);
    let at = 0;
    const put = (bytes: Uint8Array, first: number, last: number) => {
      at = buffer.writeInt32BE(last - first, at);
      // a loop: fields are short, and a call to set() costs more
      for (let i = first; i < last; i++) buffer[at++] = bytes[i]!;
    };
    const putAt = ({ bytes, offsets }: PackedBytes, row: number) =>
      put(bytes, offsets[row]!, offsets[row + 1]!);
    for (const row of rows.subarray(from, end)) {
      const eventTime = batch.eventTimes[row]! - EPOCH;
      const created = batch.createdTimes?.[row] ?? NO_CREATED_TIME;
      for (const { name, values, text } of features) {
        at = buffer.writeInt16BE(6, at);
        putAt(batch.keys, row);
        put(name, 0, name.length);
        putAt(values, row);
        // a null has no text; an empty string has an empty one
        if (text === undefined || values.offsets[row] === values.offsets[row + 1]) {
          at = buffer.writeInt32BE(NULL, at);
        } else putAt(text, row);
        at = buffer.writeInt32BE(8, at);
        at = buffer.writeBigInt64BE(eventTime, at);
        if (created === NO_CREATED_TIME) at = buffer.writeInt32BE(NULL, at);
        else {
          at = buffer.writeInt32BE(8, at);
          at = buffer.writeBigInt64BE(created - EPOCH, at);
        }
      }
    }
    yield buffer.subarray(0, at);
  }
  yield END;
}

function longestOf(packed: PackedBytes | undefined): number {
  let longest = 0;
  for (let i = 1; i < (packed?.offsets.length ?? 0); i++) {
    longest = Math.max(longest, packed!.offsets[i]! - packed!.offsets[i - 1]!);
  }
  return longest;
}

/**
 * PostgreSQL's text cannot hold the character U+0000, which Feast fails on. The value holds it; the text beside it,
 * which is there to search in, gets a space.
 */
function withoutZero(text: PackedBytes | undefined): PackedBytes | undefined {
  if (text === undefined || !text.bytes.includes(0)) return text;
  return { bytes: text.bytes.map((byte) => (byte === 0 ? 0x20 : byte)), offsets: text.offsets };
}
