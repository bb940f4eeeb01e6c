import type { FeatureView } from '../../definitions/index.js';
import { CodedError } from '../../shared/errors.js';
import { tableName } from '../table-name.js';

/** Bytes of a name; PostgreSQL cuts off what is longer, and two tables would be one. */
const LONGEST_NAME = 63;
const SUFFIXES = { key: '_ek', text: '_fts_idx' };

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * What creates a view's table and indexes as Feast does (postgres.py update), to the letter.
 * @throws CodedError DEFINITION_INVALID where the name is too long
 */
export function createTable(schema: string, project: string, view: FeatureView): string[] {
  const table = tableName(project, view.name);
  const hasText = view.features.some(({ dtype }) => dtype === 'String');
  const longest = `${table}${hasText ? SUFFIXES.text : SUFFIXES.key}`;
  if (Buffer.byteLength(longest) > LONGEST_NAME) {
    throw new CodedError(
      'DEFINITION_INVALID',
      `feature view "${view.name}": PostgreSQL's names have ${LONGEST_NAME} bytes, and "${longest}" is longer; give the view or the project a shorter name`,
    );
  }
  const place = `${quoted(schema)}.${quoted(table)}`;
  const statements = [
    `CREATE TABLE IF NOT EXISTS ${place} (entity_key BYTEA, feature_name TEXT, value BYTEA, value_text TEXT NULL, vector_value BYTEA NULL, event_ts TIMESTAMPTZ, created_ts TIMESTAMPTZ, PRIMARY KEY(entity_key, feature_name))`,
    `CREATE INDEX IF NOT EXISTS ${quoted(table + SUFFIXES.key)} ON ${place} (entity_key)`,
  ];
  if (hasText) {
    statements.push(
      `CREATE INDEX IF NOT EXISTS ${quoted(table + SUFFIXES.text)} ON ${place} USING GIN (to_tsvector('english', value_text))`,
    );
  }
  return statements;
}
