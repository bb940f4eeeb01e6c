import type { PushSource } from '../../definitions/index.js';
import { feast } from '../feast.js';
import type { SourceCodec } from './source-codec.js';

const { SourceType } = feast.core.DataSource;

/** Feast: data_source.py, PushSource; times and mapping are the batch source's. */
export const PUSH_CODEC: SourceCodec<PushSource> = {
  type: SourceType.PUSH_SOURCE,
  classOf: () => 'feast.data_source.PushSource',
  encode({ batchSource }, _kept, nested) {
    const batch = nested(batchSource);
    return {
      timestampField: batch.timestampField ?? '',
      createdTimestampColumn: batch.createdTimestampColumn ?? '',
      fieldMapping: { ...batch.fieldMapping },
      datePartitionColumn: batch.datePartitionColumn ?? '',
      batchSource: batch,
    };
  },
  decode(proto, base, nested) {
    const batchSource = proto.batchSource ? nested(proto.batchSource) : undefined;
    return batchSource && { kind: 'push_source', ...base, batchSource };
  },
};
