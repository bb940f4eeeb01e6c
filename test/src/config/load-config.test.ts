import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { describeConfig } from '../../../src/config/describe-config.js';
import { loadRepoConfig, repoConfigOf } from '../../../src/config/load-config.js';
import { expandVariables } from '../../../src/config/yaml-file.js';
import type { ErrorCode } from '../../../src/shared/error-codes.js';
import { isCodedError } from '../../../src/shared/errors.js';

const MINIMAL = 'project: demo\nregistry: data/registry.db\n';

function load(text: string, env: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  try {
    writeFileSync(join(folder, 'feature_store.yaml'), text);
    return loadRepoConfig(folder, { env });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function failure(text: string, env: NodeJS.ProcessEnv = {}): { code: ErrorCode; message: string } {
  try {
    load(text, env);
  } catch (error) {
    if (isCodedError(error)) return error;
    throw error;
  }
  throw new Error('expected a CodedError');
}

test('a minimal file gets Feast defaults', (t) => {
  const config = load(MINIMAL);
  t.is(config.project, 'demo');
  t.is(config.provider, 'local');
  t.is(config.registry.type, 'file');
  t.deepEqual(config.registry.section.values, { path: 'data/registry.db' });
  t.is(config.onlineStore?.type, 'sqlite');
  t.is(config.offlineStore.type, 'dask');
});

test('backends may be a text or a mapping, and their section keeps its lines', (t) => {
  const config = load(
    'project: demo\nregistry:\n  path: r.pb\n  cache_ttl_seconds: 60\noffline_store: duckdb\nonline_store:\n  type: sqlite\n  path: o.db\n',
  );
  t.deepEqual(config.registry.section.values, { path: 'r.pb', cache_ttl_seconds: 60 });
  t.is(config.offlineStore.type, 'duckdb');
  t.deepEqual(config.onlineStore?.section.values, { path: 'o.db' });
  t.is(config.onlineStore?.section.lineOf(['path']), 8);
});

test('no online store: YAML null and the text "null"', (t) => {
  t.is(load(`${MINIMAL}online_store: null\n`).onlineStore, null);
  t.is(load(`${MINIMAL}online_store: "null"\n`).onlineStore, null);
});

test('variables are expanded; an unset $NAME stays as it is', (t) => {
  const config = load('project: ${P}\nregistry: $DIR/registry.db\n', { P: 'fromenv', DIR: '/data' });
  t.is(config.project, 'fromenv');
  t.deepEqual(config.registry.section.values, { path: '/data/registry.db' });
  t.is(expandVariables('pa$$word and $unset', {}), 'pa$$word and $unset');
});

test('an unset ${NAME} is an error that names it and its line; in a comment it is nothing', (t) => {
  const error = failure('project: demo\nregistry: ${NOWHERE}/r.db\n');
  t.is(error.code, 'CONFIG_UNSET_VARIABLE');
  t.regex(error.message, /line 2: .*NOWHERE is not set/);
  t.notThrows(() => load(`# \${NOWHERE}\n${MINIMAL}`));
});

test('an unknown key names the line and the nearest known key', (t) => {
  const error = failure(`${MINIMAL}onlin_store:\n  type: sqlite\n`);
  t.is(error.code, 'CONFIG_UNKNOWN_KEY');
  t.regex(
    error.message,
    /feature_store\.yaml line 3: onlin_store: unknown key\. Did you mean "online_store"\?/,
  );
});

test('missing keys, wrong types and bad values name key and line', (t) => {
  t.like(failure('project: demo\n'), { code: 'CONFIG_MISSING_KEY' });
  t.regex(failure('project: demo\n').message, /registry: missing/);
  const wrong = failure('project: 7\nregistry: r.db\n');
  t.is(wrong.code, 'CONFIG_INVALID_VALUE');
  t.regex(wrong.message, /line 1: project: expected string, found 7/);
  t.regex(failure('project: _x\nregistry: r.db\n').message, /project: expected letters.*found "_x"/);
  t.is(failure(`${MINIMAL}entity_key_serialization_version: 2\n`).code, 'CONFIG_UNSUPPORTED');
  t.is(failure(`${MINIMAL}online_store:\n  path: x\n`).code, 'CONFIG_MISSING_KEY');
  t.is(failure(`${MINIMAL}online_store: [a]\n`).code, 'CONFIG_INVALID_VALUE');
});

test('what is not YAML, not a mapping or not there', (t) => {
  t.is(failure('project: [demo\n').code, 'CONFIG_SYNTAX');
  t.is(failure('- a\n- b\n').code, 'CONFIG_INVALID_VALUE');
  const error = t.throws(() => loadRepoConfig('/nowhere/at/all', { env: {} }));
  t.true(isCodedError(error, 'CONFIG_NOT_FOUND'));
});

test('the environment can carry the file or name another', (t) => {
  const env = { FEATURE_STORE_YAML_BASE64: Buffer.from(MINIMAL).toString('base64') };
  t.is(loadRepoConfig('/anywhere', { env }).project, 'demo');
});

test('keys that Feast knows and we do not act on are legal and listed', (t) => {
  t.deepEqual(load(`${MINIMAL}flags:\n  alpha: true\nauth:\n  type: no_auth\n`).ignored, ['auth', 'flags']);
});

test('configuration given in code', (t) => {
  const config = repoConfigOf({ project: 'code', registry: 'r.db', online_store: null }, '/repo');
  t.is(config.repoPath, '/repo');
  t.is(config.onlineStore, null);
  t.true(
    isCodedError(
      t.throws(() => repoConfigOf({ project: 'code' }, '/repo')),
      'CONFIG_MISSING_KEY',
    ),
  );
});

test('the configuration can be shown without its credentials', (t) => {
  const config = repoConfigOf(
    {
      project: 'code',
      registry: { registry_type: 'sql', path: 'postgresql://me:hush@db/feast' },
      online_store: { type: 'redis', connection_string: 'h:1,password=hush', tls: { client_secret: 'hush' } },
    },
    '/repo',
  );
  const shown = describeConfig(config);
  t.notRegex(JSON.stringify(shown), /hush/);
  t.like(shown, { registry: { registry_type: 'sql', path: 'postgresql://me:***@db/feast' } });
});
