import type { PostgreSQLSource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import type { SourceCodec } from './source-codec.js';

const { CustomSourceOptions, SourceType } = feast.core.DataSource;

export const POSTGRESQL_CLASS =
  'feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source.PostgreSQLSource';

/** A custom source whose configuration is JSON. Feast: postgres_source.py. */
export const POSTGRESQL_CODEC: SourceCodec<PostgreSQLSource> = {
  type: SourceType.CUSTOM_SOURCE,
  classOf: () => POSTGRESQL_CLASS,
  encode: ({ name, query, table }) => ({
    customOptions: new CustomSourceOptions({
      // as Python's json.dumps spaces it and escapes it
      configuration: Buffer.from(
        `{"name": ${asciiJson(name)}, "query": ${asciiJson(query)}, "table": ${asciiJson(table)}}`,
      ),
    }),
  }),
  decode(proto, base) {
    const configuration = configurationOf(proto.customOptions?.configuration);
    if (configuration === undefined) return undefined;
    return { kind: 'postgresql_source', ...base, ...configuration };
  },
};

function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function configurationOf(bytes: Uint8Array | null | undefined): { table: string; query: string } | undefined {
  let parsed: { table?: unknown; query?: unknown } | null;
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array(0)));
  } catch {
    // not a configuration: the source is carried along unread
    return undefined;
  }
  const { table, query } = parsed ?? {};
  return typeof table === 'string' && typeof query === 'string' ? { table, query } : undefined;
}
