/**
 * The generated codecs of Feast's protos. Unknown fields are kept: a registry that a newer Feast wrote must come
 * out of a read-modify-write with nothing lost.
 */
import protobuf from 'protobufjs/minimal.js';
import { feast, google } from '../../proto/generated/feast.js';

protobuf.Reader.discardUnknown = false;

export { feast, google };

/** What every generated message class offers; `Input` is what it takes, `Message` what it makes. */
export interface Codec<Input, Message> {
  encode(message: Input): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
  toObject(message: Message, options?: protobuf.IConversionOptions): Record<string, unknown>;
}

/** A deep copy, unknown fields included. */
export function cloneMessage<Input, Message>(codec: Codec<Input, Message>, message: NoInfer<Input>): Message {
  return codec.decode(codec.encode(message).finish());
}
