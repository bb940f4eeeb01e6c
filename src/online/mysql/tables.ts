import type { FeatureView } from '../../definitions/index.js';
import { CodedError } from '../../shared/errors.js';
import { tableName } from '../table-name.js';

export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A text as a literal that no setting of the server reads otherwise. */
export function literal(text: string): string {
  return `_utf8mb4 0x${Buffer.from(text).toString('hex')}`;
}

/**
 * What creates a view's table as Feast does (mysql.py update).
 * @throws CodedError DEFINITION_INVALID where features have names that are the same to MySQL
 */
export function createTable(project: string, view: FeatureView): string {
  const names = new Map<string, string>();
  for (const { name } of view.features) {
    // the column is in the database's collation, which most often makes no difference between these
    const folded = name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
    const other = names.get(folded);
    if (other !== undefined) {
      throw new CodedError(
        'DEFINITION_INVALID',
        `feature view "${view.name}": features "${other}" and "${name}" differ in case or accents only, and MySQL stores them as one; rename one`,
      );
    }
    names.set(folded, name);
  }
  const table = tableName(project, view.name);
  return `CREATE TABLE IF NOT EXISTS ${quoted(table)} (entity_key VARCHAR(512), feature_name VARCHAR(256), value BLOB, event_ts timestamp NULL DEFAULT NULL, created_ts timestamp NULL DEFAULT NULL, PRIMARY KEY(entity_key, feature_name), INDEX ${quoted(`${table}_ek`)} (entity_key))`;
}
