/** A reply of the server (RESP 2); an error is a value, for one command of many may fail. */
export type Reply = number | string | Buffer | null | readonly Reply[] | { readonly error: string };

const CR = 13;

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
    const buffer = this.#buffer;
    const start = this.#at + 1;
    let end = start;
    // a loop: lines are short, and a call to indexOf() costs more
    while (end < buffer.length && buffer[end] !== CR) end++;
    if (end + 1 >= buffer.length) return undefined;
    const type = buffer[this.#at];
    this.#at = end + 2;
    switch (type) {
      case 0x3a: // :
        return integerAt(buffer, start, end);
      case 0x2b: // +
        return buffer.toString('utf8', start, end);
      case 0x2d: // -
        return { error: buffer.toString('utf8', start, end) };
      case 0x24: // $
        return this.#bulk(integerAt(buffer, start, end));
      case 0x2a: // *
        return this.#array(integerAt(buffer, start, end));
      default:
        throw new Error(`not a reply of Redis: ${JSON.stringify(buffer.toString('latin1', start - 1, end))}`);
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

function integerAt(buffer: Buffer, start: number, end: number): number {
  const negative = buffer[start] === 0x2d;
  let value = 0;
  for (let at = negative ? start + 1 : start; at < end; at++) value = value * 10 + buffer[at]! - 48;
  return negative ? -value : value;
}
