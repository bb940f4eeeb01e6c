/**
 * As much of the JSON API of Google Cloud Storage as a registry needs: objects with generations, and the
 * preconditions on them. https://cloud.google.com/storage/docs/json_api/v1/objects
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { CRC32C } from '@google-cloud/storage';

interface GcsObject {
  readonly bytes: Buffer;
  readonly generation: number;
  readonly metadata: Record<string, string>;
}

export interface GcsServer {
  readonly url: string;
  createBucket(name: string): void;
  /** @param path `bucket/name` */
  overwrite(path: string, bytes: Uint8Array): void;
  close(): Promise<void>;
}

export async function startGcsServer(): Promise<GcsServer> {
  const buckets = new Map<string, Map<string, GcsObject>>();
  let generations = 1_700_000_000_000_000;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://gcs');
    const [, bucketName, path] = /\/b\/([^/]+)\/o\/?(.*)$/.exec(url.pathname) ?? [];
    const bucket = buckets.get(decodeURIComponent(bucketName ?? ''));
    if (bucket === undefined) return fail(response, 404, 'The specified bucket does not exist.');
    if (request.method === 'POST') return upload(bucket, url, request, response);
    const name = decodeURIComponent(path!);
    const object = bucket.get(name);
    const wanted = url.searchParams.get('generation');
    if (object === undefined || (wanted !== null && wanted !== String(object.generation))) {
      return fail(response, 404, `No such object: ${bucketName}/${name}`);
    }
    if (url.searchParams.get('alt') !== 'media') return json(response, 200, resource(name, object));
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'x-goog-generation': object.generation,
      'x-goog-hash': `crc32c=${checksum(object.bytes)}`,
    });
    response.end(object.bytes);
  }

  async function upload(
    bucket: Map<string, GcsObject>,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const name = url.searchParams.get('name')!;
    const { properties, bytes } = multipart(request.headers['content-type']!, await buffer(request));
    // from here to the end nothing is awaited: check and write are one
    const condition = url.searchParams.get('ifGenerationMatch');
    if (condition !== null && Number(condition) !== (bucket.get(name)?.generation ?? 0)) {
      return fail(response, 412, 'At least one of the pre-conditions you specified did not hold.');
    }
    const metadata = (properties.metadata ?? {}) as Record<string, string>;
    const object = { bytes, generation: ++generations, metadata };
    bucket.set(name, object);
    json(response, 200, resource(name, object));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => fail(response, 500, String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    overwrite(path, bytes) {
      const [, bucket, name] = /^([^/]+)\/(.*)$/.exec(path)!;
      const object = { bytes: Buffer.from(bytes), generation: ++generations, metadata: {} };
      buckets.get(bucket!)!.set(name!, object);
    },
    createBucket: (name) => void buckets.set(name, new Map()),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function checksum(bytes: Buffer): string {
  const crc = new CRC32C();
  crc.update(bytes);
  return crc.toString();
}

function resource(name: string, { bytes, generation, metadata }: GcsObject): object {
  return {
    name,
    generation: String(generation),
    size: String(bytes.length),
    crc32c: checksum(bytes),
    metadata,
  };
}

/** The two parts of a multipart upload: the object's properties as JSON, then its bytes. */
function multipart(
  contentType: string,
  body: Buffer,
): { properties: Record<string, unknown>; bytes: Buffer } {
  const boundary = `--${/boundary="?([^";]+)"?/.exec(contentType)![1]}`;
  const firstEnd = body.indexOf(`\r\n${boundary}`);
  const end = body.lastIndexOf(`\r\n${boundary}--`);
  const contentOf = (part: Buffer) => part.subarray(part.indexOf('\r\n\r\n') + 4);
  const properties = JSON.parse(contentOf(body.subarray(0, firstEnd)).toString()) as Record<string, unknown>;
  return { properties, bytes: contentOf(body.subarray(firstEnd + 2, end)) };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function fail(response: ServerResponse, code: number, message: string): void {
  json(response, code, { error: { code, message, errors: [{ message, reason: 'error' }] } });
}
