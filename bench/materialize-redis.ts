/**
 * Materializes 1,000,000 entities × 10 doubles from Parquet into a Redis server of its own.
 * Arguments: number of entities, number of entities for Feast.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { sectionOf } from '../src/config/section.js';
import { packedAt } from '../src/encoding/index.js';
import { encodeTimestamp, featureField, timeField } from '../src/online/redis/redis-format.js';
import { openRedisStore } from '../src/online/redis/redis-store.js';
import { encodedPart, RespEncoder } from '../src/online/redis/resp-encoder.js';
import { startRedis } from '../test/helpers/services.js';
import { PROJECT, VIEW } from './materialization/rows.js';
import { runStoreBench } from './materialization/run.js';

const home = mkdtempSync(join(tmpdir(), 'feast-scheduler-bench-redis-'));
const server = await startRedis(home);
const connection_string = `127.0.0.1:${server.port}`;
try {
  await runStoreBench({
    name: 'redis',
    open: (folder) => openRedisStore({ type: 'redis', section: sectionOf({ connection_string }) }, folder),
    // HSET commands in a file, through redis-cli --pipe
    async load(folder, batches) {
      const path = join(folder, 'commands');
      const file = createWriteStream(path);
      const encoder = new RespEncoder();
      const time = encodedPart(timeField(VIEW.name));
      for await (const batch of batches) {
        for (let row = 0; row < batch.rowCount; row++) {
          encoder.startCommand(4 + 2 * batch.features.length);
          encoder.put(Buffer.from('HSET'));
          encoder.put(Buffer.concat([packedAt(batch.keys, row), Buffer.from(PROJECT)]));
          encoder.putEncoded(time);
          encoder.put(encodeTimestamp(batch.eventTimes[row]!));
          for (const { name, values } of batch.features) {
            encoder.put(featureField(VIEW.name, name));
            encoder.putPacked(values, row);
          }
        }
        if (!file.write(encoder.take())) await once(file, 'drain');
      }
      file.end();
      await finished(file);
      const started = performance.now();
      const client = spawn('redis-cli', ['-p', String(server.port), '--pipe'], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      createReadStream(path, { highWaterMark: 1 << 20 }).pipe(client.stdin);
      const [code] = (await once(client, 'exit')) as [number];
      if (code !== 0) throw new Error(`redis-cli ended with ${code}`);
      return (performance.now() - started) / 1000;
    },
    feast: { type: 'redis', connection_string },
  });
} finally {
  server.process.kill();
  rmSync(home, { recursive: true, force: true });
}
