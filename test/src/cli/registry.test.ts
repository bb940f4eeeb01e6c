import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { fixturePath, temporaryFolder } from '../../helpers/fixtures.js';
import { runCommand } from '../../helpers/run-command.js';

test('registry copy: from a repository to SQLite and on to a file', async (t) => {
  const folder = temporaryFolder(t);
  cpSync(fixturePath('golden', 'registry_applied.pb'), join(folder, 'registry.db'));
  writeFileSync(join(folder, 'feature_store.yaml'), 'project: demo\nregistry: registry.db\n');
  const copy = (...args: string[]) => runCommand('feast', ['registry', 'copy', ...args], folder);

  const first = await copy('feature_store.yaml', 'sqlite:///registry.sqlite');
  t.is(first.code, 0, first.stderr);
  t.regex(first.stdout, /^OBJECTS +COPIED +REPLACED\nprojects +1 +0\nentities +4 +0\n/);
  const second = await copy('sqlite:///registry.sqlite', 'copy/registry.db', '--json');
  t.is(second.code, 0, second.stderr);
  t.like(JSON.parse(second.stdout), { copied: { projects: 1, entities: 4 }, replaced: {} });
  t.true(existsSync(join(folder, 'copy', 'registry.db')));

  const third = await copy('registry.db', 'copy/registry.db');
  t.is(third.code, 1);
  t.regex(third.stderr, /copy\/registry\.db holds a registry already .*--force.*\[REGISTRY_NOT_EMPTY\]/);
  t.is((await copy('registry.db', 'copy/registry.db', '--force')).code, 0);
});

test('registry copy: errors show no password', async (t) => {
  const folder = temporaryFolder(t);
  const { code, stderr } = await runCommand(
    'feast',
    ['registry', 'copy', 'postgresql://user:pass%40word@127.0.0.1:1/none', 'registry.db'],
    folder,
  );
  t.is(code, 1);
  t.false(stderr.includes('pass'), stderr);
});
