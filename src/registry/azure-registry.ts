import { buffer } from 'node:stream/consumers';
import {
  AnonymousCredential,
  BlobServiceClient,
  type BlockBlobClient,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { messageOf } from '../shared/errors.js';
import { type Fault, isTransient } from './object-faults.js';
import { type ObjectStorage, openObjectRegistry } from './object-registry.js';
import type { RegistryBackend } from './registry-backend.js';

/** the clients try again by themselves; their default waits 4 s before */
const OPTIONS = { retryOptions: { maxTries: 3, retryDelayInMs: 200, tryTimeoutInMs: 30_000 } };

/**
 * A registry in a blob of Azure.
 *
 * `https://account.blob.core.windows.net/container/key` as in Feast (contrib/azure/azure_registry_store.py), with the
 * account key in REGISTRY_BLOB_KEY, or a signature in the path (`?sv=…&sig=…`), or the credentials of
 * @azure/identity. `az://container/key` with AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT and as above.
 * @param fault makes the error for a path that names no blob
 */
export async function openAzureRegistry(
  path: string,
  fault: (message: string) => Error,
): Promise<RegistryBackend> {
  const blob = path.startsWith('az://') ? await blobOfName(path, fault) : await blobOfUrl(path, fault);
  return openObjectRegistry(azureStorage(blob));
}

async function blobOfName(path: string, fault: (message: string) => Error): Promise<BlockBlobClient> {
  const [, container, key] = /^az:\/\/([^/]+)\/(.*[^/])$/.exec(path) ?? [];
  if (container === undefined || key === undefined) {
    throw fault(`"${path}": expected az://container/path/of/registry.pb`);
  }
  const { AZURE_STORAGE_CONNECTION_STRING: connection, AZURE_STORAGE_ACCOUNT: account } = process.env;
  if (connection === undefined && account === undefined) {
    throw fault(
      `"${path}": in which account? Set AZURE_STORAGE_ACCOUNT or AZURE_STORAGE_CONNECTION_STRING, or give the path as a URL with "registry_store_type: AzureRegistryStore"`,
    );
  }
  const service =
    connection === undefined
      ? await openService(`https://${account}.blob.core.windows.net`, account!)
      : serviceOfConnection(connection, fault);
  return service.getContainerClient(container).getBlockBlobClient(key);
}

function serviceOfConnection(connection: string, fault: (message: string) => Error): BlobServiceClient {
  try {
    return BlobServiceClient.fromConnectionString(connection, OPTIONS);
  } catch (error) {
    throw fault(`AZURE_STORAGE_CONNECTION_STRING is not one: ${messageOf(error)}`);
  }
}

async function blobOfUrl(path: string, fault: (message: string) => Error): Promise<BlockBlobClient> {
  const expected = 'expected https://account.blob.core.windows.net/container/path/of/registry.pb';
  const url = URL.canParse(path) ? new URL(path) : undefined;
  const parts = (url?.pathname ?? '').split('/').slice(1).map(decodeURIComponent);
  // emulators have no host name an account: it is the first part of the path
  const isEmulator = url !== undefined && /^(localhost|[\d.]+|\[.*\])$/.test(url.hostname);
  const account = isEmulator ? parts.shift() : url?.hostname.split('.')[0];
  const [container, ...key] = parts;
  if (url === undefined || !account || !container || key.join('') === '') throw fault(expected);
  const service = await openService(`${url.origin}${isEmulator ? `/${account}` : ''}`, account, url.search);
  return service.getContainerClient(container).getBlockBlobClient(key.join('/'));
}

async function openService(url: string, account: string, signature = ''): Promise<BlobServiceClient> {
  if (signature !== '')
    return new BlobServiceClient(`${url}${signature}`, new AnonymousCredential(), OPTIONS);
  const key = process.env.REGISTRY_BLOB_KEY ?? process.env.AZURE_STORAGE_KEY;
  if (key !== undefined) {
    return new BlobServiceClient(url, new StorageSharedKeyCredential(account, key), OPTIONS);
  }
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new BlobServiceClient(url, new DefaultAzureCredential(), OPTIONS);
}

interface AzureError {
  readonly name?: string;
  readonly code?: string;
  readonly statusCode?: number;
  readonly message?: string;
  readonly details?: { readonly errorCode?: string };
}

const codeOf = (error: AzureError) => error.details?.errorCode ?? error.code;

function azureStorage(blob: BlockBlobClient): ObjectStorage {
  const ifNone = (error: AzureError) => {
    if (error.statusCode === 404 && codeOf(error) !== 'ContainerNotFound') return undefined;
    throw error;
  };
  return {
    location: blob.url.split('?')[0]!,
    async get() {
      const found = await blob.download().catch(ifNone);
      if (found === undefined) return undefined;
      const bytes = await buffer(found.readableStreamBody!);
      return { bytes, tag: found.etag!, metadata: found.metadata ?? {} };
    },
    async tag() {
      return (await blob.getProperties().catch(ifNone))?.etag;
    },
    async put(bytes, base, metadata) {
      const conditions = base === undefined ? { ifNoneMatch: '*' } : { ifMatch: base };
      try {
        await blob.upload(bytes, bytes.length, { conditions, metadata });
        return true;
      } catch (error) {
        const { statusCode } = error as AzureError;
        if (statusCode === 412 || codeOf(error as AzureError) === 'BlobAlreadyExists') return false;
        if (statusCode === 404 && codeOf(error as AzureError) === 'BlobNotFound') return false;
        throw error;
      }
    },
    faultOf,
    close() {},
  };
}

function faultOf(error: unknown): Fault {
  const { name, statusCode, message = '' } = error as AzureError;
  if (codeOf(error as AzureError) === 'ContainerNotFound') return 'no bucket';
  if (statusCode === 401 || /^(CredentialUnavailable|AggregateAuthentication)Error$/.test(name ?? '')) {
    return 'no credentials';
  }
  // a wrong key is 403 too; only the words tell it from a right one that may not
  if (statusCode === 403) return /failed to authenticate/i.test(message) ? 'no credentials' : 'denied';
  return isTransient(error, statusCode) ? 'unavailable' : 'other';
}
