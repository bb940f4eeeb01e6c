import type { BackendConfig } from '../../config/repo-config.js';
import type { FeatureView } from '../../definitions/index.js';
import type { EncodedBatch } from '../encoded-batch.js';
import type { InfraObject, OnlineStore, StoredRow, WriteResult } from '../online-store.js';
import { storeError } from '../store-error.js';
import { tableName } from '../table-name.js';
import { type BulkWriter, openBulkWriter } from './bulk-writer.js';
import { writeToCluster } from './cluster-writer.js';
import { dropView } from './drop-view.js';
import { openRedisClient, type RedisClient } from './redis-client.js';
import { parseRedisConfig, placeOf } from './redis-config.js';
import { REDIS_FAILURES } from './redis-errors.js';
import { dateOf, decodeTimestamp, featureField, timeField } from './redis-format.js';

/** Entities asked for at once, so that a reply does not outgrow its buffers. */
const READ_GROUP = 1000;

/**
 * The online store in Redis or a Redis cluster, in Feast's format (infra/online_stores/redis.py): a hash an entity,
 * in which each view has its fields.
 *
 * The format has no place for created times: of rows with equal event times the last written stays. Times are kept
 * to the microsecond. A batch is written in groups of entities, each at once; one that fails may leave some groups
 * written, which the repetition writes again.
 * @param repoPath folder that relative paths of certificates start from
 * @throws CodedError CONFIG_UNKNOWN_KEY, CONFIG_INVALID_VALUE
 */
export async function openRedisStore(backend: BackendConfig, repoPath: string): Promise<OnlineStore> {
  const config = parseRedisConfig(backend.section, repoPath);
  const place = placeOf(config);
  let client: Promise<RedisClient> | undefined;
  let writer: Promise<BulkWriter> | undefined;

  /** Runs what talks to the server; after a failure the next use connects anew. */
  async function guarded<T>(use: () => Promise<T>): Promise<T> {
    try {
      return await use();
    } catch (error) {
      const failure = storeError(error, place, REDIS_FAILURES);
      if (failure.code !== 'ONLINE_STORE_FULL') await disconnect();
      throw failure;
    }
  }

  function connect(): Promise<RedisClient> {
    client ??= openRedisClient(config);
    return client;
  }

  async function disconnect(): Promise<void> {
    const [openClient, openWriter] = [client, writer];
    client = undefined;
    writer = undefined;
    // one that never opened has told its opener why
    await Promise.all([openClient, openWriter].map((open) => open?.then((it) => it.close()).catch(() => {})));
  }

  function infraFor(project: string, view: FeatureView): InfraObject {
    return { type: 'redis hash fields', name: tableName(project, view.name), location: place, view };
  }

  async function updateInfra(
    project: string,
    _create: readonly FeatureView[],
    drop: readonly InfraObject[],
  ): Promise<void> {
    const ours = drop.filter(({ location }) => location === place);
    if (ours.length === 0 || !config.fullScanForDeletion) return;
    await guarded(async () => {
      const connected = await connect();
      for (const object of ours) {
        await dropView(connected, project, object.name.slice(tableName(project, '').length), object);
      }
    });
  }

  async function write(project: string, view: FeatureView, batch: EncodedBatch): Promise<WriteResult> {
    if (batch.rowCount === 0) return { written: 0, skippedOlder: 0 };
    return guarded(async () => {
      if (config.cluster) {
        return writeToCluster(await connect(), project, view.name, batch, config.keyTtlSeconds);
      }
      writer ??= openBulkWriter(config);
      return (await writer).write(project, view.name, batch);
    });
  }

  async function read(
    project: string,
    view: FeatureView,
    keys: readonly Uint8Array[],
    features: readonly string[],
  ): Promise<readonly (StoredRow | undefined)[]> {
    if (keys.length === 0) return [];
    const suffix = Buffer.from(project);
    const fields = [timeField(view.name), ...features.map((name) => featureField(view.name, name))];
    return guarded(async () => {
      const connected = await connect();
      const rows: (StoredRow | undefined)[] = [];
      for (let from = 0; from < keys.length; from += READ_GROUP) {
        const group = keys.slice(from, from + READ_GROUP).map((key) => {
          const redisKey = Buffer.concat([key, suffix]);
          return connected.send(redisKey, true, ['HMGET', redisKey, ...fields]);
        });
        for (const reply of await Promise.all(group)) {
          rows.push(storedRow(reply as (Buffer | null)[], features));
        }
      }
      return rows;
    });
  }

  return { name: 'redis', infraFor, updateInfra, write, read, close: disconnect };
}

/** Values without an event time are what is left of a feature that was dropped: they do not count as stored. */
function storedRow([time, ...stored]: (Buffer | null)[], features: readonly string[]): StoredRow | undefined {
  if (time === null || time === undefined) return undefined;
  const values = new Map<string, Uint8Array>();
  for (const [i, name] of features.entries()) {
    const value = stored[i];
    if (value !== null && value !== undefined) values.set(name, value);
  }
  return { eventTime: dateOf(decodeTimestamp(time)), values };
}
