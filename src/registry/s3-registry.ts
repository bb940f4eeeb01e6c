import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { type Fault, isTransient } from './object-faults.js';
import { type ObjectStorage, openObjectRegistry } from './object-registry.js';
import type { RegistryBackend } from './registry-backend.js';

export interface S3Place {
  readonly bucket: string;
  readonly key: string;
  /** added to every PutObject, as boto3's extra arguments: ServerSideEncryption, SSEKMSKeyId, ACL, … */
  readonly additionalArguments?: Readonly<Record<string, string>>;
}

/**
 * A registry in an object of S3, or of what speaks its protocol. Credentials and region are those of the AWS
 * clients; FEAST_S3_ENDPOINT_URL names another server. Feast: registry/s3.py.
 */
export async function openS3Registry(place: S3Place): Promise<RegistryBackend> {
  return openObjectRegistry(s3Storage(await openClient(), place));
}

async function openClient(): Promise<S3Client> {
  const endpoint = process.env.FEAST_S3_ENDPOINT_URL;
  const config: S3ClientConfig = {
    followRegionRedirects: true,
    requestHandler: { connectionTimeout: 5000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    // other servers than Amazon's know neither buckets as host names nor the newer checksums
    ...(endpoint && {
      endpoint,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
  };
  // boto3 reads this name too
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (region !== undefined) return new S3Client({ ...config, region });
  const client = new S3Client(config);
  // boto3 needs no region, the JavaScript client does; redirects lead to the right one
  return client.config.region().then(
    () => client,
    () => new S3Client({ ...config, region: 'us-east-1' }),
  );
}

interface S3Error {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const statusOf = (error: unknown) => (error as S3Error).$metadata?.httpStatusCode;

function s3Storage(client: S3Client, { bucket, key, additionalArguments }: S3Place): ObjectStorage {
  const place = { Bucket: bucket, Key: key };
  const ifNone = (error: S3Error) => {
    if (error.name === 'NoSuchKey' || error.name === 'NotFound') return undefined;
    throw error;
  };
  return {
    location: `s3://${bucket}/${key}`,
    async get() {
      const found = await client.send(new GetObjectCommand(place)).catch(ifNone);
      if (found === undefined) return undefined;
      const bytes = await found.Body!.transformToByteArray();
      return { bytes, tag: found.ETag!, metadata: found.Metadata ?? {} };
    },
    async tag() {
      return (await client.send(new HeadObjectCommand(place)).catch(ifNone))?.ETag;
    },
    async put(bytes, base, metadata) {
      const condition = base === undefined ? { IfNoneMatch: '*' } : { IfMatch: base };
      const request = { ...additionalArguments, ...place, ...condition, Body: bytes, Metadata: metadata };
      try {
        await client.send(new PutObjectCommand(request));
        return true;
      } catch (error) {
        // 412: somebody was faster; 409: somebody is about to be; NoSuchKey: the object was deleted
        if ([409, 412].includes(statusOf(error) ?? 0) || (error as S3Error).name === 'NoSuchKey')
          return false;
        throw error;
      }
    },
    faultOf,
    close: () => client.destroy(),
  };
}

const CREDENTIALS =
  /^(CredentialsProviderError|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired|AuthorizationHeaderMalformed)$/;

function faultOf(error: unknown): Fault {
  const name = (error as S3Error).name ?? '';
  const status = statusOf(error);
  if (name === 'NoSuchBucket') return 'no bucket';
  if (CREDENTIALS.test(name)) return 'no credentials';
  if (status === 401 || status === 403) return 'denied';
  return isTransient(error, status) ? 'unavailable' : 'other';
}
