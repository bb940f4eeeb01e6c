import type { FileSource } from '../../definitions/index.js';
import { formatOfPath } from '../../definitions/sources/file-source.js';
import { feast } from '../feast.js';
import type { SourceCodec } from './source-codec.js';

const { FileOptions, SourceType } = feast.core.DataSource;

/** Feast's protos have no word for CSV; where the path does not tell either, this tag does. */
const FORMAT_TAG = 'feast-scheduler:file_format';

/** Feast: file_source.py; Parquet leaves file_format unset. */
export const FILE_CODEC: SourceCodec<FileSource> = {
  type: SourceType.BATCH_FILE,
  classOf: () => 'feast.infra.offline_stores.file_source.FileSource',
  encode(source, kept) {
    const formatTag = source.format === formatOfPath(source.path) ? {} : { [FORMAT_TAG]: source.format };
    return {
      tags: { ...source.tags, ...formatTag },
      fileOptions: Object.assign(kept?.fileOptions ?? new FileOptions(), { uri: source.path }),
    };
  },
  decode(proto, base) {
    if (proto.fileOptions?.fileFormat?.deltaFormat) return undefined;
    const { [FORMAT_TAG]: format, ...tags } = base.tags;
    const path = proto.fileOptions?.uri ?? '';
    return {
      kind: 'file_source',
      ...base,
      tags,
      path,
      format: format === 'csv' || format === 'parquet' ? format : formatOfPath(path),
    };
  },
};
