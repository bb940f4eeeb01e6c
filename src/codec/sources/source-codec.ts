import type { BatchSource, DataSource, DataSourceBase, StreamFormat } from '../../definitions/index.js';
import { feast } from '../feast.js';

export type SourceProto = feast.core.DataSource.$Properties;

/** One kind of data source: the part of its proto that other kinds do not have. */
export interface SourceCodec<S extends DataSource> {
  readonly type: feast.core.DataSource.SourceType;
  /** the class Python reads it with */
  classOf(source: S): string;
  /**
   * The fields of its own.
   * @param kept what the registry holds, of which fields that are unknown here are kept
   * @param nested gives the proto of a batch source, as it stands in others
   */
  encode(source: S, kept: SourceProto | undefined, nested: (source: BatchSource) => SourceProto): SourceProto;
  /** undefined: the proto is something that no definition says */
  decode(
    proto: SourceProto,
    base: DataSourceBase,
    nested: (proto: SourceProto) => BatchSource | undefined,
  ): S | undefined;
}

const { AvroFormat, JsonFormat, ProtoFormat } = feast.core.StreamFormat;

export function encodeStreamFormat(format: StreamFormat): feast.core.StreamFormat {
  switch (format.type) {
    case 'json':
      return streamFormat({ jsonFormat: new JsonFormat({ schemaJson: format.schema }) });
    case 'avro':
      return streamFormat({ avroFormat: new AvroFormat({ schemaJson: format.schema }) });
    case 'proto':
      return streamFormat({ protoFormat: new ProtoFormat({ classPath: format.classPath }) });
  }
}

function streamFormat(format: ConstructorParameters<typeof feast.core.StreamFormat>[0]) {
  return new feast.core.StreamFormat(format);
}

/** undefined where there is none: Python cannot read such a source either. */
export function decodeStreamFormat(
  proto: feast.core.StreamFormat.$Properties | null | undefined,
): StreamFormat | undefined {
  if (proto?.jsonFormat) return { type: 'json', schema: proto.jsonFormat.schemaJson ?? '' };
  if (proto?.avroFormat) return { type: 'avro', schema: proto.avroFormat.schemaJson ?? '' };
  if (proto?.protoFormat) return { type: 'proto', classPath: proto.protoFormat.classPath ?? '' };
  return undefined;
}
