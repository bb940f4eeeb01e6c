import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { openFileAudit } from '../../../src/registry/file-audit.js';
import { type AuditEntry, changeAudited } from '../../../src/registry/index.js';
import { putEntity } from '../../contracts/registry.js';
import { registryIn } from '../../helpers/apply-repository.js';
import { temporaryFolder } from '../../helpers/fixtures.js';

const entry = (n: number): AuditEntry => ({
  time: new Date(n).toISOString(),
  by: 'me',
  project: 'demo',
  operation: 'apply',
  from: String(n),
  to: String(n + 1),
  changes: [{ action: 'create', kind: 'entity', name: `e${n}` }],
});

test('records are added, and read newest first', async (t) => {
  const log = openFileAudit(join(temporaryFolder(t), 'registry.db.history'));
  t.deepEqual(await log.read(5), { entries: [], damaged: 0 });
  for (let n = 0; n < 4; n++) await log.append(entry(n));
  t.deepEqual(await log.read(2), { entries: [entry(3), entry(2)], damaged: 0 });
  t.is((await log.read(100)).entries.length, 4);
});

test('half a record of a writer that was killed spoils no other', async (t) => {
  const path = join(temporaryFolder(t), 'registry.db.history');
  const log = openFileAudit(path);
  await log.append(entry(0));
  appendFileSync(path, '{"time":"2026');
  await log.append(entry(1));
  t.deepEqual(await log.read(5), { entries: [entry(1), entry(0)], damaged: 1 });
});

test('writers at the same time keep their records whole', async (t) => {
  const path = join(temporaryFolder(t), 'registry.db.history');
  const logs = [openFileAudit(path), openFileAudit(path), openFileAudit(path)];
  await Promise.all(Array.from({ length: 60 }, (_, n) => logs[n % 3]!.append(entry(n))));
  const { entries, damaged } = await openFileAudit(path).read(100);
  t.is(damaged, 0);
  t.deepEqual(new Set(entries.map(({ from }) => from)).size, 60);
});

test('a change of a registry is recorded with who made it, and from which version to which; no change is not', async (t) => {
  const folder = temporaryFolder(t);
  const registry = await registryIn(folder);
  const operation = { by: 'ann@host', project: 'demo', operation: 'apply' };
  const change = (name: string) =>
    changeAudited(registry, operation, putEntity(name), () => [{ action: 'create', kind: 'entity', name }]);
  const first = await change('a');
  const second = await change('b');
  await changeAudited(
    registry,
    operation,
    () => undefined,
    () => [],
  );

  const { entries } = await registry.audit!.read(10);
  t.deepEqual(
    entries.map(({ from, to, by }) => [from, to, by]),
    [
      [first.registry.versionId, second.registry.versionId, 'ann@host'],
      ['', first.registry.versionId, 'ann@host'],
    ],
  );
  t.is(readFileSync(join(folder, 'registry.db.history'), 'utf8').trim().split('\n').length, 2);
});
