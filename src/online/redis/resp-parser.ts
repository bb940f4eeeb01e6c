/** A reply of the server (RESP 2); an error is a value, for one command of many may fail. */
export type Reply = number | string | Buffer | null | readonly Reply[] | { readonly error: string };

/** Takes bytes as they come and hands on whole replies. https://redis.io/docs/latest/develop/reference/protocol-spec */
export class ReplyParser {
  readonly #onReply: (reply: Reply) => void;
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(onReply: (reply: Reply) => void) {
    this.#onReply = onReply;
  }

  push(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    this.#at = 0;
    let complete = 0;
    for (;;) {
      const reply = this.#next();
      if (reply === undefined) break;
      complete = this.#at;
      this.#onReply(reply);
    }
    this.#buffer = this.#buffer.subarray(complete);
  }

  /** The next reply; undefined when it has not come whole. */
  #next(): Reply | undefined {
    const end = this.#buffer.indexOf('\r\n', this.#at);
    if (end < 0) return undefined;
    const type = this.#buffer[this.#at];
    const line = this.#buffer.toString('utf8', this.#at + 1, end);
    this.#at = end + 2;
    switch (type) {
      case 0x3a: // :
        return Number(line);
      case 0x2b: // +
        return line;
      case 0x2d: // -
        return { error: line };
      case 0x24: // $
        return this.#bulk(Number(line));
      case 0x2a: // *
        return this.#array(Number(line));
      default:
        throw new Error(`not a reply of Redis: ${JSON.stringify(line.slice(0, 50))}`);
    }
  }

  #bulk(length: number): Buffer | null | undefined {
    if (length < 0) return null;
    const end = this.#at + length;
    if (end + 2 > this.#buffer.length) return undefined;
    const bytes = this.#buffer.subarray(this.#at, end);
    this.#at = end + 2;
    return bytes;
  }

  #array(length: number): Reply[] | null | undefined {
    if (length < 0) return null;
    const replies: Reply[] = [];
    for (let i = 0; i < length; i++) {
      const reply = this.#next();
      if (reply === undefined) return undefined;
      replies.push(reply);
    }
    return replies;
  }
}
