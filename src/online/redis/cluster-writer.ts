import { packedAt } from '../../encoding/index.js';
import type { EncodedBatch } from '../encoded-batch.js';
import type { WriteResult } from '../online-store.js';
import type { RedisClient } from './redis-client.js';
import { encodeTimestamp, featureField, timeField } from './redis-format.js';
import { WRITE } from './scripts.js';

/** Entities under way at once. */
const GROUP = 500;

/**
 * Writes a batch to a cluster, whose servers each hold some of the entities: a script call an entity, since a
 * transaction cannot reach over servers.
 * @throws what node-redis throws, or a server's refusal
 */
export async function writeToCluster(
  client: RedisClient,
  project: string,
  view: string,
  batch: EncodedBatch,
  ttl: number,
): Promise<WriteResult> {
  const suffix = Buffer.from(project);
  const time = timeField(view);
  const fields = batch.features.map(({ name }) => featureField(view, name));
  const parts = String(2 + 2 * fields.length);
  const call = (row: number): [Buffer, (string | Buffer)[]] => {
    const key = Buffer.concat([packedAt(batch.keys, row), suffix]);
    const values = fields.flatMap((field, f) => [
      field,
      Buffer.from(packedAt(batch.features[f]!.values, row)),
    ]);
    return [key, ['1', key, parts, String(ttl), time, encodeTimestamp(batch.eventTimes[row]!), ...values]];
  };
  let skippedOlder = 0;
  for (let from = 0; from < batch.rowCount; from += GROUP) {
    const rows = Array.from({ length: Math.min(GROUP, batch.rowCount - from) }, (_, i) => from + i);
    const skipped = await Promise.all(rows.map((row) => runWrite(client, ...call(row))));
    for (const count of skipped) skippedOlder += count;
  }
  return { written: batch.rowCount - skippedOlder, skippedOlder };
}

/** A server that does not know the script yet, or no longer, gets its text. */
async function runWrite(
  client: RedisClient,
  key: Buffer,
  parts: readonly (string | Buffer)[],
): Promise<number> {
  try {
    return (await client.send(key, false, ['EVALSHA', WRITE.sha, ...parts])) as number;
  } catch (error) {
    if (!/^NOSCRIPT/.test((error as Error).message)) throw error;
    return (await client.send(key, false, ['EVAL', WRITE.text, ...parts])) as number;
  }
}
