import { Storage } from '@google-cloud/storage';
import { type Fault, isTransient } from './object-faults.js';
import { type ObjectStorage, openObjectRegistry } from './object-registry.js';
import type { RegistryBackend } from './registry-backend.js';

export interface GcsPlace {
  readonly bucket: string;
  readonly key: string;
}

/**
 * A registry in an object of Google Cloud Storage. Credentials are the application default ones;
 * STORAGE_EMULATOR_HOST names another server. Feast: registry/gcs.py.
 */
export function openGcsRegistry({ bucket, key }: GcsPlace): RegistryBackend {
  // tried again by those who call: the client itself would take many seconds to say that nobody answers
  const client = new Storage({ timeout: 30_000, retryOptions: { autoRetry: false } });
  return openObjectRegistry(gcsStorage(client, bucket, key));
}

interface GcsError {
  readonly code?: number | string;
  readonly message?: string;
}

const isNoBucket = ({ message }: GcsError) => /bucket does not exist/i.test(message ?? '');

function gcsStorage(client: Storage, bucket: string, key: string): ObjectStorage {
  const file = client.bucket(bucket).file(key);
  const metadataOf = async () => {
    try {
      return (await file.getMetadata())[0];
    } catch (error) {
      if ((error as GcsError).code === 404 && !isNoBucket(error as GcsError)) return undefined;
      throw error;
    }
  };
  return {
    location: `gs://${bucket}/${key}`,
    async get() {
      for (;;) {
        const found = await metadataOf();
        if (found === undefined) return undefined;
        const tag = String(found.generation);
        try {
          const [bytes] = await client.bucket(bucket).file(key, { generation: tag }).download();
          return { bytes, tag, metadata: (found.metadata ?? {}) as Record<string, string> };
        } catch (error) {
          // replaced in between: there is a newer one to read
          if ((error as GcsError).code !== 404) throw error;
        }
      }
    },
    async tag() {
      const found = await metadataOf();
      return found && String(found.generation);
    },
    async put(bytes, base, metadata) {
      try {
        await file.save(Buffer.from(bytes), {
          resumable: false,
          contentType: 'application/octet-stream',
          metadata: { metadata },
          // 0: there must be none
          preconditionOpts: { ifGenerationMatch: base ?? 0 },
        });
        return true;
      } catch (error) {
        if ((error as GcsError).code === 412) return false;
        throw error;
      }
    },
    faultOf,
    close() {},
  };
}

function faultOf(error: unknown): Fault {
  const { code, message = '' } = error as GcsError;
  if (isNoBucket(error as GcsError)) return 'no bucket';
  if (code === 401 || /default credentials|invalid_grant|invalid_client/.test(message))
    return 'no credentials';
  if (code === 403) return 'denied';
  return isTransient(error, typeof code === 'number' ? code : undefined) ? 'unavailable' : 'other';
}
