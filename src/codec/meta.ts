import type { google } from './feast.js';
import { timestampOf } from './time.js';

interface Meta {
  createdTimestamp?: google.protobuf.Timestamp.$Properties | null;
  lastUpdatedTimestamp?: google.protobuf.Timestamp.$Properties | null;
}

/** Stamps an object's times: created once, updated now. Feast always sets both. @param now microseconds */
export function stamp<M extends Meta>(meta: M, now: bigint): M {
  meta.createdTimestamp ??= timestampOf(now);
  meta.lastUpdatedTimestamp = timestampOf(now);
  return meta;
}
