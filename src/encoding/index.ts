export type { Column } from './column.js';
export { columnFromValues } from './column-from-values.js';
export { compareCodePoints, encodeEntityKeyPrefix, encodeEntityKeys } from './entity-key.js';
export { type PackedBytes, packBytes, packedAt, packTexts } from './packed-bytes.js';
export type { FeatureValue, ZonedTimestamp } from './scalar.js';
export { decodeValue, encodeValue } from './value.js';
export { type EncodedColumn, encodeColumn } from './value-column.js';
