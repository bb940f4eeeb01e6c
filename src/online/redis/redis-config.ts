import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { z } from 'zod';
import { type ConfigSection, configError, parseSection } from '../../config/section.js';
import { didYouMean } from '../../shared/nearest.js';

const SECTION = z.strictObject({
  redis_type: z.enum(['redis', 'redis_cluster']).default('redis'),
  /** `host:port,host:port,password=…,ssl=true,db=0` */
  connection_string: z.string().min(1).default('localhost:6379'),
  /** an entity expires this long after its last write; missing, null or 0: never */
  key_ttl_seconds: z.int().min(0).nullable().default(null),
  /** false: dropping a view leaves its values behind */
  full_scan_for_deletion: z.boolean().default(true),
  /** Feast: true lets older values overwrite newer ones; here the guard costs too little to leave out */
  skip_dedup: z.boolean().default(false),
});

/** Parameters of a connection string; Feast hands them on to redis-py, which has more. */
const PARAMETERS = [
  'db',
  'password',
  'skip_full_coverage_check',
  'ssl',
  'ssl_ca_certs',
  'ssl_cert_reqs',
  'ssl_certfile',
  'ssl_check_hostname',
  'ssl_keyfile',
  'username',
];

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

export interface RedisConfig {
  readonly cluster: boolean;
  /** at least one */
  readonly nodes: readonly RedisNode[];
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** undefined: no TLS */
  readonly tls: ConnectionOptions | undefined;
  /** 0: never */
  readonly keyTtlSeconds: number;
  readonly fullScanForDeletion: boolean;
}

/**
 * The section of a Redis store. Feast: redis.py RedisOnlineStoreConfig, _parse_connection_string.
 * @param repoPath folder that relative paths of certificates start from
 * @throws CodedError CONFIG_UNKNOWN_KEY, CONFIG_INVALID_VALUE
 */
export function parseRedisConfig(section: ConfigSection, repoPath: string): RedisConfig {
  const parsed = parseSection(section, SECTION);
  // credentials may be in it: messages name the part, never show it
  const refuse = (message: string) =>
    configError('CONFIG_INVALID_VALUE', section, ['connection_string'], message);
  const parts = parsed.connection_string.split(',').map((part) => part.trim());
  const parameters = new Map<string, string>();
  const nodes: RedisNode[] = [];
  for (const part of parts) {
    const [name, ...value] = part.split('=');
    if (value.length > 0) parameters.set(name!, unquoted(value.join('=')));
    else nodes.push(parseNode(part, refuse));
  }
  for (const name of parameters.keys()) {
    if (!PARAMETERS.includes(name))
      throw refuse(`unknown parameter "${name}".${didYouMean(name, PARAMETERS)}`);
  }
  const cluster = parsed.redis_type === 'redis_cluster';
  if (nodes.length === 0) throw refuse('no host:port in it');
  if (nodes.length > 1 && !cluster) throw refuse('several hosts, but redis_type is not redis_cluster');
  const db = Number(parameters.get('db') ?? 0);
  if (!Number.isInteger(db) || db < 0) throw refuse('parameter "db" must be a whole number');
  if (cluster && db !== 0) throw refuse('a cluster has no database but 0');
  const file = (name: string) => {
    const path = parameters.get(name);
    if (path === undefined) return undefined;
    try {
      return readFileSync(resolve(repoPath, path));
    } catch {
      throw refuse(`parameter "${name}": the file ${resolve(repoPath, path)} cannot be read`);
    }
  };
  const flag = (name: string, missing: boolean) => parseFlag(parameters.get(name), missing, name, refuse);
  const tls: ConnectionOptions = {
    rejectUnauthorized: (parameters.get('ssl_cert_reqs') ?? 'required') === 'required',
    ca: file('ssl_ca_certs'),
    cert: file('ssl_certfile'),
    key: file('ssl_keyfile'),
    ...(flag('ssl_check_hostname', true) ? {} : { checkServerIdentity: () => undefined }),
  };
  return {
    cluster,
    nodes,
    db,
    username: parameters.get('username'),
    password: parameters.get('password'),
    tls: flag('ssl', false) ? tls : undefined,
    keyTtlSeconds: parsed.key_ttl_seconds ?? 0,
    fullScanForDeletion: parsed.full_scan_for_deletion,
  };
}

/** Names the store in messages. */
export function placeOf({ cluster, nodes, db }: RedisConfig): string {
  const hosts = nodes.map(({ host, port }) => `${host}:${port}`).join(',');
  return cluster ? `redis cluster ${hosts}` : `redis ${hosts}/${db}`;
}

function parseNode(part: string, refuse: (message: string) => Error): RedisNode {
  const [, host, port = '6379'] = /^([^:@/]+)(?::(\d+))?$/.exec(part) ?? [];
  if (host === undefined || Number(port) > 65_535) {
    throw refuse('expected host:port and name=value, separated by commas');
  }
  return { host, port: Number(port) };
}

function parseFlag(
  value: string | undefined,
  missing: boolean,
  name: string,
  refuse: (message: string) => Error,
): boolean {
  if (value === undefined) return missing;
  const flag = { true: true, false: false, '1': true, '0': false }[value.toLowerCase()];
  if (flag === undefined) throw refuse(`parameter "${name}" must be true or false`);
  return flag;
}

/** Feast reads a value as JSON where it is some, so that `password="a b"` has no quotes in it. */
function unquoted(value: string): string {
  if (!/^".*"$/.test(value)) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return value;
  }
}
