import { joinKeysOf } from '../../definitions/index.js';
import { encodeEntityKeyPrefix } from '../../encoding/index.js';
import type { InfraObject } from '../online-store.js';
import type { RedisClient } from './redis-client.js';
import { featureField, isKeyOf, timeField } from './redis-format.js';
import { DROP } from './scripts.js';

const SCAN_COUNT = '1000';

/**
 * Takes a view's values out of every entity of a project, and entities that then hold nothing away. Looks at every
 * key of the server, for there is no list of entities. Feast: redis.py delete_table.
 * @param view its name
 */
export async function dropView(
  client: RedisClient,
  project: string,
  view: string,
  object: InfraObject,
): Promise<void> {
  const features = object.view?.features ?? [];
  const fields = [timeField(view), ...features.map(({ name }) => featureField(view, name))];
  const pattern = patternOf(project, object);
  await client.onEveryServer(async (send) => {
    let cursor = '0';
    do {
      const [next, keys] = (await send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT])) as [
        Buffer,
        Buffer[],
      ];
      const ours = keys.filter((key) => isKeyOf(project, key));
      await Promise.all(ours.map((key) => send(['EVAL', DROP.text, '1', key, ...fields])));
      cursor = next.toString();
    } while (cursor !== '0');
  });
}

/** Keys that begin with the join keys, where they are known, and end with the project. */
function patternOf(project: string, { view }: InfraObject): Buffer {
  const names = view?.entityColumns.length ? joinKeysOf(view).map(({ name }) => name) : undefined;
  const prefix = names === undefined ? Buffer.alloc(0) : encodeEntityKeyPrefix(names);
  return Buffer.concat([literal(prefix), Buffer.from('*'), literal(Buffer.from(project))]);
}

/** Bytes that mean something in a pattern are escaped. */
function literal(bytes: Uint8Array): Buffer {
  const special = new Set(Buffer.from('*?[]^\\'));
  return Buffer.from([...bytes].flatMap((byte) => (special.has(byte) ? [0x5c, byte] : [byte])));
}
