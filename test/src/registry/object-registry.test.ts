import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { sectionOf } from '../../../src/config/section.js';
import { type RegistryBackend, removeObject } from '../../../src/registry/index.js';
import { openBackend } from '../../../src/registry/registry-backends.js';
import { emptyRegistry, encodeRegistry } from '../../../src/registry/registry-bytes.js';
import type { ErrorCode } from '../../../src/shared/error-codes.js';
import { isCodedError } from '../../../src/shared/errors.js';
import { entityNames, putEntity, registryContract } from '../../contracts/registry.js';
import {
  AZURE_ACCOUNT,
  AZURE_KEY,
  OBJECT_SERVERS,
  type ObjectScheme,
  type ObjectServer,
} from '../../helpers/object-servers.js';

const servers = new Map<ObjectScheme, ObjectServer>();
const missing: string[] = [];

for (const [scheme, start] of Object.entries(OBJECT_SERVERS)) {
  const server = await start();
  if (server === undefined) {
    missing.push(scheme);
    continue;
  }
  servers.set(scheme as ObjectScheme, server);
  Object.assign(process.env, server.env);
}
// ava wants every test declared in one go, after the last await
for (const scheme of missing) {
  test(`${scheme}: skipped, its server is not installed`, (t) => t.pass());
}
const SCHEMES = [...servers.keys()];
const s3Test = servers.has('s3') ? test.serial : test.serial.skip;

test.after.always(async () => {
  for (const server of servers.values()) await server.close();
});

async function open(values: Record<string, unknown>): Promise<RegistryBackend> {
  const { backend } = await openBackend({ type: 'file', section: sectionOf(values, 'registry') }, '/');
  return backend;
}

const buckets = new WeakMap<object, Promise<{ path: string }>>();

async function openIn(t: ExecutionContext, scheme: ObjectScheme, place: string): Promise<RegistryBackend> {
  const bucket = buckets.get(t) ?? servers.get(scheme)!.createBucket(`test-${randomUUID()}`);
  buckets.set(t, bucket);
  return open({ path: `${(await bucket).path}.${place}` });
}

for (const scheme of SCHEMES) {
  registryContract(test, scheme, (t, place) => openIn(t, scheme, place));
}

/** The faults of one test are another's: these run one by one. */
for (const scheme of SCHEMES) {
  test.serial(`${scheme}: a write whose answer is lost is not made twice`, async (t) => {
    const backend = await openIn(t, scheme, 'lost');
    const { proxy } = servers.get(scheme)!;
    await backend.change(putEntity('first'));
    let calls = 0;
    proxy.faults.push('lose answer');
    const change = await backend.change((draft) => {
      calls++;
      putEntity('ours')(draft);
      return 'result';
    });
    t.is(calls, 1);
    t.like(change, { result: 'result', written: true });
    t.is((await backend.load())!.versionId, change.registry.versionId);
    t.deepEqual(entityNames(change.registry), ['first', 'ours']);
    t.deepEqual(proxy.faults, []);
  });

  test.serial(`${scheme}: nor where another has written on top of it meanwhile`, async (t) => {
    const backend = await openIn(t, scheme, 'topped');
    const other = await openIn(t, scheme, 'topped');
    const { proxy } = servers.get(scheme)!;
    await other.change(putEntity('first'));
    let calls = 0;
    proxy.faults.push('lose answer');
    proxy.afterLoss = async () => {
      proxy.afterLoss = async () => {};
      await other.change(putEntity('theirs'));
      // what a second run of our edit would take away
      await other.change(putEntity('doomed'));
    };
    const change = await backend.change((draft) => {
      calls++;
      removeObject(draft, 'entities', 'demo', 'doomed');
      putEntity('ours')(draft);
    });
    t.is(calls, 1);
    t.true(change.written);
    t.deepEqual(entityNames(change.registry), ['doomed', 'first', 'ours', 'theirs']);
  });

  test.serial(`${scheme}: lost requests and a busy server are tried again`, async (t) => {
    const backend = await openIn(t, scheme, 'busy');
    const { proxy } = servers.get(scheme)!;
    proxy.faults.push('lose request', 503, 'lose request');
    t.true((await backend.change(putEntity('driver'))).written);
    t.deepEqual(entityNames(await backend.load()), ['driver']);
    t.deepEqual(proxy.faults, []);
  });

  test.serial(`${scheme}: a write that is forbidden is an error at once`, async (t) => {
    const backend = await openIn(t, scheme, 'forbidden');
    servers.get(scheme)!.proxy.faults.push(403);
    await refused(t, () => backend.change(putEntity('driver')), 'REGISTRY_ACCESS_DENIED');
    t.is(await backend.load(), undefined);
  });

  test(`${scheme}: a bucket that does not exist is an error, not an empty registry`, async (t) => {
    const { path } = await servers.get(scheme)!.createBucket(`test-${randomUUID()}`);
    const backend = await open({ path: path.replace('test-', 'none-') });
    await refused(t, () => backend.load(), 'REGISTRY_BUCKET_NOT_FOUND');
    await refused(t, () => backend.change(putEntity('driver')), 'REGISTRY_BUCKET_NOT_FOUND');
  });
}

/** The error has the code, names the registry, and nothing of it holds a credential. */
async function refused(t: ExecutionContext, work: () => Promise<unknown>, code: ErrorCode): Promise<void> {
  const error = await t.throwsAsync(work());
  t.true(isCodedError(error, code), inspect(error));
  t.regex(error!.message, /^registry (s3|gs|https?):\/\/\S+\/registry\.pb[.\w]*: /);
  for (const secret of ['secretOfTheTest', AZURE_KEY, 'signature=', 'SharedKey']) {
    t.false(inspect(error, { depth: 10, showHidden: true }).includes(secret), secret);
  }
}

for (const scheme of SCHEMES) {
  test(`${scheme}: what is no registry is refused, and left as it is`, async (t) => {
    const server = servers.get(scheme)!;
    const { path } = await server.createBucket(`test-${randomUUID()}`);
    await server.overwrite(path, Buffer.from('not a registry'));
    const backend = await open({ path });
    const before = await backend.fingerprint();
    const message = /^(s3|gs|http):\/\/\S+ is not a Feast registry: /;
    await t.throwsAsync(backend.load(), { code: 'REGISTRY_CORRUPT', message });
    await t.throwsAsync(backend.change(putEntity('driver')), { code: 'REGISTRY_CORRUPT', message });
    t.is(await backend.fingerprint(), before);
  });

  test.serial(`${scheme}: what Python wrote over a change is where the change is made again`, async (t) => {
    const server = servers.get(scheme)!;
    const { path } = await server.createBucket(`test-${randomUUID()}`);
    const backend = await open({ path });
    await backend.change(putEntity('first'));
    const theirs = emptyRegistry();
    putEntity('theirs')(theirs);
    let calls = 0;
    server.proxy.faults.push('lose answer');
    server.proxy.afterLoss = async () => {
      server.proxy.afterLoss = async () => {};
      await server.overwrite(path, encodeRegistry(theirs));
    };
    await backend.change((draft) => {
      calls++;
      putEntity('ours')(draft);
    });
    t.is(calls, 2);
    t.deepEqual(entityNames(await backend.load()), ['ours', 'theirs']);
  });

  test(`${scheme}: hundreds of writes do not outgrow the metadata`, async (t) => {
    const backend = await openIn(t, scheme, 'many');
    for (let n = 0; n < 60; n++) await backend.change(putEntity(`e${n}`));
    t.is(entityNames(await backend.load()).length, 60);
  });
}

/** Opens a registry with other environment variables, as another user would. */
async function openWith(
  t: ExecutionContext,
  env: Record<string, string | undefined>,
  values: Record<string, unknown>,
): Promise<RegistryBackend> {
  const before = { ...process.env };
  t.teardown(() => void Object.assign(process.env, before));
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  const backend = await open(values);
  t.teardown(() => backend.close());
  return backend;
}

test.serial('az: a URL with the account key of Feast’s variable, as AzureRegistryStore', async (t) => {
  const server = servers.get('az')!;
  const container = `test-${randomUUID()}`;
  const named = await open(await server.createBucket(container));
  const path = `${server.proxy.url}/${AZURE_ACCOUNT}/${container}/feast/registry.pb`;
  const values = { path, registry_store_type: 'AzureRegistryStore' };
  const backend = await openWith(t, { REGISTRY_BLOB_KEY: AZURE_KEY }, values);
  await backend.change(putEntity('driver'));
  t.deepEqual(entityNames(await named.load()), ['driver']);

  const wrong = Buffer.from('another key').toString('base64');
  const stranger = await openWith(t, { REGISTRY_BLOB_KEY: wrong }, values);
  await refused(t, () => stranger.load(), 'REGISTRY_CREDENTIALS');
  await refused(t, () => stranger.change(putEntity('theirs')), 'REGISTRY_CREDENTIALS');
});

test.serial('az: a signature in the path is used, and never shown', async (t) => {
  const server = servers.get('az')!;
  const container = `test-${randomUUID()}`;
  await server.createBucket(container);
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const service = BlobServiceClient.fromConnectionString(process.env.AZURE_STORAGE_CONNECTION_STRING!);
  const blob = service.getContainerClient(container).getBlobClient('registry.pb');
  const { BlobSASPermissions } = await import('@azure/storage-blob');
  const permissions = BlobSASPermissions.parse('rcw');
  const path = await blob.generateSasUrl({ permissions, expiresOn: new Date(Date.now() + 3_600_000) });
  const backend = await open({ path, registry_store_type: 'AzureRegistryStore' });
  await backend.change(putEntity('driver'));
  t.deepEqual(entityNames(await backend.load()), ['driver']);

  const forged = path.replace(/sig=[^&]*/, 'sig=c2VjcmV0T2ZUaGVUZXN0');
  const stranger = await open({ path: forged, registry_store_type: 'AzureRegistryStore' });
  const error = await t.throwsAsync(stranger.load(), { code: 'REGISTRY_CREDENTIALS' });
  t.false(inspect(error, { depth: 10 }).includes('c2VjcmV0T2ZUaGVUZXN0'), inspect(error));
});

test.serial('az: a name without an account is an error that says what to set', async (t) => {
  const env = { AZURE_STORAGE_CONNECTION_STRING: undefined };
  await t.throwsAsync(openWith(t, env, { path: 'az://container/registry.pb' }), {
    code: 'CONFIG_INVALID_VALUE',
    message: /AZURE_STORAGE_ACCOUNT/,
  });
  const malformed = { AZURE_STORAGE_CONNECTION_STRING: `AccountKey=${AZURE_KEY}` };
  const error = await t.throwsAsync(openWith(t, malformed, { path: 'az://container/registry.pb' }), {
    code: 'CONFIG_INVALID_VALUE',
  });
  t.false(error!.message.includes(AZURE_KEY));
});

s3Test('s3: without credentials', async (t) => {
  const { path } = await servers.get('s3')!.createBucket(`test-${randomUUID()}`);
  const none = {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    AWS_CONFIG_FILE: '/nowhere',
  };
  const backend = await openWith(t, none, { path });
  await refused(t, () => backend.load(), 'REGISTRY_CREDENTIALS');
});

s3Test('s3: additional arguments go along with every write; no region is needed', async (t) => {
  const { path } = await servers.get('s3')!.createBucket(`test-${randomUUID()}`);
  const backend = await openWith(
    t,
    { AWS_REGION: undefined, AWS_CONFIG_FILE: '/nowhere' },
    { path, s3_additional_kwargs: { ServerSideEncryption: 'AES256' } },
  );
  await backend.change(putEntity('driver'));
  const { HeadObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const endpoint = process.env.FEAST_S3_ENDPOINT_URL!;
  const client = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1' });
  t.teardown(() => client.destroy());
  const [bucket, ...key] = path.slice('s3://'.length).split('/');
  const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key.join('/') }));
  t.is(found.ServerSideEncryption, 'AES256');
});

const nobody = 'http://127.0.0.1:1';
const UNREACHABLE = {
  s3: { FEAST_S3_ENDPOINT_URL: nobody },
  gs: { STORAGE_EMULATOR_HOST: nobody },
  az: {
    AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=${AZURE_ACCOUNT};AccountKey=${AZURE_KEY};BlobEndpoint=${nobody}/${AZURE_ACCOUNT};`,
  },
};
for (const scheme of SCHEMES) {
  test.serial(`${scheme}: a server that cannot be reached`, async (t) => {
    const backend = await openWith(t, UNREACHABLE[scheme], { path: `${scheme}://bucket/registry.pb` });
    await refused(t, () => backend.load(), 'REGISTRY_UNAVAILABLE');
  });
}
