/** Object stores that tests start for themselves: moto for S3, azurite for Azure, a small server for GCS. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { startGcsServer } from './gcs-server.js';
import { type ObjectProxy, startObjectProxy } from './object-proxy.js';

export interface ObjectServer {
  /** what all requests of the registry go through */
  readonly proxy: ObjectProxy;
  /** set in the environment of whoever uses it */
  readonly env: Readonly<Record<string, string>>;
  /** makes a bucket or container, and gives the registry's configuration for an object in it */
  createBucket(name: string): Promise<{ path: string }>;
  /** as Python Feast writes: whatever is there, and without metadata */
  overwrite(path: string, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** The well-known account of the emulators. */
export const AZURE_ACCOUNT = 'devstoreaccount1';
export const AZURE_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** By scheme; undefined where the server is not installed, unless REQUIRE_SERVICES is set. */
export const OBJECT_SERVERS = { s3: startMoto, gs: startGcs, az: startAzurite } as const;
export type ObjectScheme = keyof typeof OBJECT_SERVERS;

async function startMoto(): Promise<ObjectServer | undefined> {
  const server = await startServer('moto_server', ['-p', '0'], /Running on (http:\/\/127\.0\.0\.1:\d+)/);
  if (server === undefined) return undefined;
  const proxy = await startObjectProxy(server.url);
  const env = {
    FEAST_S3_ENDPOINT_URL: proxy.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'secretOfTheTest',
    AWS_REGION: 'us-east-1',
  };
  return {
    proxy,
    env,
    async createBucket(name) {
      const response = await fetch(`${server.url}/${name}`, { method: 'PUT' });
      if (!response.ok) throw new Error(`moto: ${response.status} ${await response.text()}`);
      return { path: `s3://${name}/feast/registry.pb` };
    },
    async overwrite(path, bytes) {
      const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
      const [bucket, ...key] = path.slice('s3://'.length).split('/');
      // past the proxy, which is waiting for this
      const client = new S3Client({ endpoint: server.url, forcePathStyle: true });
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key.join('/'), Body: bytes }));
      client.destroy();
    },
    close: () => closeBoth(proxy, server),
  };
}

async function startAzurite(): Promise<ObjectServer | undefined> {
  const folder = dirname(createRequire(import.meta.url).resolve('azurite/package.json'));
  const program = join(folder, 'dist', 'src', 'blob', 'main.js');
  const flags = ['--blobPort', '0', '--inMemoryPersistence', '--disableTelemetry', '--skipApiVersionCheck'];
  const listens = /successfully listens on (http:\/\/127\.0\.0\.1:\d+)/;
  const server = await startServer(process.execPath, [program, ...flags, '--silent'], listens);
  if (server === undefined) return undefined;
  const proxy = await startObjectProxy(server.url);
  const connection = `DefaultEndpointsProtocol=http;AccountName=${AZURE_ACCOUNT};AccountKey=${AZURE_KEY};BlobEndpoint=${proxy.url}/${AZURE_ACCOUNT};`;
  return {
    proxy,
    env: { AZURE_STORAGE_CONNECTION_STRING: connection },
    async createBucket(name) {
      const { BlobServiceClient } = await import('@azure/storage-blob');
      await BlobServiceClient.fromConnectionString(connection).createContainer(name);
      return { path: `az://${name}/feast/registry.pb` };
    },
    async overwrite(path, bytes) {
      const { BlobServiceClient } = await import('@azure/storage-blob');
      const [container, ...key] = path.slice('az://'.length).split('/');
      // past the proxy, which is waiting for this
      const service = BlobServiceClient.fromConnectionString(connection.replace(proxy.url, server.url));
      const blob = service.getContainerClient(container!).getBlockBlobClient(key.join('/'));
      await blob.upload(bytes, bytes.length);
    },
    close: () => closeBoth(proxy, server),
  };
}

async function startGcs(): Promise<ObjectServer> {
  const server = await startGcsServer();
  const proxy = await startObjectProxy(server.url);
  return {
    proxy,
    env: { STORAGE_EMULATOR_HOST: proxy.url },
    async createBucket(name) {
      server.createBucket(name);
      return { path: `gs://${name}/feast/registry.pb` };
    },
    overwrite: async (path, bytes) => server.overwrite(path.slice('gs://'.length), bytes),
    close: () => closeBoth(proxy, server),
  };
}

async function closeBoth(...servers: { close(): Promise<void> }[]): Promise<void> {
  for (const server of servers) await server.close();
}

/** Starts a program and waits for the line in which it says its URL. */
async function startServer(
  program: string,
  args: readonly string[],
  line: RegExp,
): Promise<{ url: string; close(): Promise<void> } | undefined> {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  const url = await new Promise<string | undefined>((resolve, reject) => {
    child.once('error', (error) => (process.env.REQUIRE_SERVICES ? reject(error) : resolve(undefined)));
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface(stream).on('line', (text) => {
        const found = line.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
  });
  if (url === undefined) return undefined;
  return {
    url,
    async close() {
      process.off('exit', stop);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      stop();
      await exit;
    },
  };
}
