import { execFile, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { openFileRegistry } from '../../../src/registry/file-registry.js';
import { emptyRegistry, encodeRegistry } from '../../../src/registry/registry-bytes.js';
import { isCodedError } from '../../../src/shared/errors.js';
import { entityNames, putEntity, registryContract } from '../../contracts/registry.js';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';

const folders = new WeakMap<object, string>();

registryContract(test, 'file', async (t, place) => {
  const folder = folders.get(t) ?? temporaryFolder(t);
  folders.set(t, folder);
  return openFileRegistry(join(folder, 'not', 'yet', place));
});

test('processes and threads change one registry at once, and no change is lost', async (t) => {
  const path = join(temporaryFolder(t), 'registry.db');
  const writer = fileURLToPath(new URL('../../helpers/registry-writer.js', import.meta.url));
  const processes = ['p', 'q'].map((prefix) =>
    once(execFile(process.execPath, [writer, path, prefix, '10']), 'exit'),
  );
  const threads = ['r', 's'].map((prefix) =>
    once(new Worker(writer, { workerData: [path, prefix, '10'] }), 'exit'),
  );
  const exits = await Promise.all([...processes, ...threads]);
  t.deepEqual(
    exits.map(([code]) => code),
    [0, 0, 0, 0],
  );
  t.is(entityNames(await openFileRegistry(path).load()).length, 40);
});

test('a SIGKILL between and in writes loses nothing that was done, and leaves nothing that hinders', async (t) => {
  const path = join(temporaryFolder(t), 'registry.db');
  const writer = fileURLToPath(new URL('../../helpers/registry-writer.js', import.meta.url));
  for (let round = 0; round < 5; round++) {
    const child = fork(writer, [path, `r${round}n`, '1000']);
    let done = -1;
    while (done < round * 3) [done] = (await once(child, 'message')) as [number];
    child.kill('SIGKILL');
    await once(child, 'exit');
    const names = entityNames(await openFileRegistry(path).load());
    for (let n = 0; n <= done; n++) t.true(names.includes(`r${round}n${n}`));
  }
  writeFileSync(`${path}.tmp`, 'half a registry');
  await openFileRegistry(path).change(putEntity('last'));
  t.true(entityNames(await openFileRegistry(path).load()).includes('last'));
  t.deepEqual(readdirSync(dirname(path)).sort(), ['registry.db', 'registry.db.lock']);
});

test('a write of somebody who takes no lock is not overwritten: the change is made again on top', async (t) => {
  const path = join(temporaryFolder(t), 'registry.db');
  const backend = openFileRegistry(path);
  await backend.change(putEntity('driver'));
  let calls = 0;
  await backend.change((draft) => {
    if (++calls === 1) {
      // what Python Feast does in the meantime
      const theirs = emptyRegistry();
      putEntity('theirs')(theirs);
      writeFileSync(path, encodeRegistry(theirs));
    }
    putEntity('ours')(draft);
  });
  t.is(calls, 2);
  t.deepEqual(entityNames(await backend.load()), ['ours', 'theirs']);
});

test('one who keeps writing without a lock is given up on, after many tries', async (t) => {
  const path = join(temporaryFolder(t), 'registry.db');
  const backend = openFileRegistry(path);
  let calls = 0;
  const error = await t.throwsAsync(
    backend.change((draft) => {
      const theirs = emptyRegistry();
      putEntity(`theirs${calls++}`)(theirs);
      writeFileSync(path, encodeRegistry(theirs));
      putEntity('ours')(draft);
    }),
  );
  t.true(isCodedError(error, 'REGISTRY_CONFLICT'), String(error));
  t.is(calls, 20);
});

const golden = readFileSync(fixturePath('golden', 'registry_applied.pb'));
const FOREIGN: [string, Buffer][] = [
  ['empty', Buffer.alloc(0)],
  ['truncated', golden.subarray(0, golden.length - 100)],
  ['truncated at the start', golden.subarray(0, 3)],
  ['JSON', Buffer.from('{"entities": []}')],
  ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')],
  ['a SQLite database', Buffer.from('SQLite format 3\0'.padEnd(4096, '\0'))],
  ['YAML', Buffer.from('project: demo\nregistry: data/registry.db\n')],
  ['bytes that decode by chance', Buffer.from([0x28, 0x01, 0x30, 0x02])],
  [
    'a registry without schema version',
    Buffer.from(encodeRegistry(Object.assign(emptyRegistry(), { registrySchemaVersion: '' }))),
  ],
];

for (const [what, bytes] of FOREIGN) {
  test(`refused, and left as it is: ${what}`, async (t) => {
    const path = join(temporaryFolder(t), 'registry.db');
    writeFileSync(path, bytes);
    const backend = openFileRegistry(path);
    const load = await t.throwsAsync(backend.load());
    t.true(isCodedError(load, 'REGISTRY_CORRUPT'), String(load));
    t.true(load?.message.startsWith(`${path} is not a Feast registry`), load?.message);
    const change = await t.throwsAsync(backend.change(putEntity('driver')));
    t.true(isCodedError(change, 'REGISTRY_CORRUPT'), String(change));
    t.deepEqual(readFileSync(path), bytes);
  });
}

test('random bytes are never taken for a registry', async (t) => {
  const path = join(temporaryFolder(t), 'registry.db');
  const { decodeRegistry } = await import('../../../src/registry/registry-bytes.js');
  let seed = 7;
  for (let round = 0; round < 2000; round++) {
    const bytes = Buffer.from(
      Array.from({ length: 1 + (round % 64) }, () => {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        return (seed >> 8) & 0xff;
      }),
    );
    t.true(
      isCodedError(
        t.throws(() => decodeRegistry(bytes, path)),
        'REGISTRY_CORRUPT',
      ),
    );
  }
});

test('a file that Python is just writing is read again', async (t) => {
  const path = join(temporaryFolder(t), 'registry.db');
  writeFileSync(path, golden.subarray(0, 5000));
  const loading = openFileRegistry(path).load();
  writeFileSync(path, golden);
  t.is((await loading)?.entities.length, 4);
});

test('a folder in place of the file is unreadable', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'registry.db'));
  const error = await t.throwsAsync(openFileRegistry(join(folder, 'registry.db')).load());
  t.true(isCodedError(error, 'REGISTRY_UNREADABLE'), String(error));
});

test('a folder that cannot be made is an error that names the registry', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'data'), '');
  const path = join(folder, 'data', 'registry.db');
  const error = await t.throwsAsync(openFileRegistry(path).change(putEntity('driver')));
  t.true(isCodedError(error), String(error));
  t.true(error?.message.includes(path));
});

test('a full disk leaves the old registry, and no temporary file', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'registry.db');
  writeFileSync(path, golden);
  const module = fileURLToPath(new URL('../../../src/registry/file-registry.js', import.meta.url));
  const script = `
    import { openFileRegistry } from ${JSON.stringify(module)};
    await openFileRegistry(${JSON.stringify(path)}).change((draft) => { draft.entities[0].spec.description = 'x'; }).then(
      () => console.log('written'), (error) => console.log(error.code, error.cause.code));`;
  const output = execFileSync('bash', [
    '-c',
    'ulimit -f 8; exec "$0" --input-type=module -e "$1"',
    process.execPath,
    script,
  ]);
  t.is(output.toString().trim(), 'REGISTRY_UNWRITABLE EFBIG');
  t.deepEqual(readFileSync(path), golden);
  t.deepEqual(readdirSync(folder).sort(), ['registry.db', 'registry.db.lock']);
});
